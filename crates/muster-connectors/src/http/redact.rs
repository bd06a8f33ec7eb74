//! Takes everything secret out of text, in every form in which a server may echo it.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use muster_core::model::problem::{
    api::{Failure, Request},
    network::ConnectionFault,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "[secret]";
/// Shorter texts are in too many words to be taken out; no API gives such a secret.
const SHORTEST: usize = 4;

/// Knows the secrets of one read, also those that come up while it goes on (tokens).
#[derive(Default)]
pub(crate) struct Redactor {
    /// Every form of every secret, longest first, so that no part of one is left over.
    forms: Mutex<Vec<SecretString>>,
}

impl Redactor {
    /// Hides one more secret from now on.
    pub(crate) fn hide(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST {
            return;
        }
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        for form in forms_of(secret) {
            if form.len() >= SHORTEST && !forms.iter().any(|known| known.expose_secret() == form) {
                forms.push(form.into());
            }
        }
        forms.sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
    }

    /// The text without secrets.
    pub(crate) fn clean(&self, mut clean: String) -> String {
        for form in self
            .forms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            let form = form.expose_secret();
            if clean.contains(form) {
                clean = clean.replace(form, HIDDEN);
            }
        }
        clean
    }

    /// The same for every text of a failed request. What cannot be cleaned is left out.
    pub(crate) fn clean_request(&self, request: &mut Request) {
        let cleaned = serde_json::to_value(&*request).ok().and_then(|mut value| {
            self.clean_texts(&mut value);
            serde_json::from_value(value).ok()
        });
        match cleaned {
            Some(cleaned) => *request = cleaned,
            None => {
                request.on = self.clean(request.on.clone());
                request.failure = Failure::Broken(ConnectionFault::Unknown);
                request.request_id = None;
            }
        }
    }

    fn clean_texts(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.clean(std::mem::take(text)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean_texts(item)),
            Value::Object(members) => members
                .values_mut()
                .for_each(|member| self.clean_texts(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A secret as it is, and as it may be written.
fn forms_of(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let mut forms = vec![secret.to_owned()];
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    forms.push(json.replace('/', "\\/"));
    forms.push(json);
    forms.push(url::form_urlencoded::byte_serialize(bytes).collect());
    forms.push(percent(bytes, |byte| format!("%{byte:02X}")));
    forms.push(percent(bytes, |byte| format!("%{byte:02x}")));
    forms.push(hex::encode(bytes));
    forms.push(hex::encode_upper(bytes));
    // Inside other encoded text a secret may begin at any of three places within a group; only the characters
    // that it alone decides are looked for.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let encoded = BASE64_STANDARD.encode(&padded);
        let start = [0, 2, 3][before];
        let rest = padded.len() % 3;
        let end = encoded.trim_end_matches('=').len() - usize::from(rest != 0);
        if let Some(inner) = encoded.get(start..end) {
            forms.push(inner.to_owned());
            forms.push(inner.replace('+', "-").replace('/', "_"));
        }
    }
    forms
}

fn percent(bytes: &[u8], encode: impl Fn(u8) -> String) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    bytes
        .iter()
        .map(|&byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                encode(byte)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "papi-\"q/9+ü secret";

    #[track_caller]
    fn check(echo: &str) {
        let redactor = Redactor::default();
        redactor.hide(SECRET);
        let clean = redactor.clean(format!("before {echo} after"));
        assert!(
            clean.starts_with("before ") && clean.ends_with(" after") && clean.contains(HIDDEN),
            "{clean}"
        );
        assert!(
            !clean.contains("q/9") && !clean.contains("secret]secret"),
            "{clean}"
        );
    }

    #[test]
    fn every_form_of_a_secret_is_taken_out() {
        check(SECRET);
        check("papi-\\\"q/9+ü secret");
        check("papi-\\\"q\\/9+ü secret");
        check("papi-%22q%2F9%2B%C3%BC+secret");
        check("papi-%22q%2f9%2b%c3%bc%20secret");
        check(&hex::encode(SECRET));
        for around in ["", "a", "ab", "user:"] {
            check(&BASE64_STANDARD.encode(format!("{around}{SECRET}:x")));
        }
    }

    #[test]
    fn short_texts_are_no_secrets() {
        let redactor = Redactor::default();
        redactor.hide("abc");
        redactor.hide("");
        assert_eq!(redactor.clean("abc of it".to_owned()), "abc of it");
    }

    proptest! {
        #[test]
        fn no_form_of_any_secret_is_left(secret in "[ -~]{8,40}", before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
            let redactor = Redactor::default();
            redactor.hide(&secret);
            for form in forms_of(secret.trim()).into_iter().filter(|form| form.len() >= 8 && !HIDDEN.contains(form)) {
                let clean = redactor.clean(format!("{before}{form}{after}"));
                prop_assert!(!clean.contains(&form), "{form} in {clean}");
            }
        }
    }
}
