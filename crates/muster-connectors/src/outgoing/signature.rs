//! Signatures of Standard Webhooks: HMAC-SHA256 over id, time and body.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// What a secret begins with where people see it.
pub const SECRET_PREFIX: &str = "whsec_";

/// The bytes of a new secret; the specification asks for 24 to 64.
const NEW: usize = 32;

/// With what messages to a receiver are signed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret")
    }
}

impl SigningSecret {
    /// A new random secret. Fails if the system gives no random numbers.
    pub fn generate() -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; NEW]);
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Reads a secret as people see it.
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
        STANDARD
            .decode(encoded)
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people see it, once.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", STANDARD.encode(&*self.0)))
    }

    /// The value of the header `webhook-signature`.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            // HMAC takes keys of any length.
            return String::new();
        };
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the libraries of Standard Webhooks test themselves with.
    #[test]
    fn signature_is_that_of_the_published_test_vector() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn secret_is_read_back_from_its_text_and_every_byte_counts() {
        let secret = SigningSecret::generate().unwrap();
        assert_eq!(secret.bytes().len(), NEW);
        assert_eq!(SigningSecret::parse(&secret.text()), Some(secret.clone()));
        assert_eq!(SigningSecret::parse("whsec_%%"), None);
        assert_eq!(format!("{secret:?}"), "SigningSecret");
        let signature = secret.sign("msg_1", 7, b"body");
        for (id, seconds, body) in [
            ("msg_2", 7, &b"body"[..]),
            ("msg_1", 8, b"body"),
            ("msg_1", 7, b"Body"),
        ] {
            assert_ne!(secret.sign(id, seconds, body), signature);
        }
        let other = SigningSecret::generate().unwrap();
        assert_ne!(other.sign("msg_1", 7, b"body"), signature);
    }
}
