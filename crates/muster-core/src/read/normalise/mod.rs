//! Raw texts to canonical values, one pure function a kind of field.
//!
//! Nothing is guessed: an ambiguous date, amount or number is refused with the observed value. What an
//! invalid value does to its record is decided by the caller.

mod country;
mod date;
mod email;
mod group;
mod number;
mod phone;
mod text;

#[cfg(test)]
mod tests;

pub use country::country;
pub use date::{DateFormat, calendar_day, iso_day};
pub use email::{email, fold_email};
pub use group::GroupNames;
pub use number::{amount, boolean, decimal};
pub use phone::phone;
pub use text::{identifier, is_blank, text};

use crate::model::{code::Code, employment, problem::shown};
use icu_locale_core::Locale;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How a field's values are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// NFC, trimmed, without control characters.
    Text,
    /// An address with a domain that has a dot.
    Email,
    /// Stored as E.164.
    Phone,
    /// A calendar day, stored as `YYYY-MM-DD`.
    Date,
    /// An instant with its offset, RFC 3339.
    DateTime,
    /// A number with an optional fraction after a dot.
    Number,
    /// An amount with an optional fraction after a dot; never negative.
    Decimal,
    /// Stored as `true` or `false`.
    Boolean,
    /// One of these texts, exactly.
    Choice(Vec<String>),
    /// One of the workspace's BCP 47 languages.
    Language,
    /// ISO 3166-1 alpha-2.
    Country,
    /// The exact name of a group of the workspace.
    Group,
    /// Employments as a JSON array, see [`crate::model::employment`].
    Employments,
}

/// What reading a value depends on besides its text.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// ISO 3166-1 alpha-2 country of phone numbers without one.
    pub region: Option<&'a str>,
    pub languages: &'a [String],
    pub groups: &'a GroupNames,
    /// How dates are written.
    pub date_format: &'a DateFormat,
}

/// Why a value cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub code: Code,
    /// Lower-case fragment with the observed value.
    pub message: String,
    /// What would be right.
    pub advice: String,
}

impl Invalid {
    pub(crate) fn new(code: Code, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            advice: advice.into(),
        }
    }
}

/// Gives the canonical text of a value that is not blank.
pub fn normalise<'r>(
    kind: &FieldKind,
    raw: &'r str,
    context: &Context<'_>,
) -> Result<Cow<'r, str>, Invalid> {
    if *kind == FieldKind::Employments {
        return employment::read(raw)
            .map(|employments| Cow::Owned(employment::write(&employments)));
    }
    let clean = text(raw)?;
    text::refuse_spreadsheet(&clean)?;
    match kind {
        FieldKind::Text => Ok(clean),
        FieldKind::Email => {
            email(&clean)?;
            Ok(clean)
        }
        FieldKind::Phone => phone(&clean, context.region).map(Cow::Owned),
        FieldKind::Date => context.date_format.read(clean),
        FieldKind::DateTime => date::date_time(&clean).map(Cow::Owned),
        FieldKind::Number => decimal(clean, Code::ValueNumber),
        FieldKind::Decimal => amount(clean),
        FieldKind::Boolean => {
            boolean(&clean).map(|value| Cow::Borrowed(if value { "true" } else { "false" }))
        }
        FieldKind::Choice(choices) => choice(clean, choices),
        FieldKind::Language => language(&clean, context.languages).map(Cow::Owned),
        FieldKind::Country => country(&clean).map(Cow::Borrowed),
        FieldKind::Group => context.groups.check(&clean).map(|()| clean),
        FieldKind::Employments => Ok(clean),
    }
}

fn choice<'r>(value: Cow<'r, str>, choices: &[String]) -> Result<Cow<'r, str>, Invalid> {
    if choices.iter().any(|choice| *choice == value) {
        return Ok(value);
    }
    Err(Invalid::new(
        Code::ValueChoice,
        format!("`{}` is not one of the choices", shown(&value)),
        format!("use one of {}", listed(choices)),
    ))
}

fn language(value: &str, languages: &[String]) -> Result<String, Invalid> {
    let known = || {
        format!(
            "use one of the workspace's languages: {}",
            listed(languages)
        )
    };
    let tag = Locale::try_from_str(&value.replace('_', "-")).map_err(|_| {
        Invalid::new(
            Code::ValueLanguage,
            format!("`{}` is not a BCP 47 language", shown(value)),
            known(),
        )
    })?;
    let tag = tag.to_string();
    languages
        .iter()
        .find(|language| language.eq_ignore_ascii_case(&tag))
        .cloned()
        .ok_or_else(|| {
            Invalid::new(
                Code::ValueLanguage,
                format!("`{}` is not a language of this workspace", shown(value)),
                known(),
            )
        })
}

/// The first ten of a list in backticks.
pub(crate) fn listed(values: &[String]) -> String {
    let mut text = values
        .iter()
        .take(10)
        .map(|value| format!("`{}`", shown(value)))
        .collect::<Vec<_>>()
        .join(", ");
    if values.len() > 10 {
        text.push_str(&format!(" and {} more", values.len() - 10));
    }
    text
}
