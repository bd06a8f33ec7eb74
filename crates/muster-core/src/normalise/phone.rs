//! Phone numbers as E.164.

use super::Invalid;
use crate::{code::Code, problem::shown};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// Reads a number; `region` is the country of numbers that have no country code.
pub fn phone(value: &str, region: Option<&str>) -> Result<String, Invalid> {
    let refuse = |why: String, advice: &str| Invalid::new(Code::ValuePhone, why, advice);
    let advice = "write it with its country code, as in `+31612345678`";
    // Letters would be read as the digits of a phone's keys.
    if let Some(letter) = value.chars().find(|character| character.is_alphabetic()) {
        return Err(refuse(format!("`{}` has the letter `{letter}`", shown(value)), advice));
    }
    let international = value.strip_prefix("00").map_or_else(|| value.to_owned(), |rest| format!("+{rest}"));
    if !international.starts_with('+') && region.is_none() {
        let why = format!("`{}` has no country code, and no country applies", shown(value));
        return Err(refuse(why, "add the country code, map a country column, or set the workspace's region"));
    }
    let invalid = || match region {
        Some(region) if !international.starts_with('+') => {
            format!("`{}` is not a phone number in {region}", shown(value))
        }
        _ => format!("`{}` is not a phone number", shown(value)),
    };
    let region = region.and_then(|region| Region::from_code(region).ok());
    let number = PHONE_NUMBER_UTIL.parse(&international, region).map_err(|_| refuse(invalid(), advice))?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return Err(refuse(invalid(), advice));
    }
    Ok(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}
