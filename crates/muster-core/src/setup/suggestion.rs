//! Proposes a mapping for columns that nobody has mapped yet, and the nearest name to a misspelt one.

use crate::{
    model::{
        field::{Schema, budget_key},
        problem::shown,
    },
    read::normalise::{self, DateFormat, FieldKind},
};
use serde::Serialize;
use std::{borrow::Cow, collections::BTreeSet};

/// Column names that mean a field, in English, Dutch, German and Danish; first the field's key.
const ALIASES: &str = include_str!("aliases.tsv");

/// What a column may be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The column as the source names it.
    pub column: String,
    /// Key of the field; none: a custom field of this name could be made.
    pub field: Option<String>,
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

/// Proposes a field for each column; a field is proposed at most once, for the column that fits best.
pub fn suggest(columns: &[String], rows: &[Vec<String>]) -> Vec<Suggestion> {
    let schema = Schema::new([]);
    let mut scored: Vec<(f64, usize, String, String)> = Vec::new();
    for (position, column) in columns.iter().enumerate() {
        let values: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(position))
            .map(String::as_str)
            .filter(|v| !normalise::is_blank(v))
            .collect();
        for line in ALIASES.lines() {
            let Some((key, aliases)) = line.split_once('\t') else {
                continue;
            };
            let kind = schema
                .find(key)
                .and_then(|number| schema.get(number))
                .map(|field| &field.kind);
            if let Some((score, why)) = score(column, key, aliases, kind, &values) {
                scored.push((score, position, key.to_owned(), why));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut best: Vec<Option<(f64, String, String)>> = vec![None; columns.len()];
    let mut used = BTreeSet::new();
    for (score, position, key, why) in scored {
        if best[position].is_none() && used.insert(key.clone()) {
            best[position] = Some((score, key, why));
        }
    }
    columns
        .iter()
        .zip(best)
        .enumerate()
        .map(|(position, (column, best))| finish(column, best, position, rows))
        .collect()
}

fn finish(
    column: &str,
    best: Option<(f64, String, String)>,
    position: usize,
    rows: &[Vec<String>],
) -> Suggestion {
    let samples = rows
        .iter()
        .filter_map(|row| row.get(position))
        .filter(|value| !value.is_empty());
    let samples = samples.take(3).map(|value| shown(value)).collect();
    let budget = budget_key(&column.to_lowercase()).is_some();
    let (confidence, field, why) = match best {
        _ if budget => (
            0.95,
            Some(column.to_lowercase()),
            "the name of a budget".to_owned(),
        ),
        Some((score, key, why)) => (score, Some(key), why),
        None => (
            0.0,
            None,
            "no field has a name like this; it can become a custom field".to_owned(),
        ),
    };
    Suggestion {
        column: column.to_owned(),
        field,
        confidence,
        why,
        samples,
    }
}

/// How well a column fits a field by its name and the look of its values; none: not at all.
fn score(
    column: &str,
    key: &str,
    aliases: &str,
    kind: Option<&FieldKind>,
    values: &[&str],
) -> Option<(f64, String)> {
    let name = fold(column);
    let (similarity, alias) = std::iter::once(key)
        .chain(aliases.split('|'))
        .map(|alias| (strsim::jaro_winkler(&name, &fold(alias)), alias))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    if similarity < 0.88 {
        return None;
    }
    let named = if similarity >= 1.0 {
        format!("named like `{alias}`")
    } else {
        format!("named almost like `{alias}`")
    };
    let Some(share) = kind.and_then(|kind| share_that_fits(kind, values)) else {
        return Some((round(similarity * 0.9), named));
    };
    let percent = (share * 100.0).round();
    Some((
        round(similarity * (0.4 + 0.6 * share)),
        format!("{named}; {percent} % of the values look right"),
    ))
}

fn round(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// Share of values that a kind with a look of its own can read.
fn share_that_fits(kind: &FieldKind, values: &[&str]) -> Option<f64> {
    let fits: fn(&str) -> bool = match kind {
        FieldKind::Email => |value| normalise::email(value.trim()).is_ok(),
        FieldKind::Date => |value| {
            ["YYYY-MM-DD", "DD-MM-YYYY", "D/M/YYYY", "DD.MM.YYYY"]
                .iter()
                .filter_map(|format| DateFormat::parse(format).ok())
                .any(|format| format.read(Cow::Borrowed(value.trim())).is_ok())
        },
        FieldKind::Country => |value| normalise::country(value.trim(), None).is_ok(),
        FieldKind::Phone => |value| value.chars().filter(char::is_ascii_digit).count() >= 6,
        _ => return None,
    };
    if values.is_empty() {
        return None;
    }
    Some(values.iter().filter(|value| fits(value)).count() as f64 / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[(&str, Option<&str>)]) {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        for (suggestion, (column, field)) in suggest(&names, &[]).iter().zip(columns) {
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
        let good = suggest(&columns, &[vec!["ann@example.com".into()]])[0].confidence;
        let bad = suggest(&columns, &[vec!["Ann".into()]])[0].confidence;
        assert!(good > 0.95 && bad < 0.5, "{good} {bad}");
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
