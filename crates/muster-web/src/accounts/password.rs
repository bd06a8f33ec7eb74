//! Password hashes: Argon2id with 19 MiB, 2 passes and 1 lane. Hashing takes memory and time, so only a few run at once,
//! away from the threads that answer requests.

use crate::token::hexadecimal;
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// KiB of memory, passes and lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
const SALT: usize = 16;
const HASH: usize = 32;
/// Each takes 19 MiB.
const AT_ONCE: usize = 4;

pub(crate) const SHORTEST: usize = 12;
pub(crate) const LONGEST: usize = 200;

/// The passwords that are tried first. Longer ones that contain one of them may be good.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "password1234",
    "passwordpassword",
    "qwertyuiop12",
    "qwertyuiopasdfgh",
    "administrator",
    "administrator1",
    "welcome12345",
    "letmeinletmein",
    "iloveyou1234",
    "changemechangeme",
];

/// Whether a password may be used, as the key of the text that says why not.
pub(crate) fn weakness_of(password: &str, email: &str) -> Option<&'static str> {
    let small = password.to_lowercase();
    let characters = password.chars().count();
    let mut distinct: Vec<char> = small.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if characters < SHORTEST {
        Some("password-too-short")
    } else if characters > LONGEST {
        Some("password-too-long")
    } else if COMMON.contains(&small.as_str())
        || small == email.to_lowercase()
        || distinct.len() < 4
    {
        Some("password-too-common")
    } else {
        None
    }
}

#[derive(Clone)]
pub(crate) struct Hasher {
    places: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Hasher {
    /// The hash to store; none: the system gave no random bytes or no memory.
    pub(crate) async fn hash(&self, password: String) -> Option<String> {
        self.run(move || hashed(&password)).await?
    }

    /// Whether a password has a stored hash. Without one, the same work is done, so that the time tells nothing.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> bool {
        let verified = self
            .run(move || match stored.as_deref().and_then(parse) {
                Some((cost, salt, hash)) => derive(&password, &salt, cost).is_some_and(|derived| {
                    // In constant time, as hashes of this crate are compared.
                    blake3::Hash::from_bytes(derived) == blake3::Hash::from_bytes(hash)
                }),
                None => {
                    let _ = derive(&password, &[0; SALT], COST);
                    false
                }
            })
            .await;
        verified.unwrap_or(false)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _place = self.places.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

/// The hash to store, on this thread.
pub(crate) fn hashed(password: &str) -> Option<String> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).ok()?;
    let hash = derive(password, &salt, COST)?;
    let (memory, passes, lanes) = COST;
    Some(format!(
        "argon2id${memory},{passes},{lanes}${}${}",
        hexadecimal(&salt),
        hexadecimal(&hash)
    ))
}

type Cost = (u32, u32, u32);

fn derive(password: &str, salt: &[u8], (memory, passes, lanes): Cost) -> Option<[u8; HASH]> {
    let parameters = Params::new(memory, passes, lanes, Some(HASH)).ok()?;
    let mut hash = [0; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .ok()?;
    Some(hash)
}

fn parse(stored: &str) -> Option<(Cost, Vec<u8>, [u8; HASH])> {
    let mut parts = stored.strip_prefix("argon2id$")?.split('$');
    let mut cost = parts.next()?.split(',').map(|part| part.parse().ok());
    let cost = (cost.next()??, cost.next()??, cost.next()??);
    let salt = bytes(parts.next()?)?;
    let hash = bytes(parts.next()?)?.try_into().ok()?;
    Some((cost, salt, hash))
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn password_is_verified_against_its_own_hash_only() {
        let hasher = Hasher::default();
        let stored = hasher
            .hash("correct horse battery".to_owned())
            .await
            .unwrap();
        assert!(stored.starts_with("argon2id$19456,2,1$"), "{stored}");
        assert!(
            hasher
                .verify("correct horse battery".to_owned(), Some(stored.clone()))
                .await
        );
        assert!(
            !hasher
                .verify("correct horse batterx".to_owned(), Some(stored.clone()))
                .await
        );
        assert!(
            !hasher
                .verify("correct horse battery".to_owned(), None)
                .await
        );
        assert!(
            !hasher
                .verify(String::new(), Some("argon2id$".to_owned()))
                .await
        );
        assert_ne!(
            hasher
                .hash("correct horse battery".to_owned())
                .await
                .unwrap(),
            stored
        );
    }

    #[test]
    fn weak_passwords_are_refused() {
        let weakness = |password: &str| weakness_of(password, "eva@acme.example");
        assert_eq!(weakness("eleven char"), Some("password-too-short"));
        assert_eq!(weakness("Password1234"), Some("password-too-common"));
        assert_eq!(weakness("EVA@acme.example"), Some("password-too-common"));
        assert_eq!(weakness("aaaaaaaaaaaaaaaa"), Some("password-too-common"));
        assert_eq!(weakness(&"långt ".repeat(40)), Some("password-too-long"));
        assert_eq!(weakness("tolv tecken ä"), None);
    }
}
