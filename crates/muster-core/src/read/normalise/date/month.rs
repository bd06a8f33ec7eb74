//! Names of months in English, Dutch, German, French and Danish, in full or abbreviated.

use unicode_normalization::UnicodeNormalization;

/// By month, the names in small letters without accents.
const NAMES: [&[&str]; 12] = [
    &["january", "januari", "januar", "janvier"],
    &["february", "februari", "februar", "fevrier"],
    &[
        "march", "maart", "marz", "maerz", "mars", "marts", "mrt", "mrz",
    ],
    &["april", "avril"],
    &["may", "mei", "mai", "maj"],
    &["june", "juni", "juin"],
    &["july", "juli", "juillet"],
    &["august", "augustus", "aout"],
    &["september", "septembre"],
    &["october", "oktober", "octobre"],
    &["november", "novembre"],
    &["december", "dezember", "decembre"],
];

/// Takes the name of a month off the front of a text. An abbreviation has at least three letters, may end with a point, and is
/// the beginning of the names of one month only: `jui` may be June or July.
pub(super) fn take(rest: &mut &str) -> Option<i8> {
    let length = rest.find(|c: char| !c.is_alphabetic() && !is_accent(c));
    let (written, after) = rest.split_at(length.unwrap_or(rest.len()));
    let folded: String = written
        .nfd()
        .filter(|c| !is_accent(*c))
        .flat_map(char::to_lowercase)
        .collect();
    if folded.len() < 3 {
        return None;
    }
    let is_named = |names: &&[&str]| names.iter().any(|name| name.starts_with(&folded));
    let mut months = (1i8..).zip(&NAMES).filter(|(_, names)| is_named(names));
    let (month, _) = months.next()?;
    if months.next().is_some() {
        return None;
    }
    *rest = after.strip_prefix('.').unwrap_or(after);
    Some(month)
}

fn is_accent(character: char) -> bool {
    ('\u{0300}'..='\u{036F}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn months_are_read_in_five_languages() {
        for (text, month) in [
            ("Jan", Some(1)),
            ("janvier", Some(1)),
            ("févr.", Some(2)),
            ("Feb", Some(2)),
            ("mrt", Some(3)),
            ("März", Some(3)),
            ("MAR", Some(3)),
            ("mei", Some(5)),
            ("Mai", Some(5)),
            ("maj", Some(5)),
            ("juin", Some(6)),
            ("juil.", Some(7)),
            ("jui", None),
            ("août", Some(8)),
            ("okt", Some(10)),
            ("Oct", Some(10)),
            ("Dez", Some(12)),
            ("déc", Some(12)),
            ("ma", None),
            ("", None),
            ("Janx", None),
        ] {
            let mut rest = text;
            assert_eq!(take(&mut rest), month, "{text}");
        }
        let mut rest = "Sept. 2026";
        assert_eq!((take(&mut rest), rest), (Some(9), " 2026"));
    }
}
