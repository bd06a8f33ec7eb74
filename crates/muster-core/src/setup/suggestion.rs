//! Proposes a mapping for columns that nobody has mapped yet, and the nearest name to a misspelt one.

use crate::{
    model::{
        field::{Schema, budget_key},
        problem::shown,
    },
    read::normalise::{self, DateFormat, FieldKind},
};
use icu_locale_core::Locale;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet};

/// Column names that mean a field, in English, Dutch, German and Danish; first the field's key.
const ALIASES: &str = include_str!("aliases.tsv");

/// What a column may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Suggestion {
    /// The column as the source names it.
    pub column: String,
    /// Key of the field; none: a custom field of this name could be made.
    pub field: Option<String>,
    /// The format of its values, if they are dates in another one than `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    pub why: String,
    /// A few values, shortened and escaped.
    pub samples: Vec<String>,
}

/// The most similar of some names, if one is similar enough to be meant.
pub fn nearest<'n>(name: &str, candidates: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let folded = fold(name);
    let scored =
        candidates.map(|candidate| (strsim::jaro_winkler(&folded, &fold(candidate)), candidate));
    scored
        .filter(|(score, _)| *score >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Letters and digits in lower case.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Formats that dates are looked for in, the usual ones first.
const FORMATS: [&str; 8] = [
    "YYYY-MM-DD",
    "DD-MM-YYYY",
    "DD/MM/YYYY",
    "DD.MM.YYYY",
    "MM/DD/YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "DDMMYYYY",
];

/// Words that a column name may have beside the name of a field.
const HARMLESS: [&str; 12] = [
    "employee",
    "employees",
    "staff",
    "work",
    "business",
    "primary",
    "main",
    "current",
    "medewerker",
    "werknemer",
    "mitarbeiter",
    "medarbejder",
];

/// How well a column fits a field.
#[derive(Clone)]
struct Fit {
    score: f64,
    field: String,
    format: Option<String>,
    why: String,
}

/// Proposes a field for each column; a field is proposed at most once, for the column that fits best.
/// `configured` has the formats of date columns that are mapped already: only they count there.
pub fn suggest(
    columns: &[String],
    rows: &[Vec<String>],
    configured: &[(String, DateFormat)],
) -> Vec<Suggestion> {
    let schema = Schema::new([]);
    let mut fits: Vec<(usize, Fit)> = Vec::new();
    for (position, column) in columns.iter().enumerate() {
        let values: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(position))
            .map(String::as_str)
            .filter(|v| !normalise::is_blank(v))
            .collect();
        let own = configured
            .iter()
            .find(|(name, _)| name == column)
            .map(|(_, format)| format);
        for line in ALIASES.lines() {
            let Some((key, aliases)) = line.split_once('\t') else {
                continue;
            };
            let kind = schema
                .find(key)
                .and_then(|number| schema.get(number))
                .map(|field| &field.kind);
            let fit = fit(column, key, aliases, kind, &values, own);
            fits.extend(fit.map(|fit| (position, fit)));
        }
    }
    fits.sort_by(|(at, a), (bt, b)| {
        let by_name = || at.cmp(bt).then_with(|| a.field.cmp(&b.field));
        b.score.total_cmp(&a.score).then_with(by_name)
    });
    let mut best: Vec<Option<Fit>> = vec![None; columns.len()];
    let mut used = BTreeSet::new();
    for (position, fit) in fits {
        if best[position].is_none() && used.insert(fit.field.clone()) {
            best[position] = Some(fit);
        }
    }
    columns
        .iter()
        .zip(best)
        .enumerate()
        .map(|(position, (column, best))| finish(column, best, position, rows))
        .collect()
}

fn finish(column: &str, best: Option<Fit>, position: usize, rows: &[Vec<String>]) -> Suggestion {
    let samples = rows
        .iter()
        .filter_map(|row| row.get(position))
        .filter(|value| !value.is_empty());
    let samples = samples.take(3).map(|value| shown(value)).collect();
    let is_budget = budget_key(&column.to_lowercase()).is_some();
    let (confidence, field, format, why) = match best {
        _ if is_budget => {
            let why = "the name of a budget".to_owned();
            (0.95, Some(column.to_lowercase()), None, why)
        }
        Some(fit) => (fit.score, Some(fit.field), fit.format, fit.why),
        None => {
            let why = "no field has a name like this; it can become a custom field";
            (0.0, None, None, why.to_owned())
        }
    };
    Suggestion {
        column: column.to_owned(),
        field,
        format,
        confidence,
        why,
        samples,
    }
}

