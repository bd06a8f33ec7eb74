//! Tokens signed with the customer's private key (JWT, RFC 7523).

use crate::{connector::ConnectorError, net::private_key};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use muster_core::model::problem::{
    api::{self, PrivateKey as Fault, SettingRemedy},
    transport::KeyFault,
};
use russh::keys::{Algorithm as Kind, EcdsaCurve, PrivateKey, encode_pkcs8_pem};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::fmt;

/// How long a signed token is good, in seconds; servers refuse more than five minutes.
pub(super) const LIFE: i64 = 300;

/// The private key. `Debug` shows no part of it.
pub(super) struct Key {
    /// As it was given, and what opens it: hidden in every text.
    given: Vec<SecretString>,
    key: EncodingKey,
    algorithm: Algorithm,
    id: Option<String>,
}

#[derive(Serialize)]
struct Claims<'c> {
    iss: &'c str,
    sub: &'c str,
    aud: &'c str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

impl Key {
    /// Opens the key and signs once, so that an unusable key is refused when it is saved.
    pub(super) fn read(
        secret: &SecretString,
        passphrase: Option<SecretString>,
        id: Option<&str>,
    ) -> Result<Self, ConnectorError> {
        let opened = private_key::read(
            secret.expose_secret(),
            passphrase.as_ref().map(ExposeSecret::expose_secret),
        );
        let opened = opened.map_err(|fault| unusable(Fault::Unreadable(fault)))?;
        let algorithm = match opened.algorithm() {
            Kind::Rsa { .. } => Algorithm::RS256,
            Kind::Ecdsa {
                curve: EcdsaCurve::NistP256,
            } => Algorithm::ES256,
            Kind::Ecdsa {
                curve: EcdsaCurve::NistP384,
            } => Algorithm::ES384,
            _ => {
                return Err(unusable(Fault::OtherKind));
            }
        };
        let key = signing_key(&opened, algorithm).ok_or_else(|| unusable(Fault::CannotSign))?;
        let given = [secret.clone()].into_iter().chain(passphrase).collect();
        let key = Self {
            given,
            key,
            algorithm,
            id: id.map(str::to_owned),
        };
        match key.sign("probe", "probe", Timestamp::UNIX_EPOCH) {
            Ok(_) => Ok(key),
            Err(_) => Err(unusable(Fault::CannotSign)),
        }
    }

    /// What must not appear anywhere.
    pub(super) fn secrets(&self) -> &[SecretString] {
        &self.given
    }

    /// A token that names its issuer and its audience, and is never the same twice.
    pub(super) fn sign(
        &self,
        client: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, String> {
        let mut chance = [0; 16];
        getrandom::fill(&mut chance).map_err(|error| error.to_string())?;
        let now = now.as_second();
        let claims = Claims {
            iss: client,
            sub: client,
            aud: audience,
            iat: now,
            nbf: now,
            exp: now + LIFE,
            jti: hex::encode(chance),
        };
        let header = Header {
            kid: self.id.clone(),
            ..Header::new(self.algorithm)
        };
        let token = encode(&header, &claims, &self.key).map_err(|error| error.to_string())?;
        Ok(token.into())
    }
}

/// The error for a key that cannot be used.
pub(super) fn unusable(fault: Fault) -> ConnectorError {
    let remedy = match &fault {
        Fault::Unreadable(KeyFault::EncryptedEcInOldForm | KeyFault::EncryptedInOldForm) => {
            SettingRemedy::ConvertKey
        }
        Fault::Unreadable(KeyFault::NoPassphrase) => SettingRemedy::SetPassphrase,
        Fault::Unreadable(KeyFault::WrongPassphrase) => SettingRemedy::CorrectPassphrase,
        Fault::Unreadable(KeyFault::PublicKey) => SettingRemedy::SetPrivateKey,
        Fault::Unreadable(KeyFault::NotAKey) => SettingRemedy::SetWholeKey,
        Fault::Unreadable(KeyFault::DsaKey) | Fault::OtherKind | Fault::CannotSign => {
            SettingRemedy::SetSigningKey
        }
        Fault::NotSigned { .. } => SettingRemedy::SetOtherKey,
    };
    ConnectorError::setting("private_key", api::Fault::PrivateKey(fault), remedy)
}

/// The key in the one form that is used to sign, whatever form it was given in.
fn signing_key(opened: &PrivateKey, algorithm: Algorithm) -> Option<EncodingKey> {
    let mut pem = Vec::new();
    encode_pkcs8_pem(opened, &mut pem).ok()?;
    let written = SecretString::from(String::from_utf8(pem).ok()?);
    // Readers of PEM take neither empty lines nor two ways of ending one.
    let lines = written
        .expose_secret()
        .lines()
        .filter(|line| !line.is_empty());
    let pem = SecretString::from(lines.flat_map(|line| [line, "\n"]).collect::<String>());
    let read = if algorithm == Algorithm::RS256 {
        EncodingKey::from_rsa_pem
    } else {
        EncodingKey::from_ec_pem
    };
    read(pem.expose_secret().as_bytes()).ok()
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
