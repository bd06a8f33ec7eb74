//! Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes, which work without the app.

use jiff::Timestamp;
use muster_store::TokenHash;
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret};
use zeroize::Zeroizing;

/// As many bytes as the hash of the codes has.
const SECRET: usize = 20;

/// How many recovery codes a user gets.
pub(super) const RECOVERY_CODES: usize = 10;

/// The bytes of a recovery code: too many to guess, also for who reads the stored hash.
const RECOVERY_CODE: usize = 10;

/// A new secret for an app; none: the system gives no random numbers.
pub(super) fn new_secret() -> Option<Zeroizing<Vec<u8>>> {
    let mut secret = Zeroizing::new(vec![0; SECRET]);
    getrandom::fill(&mut secret).ok()?;
    Some(secret)
}

/// A secret as people enter it in an app: groups of four characters.
pub(super) fn entered(secret: &[u8]) -> String {
    in_groups(&base32(secret))
}

/// An address that apps on the same device open.
pub(super) fn app_address(secret: &[u8], email: &str) -> String {
    let email: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    format!(
        "otpauth://totp/Muster:{}?secret={}&issuer=Muster",
        email.replace('+', "%20"),
        base32(secret)
    )
}

/// The time step whose code this is. A code is also accepted in the step before and after its own, because clocks differ.
pub(super) fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_second()).ok()?;
    let app = Builder::new().with_secret(secret).build().ok()?;
    i64::try_from(app.check(&code, seconds)?).ok()
}

/// A recovery code, and what is stored of it.
pub(super) struct RecoveryCode {
    pub(super) text: String,
    pub(super) hash: TokenHash,
}

/// New recovery codes; none: the system gives no random numbers.
pub(super) fn new_recovery_codes() -> Option<Vec<RecoveryCode>> {
    let codes = (0..RECOVERY_CODES).map(|_| {
        let mut bytes = [0; RECOVERY_CODE];
        getrandom::fill(&mut bytes).ok()?;
        let text = in_groups(&base32(&bytes));
        Some(RecoveryCode {
            hash: recovery_hash(&text),
            text,
        })
    });
    codes.collect()
}

/// What is stored of a recovery code, however it is written.
pub(super) fn recovery_hash(code: &str) -> TokenHash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_ascii_uppercase().as_bytes()).into()
}

fn base32(bytes: &[u8]) -> String {
    Secret::from(bytes).to_base32()
}

fn in_groups(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let groups = characters.chunks(4).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238.
    const RFC: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(matching_step(RFC, code, at(second)), Some(second / 30));
        }
        assert_eq!(matching_step(RFC, " 287 082", at(59)), Some(1));
    }

    #[test]
    fn code_is_accepted_one_step_early_or_late_and_no_more() {
        for (second, expected) in [(29, Some(1)), (60, Some(1)), (89, Some(1)), (90, None)] {
            assert_eq!(
                matching_step(RFC, "287082", at(second)),
                expected,
                "{second}"
            );
        }
        for wrong in ["", "28708", "2870820", "+28708", "28708x", "٢٨٧٠٨٢"] {
            assert_eq!(matching_step(RFC, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn secret_is_entered_in_groups_of_four() {
        assert_eq!(entered(RFC), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            app_address(RFC, "eva+1@acme.example"),
            "otpauth://totp/Muster:eva%2B1%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Muster"
        );
    }

    #[test]
    fn recovery_codes_differ_and_are_recognised_however_they_are_written() {
        let codes = new_recovery_codes().unwrap();
        let different: std::collections::BTreeSet<_> = codes.iter().map(|code| code.hash).collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        let written = codes[0].text.to_lowercase().replace(' ', "-");
        assert_eq!(recovery_hash(&written), codes[0].hash);
        assert_eq!(codes[0].text.len(), 16 + 3);
    }
}
