//! Which SSH algorithms are offered, most wanted first, and what is said when a server has none of them.
//!
//! Old algorithms are appended only for a server whose settings ask for them.

use super::offer::Offer;
use crate::transport::{ErrorKind, TransportError};
use muster_core::model::{
    code::Code,
    problem::{
        shown,
        transport::{self, AlgorithmKind, Attempt, Cause, Remedy, Target},
    },
};
use russh::{
    Preferred, cipher, compression, kex,
    keys::{Algorithm, EcdsaCurve, HashAlg},
    mac,
};
use std::borrow::Cow;

/// The algorithms that are offered to an SSH server, most wanted first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshAlgorithms {
    /// How the session key is agreed on.
    pub key_exchanges: Vec<String>,
    /// What the server proves its identity with.
    pub host_keys: Vec<String>,
    /// What the connection is encrypted with.
    pub ciphers: Vec<String>,
    /// What proves that nothing was changed on the way.
    pub macs: Vec<String>,
}

/// The algorithms that are offered; `legacy`: with those that are no longer safe.
pub fn ssh_algorithms(legacy: bool) -> SshAlgorithms {
    fn text<N: AsRef<str>>(names: &[N]) -> Vec<String> {
        names.iter().map(|name| name.as_ref().to_owned()).collect()
    }
    SshAlgorithms {
        key_exchanges: text(&key_exchanges(legacy)),
        host_keys: host_keys(legacy).iter().map(ToString::to_string).collect(),
        ciphers: text(&ciphers(legacy)),
        macs: text(&macs(legacy)),
    }
}

/// The same as the library wants it; `without`: host keys that were seen already and are not the accepted one.
pub(super) fn preferred(legacy: bool, without: &[Algorithm]) -> Preferred {
    let mut kex = key_exchanges(legacy);
    kex.extend([
        kex::EXTENSION_SUPPORT_AS_CLIENT,
        kex::EXTENSION_SUPPORT_AS_SERVER,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
    ]);
    let seen = |algorithm: &Algorithm| {
        without
            .iter()
            .any(|other| other == algorithm || (is_rsa(other) && is_rsa(algorithm)))
    };
    let mut key = host_keys(legacy);
    key.retain(|algorithm| !seen(algorithm));
    Preferred {
        kex: Cow::Owned(kex),
        key: Cow::Owned(key),
        // A certificate would stand for a key that nobody accepted.
        host_key_certificates: Cow::Borrowed(&[]),
        cipher: Cow::Owned(ciphers(legacy)),
        mac: Cow::Owned(macs(legacy)),
        compression: Cow::Borrowed(&[compression::NONE]),
    }
}

fn is_rsa(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Rsa { .. })
}

fn key_exchanges(legacy: bool) -> Vec<kex::Name> {
    let mut names = vec![
        kex::MLKEM768X25519_SHA256,
        kex::CURVE25519,
        kex::CURVE25519_PRE_RFC_8731,
        kex::ECDH_SHA2_NISTP256,
        kex::ECDH_SHA2_NISTP384,
        kex::ECDH_SHA2_NISTP521,
        kex::DH_GEX_SHA256,
        kex::DH_G14_SHA256,
        kex::DH_G15_SHA512,
        kex::DH_G16_SHA512,
        kex::DH_G17_SHA512,
        kex::DH_G18_SHA512,
    ];
    if legacy {
        names.extend([kex::DH_GEX_SHA1, kex::DH_G14_SHA1, kex::DH_G1_SHA1]);
    }
    names
}

fn host_keys(legacy: bool) -> Vec<Algorithm> {
    let mut names = vec![
        Algorithm::Ed25519,
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP256,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP384,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP521,
        },
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha512),
        },
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha256),
        },
    ];
    if legacy {
        names.push(Algorithm::Rsa { hash: None });
    }
    names
}

/// AES-GCM first: hardware does it, and it needs no strict key exchange to be safe.
fn ciphers(legacy: bool) -> Vec<cipher::Name> {
    let mut names = vec![
        cipher::AES_256_GCM,
        cipher::AES_128_GCM,
        cipher::AES_256_CTR,
        cipher::AES_192_CTR,
        cipher::AES_128_CTR,
        cipher::CHACHA20_POLY1305,
    ];
    if legacy {
        names.extend([
            cipher::AES_256_CBC,
            cipher::AES_192_CBC,
            cipher::AES_128_CBC,
        ]);
    }
    names
}

