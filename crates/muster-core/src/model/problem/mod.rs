//! What is wrong with a record, a file or a delivery, as data: code, origin, typed details and remedy.
//!
//! A problem never stops a run by itself, and has no finished sentence: each front end makes its own text
//! from [`Detail`] and [`Remedy`]. Values are shortened and have control characters escaped here, once, so
//! that no page, log line or terminal has to.

pub mod api;
pub mod columns;
pub mod csv;
mod detail;
pub mod edit;
pub mod evidence;
pub mod file;
pub mod identity;
pub mod lifecycle;
pub mod matching;
pub mod network;
mod remedy;
pub mod rule;
pub mod run;
pub mod selection;
pub mod store;
pub mod transport;
pub mod undo;
pub mod value;

pub use detail::Detail;
pub use remedy::Remedy;

use crate::model::{code::Code, origin::Origin};
use serde::{Deserialize, Serialize};

/// How much a problem costs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The record was used; something about it should be looked at.
    Warning,
    /// The record was not used; its person stays exactly as stored and counts as present.
    Rejected,
    /// The whole delivery was refused.
    Refused,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code, with a page in the reference.
    pub code: Code,
    pub severity: Severity,
    /// The record concerned; none for a whole file or delivery.
    #[serde(rename = "place")]
    pub origin: Option<Origin>,
    /// Column or field name as the source writes it, if one is to blame.
    pub field: Option<String>,
    /// The offending value, shown with [`shown`].
    pub value: Option<String>,
    /// The external id, else the address, of the person named by the record, if it could be read.
    pub subject: Option<String>,
    /// What is wrong, as typed arguments of the code.
    pub detail: Detail,
    /// What to do about it.
    pub remedy: Remedy,
}

impl Problem {
    /// A problem without an origin, a field or a value.
    pub fn new(
        code: Code,
        severity: Severity,
        detail: impl Into<Detail>,
        remedy: impl Into<Remedy>,
    ) -> Self {
        Self {
            code,
            severity,
            origin: None,
            field: None,
            value: None,
            subject: None,
            detail: detail.into(),
            remedy: remedy.into(),
        }
    }

    /// The same problem at a record.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The same problem in a column or field, with the value found there.
    #[must_use]
    pub fn of(mut self, field: &str, value: &str) -> Self {
        self.field = Some(shown(field));
        self.value = Some(shown(value));
        self
    }
}

impl Problem {
    /// The same problem about a value that nobody but its person should see: its shape is shown alone.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.value = self.value.map(|value| masked(&value));
        self
    }
}

/// A value with `#` for every digit and `x` for every letter, so that its shape can still be seen to be wrong.
pub(crate) fn masked(value: &str) -> String {
    let mask = |character: char| match character {
        digit if digit.is_numeric() => '#',
        letter if letter.is_alphabetic() => 'x',
        other => other,
    };
    value.chars().map(mask).collect()
}

/// Longest value that a message repeats, in characters.
const SHOWN: usize = 40;

/// A value as messages show it: at most 40 characters, with control, invisible and direction-changing
/// characters as `\u{...}` escapes.
pub fn shown(value: &str) -> String {
    let mut text = String::new();
    for (count, character) in value.chars().enumerate() {
        if count == SHOWN {
            text.push('…');
            break;
        }
        match character {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            hidden if is_hidden(hidden) => text.push_str(&format!("\\u{{{:04X}}}", hidden as u32)),
            plain => text.push(plain),
        }
    }
    text
}

/// Whether a character is a control, invisible or changes the direction of text, so that a reader
/// would not see what is stored.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_keep_their_shape_alone() {
        let born = Problem::new(
            Code::ValueDate,
            Severity::Warning,
            value::Detail::Undecodable,
            value::Remedy::WriteDate,
        );
        let masked = |value: &str| born.clone().of("born", value).masked().value;
        assert_eq!(masked(" 12 mei 1990").as_deref(), Some(" ## xxx ####"));
        assert_eq!(
            masked("1990\u{200B}-05-12").as_deref(),
            Some("####\\x{###x}-##-##")
        );
        assert_eq!(born.masked().value, None);
    }

    #[test]
    fn shown_values_are_short_and_without_hidden_characters() {
        assert_eq!(
            shown("a\u{1b}[31mb\u{202e}c\n"),
            "a\\u{001B}[31mb\\u{202E}c\\n"
        );
        assert_eq!(shown(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
    }
}
