//! Raw texts to canonical values, one pure function a kind of field.
//!
//! Nothing is guessed: an ambiguous date, amount or number is refused. What an invalid value does to its record
//! is decided by the caller.

mod country;
mod date;
pub(crate) mod decoded_twice;
mod email;
mod group;
mod number;
mod phone;
mod text;

#[cfg(test)]
mod tests;

pub use country::{CountryNumbers, country};
pub(crate) use date::reads_both_ways;
pub use date::{DateFormat, DateFormatFault, Order, calendar_day, iso_day};
pub use email::{email, fold_email};
pub use group::GroupNames;
pub use number::{DecimalMark, amount, boolean, decimal};
pub use phone::phone;
pub use text::{Clean, clean, identifier, is_blank, refuse_placeholder, text};

use crate::model::{
    employment,
    problem::{shown, value::Fault},
};
use icu_locale_core::Locale;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How a field's values are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// NFC, trimmed, without control characters.
    Text,
    /// The same with its line breaks.
    LongText,
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

impl FieldKind {
    /// The type of the field as settings name it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Number => "number",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Choice(_) => "choice",
            Self::Language => "language",
            Self::Country => "country",
            Self::Group => "group",
            Self::Employments => "employments",
        }
    }
}

/// What reading a value depends on besides its text.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// ISO 3166-1 alpha-2 country of phone numbers without one.
    pub region: Option<&'a str>,
    /// The workspace's languages.
    pub languages: &'a [String],
    /// The workspace's groups.
    pub groups: &'a GroupNames,
    /// How dates are written.
    pub date_format: &'a DateFormat,
    /// The last day that the field may have, if it is before 2200.
    pub latest: Option<Date>,
    /// What separates the fraction of numbers.
    pub decimal: DecimalMark,
    /// What the digits of countries are.
    pub country_numbers: Option<CountryNumbers>,
}

/// Gives the canonical text of a value that is not blank.
pub fn normalise<'r>(
    kind: &FieldKind,
    raw: &'r str,
    context: &Context<'_>,
) -> Result<Clean<'r>, Fault> {
    match kind {
        FieldKind::Employments => {
            let employments = employment::read(raw)?;
            return Ok(Clean {
                text: Cow::Owned(employment::write(&employments)),
                removed: None,
            });
        }
        FieldKind::LongText => {
            let lines = text::lines(raw)?;
            text::refuse_spreadsheet(&lines.text)?;
            return Ok(lines);
        }
        FieldKind::Email => {
            let address = text::strict(raw)?;
            email(&address)?;
            return Ok(Clean {
                text: address,
                removed: None,
            });
        }
        _ => {}
    }
    let Clean {
        text: clean,
        removed,
    } = clean(raw)?;
    text::refuse_spreadsheet(&clean)?;
    let text = match kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Employments => clean,
        FieldKind::Phone => phone(&clean, context.region).map(Cow::Owned)?,
        FieldKind::Date => context.date_format.read_plausible(clean, context.latest)?,
        FieldKind::DateTime => date::date_time(&clean).map(Cow::Owned)?,
        FieldKind::Number => {
            decimal(clean, context.decimal).map_err(|fault| Fault::Number { fault })?
        }
        FieldKind::Decimal => {
            amount(clean, context.decimal).map_err(|fault| Fault::Amount { fault })?
        }
        FieldKind::Boolean => Cow::Borrowed(if boolean(&clean)? { "true" } else { "false" }),
        FieldKind::Choice(choices) => choice(clean, choices)?,
        FieldKind::Language => language(&clean, context.languages).map(Cow::Owned)?,
        FieldKind::Country => country(&clean, context.country_numbers).map(Cow::Borrowed)?,
        FieldKind::Group => context.groups.check(&clean).map(|()| clean)?,
    };
    Ok(Clean { text, removed })
}

fn choice<'r>(value: Cow<'r, str>, choices: &[String]) -> Result<Cow<'r, str>, Fault> {
    if choices.iter().any(|choice| *choice == value) {
        return Ok(value);
    }
    Err(Fault::Choice {
        choices: first_names(choices),
    })
}

/// The workspace's language for a tag, by the lookup of RFC 4647: `nl-NL` is `nl` where only that is there.
/// A POSIX locale such as `nl_NL.UTF-8` is read as its language.
fn language(value: &str, languages: &[String]) -> Result<String, Fault> {
    let tag = value
        .split(['.', '@'])
        .next()
        .unwrap_or_default()
        .replace('_', "-");
    if Locale::try_from_str(&tag).is_err() {
        return Err(Fault::LanguageTag {
            languages: first_names(languages),
        });
    }
    let mut range = tag.as_str();
    loop {
        if let Some(found) = languages
            .iter()
            .find(|language| language.eq_ignore_ascii_case(range))
        {
            return Ok(found.clone());
        }
        let Some((shorter, _)) = range.rsplit_once('-') else {
            return Err(Fault::Language {
                languages: first_names(languages),
            });
        };
        // A single letter introduces an extension and says nothing by itself.
        range = match shorter.rsplit_once('-') {
            Some((before, single)) if single.len() == 1 => before,
            _ => shorter,
        };
    }
}

/// How many names of a list a problem has.
const MAX_NAMES: usize = 10;

/// The first names of a list, shortened and escaped.
fn first_names(names: &[String]) -> Vec<String> {
    names
        .iter()
        .take(MAX_NAMES)
        .map(|name| shown(name))
        .collect()
}
