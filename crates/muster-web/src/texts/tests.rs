//! The catalogues and the pages agree: no text is missing, none is unused.

use super::*;
use std::{collections::BTreeSet, fs, path::Path};

fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.to_str().unwrap().to_owned();
        // This file has parts of such calls.
        if name.ends_with("texts/tests.rs") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&name, endings));
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
    found
}

fn root(folder: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    root.to_str().unwrap().to_owned()
}

fn keys() -> BTreeSet<String> {
    let catalogues = files(&root("locales/en"), &[".ftl"]);
    let lines = catalogues.iter().flat_map(|text| text.lines());
    lines
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
        .collect()
}

/// What is quoted in sources and templates and has the form of a key with its area.
fn quoted() -> BTreeSet<String> {
    let mut sources = files(&root("src"), &[".rs"]);
    sources.extend(files(&root("templates"), &[".html"]));
    let parts = sources.iter().flat_map(|text| text.split('"'));
    let is_key = |part: &&str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    parts.filter(is_key).map(str::to_owned).collect()
}

#[test]
fn no_text_of_the_catalogues_is_unused() {
    let quoted = quoted();
    let unused: Vec<_> = keys()
        .into_iter()
        .filter(|key| !quoted.contains(key))
        .collect();
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn no_text_that_a_page_asks_for_is_missing() {
    let keys = keys();
    let mut sources = files(&root("src"), &[".rs"]);
    sources.extend(files(&root("templates"), &[".html"]));
    let mut missing = BTreeSet::new();
    for text in &sources {
        for call in [".t(", ".n(", ".v(", ".with("] {
            for after in text.split(call).skip(1) {
                let Some(rest) = after.trim_start().strip_prefix('"') else {
                    continue;
                };
                let key = rest.split('"').next().unwrap();
                if !keys.contains(key) {
                    missing.insert(key.to_owned());
                }
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_catalogue_is_read_without_an_error() {
    for text in ENGLISH {
        if let Err((_, errors)) = FluentResource::try_new((*text).to_owned()) {
            panic!("{errors:?} in {}", &text[..60.min(text.len())]);
        }
    }
}

#[test]
fn counts_choose_their_form_and_have_separators() {
    let words = Words::english();
    assert_eq!(words.n("people-count", 1), "1 person");
    assert_eq!(words.n("people-count", 2_394), "2,394 people");
}