/// How well a column fits a field by its name and the look of its values; none: not at all.
fn fit(
    column: &str,
    key: &str,
    aliases: &str,
    kind: Option<&FieldKind>,
    values: &[&str],
    own: Option<&DateFormat>,
) -> Option<Fit> {
    let (similarity, alias) = std::iter::once(key)
        .chain(aliases.split('|'))
        .filter_map(|alias| Some((similarity(column, alias)?, alias)))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let named = if similarity >= 1.0 {
        format!("named like `{alias}`")
    } else {
        format!("named almost like `{alias}`")
    };
    let looks = kind
        .filter(|_| !values.is_empty())
        .and_then(|kind| looks(kind, values, own));
    let Some((share, format)) = looks else {
        return Some(Fit {
            score: round(similarity * 0.9),
            field: key.to_owned(),
            format: None,
            why: named,
        });
    };
    let percent = (share * 100.0).floor();
    let look = match &format {
        Some(format) => format!("are dates in the format `{format}`"),
        None => "look right".to_owned(),
    };
    Some(Fit {
        score: round(similarity * (0.4 + 0.6 * share)),
        field: key.to_owned(),
        format: format.filter(|format| *format != DateFormat::default().shape()),
        why: format!("{named}; {percent} % of the values {look}"),
    })
}

/// How alike two names are, from 0 to 1; none: not alike. Short names are alike only if they are equal: `lang`
/// is no `land`.
fn similarity(name: &str, alias: &str) -> Option<f64> {
    let (folded, wanted) = (fold(name), fold(alias));
    if folded == wanted {
        return Some(1.0);
    }
    let (words, wanted_words) = (words(name), words(alias));
    if words == wanted_words {
        return Some(0.98);
    }
    let is_harmless = |word: &&String| HARMLESS.contains(&word.as_str());
    let rest: BTreeSet<_> = words.iter().filter(|word| !is_harmless(word)).collect();
    if !rest.is_empty() && rest == wanted_words.iter().collect() {
        return Some(0.95);
    }
    let length = folded.chars().count().max(wanted.chars().count());
    let edits = strsim::osa_distance(&folded, &wanted);
    (edits * 5 <= length).then(|| 1.0 - edits as f64 / length as f64)
}

/// The words of a name in lower case; a capital after a small letter begins another one.
fn words(name: &str) -> BTreeSet<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        if !character.is_alphanumeric() || character.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

