//! `docs/faults.md`: which test covers which fault. A test names its faults in its name
//! (`f18_...`, `..._t04`) or in its doc comment (`/// F18, T04.`).

use super::{source::Source, tree};
use std::collections::BTreeMap;

const AREAS: [(char, &str); 6] = [
    ('f', "File content"),
    ('t', "Transport"),
    ('a', "HR system APIs"),
    ('m', "Meaning of records"),
    ('d', "Database and storage"),
    ('p', "Promises"),
];

#[test]
fn tidy_the_list_of_faults_is_current() {
    let mut tests: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for source in tree::sources() {
        for (id, name) in faults(&source) {
            tests
                .entry(id)
                .or_default()
                .push((name, source.path.clone()));
        }
    }
    let mut page = String::from(
        "# Faults and their tests\n\nEvery fault that Muster must survive has an id, and every id has at least one test. This page is\n\
         generated from the names and doc comments of the tests.\n",
    );
    for (letter, area) in AREAS {
        page.push_str(&format!(
            "\n## {area}\n\n| fault | test | file |\n|---|---|---|\n"
        ));
        for (id, tests) in tests.iter().filter(|(id, _)| id.starts_with(letter)) {
            for (name, path) in tests {
                page.push_str(&format!(
                    "| {} | `{name}` | `{path}` |\n",
                    id.to_uppercase()
                ));
            }
        }
    }
    tree::check_page("docs/faults.md", &page);
}

/// The fault ids of each test of a file, with the name of the test.
fn faults(source: &Source) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut comment, mut test) = (String::new(), false);
    for line in source.text.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            comment.push_str(text);
        } else if line.starts_with("#[") {
            test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else {
            if let Some(name) = test.then(|| function(line)).flatten() {
                let named = name.split('_').filter(|word| is_id(word));
                let reported = comment.split(|c: char| !c.is_ascii_alphanumeric());
                let mut ids: Vec<String> = named.map(str::to_owned).collect();
                ids.extend(reported.map(str::to_lowercase).filter(|word| is_id(word)));
                ids.sort();
                ids.dedup();
                found.extend(ids.into_iter().map(|id| (id, name.to_owned())));
            }
            comment.clear();
            test = false;
        }
    }
    found
}

/// The name of the function that a line declares.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// Whether a word is a fault id: the letter of an area and two digits.
fn is_id(word: &str) -> bool {
    let mut characters = word.chars();
    characters
        .next()
        .is_some_and(|c| AREAS.iter().any(|(letter, _)| *letter == c))
        && word.len() == 3
        && characters.all(|c| c.is_ascii_digit())
}

#[test]
fn tidy_fault_ids_are_read_from_names_and_doc_comments() {
    let source = Source {
        path: String::new(),
        text: "/// Covers T04 and F18.\n#[test]\nfn a_cut_file_changes_nothing_m07() {}\n/// P1\nfn f01_no_test() {}\n"
            .to_owned(),
    };
    let ids: Vec<String> = faults(&source).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["f18", "m07", "t04"]);
}
