//! Rules that the whole source tree keeps. Each rule is a test; the message names the file.

mod dependencies;
mod faults;
mod layers;
mod links;
mod monitoring;
mod pages;
mod sizes;
mod source;
mod tree;
mod words;

use source::Source;

/// Fails with every source file for which `wrong` returns a reason.
#[track_caller]
fn check(wrong: impl Fn(&Source) -> Option<String>) {
    let found: Vec<String> = tree::sources()
        .iter()
        .filter_map(|source| wrong(source).map(|why| format!("{}: {why}", source.path)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn tidy_files_open_with_a_header() {
    check(|source| (!source.text.starts_with("//!")).then(|| "has no `//!` header".to_owned()));
}

#[test]
fn tidy_nothing_is_unfinished() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    check(|source| {
        let word = words.iter().find(|word| source.text.contains(*word))?;
        Some(format!("contains `{word}`"))
    });
}

#[test]
fn tidy_every_test_file_is_declared() {
    check(|source| {
        let (folder, file) = source.path.rsplit_once('/')?;
        let name = file.strip_suffix(".rs")?;
        if !folder.ends_with("tests/it") || name == "main" {
            return None;
        }
        let main = tree::read(&format!("{folder}/main.rs"));
        (!main.contains(&format!("mod {name};"))).then(|| "is not declared in main.rs".to_owned())
    });
}
