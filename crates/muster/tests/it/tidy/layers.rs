//! What a crate must not know.

use super::{check, source::Part, tree};

#[test]
fn tidy_only_the_store_uses_sql() {
    check(|source| {
        let outside = !source.path.starts_with("crates/muster-store/");
        (outside && source.text.contains(concat!("rus", "qlite"))).then(|| "uses SQL".to_owned())
    });
}

#[test]
fn tidy_core_depends_on_no_other_crate_and_does_no_input_or_output() {
    let manifest = tree::read("crates/muster-core/Cargo.toml");
    for forbidden in [
        "tokio",
        "reqwest",
        concat!("rus", "qlite"),
        "muster-store",
        "muster-connectors",
    ] {
        assert!(
            !manifest.contains(forbidden),
            "muster-core depends on {forbidden}"
        );
    }
}

/// Commands and sections that a web page or an API client does not have.
const OF_THE_BINARY: &[&str] = &[
    "`muster ",
    "muster approve",
    "muster employee",
    "muster erase",
    "muster fields",
    "muster pin",
    "muster plan",
    "muster sync",
    "muster undo",
    "muster unpin",
    "muster unprotect",
    "[credentials]",
    "[guard]",
    "[mapping]",
    "[policy]",
    "[retention]",
    "[source]",
];

#[test]
fn tidy_only_the_binary_names_commands_and_sections_of_the_integration_file() {
    check(|source| {
        let is_library = source.path.contains("/src/")
            && !source.path.starts_with("crates/muster/")
            && !source.path.starts_with("crates/muster-testkit/")
            && !source.is_test();
        if !is_library {
            return None;
        }
        let literals = source.parts().into_iter();
        let named = literals
            .filter(|(part, _)| *part == Part::Literal)
            .find_map(|(_, literal)| OF_THE_BINARY.iter().find(|name| literal.contains(**name)));
        named.map(|name| format!("a string names {name}; the binary has the text"))
    });
}
