//! The key pairs of the application: RSA, and the two elliptic curves that signed tokens are usual with.
//!
//! They are made by openssl when they are first wanted, once a process; no private key is kept anywhere.

use crate::private_key;
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs,
    pki_types::{SubjectPublicKeyInfoDer, pem::PemObject},
};
use std::sync::OnceLock;

/// What a key pair is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Rsa,
    P256,
    P384,
}

/// Private key (PKCS #8) and public key, both PEM.
type Pair = (String, String);

static PAIRS: [OnceLock<Pair>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Rsa, Self::P256, Self::P384];

    /// What a signed token calls it.
    pub(super) fn algorithm(self) -> &'static str {
        match self {
            Self::Rsa => "RS256",
            Self::P256 => "ES256",
            Self::P384 => "ES384",
        }
    }

    /// Private key and public key that this process knows.
    pub(super) fn pair(self) -> &'static Pair {
        PAIRS[self as usize].get_or_init(|| self.make())
    }

    /// Whether the private key made a signature, in the form that signed tokens have it in.
    pub(super) fn is_signed(self, message: &[u8], signature: &[u8]) -> bool {
        let (scheme, size) = match self {
            Self::Rsa => (SignatureScheme::RSA_PKCS1_SHA256, 0),
            Self::P256 => (SignatureScheme::ECDSA_NISTP256_SHA256, 32),
            Self::P384 => (SignatureScheme::ECDSA_NISTP384_SHA384, 48),
        };
        let Ok(info) = SubjectPublicKeyInfoDer::from_pem_slice(self.pair().1.as_bytes()) else {
            return false;
        };
        let Some(key) = key_bits(&info) else {
            return false;
        };
        let signature = match self {
            Self::Rsa => signature.to_vec(),
            // Two numbers side by side.
            _ if signature.len() == 2 * size => sequence(&signature[..size], &signature[size..]),
            _ => return false,
        };
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        let known = algorithms
            .mapping
            .iter()
            .filter(|(known, _)| *known == scheme);
        known
            .flat_map(|(_, known)| known.iter())
            .any(|one| one.verify_signature(key, message, &signature).is_ok())
    }

    fn make(self) -> Pair {
        let private = match self {
            Self::Rsa => private_key::generated("RSA", "rsa_keygen_bits:2048"),
            Self::P256 => private_key::generated("EC", "ec_paramgen_curve:P-256"),
            Self::P384 => private_key::generated("EC", "ec_paramgen_curve:P-384"),
        };
        let public = private_key::public(&private);
        (private, public)
    }
}

/// The key inside its wrapping: what follows the algorithm, a bit string's head and its count of unused bits.
fn key_bits(info: &[u8]) -> Option<&[u8]> {
    let [0x30, rest @ ..] = info else { return None };
    let (_, inner) = length(rest)?;
    let [0x30, rest @ ..] = inner else {
        return None;
    };
    let (algorithm, rest) = length(rest)?;
    let [0x03, rest @ ..] = rest.get(algorithm..)? else {
        return None;
    };
    let (size, rest) = length(rest)?;
    rest.get(1..size)
}

/// A length as DER writes it, and what follows.
fn length(der: &[u8]) -> Option<(usize, &[u8])> {
    match der {
        [short @ 0..=0x7F, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, length, rest @ ..] => Some((usize::from(*length), rest)),
        [0x82, high, low, rest @ ..] => Some((usize::from(*high) << 8 | usize::from(*low), rest)),
        _ => None,
    }
}

/// Two numbers as DER writes them, which is how they are verified.
fn sequence(first: &[u8], second: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let start = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len().saturating_sub(1));
        let mut body = bytes[start..].to_vec();
        if body.first().is_some_and(|byte| *byte >= 0x80) {
            body.insert(0, 0);
        }
        [vec![0x02, body.len() as u8], body].concat()
    };
    // Two numbers of 49 bytes at most are shorter than a length that would need a second byte.
    let body = [number(first), number(second)].concat();
    [vec![0x30, body.len() as u8], body].concat()
}
