//! Plain text and identifiers: NFC, trimmed, on one line, nothing hidden.

use crate::model::problem::{is_hidden, value::Fault};
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// Longest value of a directory field, in bytes.
const LONGEST: usize = 4_000;

/// Longest text on several lines, in bytes.
const LONGEST_TEXT: usize = 20_000;

/// What stands where a character could not be converted.
const REPLACEMENT: char = '\u{FFFD}';

/// A value that a field can keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clean<'r> {
    /// The text.
    pub text: Cow<'r, str>,
    /// The first hidden character that was left out.
    pub removed: Option<char>,
}

/// Whether a value is empty or only white space.
#[inline]
pub fn is_blank(raw: &str) -> bool {
    // Nearly every value begins with a visible ASCII character.
    !raw.as_bytes().first().is_some_and(u8::is_ascii_graphic) && raw.chars().all(is_edge)
}

/// White space and invisible characters that exports leave at the ends of values.
fn is_edge(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// Whether every byte is a printable ASCII character, so that nothing needs to be looked for.
#[inline]
fn is_plain(raw: &str, longest: usize) -> bool {
    raw.len() <= longest && raw.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// A text in NFC on one line, without white space around it and without hidden characters.
pub fn text(raw: &str) -> Result<Cow<'_, str>, Fault> {
    clean(raw).map(|clean| clean.text)
}

/// The same, with the first hidden character that was left out.
pub fn clean(raw: &str) -> Result<Clean<'_>, Fault> {
    clean_up_to(raw, LONGEST)
}

/// The same on several lines: line breaks become `\n`, and each line is like a text on one line.
pub(super) fn lines(raw: &str) -> Result<Clean<'_>, Fault> {
    let trimmed = checked(raw, LONGEST_TEXT)?;
    let breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    if !trimmed.contains(breaks) {
        return clean_up_to(trimmed, LONGEST_TEXT);
    }
    let (mut lines, mut removed) = (Vec::new(), None);
    for line in trimmed.replace("\r\n", "\n").split(breaks) {
        let clean = clean_up_to(line, LONGEST_TEXT)?;
        removed = removed.or(clean.removed);
        lines.push(clean.text.into_owned());
    }
    Ok(Clean {
        text: Cow::Owned(lines.join("\n")),
        removed,
    })
}

fn clean_up_to(raw: &str, longest: usize) -> Result<Clean<'_>, Fault> {
    if is_plain(raw, longest) {
        return Ok(Clean {
            text: Cow::Borrowed(raw.trim_matches(' ')),
            removed: None,
        });
    }
    let trimmed = checked(raw, longest)?;
    if !trimmed.chars().any(is_hidden) {
        return Ok(Clean {
            text: composed(trimmed),
            removed: None,
        });
    }
    let (text, removed) = without_hidden(trimmed);
    let text = text.trim_matches(is_edge).nfc().collect();
    Ok(Clean {
        text: Cow::Owned(text),
        removed,
    })
}

/// A text that must match exactly: hidden characters, line breaks and tabs are refused.
pub(super) fn strict(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if is_plain(raw, LONGEST) {
        return Ok(Cow::Borrowed(raw.trim_matches(' ')));
    }
    let trimmed = checked(raw, LONGEST)?;
    match trimmed.chars().find(|character| is_hidden(*character)) {
        Some(hidden) => Err(Fault::Hidden {
            code_point: u32::from(hidden),
        }),
        None => Ok(composed(trimmed)),
    }
}

/// The value without what surrounds it, if nothing of it is lost and it is not too long.
fn checked(raw: &str, longest: usize) -> Result<&str, Fault> {
    let trimmed = raw.trim_matches(is_edge);
    if trimmed.len() > longest {
        return Err(Fault::TooLong {
            bytes: trimmed.len(),
            limit: longest,
        });
    }
    if trimmed.contains(REPLACEMENT) {
        return Err(Fault::CharacterLost);
    }
    Ok(trimmed)
}

fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Line breaks and tabs become one space, and other hidden characters are left out, unless a script or an
/// emoji needs them.
fn without_hidden(text: &str) -> (String, Option<char>) {
    let mut kept = String::with_capacity(text.len());
    let mut removed = None;
    let mut after_break = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_break(character) {
            after_break = true;
            continue;
        }
        if after_break && character.is_whitespace() {
            continue;
        }
        let is_needed = is_hidden(character)
            && joins(
                character,
                kept.chars().next_back(),
                characters.peek().copied(),
            );
        if is_hidden(character) && !is_needed {
            removed = removed.or(Some(character));
            continue;
        }
        if std::mem::take(&mut after_break) {
            kept.truncate(kept.trim_end().len());
            kept.push(' ');
        }
        kept.push(character);
    }
    (kept, removed)
}

fn is_break(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\u{0B}' | '\u{0C}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Whether a joiner or non-joiner stands where a reader sees what it does.
fn joins(character: char, before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after.unwrap_or(' ')) else {
        return false;
    };
    match character {
        '\u{200C}' | '\u{200D}' if is_joining(before) && is_joining(after) => true,
        // A consonant without its vowel at the end of a word.
        '\u{200C}' | '\u{200D}' => {
            is_joining(before) && is_combining_mark(before)
                || character == '\u{200D}' && is_emoji(before) && is_emoji(after)
        }
        _ => false,
    }
}

/// Letters and marks of scripts in which joiners change the shape of letters: Arabic and its relatives, the
/// scripts of India and Sri Lanka, Myanmar, Khmer, Mongolian.
fn is_joining(character: char) -> bool {
    matches!(character, '\u{0600}'..='\u{08FF}' | '\u{0900}'..='\u{0DFF}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}' | '\u{1800}'..='\u{18AF}' | '\u{A8E0}'..='\u{A8FF}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        && (character.is_alphabetic() || is_combining_mark(character))
}

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

/// An identifier: exact text with leading zeros. Digits that a spreadsheet has already lost are refused.
pub fn identifier(raw: &str) -> Result<Cow<'_, str>, Fault> {
    let value = strict(raw)?;
    refuse_spreadsheet(&value)?;
    if is_scientific(&value) {
        return Err(Fault::Scientific);
    }
    if is_spreadsheet_number(&value) {
        return Err(Fault::SpreadsheetNumber);
    }
    Ok(value)
}

/// What exports write where there is no id.
const NO_ID: [&str; 14] = [
    "null",
    "(null)",
    "none",
    "nil",
    "nan",
    "n/a",
    "n.a.",
    "n.v.t.",
    "undefined",
    "unknown",
    "onbekend",
    "unbekannt",
    "ukendt",
    "tbd",
];

/// Refuses an id that stands for none: the next employee without one would be taken for the same person.
pub fn refuse_placeholder(id: &str) -> Result<(), Fault> {
    let has_none = !id.chars().any(char::is_alphanumeric);
    if has_none || NO_ID.iter().any(|none| id.eq_ignore_ascii_case(none)) {
        return Err(Fault::Placeholder);
    }
    Ok(())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1,00E+05`, `1.2E-3`: digits with a comma or dot, then an exponent with a sign.
pub(super) fn is_scientific(value: &str) -> bool {
    let Some((mantissa, exponent)) = value.split_once(['E', 'e']) else {
        return false;
    };
    let signed = exponent.strip_prefix(['+', '-']);
    let fraction = mantissa.split_once([',', '.']);
    match (fraction, signed) {
        (Some((whole, rest)), exponent_sign) => {
            is_digits(whole) && is_digits(rest) && is_digits(exponent_sign.unwrap_or(exponent))
        }
        (None, Some(exponent)) => is_digits(mantissa) && is_digits(exponent),
        (None, None) => false,
    }
}

/// `30123456.0`: a whole number with a fraction of zeros, as spreadsheets write numbers.
pub(super) fn is_spreadsheet_number(value: &str) -> bool {
    value.split_once(['.', ',']).is_some_and(|(whole, zeros)| {
        is_digits(whole) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0')
    })
}

/// Spreadsheet errors and formulas that stand where their results should.
pub(super) fn refuse_spreadsheet(value: &str) -> Result<(), Fault> {
    let is_error = value.starts_with('#')
        && [
            "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
        ]
        .iter()
        .any(|error| value.eq_ignore_ascii_case(error));
    if is_error {
        Err(Fault::SpreadsheetError)
    } else if value.starts_with("=\"") && value.ends_with('"') {
        Err(Fault::SpreadsheetFormula)
    } else {
        Ok(())
    }
}
