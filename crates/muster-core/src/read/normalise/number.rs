//! Amounts, numbers and yes/no.

use super::Invalid;
use crate::model::{code::Code, problem::shown};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// Digits with at most one dot and a leading minus; the canonical text has no zeros to spare.
pub fn decimal(value: Cow<'_, str>, code: Code) -> Result<Cow<'_, str>, Invalid> {
    let refuse = |why: &str| {
        let message = format!("`{}` {why}", shown(&value));
        Invalid::new(
            code,
            message,
            "write digits with a dot before the fraction, as in `1234.50`",
        )
    };
    let digits = value.strip_prefix('-').unwrap_or(&value);
    if let Some(odd) = digits
        .chars()
        .find(|character| !character.is_ascii_digit() && *character != '.')
    {
        return Err(refuse(match odd {
            ',' => "has a comma; is it a decimal comma or a thousands separator?",
            '€' | '$' | '£' => "has a currency sign",
            ' ' | '\'' | '\u{A0}' | '\u{202F}' => "has a thousands separator",
            'e' | 'E' if digits.len() > 1 => "is in scientific notation",
            _ => "is not a number",
        }));
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(refuse("is not a number"));
    }
    let number: Decimal =
        Decimal::from_str_exact(&value).map_err(|_| refuse("has more digits than can be kept"))?;
    let canonical = if number.is_zero() {
        "0".to_owned()
    } else {
        number.normalize().to_string()
    };
    Ok(if canonical == value {
        value
    } else {
        Cow::Owned(canonical)
    })
}

/// An amount that can be paid: not negative, at most twelve digits before the dot and four after it (no currency
/// has more), so that sums of millions of them are exact.
pub fn amount(value: Cow<'_, str>) -> Result<Cow<'_, str>, Invalid> {
    let raw = shown(&value);
    let canonical = decimal(value, Code::ValueDecimal)?;
    let refuse = |why: &str, advice: &str| {
        Err(Invalid::new(
            Code::ValueDecimal,
            format!("`{raw}` {why}"),
            advice,
        ))
    };
    let (whole, fraction) = canonical.split_once('.').unwrap_or((&canonical, ""));
    if whole.starts_with('-') {
        return refuse(
            "is negative, and a budget cannot be",
            "write `0` to end a budget",
        );
    }
    if whole.len() > 12 || fraction.len() > 4 {
        return refuse(
            "has more digits than any amount of money",
            "write an amount as in `1234.50`",
        );
    }
    Ok(canonical)
}

/// yes/no, true/false, 1/0, ja/nee, y/n, j/n in any case.
pub fn boolean(value: &str) -> Result<bool, Invalid> {
    let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    if is(&["yes", "true", "1", "ja", "y", "j"]) {
        Ok(true)
    } else if is(&["no", "false", "0", "nee", "n"]) {
        Ok(false)
    } else {
        let message = format!("`{}` is neither yes nor no", shown(value));
        Err(Invalid::new(
            Code::ValueBoolean,
            message,
            "write `yes` or `no`, `true` or `false`, `1` or `0`",
        ))
    }
}
