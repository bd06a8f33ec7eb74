//! One Rust source file, split into code, comments and string literals. The split is good enough
//! for rules about words; it does not parse Rust.

use super::tree;

pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Code,
    Comment,
    DocComment,
    Literal,
}

impl Source {
    pub(super) fn read(path: String) -> Self {
        let text = tree::read(&path);
        Self { path, text }
    }

    /// Whether the file holds tests only.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    pub(super) fn parts(&self) -> Vec<(Part, &str)> {
        split(&self.text)
    }
}

fn split(text: &str) -> Vec<(Part, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let word_before = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let (part, length) = if rest.starts_with("//") {
            let doc = rest.starts_with("///") || rest.starts_with("//!");
            let part = if doc { Part::DocComment } else { Part::Comment };
            (part, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (Part::Comment, until(rest, 2, "*/"))
        } else if rest.starts_with('"') {
            (Part::Literal, quoted(rest))
        } else if let Some(end) = raw_end(rest).filter(|_| !word_before) {
            (
                Part::Literal,
                until(rest, rest.find('"').unwrap_or(0) + 1, &end),
            )
        } else {
            at += character(rest);
            continue;
        };
        parts.push((Part::Code, &text[start..at]));
        parts.push((part, &rest[..length]));
        at += length;
        start = at;
    }
    parts.push((Part::Code, &text[start..]));
    parts
}

fn until(text: &str, from: usize, end: &str) -> usize {
    text[from..]
        .find(end)
        .map_or(text.len(), |found| from + found + end.len())
}

/// The length of a string literal, escapes included.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What ends the raw string literal that starts here, such as `"#`.
fn raw_end(text: &str) -> Option<String> {
    let text = text.strip_prefix('b').unwrap_or(text);
    let text = text.strip_prefix('r')?;
    let hashes = text.len() - text.trim_start_matches('#').len();
    text[hashes..]
        .starts_with('"')
        .then(|| format!("\"{}", "#".repeat(hashes)))
}

/// The length of one character of code, or of one character literal such as `'"'`.
fn character(text: &str) -> usize {
    let mut characters = text.char_indices();
    let first = characters.next().map_or(0, |(_, c)| c.len_utf8());
    if !text.starts_with('\'') {
        return first;
    }
    match characters.next() {
        Some((_, '\\')) => text[2..]
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '\'')
            .map_or(1, |(at, _)| at + 3),
        Some((at, c)) if text[at + c.len_utf8()..].starts_with('\'') => at + c.len_utf8() + 1,
        _ => first,
    }
}

/// The words of an identifier: `key_changes` and `KeyChanges` are both `key`, `changes`.
pub(super) fn identifier_words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = '_';
    for c in identifier.chars() {
        if c == '_' || (c.is_uppercase() && !previous.is_uppercase()) {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
        previous = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn tidy_source_is_split_into_code_comments_and_literals() {
    let text = "let a = \"x \\\" // y\"; // note\nlet b = r#\"one \"two\"\"#; let c = '\"'; /// doc\n'a: loop {}";
    let parts = split(text);
    let of = |part| {
        parts
            .iter()
            .filter(|(p, _)| *p == part)
            .map(|(_, t)| *t)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Part::Literal), ["\"x \\\" // y\"", "r#\"one \"two\"\"#"]);
    assert_eq!(of(Part::Comment), ["// note"]);
    assert_eq!(of(Part::DocComment), ["/// doc"]);
    assert_eq!(parts.iter().map(|(_, t)| *t).collect::<String>(), text);
}

#[test]
fn tidy_identifiers_are_split_into_words() {
    assert_eq!(identifier_words("key_changes"), ["key", "changes"]);
    assert_eq!(identifier_words("KeyChanges"), ["key", "changes"]);
    assert_eq!(identifier_words("MAX_NAMES"), ["max", "names"]);
}
