//! Words that have a plainer or a more precise replacement. They are not used in identifiers, in
//! text that users see, or in the documentation. `docs/glossary.md` has the words that are used.

use super::{
    source::{Part, Source, identifier_words},
    tree,
};

/// A retired word and what to write in its place.
type Retired = (&'static str, &'static str);

const IDENTIFIERS: &[Retired] = &[
    ("anew", "again"),
    ("complain", "error"),
    ("complaint", "error"),
    ("deed", "edit"),
    ("deeds", "edits"),
    ("desk", "context"),
    ("door", "access check"),
    ("draughtsman", "plan builder"),
    ("examination", "connection test"),
    ("examine", "test"),
    ("gate", "selection"),
    ("inquiry", "lookup"),
    ("leaver", "departure"),
    ("leavers", "departures"),
    ("mend", "correct"),
    ("mended", "corrected"),
    ("pairing", "matching"),
    ("plot", "setup"),
    ("ring", "cycle"),
    ("rings", "cycles"),
    ("seal", "encrypt"),
    ("somebody", "employee"),
    ("surroundings", "context"),
    ("told", "a name for what is returned"),
    ("trial", "test"),
    ("trouble", "error"),
    ("unseal", "decrypt"),
    ("unseen", "missing"),
    ("whoever", "employee"),
    ("whom", "employee"),
];

const TEXT: &[Retired] = &[
    ("all the same", "nevertheless, or another sentence"),
    ("anew", "again"),
    ("any longer", "no longer"),
    ("any more", "no longer"),
    ("are told", "are reported"),
    ("as ever", "as before"),
    ("as it was shown", "exactly as shown"),
    ("at hand", "available"),
    ("bring", "deliver"),
    ("bring nobody", "are skipped"),
    ("brings nobody", "is skipped"),
    ("broke off", "failed"),
    ("by hand", "manually"),
    ("draughtsman", "plan builder"),
    ("for good", "permanently"),
    ("gate", "selection rule"),
    ("give way", "be replaced"),
    ("gives way", "is replaced"),
    ("go on", "continue"),
    ("goes by", "uses"),
    ("goes on", "continues"),
    ("has come", "was reached"),
    ("however long", "regardless of the time"),
    ("if that is right", "if this is intended"),
    ("in its stead", "instead"),
    ("is said", "is reported"),
    ("is told", "is reported"),
    ("leavers", "departures"),
    ("leaves out", "omits"),
    ("left alone", "not changed"),
    ("lie ahead", "be in the future"),
    ("lies before", "is before"),
    ("looked at", "checked"),
    ("looks at", "checks"),
    ("next:", "help:"),
    ("none of them", "none of the operations"),
    ("nothing is said", "nothing is set"),
    ("nothing needs to be done", "no action is needed"),
    ("own field", "custom field"),
    ("own fields", "custom fields"),
    ("pairing", "matching"),
    ("puts back", "restores"),
    ("ring", "reporting cycle"),
    ("rings", "reporting cycles"),
    ("says no", "rejects"),
    ("seal", "encrypt"),
    ("sealed", "encrypted"),
    ("seals", "encrypts"),
    ("somebody", "an employee, or a person"),
    ("stay as it is", "be unchanged"),
    ("stays as it is", "is unchanged"),
    ("take back", "revoke"),
    ("take out", "remove"),
    ("taken back", "revoked"),
    ("taken out", "removed"),
    ("takes back", "revokes"),
    ("tells", "reports"),
    ("there is nobody", "there are no employees"),
    ("took back", "revoked"),
    ("unseen", "missing"),
    ("was told", "was reported"),
    ("were told", "were reported"),
    ("what becomes of", "the result of"),
    ("what stands", "the content"),
    ("whoever", "an employee who"),
    ("whom", "which employees"),
];

/// Identifiers that contain a retired word and are right: names of crates and of what they define.
const ALLOWED: &[&str] = &["aws_lc_rs"];

#[test]
fn tidy_identifiers_use_the_words_of_the_glossary() {
    let mut found = Vec::new();
    for source in tree::sources()
        .into_iter()
        .filter(|source| is_checked(&source.path))
    {
        let mut identifiers: Vec<&str> = source
            .parts()
            .into_iter()
            .filter(|(part, _)| *part == Part::Code)
            .flat_map(|(_, code)| code.split(|c: char| !c.is_alphanumeric() && c != '_'))
            .filter(|identifier| !ALLOWED.contains(identifier))
            .collect();
        identifiers.sort_unstable();
        identifiers.dedup();
        for identifier in identifiers {
            let words = identifier_words(identifier);
            for (word, instead) in IDENTIFIERS
                .iter()
                .filter(|(word, _)| words.iter().any(|w| w == word))
            {
                found.push(format!(
                    "{}: `{identifier}`: write {instead} instead of `{word}`",
                    source.path
                ));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} identifiers:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn tidy_texts_use_the_words_of_the_glossary() {
    let mut found = Vec::new();
    for path in pages().into_iter().filter(|path| is_checked(path)) {
        for (number, line) in tree::read(&path).lines().enumerate() {
            found.extend(retired(line).map(|why| format!("{path}:{}: {why}", number + 1)));
        }
    }
    for source in tree::sources()
        .into_iter()
        .filter(|source| is_checked(&source.path))
    {
        found.extend(texts(&source).into_iter().flat_map(|text| {
            retired(text)
                .map(|why| format!("{}: {text}: {why}", source.path))
                .collect::<Vec<_>>()
        }));
    }
    assert!(
        found.is_empty(),
        "{} texts:\n{}",
        found.len(),
        found.join("\n")
    );
}

fn is_checked(path: &str) -> bool {
    // This file lists the words.
    !path.ends_with("tidy/words.rs")
}

/// The pages that people read, in the tree and in the connectors' folders.
fn pages() -> Vec<String> {
    ["docs", "benches", "examples", "crates"]
        .iter()
        .flat_map(|folder| tree::files(folder, ".md"))
        .chain(
            [
                "README.md",
                "ARCHITECTURE.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md",
            ]
            .map(str::to_owned),
        )
        .collect()
}

/// What a source file may show to a user: string literals of the product, and the doc comments of
/// the command line's arguments, which become its help. SQL is not shown.
fn texts(source: &Source) -> Vec<&str> {
    let product = !source.is_test() && !source.path.starts_with("crates/muster-testkit/");
    let help = source.path.starts_with("crates/muster/src/arguments");
    let shown = source
        .parts()
        .into_iter()
        .filter(|(part, text)| match part {
            // One word alone is a name of a column or a setting.
            Part::Literal => product && text.contains(' ') && !is_sql(text),
            Part::DocComment => help,
            Part::Code | Part::Comment => false,
        });
    shown.map(|(_, text)| text).collect()
}

fn is_sql(text: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE "]
        .iter()
        .any(|word| text.contains(word))
}

fn retired(text: &str) -> impl Iterator<Item = String> {
    let text = text.to_lowercase();
    TEXT.iter()
        .filter(move |(word, _)| has_word(&text, word))
        .map(|(word, instead)| format!("write {instead} instead of `{word}`"))
}

/// Whether `text` contains `word` with no letter, digit, `_` or `-` beside it.
fn has_word(text: &str, word: &str) -> bool {
    let beside = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    text.match_indices(word).any(|(at, _)| {
        beside(text[..at].chars().next_back()) && beside(text[at + word.len()..].chars().next())
    })
}

#[test]
fn tidy_retired_words_are_found_as_whole_words() {
    assert!(has_word("held for good.", "for good"));
    assert!(!has_word("mus-sealed", "sealed"));
    assert!(!has_word("string", "ring"));
}
