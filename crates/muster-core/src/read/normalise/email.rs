//! E-mail addresses: well formed, in one script, compared without regard to ASCII case only.

use super::Invalid;
use crate::model::{code::Code, problem::shown};
use email_address::{EmailAddress, Options};
use std::borrow::Cow;

/// Checks an address. It needs a domain with a dot and may not mix scripts, as look-alikes do.
pub fn email(value: &str) -> Result<(), Invalid> {
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    if EmailAddress::parse_with_options(value, options).is_err() {
        let message = format!("`{}` is not an e-mail address", shown(value));
        return Err(Invalid::new(
            Code::ValueEmail,
            message,
            "write it as in `name@example.com`",
        ));
    }
    for part in value.split(['@', '.']) {
        let latin = part
            .chars()
            .any(|character| character.is_ascii_alphabetic());
        if latin && part.chars().any(is_look_alike) {
            let message = format!("`{}` mixes characters of two scripts", shown(value));
            return Err(Invalid::new(
                Code::ValueScript,
                message,
                "type the address again in Latin letters",
            ));
        }
    }
    Ok(())
}

/// Letters of scripts that have look-alikes of Latin letters.
fn is_look_alike(character: char) -> bool {
    matches!(character, '\u{0370}'..='\u{03FF}' | '\u{0400}'..='\u{052F}' | '\u{0530}'..='\u{058F}'
        | '\u{13A0}'..='\u{13FF}' | '\u{1F00}'..='\u{1FFF}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{1D400}'..='\u{1D7FF}')
}

/// An address as it is compared: ASCII letters in lower case, everything else as it is.
pub fn fold_email(address: &str) -> Cow<'_, str> {
    if address.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(address.to_ascii_lowercase())
    } else {
        Cow::Borrowed(address)
    }
}
