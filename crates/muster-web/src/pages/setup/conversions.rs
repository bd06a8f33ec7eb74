//! The conversions of one column: how its values are written, and what becomes of blank and invalid ones. As a part of the form of
//! the mapping, and as a part of the settings.

use super::mapping::{renamed, written};
use crate::{
    pages::{frame::Frame, sent::Sent},
    wording::visible,
};
use muster_core::setup::settings::RawMapping;

/// A choice of a list: its value, its text, and whether it is chosen.
type Choice = (&'static str, String, bool);

/// What the form of a column shows.
pub(super) struct Conversions {
    pub(super) format: String,
    /// More formats of dates, one on each line.
    pub(super) further: String,
    pub(super) century: String,
    pub(super) no_date: String,
    pub(super) extract: String,
    pub(super) values: String,
    pub(super) blanks: Vec<Choice>,
    pub(super) decimals: Vec<Choice>,
    pub(super) digits: Vec<Choice>,
    pub(super) invalids: Vec<Choice>,
}

const BLANKS: [(&str, &str); 3] = [
    ("", "setup-blank-default"),
    ("keep", "setup-blank-keep"),
    ("clear", "setup-blank-clear"),
];
const DECIMALS: [(&str, &str); 2] = [("", "setup-decimal-point"), (",", "setup-decimal-comma")];
const DIGITS: [(&str, &str); 3] = [
    ("", "setup-digits-none"),
    ("calling", "setup-digits-calling"),
    ("iso", "setup-digits-iso"),
];
const INVALIDS: [(&str, &str); 3] = [
    ("", "setup-invalid-default"),
    ("drop", "setup-invalid-drop"),
    ("reject", "setup-invalid-reject"),
];

impl Conversions {
    pub(super) fn of(mapping: &RawMapping) -> Self {
        let mut formats = formats(mapping);
        let first = formats.next().unwrap_or_default().to_owned();
        let word = |word: &Option<String>| word.clone().unwrap_or_default();
        Self {
            format: first,
            further: formats.collect::<Vec<_>>().join("\n"),
            century: mapping
                .century
                .map_or_else(String::new, |year| year.to_string()),
            no_date: mapping.no_date.join("\n"),
            extract: word(&mapping.extract),
            values: written(&mapping.values),
            blanks: choices(&BLANKS, &word(&mapping.blank)),
            decimals: choices(&DECIMALS, &word(&mapping.decimal)),
            digits: choices(&DIGITS, &word(&mapping.digits)),
            invalids: choices(&INVALIDS, &word(&mapping.invalid)),
        }
    }

    /// As a refused form had it.
    pub(super) fn sent(sent: &Sent, at: usize) -> Self {
        let input = |name: &str| sent.text(&format!("{name}.{at}"));
        let text = |name: &str| input(name).to_owned();
        Self {
            format: text("format"),
            further: text("formats"),
            century: text("century"),
            no_date: text("no_date"),
            extract: text("extract"),
            values: text("values"),
            blanks: choices(&BLANKS, input("blank")),
            decimals: choices(&DECIMALS, input("decimal")),
            digits: choices(&DIGITS, input("digits")),
            invalids: choices(&INVALIDS, input("invalid")),
        }
    }
}

/// The conversions of a mapping in a few words.
pub(super) fn summary(mapping: &RawMapping) -> String {
    let words = Frame::words();
    let formats: Vec<&str> = formats(mapping).collect();
    if let Some(columns) = mapping.first_of.as_ref().filter(|all| all.len() > 1) {
        return words.v("setup-first-of", &visible(&columns.join(", ")));
    }
    match (&formats[..], mapping.values.len(), &mapping.extract) {
        ([], 0, None) => words.t("setup-as-it-is"),
        ([], 0, Some(pattern)) => words.v("setup-extracted", &visible(pattern)),
        ([], renamed, _) => words.n("setup-renamed", renamed as u64),
        (formats, ..) => visible(&formats.join(", ")),
    }
}

/// The formats of dates, in order of preference.
fn formats(mapping: &RawMapping) -> impl Iterator<Item = &str> {
    let formats = mapping.format.iter().chain(&mapping.formats);
    formats.map(String::as_str)
}

fn choices(all: &[(&'static str, &str)], chosen: &str) -> Vec<Choice> {
    let words = Frame::words();
    let choice = |(value, key): &(&'static str, &str)| (*value, words.t(key), *value == chosen);
    all.iter().map(choice).collect()
}

/// Writes what was filled in for a column into its mapping; what the form does not ask for stays. The error is the key of a text.
pub(super) fn apply(sent: &Sent, at: usize, mapping: &mut RawMapping) -> Result<(), &'static str> {
    let given = |name: &str| sent.get(&format!("{name}.{at}"));
    if given("format").is_some() || given("formats").is_some() {
        let first = given("format").unwrap_or_default();
        let further = lines(given("formats").unwrap_or_default());
        let mut formats: Vec<String> = lines(first);
        formats.extend(further);
        (mapping.format, mapping.formats) = match &formats[..] {
            [] => (None, Vec::new()),
            [one] => (Some(one.clone()), Vec::new()),
            _ => (None, formats),
        };
    }
    if let Some(year) = given("century") {
        mapping.century = match year {
            "" => None,
            year => Some(year.parse().map_err(|_| "setup-century-invalid")?),
        };
    }
    if let Some(values) = given("no_date") {
        mapping.no_date = lines(values);
    }
    if let Some(values) = given("values") {
        mapping.values = renamed(values);
    }
    for (name, word) in [
        ("extract", &mut mapping.extract),
        ("blank", &mut mapping.blank),
        ("decimal", &mut mapping.decimal),
        ("digits", &mut mapping.digits),
        ("invalid", &mut mapping.invalid),
    ] {
        if let Some(text) = given(name) {
            *word = (!text.is_empty()).then(|| text.to_owned());
        }
    }
    Ok(())
}

/// The lines of a text that are not blank.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(form: &str, mut mapping: RawMapping) -> Result<RawMapping, &'static str> {
        apply(&Sent::parse(form.as_bytes()), 0, &mut mapping)?;
        Ok(mapping)
    }

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn several_formats_keep_their_order_and_a_single_one_is_not_a_list() {
        let several = applied(
            "format.0=DD-MM-YY&formats.0=%0AYYYY-MM-DD%0A%20D%20MMM%20YYYY&century.0=1950",
            RawMapping::default(),
        )
        .unwrap();
        assert_eq!(several.format, None);
        assert_eq!(
            several.formats,
            texts(&["DD-MM-YY", "YYYY-MM-DD", "D MMM YYYY"])
        );
        assert_eq!(several.century, Some(1950));
        let shown = Conversions::of(&several);
        assert_eq!(
            (shown.format.as_str(), shown.further.as_str()),
            ("DD-MM-YY", "YYYY-MM-DD\nD MMM YYYY")
        );
        let one = applied("format.0=DD-MM-YY&formats.0=&century.0=", several).unwrap();
        assert_eq!(one.format.as_deref(), Some("DD-MM-YY"));
        assert!(one.formats.is_empty() && one.century.is_none());
    }

    #[test]
    fn every_conversion_of_the_form_is_written_and_shown_again() {
        let form = "no_date.0=31-12-9999%0A-&extract.0=%28%5Cd%2B%29&blank.0=clear&decimal.0=%2C\
                    &digits.0=iso&invalid.0=reject&values.0=n%2Fa+%3D";
        let mapping = applied(form, RawMapping::default()).unwrap();
        assert_eq!(mapping.no_date, texts(&["31-12-9999", "-"]));
        assert_eq!(mapping.extract.as_deref(), Some(r"(\d+)"));
        assert_eq!(mapping.digits.as_deref(), Some("iso"));
        assert_eq!(mapping.invalid.as_deref(), Some("reject"));
        assert_eq!(mapping.values["n/a"], "");
        let shown = Conversions::of(&mapping);
        let chosen = |list: &[Choice]| {
            let found = list.iter().find(|choice| choice.2);
            found.map(|choice| choice.0)
        };
        assert_eq!(chosen(&shown.blanks), Some("clear"));
        assert_eq!(chosen(&shown.decimals), Some(","));
        assert_eq!(chosen(&shown.digits), Some("iso"));
        assert_eq!(chosen(&shown.invalids), Some("reject"));
        assert_eq!(
            (shown.no_date.as_str(), shown.extract.as_str()),
            ("31-12-9999\n-", r"(\d+)")
        );
    }

    #[test]
    fn what_a_form_does_not_ask_for_stays_and_a_century_that_is_no_year_is_an_error() {
        let before = RawMapping {
            no_date: texts(&["-"]),
            volatile: true,
            ..RawMapping::default()
        };
        assert_eq!(
            applied("blank.0=keep", before.clone()).unwrap().no_date,
            ["-"]
        );
        assert!(
            applied("no_date.0=", before.clone())
                .unwrap()
                .no_date
                .is_empty()
        );
        assert!(applied("no_date.0=", before.clone()).unwrap().volatile);
        assert_eq!(
            applied("century.0=last", before),
            Err("setup-century-invalid")
        );
    }
}
