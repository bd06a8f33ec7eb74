//! Reads the private key that logs in. Whether a server takes it is none of its business.

use crate::{
    net::private_key,
    transport::{Credentials, ErrorKind, TransportError},
};
use muster_core::model::code::Code;
use russh::keys::PrivateKey;
use secrecy::ExposeSecret;

/// The private key, opened with its passphrase; none: there is no key.
pub(super) fn private_key(
    credentials: &Credentials,
    on: &str,
) -> Result<Option<PrivateKey>, TransportError> {
    let Some(secret) = &credentials.private_key else {
        return Ok(None);
    };
    let passphrase = credentials
        .passphrase
        .as_ref()
        .map(ExposeSecret::expose_secret);
    private_key::read(secret.expose_secret(), passphrase)
        .map(Some)
        .map_err(|(why, advice)| {
            TransportError::new(
                Code::TransportKey,
                ErrorKind::Unauthorised,
                "read the private key for",
                on,
                why,
                advice,
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, passphrase: Option<&str>, why: &str, advice: &str) {
        let credentials = Credentials {
            private_key: Some(key.into()),
            passphrase: passphrase.map(Into::into),
            ..Credentials::default()
        };
        let error = private_key(&credentials, "ann@h:22").unwrap_err();
        assert_eq!(error.code, Code::TransportKey);
        assert!(
            error.why.contains(why) && error.advice.contains(advice),
            "{error:?}"
        );
        assert!(!error.retry);
    }

    #[test]
    fn encrypted_ec_keys_in_the_old_form_get_the_advice_to_convert() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        check(key, Some("secret"), "old PEM form", "ssh-keygen -p");
    }

    #[test]
    fn what_is_not_a_private_key_is_named() {
        check(
            "ssh-ed25519 AAAA ann@example",
            None,
            "public key",
            "private key",
        );
        check("hello", None, "not a private key", "whole file");
        check(
            "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----",
            None,
            "DSA",
            "ed25519",
        );
        check(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
            None,
            "no passphrase",
            "passphrase",
        );
    }
}
