//! Signed assertions (JWT, RS256): signature, audience, times, and that none comes twice.
//!
//! The key pair is made by openssl when it is first wanted, once a process; no private key is kept anywhere.

use super::{
    super::{api::Scene, base64, clock},
    skew, token,
};
use crate::certificate::openssl;
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs,
    pki_types::{SubjectPublicKeyInfoDer, pem::PemObject},
};
use serde_json::Value;
use std::{collections::HashSet, sync::OnceLock};

/// The longest life of an assertion, and how far clocks may differ, in seconds.
const LIFE: i64 = 300;
const SKEW: i64 = 30;

/// Private key (PKCS #8) and public key, both PEM.
static PAIR: OnceLock<(String, String)> = OnceLock::new();

/// The assertions that were seen.
#[derive(Debug, Default)]
pub(super) struct Assertions {
    seen: HashSet<String>,
}

impl Assertions {
    /// An assertion at the token endpoint: once only.
    pub(super) fn check(&mut self, text: &str, audience: &str, scene: &Scene) -> Result<(), String> {
        let claims = self.verified(text, scene)?;
        if claims["aud"] != audience {
            return Err(format!("the audience is not {audience}"));
        }
        let id = claims["jti"].as_str().ok_or("the assertion has no jti")?;
        if !self.seen.insert(id.to_owned()) || scene.has("assertion-replayed") {
            return Err("the assertion was used before".to_owned());
        }
        Ok(())
    }

    /// An assertion that is itself the token: any number of times while it lives.
    pub(super) fn check_bearer(&self, text: &str, scene: &Scene) -> Result<(), String> {
        let claims = self.verified(text, scene)?;
        let audience = claims["aud"].as_str().unwrap_or_default();
        if audience.starts_with(&scene.origin) { Ok(()) } else { Err("the audience is not this host".to_owned()) }
    }

    fn verified(&self, text: &str, scene: &Scene) -> Result<Value, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let [head, claims, signature] = parts.as_slice() else { return Err("the assertion is no JWT".to_owned()) };
        let part = |text: &str| base64::decode(text).ok_or("the assertion is not Base64");
        let value = |text: &str| part(text).map(|it| serde_json::from_slice::<Value>(&it).unwrap_or_default());
        // Neither `none` nor a keyed hash with the public key as its key.
        if value(head)?["alg"] != "RS256" {
            return Err("the algorithm is not RS256".to_owned());
        }
        let signed = format!("{head}.{claims}");
        if !is_signed(signed.as_bytes(), &part(signature)?) || scene.has("wrong-key") {
            return Err("the signature is not right".to_owned());
        }
        let claims = value(claims)?;
        check_claims(&claims, scene).map(|()| claims)
    }
}

/// Private key and public key that this process knows.
pub(super) fn key_pair() -> &'static (String, String) {
    PAIR.get_or_init(make_pair)
}

fn is_signed(message: &[u8], signature: &[u8]) -> bool {
    let Ok(info) = SubjectPublicKeyInfoDer::from_pem_slice(key_pair().1.as_bytes()) else { return false };
    let Some(key) = key_bits(&info) else { return false };
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
    let known = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == SignatureScheme::RSA_PKCS1_SHA256);
    known.flat_map(|(_, known)| known.iter()).any(|one| one.verify_signature(key, message, signature).is_ok())
}

fn check_claims(claims: &Value, scene: &Scene) -> Result<(), String> {
    if claims["iss"] != token::CLIENT || claims["sub"] != token::CLIENT {
        return Err("iss and sub are not the client".to_owned());
    }
    let now = clock::wall().as_second() + skew(scene).as_secs();
    let time = |name: &str| claims[name].as_i64();
    let expires = time("exp").ok_or("the assertion has no exp")?;
    if expires + SKEW < now || scene.has("assertion-expired") {
        return Err("the assertion has expired".to_owned());
    }
    if expires > now + LIFE + SKEW {
        return Err("the assertion lives too long".to_owned());
    }
    if ["iat", "nbf"].iter().filter_map(|name| time(name)).any(|begins| begins > now + SKEW) {
        return Err("the assertion is not valid yet".to_owned());
    }
    Ok(())
}

fn make_pair() -> (String, String) {
    let Ok(folder) = tempfile::tempdir() else { return Default::default() };
    let file = folder.path().join("key.pem").display().to_string();
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", &file]);
    (openssl(&["pkey", "-in", &file]), openssl(&["pkey", "-in", &file, "-pubout"]))
}

/// The key inside its wrapping: what follows the algorithm, a bit string's head and its count of unused bits.
fn key_bits(info: &[u8]) -> Option<&[u8]> {
    const RSA: [u8; 13] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
    let place = info.windows(RSA.len()).position(|window| window == RSA)?;
    match info.get(place + RSA.len()..)? {
        [0x03, 0x82, _, _, 0, key @ ..] | [0x03, 0x81, _, 0, key @ ..] => Some(key),
        _ => None,
    }
}
