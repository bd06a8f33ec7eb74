//! `docs/faults.md`: which test covers which fault. A test names its faults in its name
//! (`f18_...`, `..._t04`) or in its doc comment (`/// F18, T04.`).

use super::{source::Source, tree};
use std::collections::BTreeMap;

const AREAS: [(char, &str); 7] = [
    ('f', "File content"),
    ('t', "Transport"),
    ('a', "HR system APIs"),
    ('m', "Meaning of records"),
    ('d', "Database and storage"),
    ('w', "Server"),
    ('p', "Promises"),
];

/// Promises and faults of storage: how many there are. Each has a test or a reason.
const COMPLETE: [(char, u32); 2] = [('d', 18), ('p', 50)];

/// Why a fault has no test of its own.
const REASONS: [(&str, &str); 1] = [(
    "d17",
    "The tests of the limits keep memory small: P23 for settings, F33 to F35 and F49 for files, T27 for answers of servers, and \
     50,000 employees in one answer (`bamboohr_memory.rs`). `benches/README.md` has the memory of runs and of the service. \
     Which process a system ends that has no memory left is not decided by Muster: P01 and P02 hold then.",
)];

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
    for (letter, count) in COMPLETE {
        for number in 1..=count {
            let id = format!("{letter}{number:0>2}");
            let is_reasoned = REASONS.iter().any(|(known, _)| *known == id);
            assert!(
                tests.contains_key(&id) != is_reasoned,
                "{id} has neither a test nor a reason, or both"
            );
        }
    }
    let mut page = String::from(
        "# Faults and their tests\n\nEvery fault that Muster must survive has an id, and at least one test or a reason why there is none.\n\
         This page is generated from the names and doc comments of the tests.\n",
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
        for (id, reason) in REASONS.iter().filter(|(id, _)| id.starts_with(letter)) {
            page.push_str(&format!("\n{}: {reason}\n", id.to_uppercase()));
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
                let named = name.split('_').filter_map(id);
                let reported = comment.split(|c: char| !c.is_ascii_alphanumeric());
                let mut ids: Vec<String> = named.collect();
                // In a sentence, a word such as `a4` is none.
                let is_upper = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
                ids.extend(
                    reported
                        .filter(is_upper)
                        .filter_map(|word| id(&word.to_lowercase())),
                );
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

/// The fault id that a word is, with two digits: the letter of an area and a number, as in `f18` and `f2`.
fn id(word: &str) -> Option<String> {
    let area = word.chars().next()?;
    let is_area = AREAS.iter().any(|(letter, _)| *letter == area);
    let digits = word
        .strip_prefix(area)
        .filter(|digits| is_area && (1..=2).contains(&digits.len()))?;
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| format!("{area}{digits:0>2}"))
}

#[test]
fn tidy_fault_ids_are_read_from_names_and_doc_comments() {
    let source = Source {
        path: String::new(),
        text: "/// Covers T04, F2 and F18 on a4.\n#[test]\nfn a_cut_file_changes_nothing_m07_w5() {}\n/// P1\nfn f01_no_test() {}\n"
            .to_owned(),
    };
    let ids: Vec<String> = faults(&source).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["f02", "f18", "m07", "t04", "w05"]);
}
