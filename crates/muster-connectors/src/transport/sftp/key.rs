//! Reads the private key that logs in. Whether a server takes it is none of its business.

use crate::{
    net::private_key,
    transport::{Credentials, ErrorKind, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, KeyFault, Remedy, Target},
};
use russh::keys::PrivateKey;
use secrecy::ExposeSecret;

/// The private key, opened with its passphrase; none: there is no key.
pub(super) fn private_key(
    credentials: &Credentials,
    on: &Target,
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
        .map_err(|fault| {
            TransportError::new(
                Code::TransportKey,
                ErrorKind::Unauthorised,
                (Attempt::ReadPrivateKey, on),
                Cause::PrivateKey(fault),
                remedy(fault),
            )
        })
}

fn remedy(fault: KeyFault) -> Remedy {
    match fault {
        KeyFault::EncryptedEcInOldForm | KeyFault::EncryptedInOldForm => Remedy::ConvertKey,
        KeyFault::NoPassphrase => Remedy::SetPassphrase,
        KeyFault::WrongPassphrase => Remedy::SetRightPassphrase,
        KeyFault::PublicKey => Remedy::SetPrivateKey,
        KeyFault::DsaKey => Remedy::MakeKey,
        KeyFault::NotAKey => Remedy::SetWholeKey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, passphrase: Option<&str>, fault: KeyFault, remedy: Remedy) {
        let credentials = Credentials {
            private_key: Some(key.into()),
            passphrase: passphrase.map(Into::into),
            ..Credentials::default()
        };
        let error = private_key(&credentials, &Target::Server("ann@h:22".to_owned())).unwrap_err();
        assert_eq!(error.code, Code::TransportKey);
        assert_eq!(
            (error.failure.cause, error.remedy),
            (Cause::PrivateKey(fault), remedy)
        );
        assert!(!error.retry);
    }

    #[test]
    fn encrypted_ec_keys_in_the_old_form_get_the_advice_to_convert() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        check(
            key,
            Some("secret"),
            KeyFault::EncryptedEcInOldForm,
            Remedy::ConvertKey,
        );
    }

    #[test]
    fn what_is_not_a_private_key_is_named() {
        check(
            "ssh-ed25519 AAAA ann@example",
            None,
            KeyFault::PublicKey,
            Remedy::SetPrivateKey,
        );
        check("hello", None, KeyFault::NotAKey, Remedy::SetWholeKey);
        check(
            "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----",
            None,
            KeyFault::DsaKey,
            Remedy::MakeKey,
        );
        check(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
            None,
            KeyFault::NoPassphrase,
            Remedy::SetPassphrase,
        );
    }
}