fn round(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// Share of values that a kind with a look of its own can read, and the format of dates.
fn looks(
    kind: &FieldKind,
    values: &[&str],
    own: Option<&DateFormat>,
) -> Option<(f64, Option<String>)> {
    let share = |fits: &dyn Fn(&str) -> bool| {
        values.iter().filter(|value| fits(value.trim())).count() as f64 / values.len() as f64
    };
    let is_date = |format: &DateFormat| {
        share(&|value| format.read_plausible(Cow::Borrowed(value), None).is_ok())
    };
    let share = match kind {
        FieldKind::Date => {
            let all = FORMATS
                .iter()
                .filter_map(|text| DateFormat::parse(text).ok());
            let formats = own.map_or_else(|| all.collect(), |own| vec![own.clone()]);
            let best = formats
                .into_iter()
                .map(|format| (is_date(&format), format))
                .reduce(|best, next| if next.0 > best.0 { next } else { best });
            return best.map(|(share, format)| (share, Some(format.shape().to_owned())));
        }
        FieldKind::Email => share(&|value| normalise::email(value).is_ok()),
        FieldKind::Country => share(&|value| normalise::country(value, None).is_ok()),
        FieldKind::Phone => share(&|value| value.chars().filter(char::is_ascii_digit).count() >= 6),
        FieldKind::Language => share(&|value| {
            let tag = value.replace('_', "-");
            let language = tag.split('-').next().unwrap_or_default();
            language.len() <= 3 && Locale::try_from_str(&tag).is_ok()
        }),
        _ => return None,
    };
    Some((share, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[(&str, Option<&str>)]) {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        for (suggestion, (column, field)) in suggest(&names, &[], &[]).iter().zip(columns) {
            assert_eq!(
                suggestion.field.as_deref(),
                *field,
                "{column}: {suggestion:?}"
            );
        }
    }

    #[test]
    fn actimo_columns_are_recognised() {
        check(&[
            ("First Name", Some("first_name")),
            ("Last Name", Some("last_name")),
            ("Employee ID", Some("external_id")),
            ("Title", Some("title")),
            ("Job Function", Some("job_function")),
            ("Store", None),
            ("Country Code", Some("country")),
            ("Mobile Phone Number", Some("phone")),
            ("Email", Some("email")),
            ("Manager Employee ID", Some("manager_external_id")),
        ]);
    }

    #[test]
    fn dutch_german_and_danish_columns_are_recognised() {
        check(&[
            ("Voornaam", Some("first_name")),
            ("Achternaam", Some("last_name")),
            ("Tussenvoegsel", Some("prefix")),
            ("Personeelsnummer", Some("external_id")),
            ("In dienst", Some("onboarding_date")),
            ("Uit dienst", Some("offboarding_date")),
            ("Geboortedatum", Some("birthday")),
        ]);
        check(&[
            ("Vorname", Some("first_name")),
            ("Nachname", Some("last_name")),
            ("Geburtsdatum", Some("birthday")),
        ]);
        check(&[
            ("Fornavn", Some("first_name")),
            ("Efternavn", Some("last_name")),
            ("Fødselsdag", Some("birthday")),
        ]);
    }

    #[test]
    fn values_that_do_not_look_right_lower_the_confidence() {
        let columns = ["Email".to_owned()];
        let good = suggest(&columns, &[vec!["ann@example.com".into()]], &[])[0].confidence;
        let bad = suggest(&columns, &[vec!["Ann".into()]], &[])[0].confidence;
        assert!(good > 0.95 && bad < 0.5, "{good} {bad}");
    }

    #[test]
    fn names_that_only_look_alike_are_not_proposed() {
        check(&[
            ("lang", Some("language")),
            ("Position Status", None),
            ("Position", Some("title")),
            ("Landing page", None),
            ("Group leader", None),
            ("Employee first name", Some("first_name")),
            ("hireDate", Some("onboarding_date")),
            ("Emial address", Some("email")),
            ("Manager name", None),
            ("Start", None),
        ]);
    }

    #[test]
    fn dates_are_proposed_with_a_format_that_reads_them() {
        let columns = ["Start date".to_owned()];
        let of = |values: &[&str], configured: &[(String, DateFormat)]| {
            let rows: Vec<_> = values
                .iter()
                .map(|value| vec![(*value).to_owned()])
                .collect();
            let found = suggest(&columns, &rows, configured).remove(0);
            (
                found.format,
                found.why.split("; ").nth(1).map(str::to_owned),
            )
        };
        let fits = |format: Option<&str>, percent: u32, shape: &str| {
            let why = format!("{percent} % of the values are dates in the format `{shape}`");
            (format.map(str::to_owned), Some(why))
        };
        let dutch = ["31-12-2025", "01-02-2026"];
        assert_eq!(of(&dutch, &[]), fits(Some("DD-MM-YYYY"), 100, "DD-MM-YYYY"));
        assert_eq!(of(&["2026-05-01"], &[]), fits(None, 100, "YYYY-MM-DD"));
        assert_eq!(
            of(&["05/31/2026"], &[]),
            fits(Some("MM/DD/YYYY"), 100, "MM/DD/YYYY")
        );
        let own = [("Start date".to_owned(), DateFormat::default())];
        assert_eq!(of(&dutch, &own), fits(None, 0, "YYYY-MM-DD"));
        assert_eq!(
            of(&["31-12-25", "31-12-2025"], &[]),
            fits(Some("DD-MM-YYYY"), 50, "DD-MM-YYYY")
        );
        // Mixed forms are in no single format.
        assert_eq!(
            of(&["31-12-2025", "2025/12/31", "1/2/2026"], &[]),
            fits(Some("DD-MM-YYYY"), 33, "DD-MM-YYYY")
        );
    }

    #[test]
    fn the_nearest_name_is_found_only_if_it_is_near() {
        assert_eq!(
            nearest("Frist name", ["Last name", "First name"].into_iter()),
            Some("First name")
        );
        assert_eq!(nearest("colour", ["pattern", "url"].into_iter()), None);
    }
}
