//! E-mail addresses: one plain address in one script, compared without regard to ASCII case only.

use crate::model::problem::value::Fault;
use email_address::{EmailAddress, Options};
use std::borrow::Cow;

/// Characters beside letters and digits that business addresses have before the `@`. Others are allowed by
/// the standard, but come from links, lists and shells: `|`, `?`, `%`, quotes.
const LOCAL: &str = "._-+'&!#$*/=^`{}~";

/// Checks an address. It needs a domain with a dot and may not mix scripts, as look-alikes do.
pub fn email(value: &str) -> Result<(), Fault> {
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    let is_plain = value
        .split_once('@')
        .is_some_and(|(local, domain)| is_plain_local(local) && is_host(domain));
    if !is_plain || EmailAddress::parse_with_options(value, options).is_err() {
        return Err(Fault::Email);
    }
    for part in value.split(['@', '.']) {
        let latin = part
            .chars()
            .any(|character| character.is_ascii_alphabetic());
        if latin && part.chars().any(is_look_alike) {
            return Err(Fault::EmailScripts);
        }
    }
    Ok(())
}

fn is_plain_local(local: &str) -> bool {
    !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(is_local)
}

fn is_local(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_alphanumeric() || LOCAL.contains(character)
    } else {
        is_word(character)
    }
}

/// Letters, digits and the marks that belong to letters.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || unicode_normalization::char::is_combining_mark(character)
}

/// Labels of letters, digits and hyphens with dots between them; the last one is no number.
fn is_host(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|character| character == '-' || is_word(character))
    };
    domain.contains('.')
        && domain.split('.').all(is_label)
        && !domain
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
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
