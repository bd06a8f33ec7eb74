//! Reads the private key that logs in. Whether a server takes it is none of its business.

use crate::transport::{Credentials, ErrorKind, TransportError};
use muster_core::code::Code;
use russh::keys::{Error, PrivateKey, decode_secret_key};
use secrecy::ExposeSecret;

const CONVERT: &str = "convert a copy with `ssh-keygen -p -f KEYFILE`, which writes the OpenSSH form, and set that one";

/// The private key, opened with its passphrase; none: there is no key.
pub(super) fn private_key(credentials: &Credentials, on: &str) -> Result<Option<PrivateKey>, TransportError> {
    let Some(secret) = &credentials.private_key else { return Ok(None) };
    // Keys that were pasted into a form come with blanks around them and with CRLF.
    let text: String = secret.expose_secret().trim().lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    let passphrase = credentials.passphrase.as_ref().map(ExposeSecret::expose_secret);
    decode_secret_key(&text, passphrase.filter(|passphrase| !passphrase.is_empty())).map(Some).map_err(|error| {
        let (why, advice) = explain(&text, passphrase.is_some_and(|passphrase| !passphrase.is_empty()), &error);
        TransportError::new(Code::TransportKey, ErrorKind::Unauthorised, "read the private key for", on, why, advice)
    })
}

/// Says why a key cannot be read. Never repeats the library's words: they could hold parts of the key.
fn explain(text: &str, has_passphrase: bool, error: &Error) -> (&'static str, &'static str) {
    let old_encrypted = text.contains("Proc-Type: 4,ENCRYPTED");
    if old_encrypted && text.contains("BEGIN EC PRIVATE KEY") {
        return ("it is an encrypted EC key in the old PEM form, which is not read", CONVERT);
    }
    let encrypted = old_encrypted
        || text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || matches!(error, Error::KeyIsEncrypted)
        || is_encrypted_openssh(text)
        || (text.starts_with("PuTTY-User-Key-File-") && !text.contains("Encryption: none"));
    if encrypted && !has_passphrase {
        return ("it is encrypted and no passphrase is set", "set `passphrase` under [credentials]");
    }
    if old_encrypted && !text.contains("DEK-Info: AES-128-CBC,") {
        return ("it is encrypted in an old PEM form, which is not read", CONVERT);
    }
    if encrypted {
        return ("passphrase refused: it does not open the key", "set the right `passphrase` under [credentials]");
    }
    if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.contains("BEGIN PUBLIC KEY") {
        return ("it is a public key", "set the private key, which begins with `-----BEGIN`");
    }
    if text.contains("BEGIN DSA PRIVATE KEY") {
        return ("it is a DSA key, which is no longer safe", "make an Ed25519 key with `ssh-keygen -t ed25519`");
    }
    (
        "it is not a private key in OpenSSH, PEM or PuTTY form, or it is damaged",
        "set the whole file, with its first and last line",
    )
}

fn is_encrypted_openssh(text: &str) -> bool {
    text.contains("BEGIN OPENSSH PRIVATE KEY") && PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
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
        assert!(error.why.contains(why) && error.advice.contains(advice), "{error:?}");
        assert!(!error.retry);
    }

    #[test]
    fn encrypted_ec_keys_in_the_old_form_get_the_advice_to_convert() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        check(key, Some("secret"), "old PEM form", "ssh-keygen -p");
    }

    #[test]
    fn what_is_not_a_private_key_is_named() {
        check("ssh-ed25519 AAAA ann@example", None, "public key", "private key");
        check("hello", None, "not a private key", "whole file");
        check("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----", None, "DSA", "ed25519");
        check(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
            None,
            "no passphrase",
            "passphrase",
        );
    }
}
