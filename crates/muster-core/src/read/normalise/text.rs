//! Plain text and identifiers: NFC, trimmed, nothing hidden.

use super::Invalid;
use crate::model::{
    code::Code,
    problem::{is_hidden, shown},
};
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Longest value of a directory field, in bytes.
const LONGEST: usize = 4_000;

/// Whether a value is empty or only white space.
#[inline]
pub fn is_blank(raw: &str) -> bool {
    // Nearly every value begins with a visible ASCII character.
    !raw.as_bytes().first().is_some_and(u8::is_ascii_graphic) && raw.chars().all(is_edge)
}

/// White space and invisible characters that exports leave at the ends of values.
fn is_edge(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// A text in NFC without white space around it. Control, invisible and direction-changing characters inside
/// are refused, so that what is read is what is stored.
pub fn text(raw: &str) -> Result<Cow<'_, str>, Invalid> {
    let bytes = raw.as_bytes();
    let plain = |byte: &u8| (0x20..0x7f).contains(byte);
    if bytes.iter().all(plain) && bytes.len() <= LONGEST {
        return Ok(Cow::Borrowed(raw.trim_matches(' ')));
    }
    let trimmed = raw.trim_matches(is_edge);
    if trimmed.len() > LONGEST {
        let message = format!(
            "`{}` has {} bytes; a value may have {LONGEST}",
            shown(trimmed),
            trimmed.len()
        );
        return Err(Invalid::new(
            Code::ValueTooLong,
            message,
            "shorten the value in the source",
        ));
    }
    if let Some(hidden) = trimmed.chars().find(|character| is_hidden(*character)) {
        let message = format!(
            "`{}` has the hidden character U+{:04X}",
            shown(trimmed),
            hidden as u32
        );
        return Err(Invalid::new(
            Code::ValueControl,
            message,
            "remove the character in the source",
        ));
    }
    Ok(if is_nfc(trimmed) {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.nfc().collect())
    })
}

/// An identifier: exact text with leading zeros. Digits that a spreadsheet has already lost are refused.
pub fn identifier(raw: &str) -> Result<Cow<'_, str>, Invalid> {
    let value = text(raw)?;
    refuse_spreadsheet(&value)?;
    if is_scientific(&value) {
        let message = format!(
            "`{}` looks like a spreadsheet's scientific notation",
            shown(&value)
        );
        let advice = "format the column as text in the spreadsheet and export it again";
        return Err(Invalid::new(Code::ValueScientific, message, advice));
    }
    Ok(value)
}

/// `1,00E+05`, `1.2E-3`: digits with a comma or dot, then an exponent with a sign.
fn is_scientific(value: &str) -> bool {
    let Some((mantissa, exponent)) = value.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let signed = exponent.strip_prefix(['+', '-']);
    let fraction = mantissa.split_once([',', '.']);
    match (fraction, signed) {
        (Some((whole, rest)), Some(exponent)) => digits(whole) && digits(rest) && digits(exponent),
        (Some((whole, rest)), None) => digits(whole) && digits(rest) && digits(exponent),
        (None, Some(exponent)) => digits(mantissa) && digits(exponent),
        (None, None) => false,
    }
}

/// Spreadsheet errors and formulas that stand where their results should.
pub(super) fn refuse_spreadsheet(value: &str) -> Result<(), Invalid> {
    let error = value.starts_with('#')
        && [
            "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
        ]
        .iter()
        .any(|error| value.eq_ignore_ascii_case(error));
    let formula = value.starts_with("=\"") && value.ends_with('"');
    if !error && !formula {
        return Ok(());
    }
    let kind = if error {
        "a spreadsheet error value"
    } else {
        "a spreadsheet formula"
    };
    let message = format!("`{}` is {kind}", shown(value));
    Err(Invalid::new(
        Code::ValueSpreadsheet,
        message,
        "export the values of the cells, not their formulas",
    ))
}