fn macs(legacy: bool) -> Vec<mac::Name> {
    let mut names = vec![
        mac::HMAC_SHA512_ETM,
        mac::HMAC_SHA256_ETM,
        mac::HMAC_SHA512,
        mac::HMAC_SHA256,
    ];
    if legacy {
        names.extend([mac::HMAC_SHA1_ETM, mac::HMAC_SHA1]);
    }
    names
}

/// What a server offers of every kind beside what we have, so that the administrators of both ends can compare.
pub(super) fn nothing_in_common(offer: &Offer, legacy: bool, on: &Target) -> TransportError {
    let kinds = |ours: SshAlgorithms| {
        [
            (
                AlgorithmKind::KeyExchange,
                &offer.key_exchanges,
                ours.key_exchanges,
            ),
            (AlgorithmKind::HostKey, &offer.host_keys, ours.host_keys),
            (AlgorithmKind::Cipher, &offer.ciphers, ours.ciphers),
            // Ciphers that authenticate what they encrypt need none of these.
            (AlgorithmKind::Mac, &offer.macs, ours.macs),
        ]
    };
    let missing = |legacy| -> Vec<AlgorithmKind> {
        let lacks = kinds(ssh_algorithms(legacy)).into_iter();
        lacks
            .filter(|(_, theirs, ours)| !theirs.iter().any(|name| ours.contains(name)))
            .map(|(kind, ..)| kind)
            .collect()
    };
    let lacking = missing(legacy);
    // Old algorithms are offered only where they would leave nothing missing.
    let helps = !legacy && !lacking.is_empty() && missing(true).is_empty();
    let offers = kinds(ssh_algorithms(legacy)).map(|(kind, theirs, ours)| transport::Offer {
        kind,
        // The server's words: no more of them than a person reads.
        theirs: theirs.iter().take(40).map(|name| shown(name)).collect(),
        ours,
    });
    TransportError::new(
        Code::TransportAlgorithms,
        ErrorKind::Refused,
        (Attempt::NegotiateEncryption, on),
        Cause::NothingInCommon {
            missing: lacking,
            offers: offers.into(),
        },
        if helps {
            Remedy::UpdateServerOrAllowLegacy
        } else {
            Remedy::UpdateServer
        },
    )
}

/// The algorithms that make a connection without strict key exchange open to CVE-2023-48795; none: it is safe.
pub(super) fn weakness(cipher: &str, mac: &str, strict: bool) -> Option<String> {
    if strict {
        return None;
    }
    let chacha = cipher == cipher::CHACHA20_POLY1305.as_ref();
    let encrypt_then_mac = mac.contains("-etm@") && !cipher.contains("-gcm@");
    (chacha || encrypt_then_mac).then(|| {
        if chacha {
            cipher.to_owned()
        } else {
            format!("{cipher}, {mac}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_algorithms_come_last_and_only_when_asked_for() {
        let safe = ssh_algorithms(false);
        let legacy = ssh_algorithms(true);
        assert_eq!(safe.ciphers[0], "aes256-gcm@openssh.com");
        let safe_text = format!("{safe:?}");
        for old in ["sha1", "cbc", "\"ssh-rsa\"", "ssh-dss"] {
            assert!(!safe_text.contains(old), "{old}: {safe_text}");
        }
        assert!(legacy.host_keys.ends_with(&["ssh-rsa".to_owned()]));
        assert!(
            legacy.ciphers.starts_with(&safe.ciphers) && legacy.ciphers.len() > safe.ciphers.len()
        );
        assert!(legacy.key_exchanges.starts_with(&safe.key_exchanges));
        assert!(
            legacy
                .key_exchanges
                .contains(&"diffie-hellman-group1-sha1".to_owned())
        );
        assert!(legacy.macs.ends_with(&["hmac-sha1".to_owned()]));
    }

    #[test]
    fn t05_chacha_and_encrypt_then_mac_without_strict_key_exchange_are_said() {
        for (cipher, mac, strict, weak) in [
            ("chacha20-poly1305@openssh.com", "none", false, true),
            ("chacha20-poly1305@openssh.com", "none", true, false),
            ("aes256-ctr", "hmac-sha2-256-etm@openssh.com", false, true),
            ("aes256-ctr", "hmac-sha2-256", false, false),
            (
                "aes256-gcm@openssh.com",
                "hmac-sha2-256-etm@openssh.com",
                false,
                false,
            ),
        ] {
            assert_eq!(
                weakness(cipher, mac, strict).is_some(),
                weak,
                "{cipher} {mac} {strict}"
            );
        }
    }
}
