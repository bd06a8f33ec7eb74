//! What a crate must not know.

use super::{check, tree};

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
