//! Countries by ISO 3166-1 code, calling code or name.

use crate::model::problem::value::Fault;
use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::LazyLock};

/// Code, then names in English and the languages of our customers.
const TABLE: &str = include_str!("countries.tsv");

/// ISO 3166-1 number of three digits, then code.
const NUMBERS: &str = include_str!("iso_numbers.tsv");

/// What the digits of a column of countries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountryNumbers {
    /// Calling codes, such as `31`.
    Calling,
    /// ISO 3166-1 numbers, such as `528`.
    Iso,
}

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter_map(|line| line.split_once('\t'));
    rows.flat_map(|(code, names)| {
        std::iter::once((code.to_lowercase(), code)).chain(
            names
                .split('|')
                .map(move |name| (name.to_lowercase(), code)),
        )
    })
    .collect()
});

static BY_NUMBER: LazyLock<HashMap<u16, &'static str>> = LazyLock::new(|| {
    let rows = NUMBERS.lines().filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(number, code)| Some((number.parse().ok()?, code)))
        .collect()
});

/// The alpha-2 code of a country written as `NL`, `31`, `+31`, `0031` or `Netherlands`. A calling code that
/// several countries share means the main one (+1 the United States, +44 the United Kingdom, +7 Russia).
///
/// Three digits that are a calling code and the ISO number of another country are refused, unless `numbers`
/// says which they are.
pub fn country(value: &str, numbers: Option<CountryNumbers>) -> Result<&'static str, Fault> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(code) = value.strip_prefix('+').or_else(|| value.strip_prefix("00"))
        && is_digits(code)
        && numbers != Some(CountryNumbers::Iso)
    {
        return by_calling_code(code).ok_or(Fault::Country);
    }
    if !is_digits(value) {
        let found = BY_NAME.get(&value.to_lowercase()).copied();
        return found.ok_or(Fault::Country);
    }
    let iso = value.parse().ok().and_then(|number| BY_NUMBER.get(&number));
    match (numbers, by_calling_code(value), iso) {
        (Some(CountryNumbers::Iso), _, iso) => iso.copied(),
        (Some(CountryNumbers::Calling), calling, _) => calling,
        // ISO numbers have three digits.
        (None, Some(calling), Some(iso)) if value.len() >= 3 && calling != *iso => {
            return Err(Fault::CountryNumber {
                calling: calling.to_owned(),
                iso: (*iso).to_owned(),
            });
        }
        (None, calling, _) if !value.starts_with('0') => calling,
        (None, ..) => None,
    }
    .ok_or(Fault::Country)
}

fn by_calling_code(digits: &str) -> Option<&'static str> {
    let code = digits.parse().ok()?;
    let region = PHONE_NUMBER_UTIL.get_region_for_country_code(code)?;
    BY_NAME.get(&format!("{region:?}").to_lowercase()).copied()
}
