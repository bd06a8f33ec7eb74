//! Countries by ISO 3166-1 code, calling code or name.

use super::Invalid;
use crate::model::{code::Code, problem::shown};
use rlibphonenumber::PHONE_NUMBER_UTIL;
use std::{collections::HashMap, sync::LazyLock};

/// Code, then names in English and the languages of our customers.
const TABLE: &str = include_str!("countries.tsv");

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

/// The alpha-2 code of a country written as `NL`, `31`, `+31`, `0031` or `Netherlands`. A calling code that
/// several countries share means the main one (+1 the United States, +44 the United Kingdom, +7 Russia).
pub fn country(value: &str) -> Result<&'static str, Invalid> {
    let calling = value
        .strip_prefix('+')
        .or_else(|| value.strip_prefix("00"))
        .unwrap_or(value);
    let found = if !calling.is_empty() && calling.bytes().all(|byte| byte.is_ascii_digit()) {
        let region = calling
            .parse()
            .ok()
            .and_then(|code| PHONE_NUMBER_UTIL.get_region_for_country_code(code));
        region.and_then(|region| BY_NAME.get(&format!("{region:?}").to_lowercase()).copied())
    } else {
        BY_NAME.get(&value.to_lowercase()).copied()
    };
    found.ok_or_else(|| {
        let message = format!("`{}` is not a country", shown(value));
        Invalid::new(
            Code::ValueCountry,
            message,
            "write a code such as `NL`, a calling code such as `+31`, or the name",
        )
    })
}
