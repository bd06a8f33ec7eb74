//! Amounts, numbers and yes/no.

use crate::model::problem::value::{Fault, NumberFault};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What separates the fraction of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// As in `1234.50`.
    #[default]
    Point,
    /// As in `1234,50`.
    Comma,
}

impl DecimalMark {
    /// The mark itself.
    pub fn as_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// Digits with at most one decimal mark and a leading minus; the canonical text has a point and no needless
/// zeros.
pub fn decimal(value: Cow<'_, str>, mark: DecimalMark) -> Result<Cow<'_, str>, NumberFault> {
    let digits = value.strip_prefix('-').unwrap_or(&value);
    if names_currency(digits) {
        return Err(NumberFault::Currency);
    }
    if let Some(odd) = digits
        .chars()
        .find(|character| !character.is_ascii_digit() && *character != mark.as_char())
    {
        return Err(match odd {
            ',' => NumberFault::Comma,
            '.' => NumberFault::Point,
            ' ' | '\'' | '\u{2019}' | '\u{A0}' | '\u{2009}' | '\u{202F}' => {
                NumberFault::ThousandsSeparator
            }
            'e' | 'E' if !digits.starts_with(odd) => NumberFault::Scientific,
            _ => NumberFault::NotANumber,
        });
    }
    let (whole, fraction) = digits.split_once(mark.as_char()).unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains(mark.as_char()) {
        return Err(NumberFault::NotANumber);
    }
    let pointed = match mark {
        DecimalMark::Point => value,
        DecimalMark::Comma if value.contains(',') => Cow::Owned(value.replace(',', ".")),
        DecimalMark::Comma => value,
    };
    let number: Decimal =
        Decimal::from_str_exact(&pointed).map_err(|_| NumberFault::TooManyDigits)?;
    let canonical = if number.is_zero() {
        "0".to_owned()
    } else {
        number.normalize().to_string()
    };
    Ok(if canonical == pointed {
        pointed
    } else {
        Cow::Owned(canonical)
    })
}

/// Whether nothing but the sign or code of a currency stands before or after the number.
fn names_currency(value: &str) -> bool {
    let is_number = |character: char| {
        character.is_ascii_digit() || " .,'\u{2019}\u{A0}\u{202F}-".contains(character)
    };
    let name = value.trim_matches(is_number);
    let is_code = || name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_sign =
        || matches!(name, "$" | "£" | "¥" | "kr" | "zł") || name.chars().all(is_currency_sign);
    name.len() < value.len() && !name.is_empty() && name != "NaN" && (is_code() || is_sign())
}

/// The block of currency symbols.
fn is_currency_sign(character: char) -> bool {
    matches!(character, '\u{20A0}'..='\u{20CF}')
}

/// An amount that can be paid: not negative, at most twelve digits before the mark and four after it (no
/// currency has more), so that sums of millions of them are exact.
///
/// Three decimals are refused: `1.250` may be one and a quarter, or one thousand two hundred and fifty.
pub fn amount(value: Cow<'_, str>, mark: DecimalMark) -> Result<Cow<'_, str>, NumberFault> {
    let decimals = |text: &str, mark: char| text.split_once(mark).map_or(0, |(_, rest)| rest.len());
    let is_thousands = decimals(&value, mark.as_char()) == 3;
    let canonical = decimal(value, mark)?;
    let (whole, fraction) = canonical.split_once('.').unwrap_or((&canonical, ""));
    if whole.starts_with('-') {
        return Err(NumberFault::Negative);
    }
    if is_thousands || fraction.len() == 3 {
        return Err(NumberFault::ThreeDecimals);
    }
    if whole.len() > 12 || fraction.len() > 4 {
        return Err(NumberFault::NotMoney);
    }
    Ok(canonical)
}

/// Words for yes, in English, Dutch, German, French, Danish, Spanish, Italian and Swedish, and what
/// spreadsheets in these languages write for TRUE.
const YES: [&str; 17] = [
    "yes",
    "true",
    "1",
    "y",
    "ja",
    "j",
    "oui",
    "sí",
    "si",
    "sì",
    "waar",
    "wahr",
    "vrai",
    "sand",
    "verdadero",
    "vero",
    "sant",
];

/// The same for no.
const NO: [&str; 15] = [
    "no", "false", "0", "n", "nee", "nein", "non", "nej", "neen", "onwaar", "falsch", "faux",
    "falsk", "falso", "falskt",
];

/// yes/no, true/false, 1/0, y/n, j/n and yes/no in other languages, in any case.
pub fn boolean(value: &str) -> Result<bool, Fault> {
    let word = value.to_lowercase();
    if YES.contains(&word.as_str()) {
        Ok(true)
    } else if NO.contains(&word.as_str()) {
        Ok(false)
    } else {
        Err(Fault::Boolean)
    }
}
