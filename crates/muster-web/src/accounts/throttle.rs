//! Guessing is slow. Failures are counted for an account together with the address of the client, and for the address
//! alone; never for the account alone, so that nobody can lock a user out from elsewhere.

use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Failures that cost nothing, of one account from one address.
const FREE_FOR_ACCOUNT: u32 = 5;
/// Failures that cost nothing, of all accounts from one address: an office may share one.
const FREE_FOR_ADDRESS: u32 = 30;
/// Failures are forgotten after so long.
const MEMORY: SignedDuration = SignedDuration::from_hours(1);
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// How many accounts and addresses are remembered.
const MOST: usize = 10_000;

#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<Key, Failures>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    address: IpAddr,
    /// None: whatever the account.
    account: Option<String>,
}

#[derive(Clone, Copy)]
struct Failures {
    number: u32,
    last: Timestamp,
}

impl Throttle {
    /// How long to wait before another attempt is looked at.
    pub(crate) fn wait(
        &self,
        account: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let until = keys(account, address)
            .into_iter()
            .filter_map(|(key, free)| {
                let found = failures.get(&key)?;
                Some(found.last + pause(found.number, free)?)
            });
        until
            .max()
            .map(|until| until.duration_since(now))
            .filter(|wait| wait.is_positive())
    }

    pub(crate) fn failed(&self, account: &str, address: IpAddr, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST {
            failures.retain(|_, found| now.duration_since(found.last) < MEMORY);
        }
        if failures.len() >= MOST {
            // A full memory starts again.
            failures.clear();
        }
        for (key, _) in keys(account, address) {
            let found = failures.entry(key).or_insert(Failures {
                number: 0,
                last: now,
            });
            if now.duration_since(found.last) >= MEMORY {
                found.number = 0;
            }
            found.number += 1;
            found.last = now;
        }
    }

    /// Forgets the failures of an account from an address; those of the address alone stay.
    pub(crate) fn succeeded(&self, account: &str, address: IpAddr) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let [(key, _), _] = keys(account, address);
        failures.remove(&key);
    }
}

fn keys(account: &str, address: IpAddr) -> [(Key, u32); 2] {
    let account = Some(account.trim().to_lowercase());
    [
        (Key { address, account }, FREE_FOR_ACCOUNT),
        (
            Key {
                address,
                account: None,
            },
            FREE_FOR_ADDRESS,
        ),
    ]
}

/// How long to wait after so many failures: twice as long after each.
fn pause(number: u32, free: u32) -> Option<SignedDuration> {
    let over = number.checked_sub(free)?;
    Some((FIRST_WAIT * (1 << over.min(10))).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// P38.
    #[test]
    fn w5_guessing_is_slow_and_does_not_lock_the_account_out_elsewhere() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            throttle.failed("eva@acme.example", HERE, at(0));
        }
        assert_eq!(throttle.wait("eva@acme.example", HERE, at(0)), None);
        throttle.failed("Eva@Acme.example ", HERE, at(0));
        let wait = |seconds| {
            throttle
                .wait("eva@acme.example", HERE, at(seconds))
                .map(|wait| wait.as_secs())
        };
        assert_eq!(wait(0), Some(30));
        assert_eq!(wait(29), Some(1));
        assert_eq!(wait(30), None);
        throttle.failed("eva@acme.example", HERE, at(30));
        assert_eq!(wait(30), Some(60));
        assert_eq!(throttle.wait("eva@acme.example", ELSEWHERE, at(30)), None);
        assert_eq!(throttle.wait("bob@acme.example", HERE, at(30)), None);
        throttle.succeeded("eva@acme.example", HERE);
        assert_eq!(wait(30), None);
    }

    /// P38.
    #[test]
    fn w5_spraying_many_accounts_from_one_address_is_slow() {
        let throttle = Throttle::default();
        for number in 0..30 {
            throttle.failed(&format!("user{number}@acme.example"), HERE, at(0));
        }
        assert!(throttle.wait("another@acme.example", HERE, at(0)).is_some());
        assert_eq!(throttle.wait("another@acme.example", HERE, at(31)), None);
    }

    #[test]
    fn memory_of_failures_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..2 * MOST {
            throttle.failed(&number.to_string(), HERE, at(0));
        }
        assert!(throttle.failures.lock().unwrap().len() <= MOST + 1);
    }
}
