//! Phone numbers as E.164.

use super::text::{is_scientific, is_spreadsheet_number};
use crate::model::problem::value::Fault;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};
use std::sync::LazyLock;

/// Reads a number; `region` is the country of numbers that have no country code.
pub fn phone(value: &str, region: Option<&str>) -> Result<String, Fault> {
    if is_scientific(value) {
        return Err(Fault::Scientific);
    }
    // Letters would be read as the digits of a phone's keys.
    if let Some(letter) = value.chars().find(|character| character.is_alphabetic()) {
        return Err(Fault::PhoneLetter { letter });
    }
    let international = value
        .strip_prefix("00")
        .map_or_else(|| value.to_owned(), |rest| format!("+{rest}"));
    if is_canonical(&international) {
        return Ok(international);
    }
    // The last digits of a number that became a decimal would be dialled.
    let bare: String = value
        .chars()
        .filter(|character| character.is_ascii_digit() || ",.".contains(*character))
        .collect();
    if is_spreadsheet_number(&bare) {
        return Err(Fault::SpreadsheetNumber);
    }
    if !international.starts_with('+') && region.is_none() {
        return Err(Fault::PhoneWithoutCountry);
    }
    let invalid = || Fault::Phone {
        region: region
            .filter(|_| !international.starts_with('+'))
            .map(str::to_owned),
    };
    let region = region.and_then(|region| Region::from_code(region).ok());
    let number = PHONE_NUMBER_UTIL
        .parse(&international, region)
        .map_err(|_| invalid())?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return Err(invalid());
    }
    Ok(PHONE_NUMBER_UTIL
        .format(&number, PhoneNumberFormat::E164)
        .into_owned())
}

/// Which numbers below a thousand are country calling codes.
static CODES: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let codes: Vec<_> = PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
    (0..1_000).map(|code| codes.contains(&code)).collect()
});

/// Whether a number is already valid E.164, as most numbers of a tidy export are. Reading it part by part, as
/// people write numbers, would give the same text in twice the time.
fn is_canonical(value: &str) -> bool {
    let Some(digits) = value
        .strip_prefix('+')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return false;
    };
    // No code begins with another one.
    let code = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code: usize = code.parse().ok()?;
        CODES.get(code)?.then_some((code, national))
    });
    let Some((code, national)) = code else {
        return false;
    };
    // This may be a national prefix, which has to be removed.
    let has_prefix = national.starts_with(['0', '1', '8']);
    let (Ok(code), Ok(national_number), false) =
        (i32::try_from(code), national.parse(), has_prefix)
    else {
        return false;
    };
    let number = PhoneNumber {
        country_code: code,
        national_number,
        ..PhoneNumber::default()
    };
    PHONE_NUMBER_UTIL.is_valid_number(&number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_in_full(value: &str) -> Option<String> {
        let number = PHONE_NUMBER_UTIL.parse(value, None).ok()?;
        let text = PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .into_owned();
        PHONE_NUMBER_UTIL.is_valid_number(&number).then_some(text)
    }

    #[test]
    fn canonical_numbers_of_every_region_are_read_as_in_full() {
        for region in PHONE_NUMBER_UTIL.get_supported_regions() {
            let Ok(number) = PHONE_NUMBER_UTIL.get_example_number(region) else {
                continue;
            };
            let text = PHONE_NUMBER_UTIL
                .format(&number, PhoneNumberFormat::E164)
                .into_owned();
            assert_eq!(read_in_full(&text).as_ref(), Some(&text));
            assert_eq!(phone(&text, None), Ok(text));
        }
        assert!(is_canonical("+31612345678"), "the short way is used at all");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn canonical_numbers_are_read_as_in_full(text in "\\+[1-9][0-9]{6,14}") {
            if is_canonical(&text) {
                prop_assert_eq!(read_in_full(&text), Some(text));
            }
        }
    }
}
