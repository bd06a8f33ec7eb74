//! Encryption with a master key: XChaCha20-Poly1305 with a new data key for each value, which is
//! encrypted with a key of the keyring. The context of a value (workspace, name, position) is
//! authenticated, so that an encrypted value cannot replace another one.
//!
//! The only file of the store that requests random bytes.

use crate::db::error::StoreError;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use std::fmt;
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct MasterKey {
    id: String,
    key: Zeroizing<[u8; KEY]>,
}

const KEY: usize = 32;
const NONCE: usize = 24;
/// The size that the cipher adds.
const TAG: usize = 16;
const ID: usize = 4;
const VERSION: u8 = 1;
const HEAD: usize = 1 + ID + NONCE + KEY + TAG + NONCE;

/// The start of a line in a key file.
const LINE: &str = "muster-master-key";

impl MasterKey {
    /// The id of a key is derived with this context; it does not reveal the key.
    pub fn new(key: Zeroizing<[u8; KEY]>) -> Self {
        let id = blake3::derive_key("muster 2026 master key id", key.as_ref());
        Self {
            id: hex(&id[..ID]),
            key,
        }
    }

    /// The public id of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The available master keys. The first one encrypts, all of them decrypt.
#[derive(Clone, Debug)]
pub struct Keyring {
    keys: Vec<MasterKey>,
}

impl Keyring {
    /// A keyring with one random key.
    pub fn generate() -> Result<Self, StoreError> {
        let mut key = Zeroizing::new([0; KEY]);
        random(key.as_mut())?;
        Ok(Self {
            keys: vec![MasterKey::new(key)],
        })
    }

    /// Parses a key file: one key per line, the encrypting one first. `None` if it is not a key
    /// file.
    pub fn parse(text: &str) -> Option<Self> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Option<Vec<MasterKey>> = lines.map(parse_line).collect();
        keys.filter(|keys| !keys.is_empty())
            .map(|keys| Self { keys })
    }

    /// The text of a key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(
            "# The master key of a muster database. Keep a copy separate from the database and its backups:\n\
             # without it, encrypted data cannot be read.\n",
        ));
        for key in &self.keys {
            text.push_str(&format!(
                "{LINE} {} {}\n",
                key.id,
                Zeroizing::new(hex(key.key.as_ref())).as_str()
            ));
        }
        text
    }

    /// The id of the key that encrypts.
    pub fn id(&self) -> &str {
        self.keys.first().map_or("", MasterKey::id)
    }

    /// The ids of all keys.
    pub fn ids(&self) -> Vec<&str> {
        self.keys.iter().map(MasterKey::id).collect()
    }

    /// Whether the keyring contains a key.
    pub fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id == id)
    }

    /// A keyring that encrypts with the first key of another one and still decrypts with its own
    /// keys.
    #[must_use]
    pub fn encrypting_with(&self, other: &Self) -> Self {
        let first = other.keys.first().cloned();
        let id = first.as_ref().map(|key| key.id.clone());
        let others = self
            .keys
            .iter()
            .filter(|key| Some(&key.id) != id.as_ref())
            .cloned();
        Self {
            keys: first.into_iter().chain(others).collect(),
        }
    }

    /// A keyring with only the encrypting key.
    #[must_use]
    pub fn first_only(&self) -> Self {
        Self {
            keys: self.keys.iter().take(1).cloned().collect(),
        }
    }

    /// The same value encrypted for the current key. `None` if it already is. Only the data key is
    /// decrypted and encrypted again; the value is unchanged.
    pub(crate) fn rewrap(
        &self,
        belongs: &[&[u8]],
        encrypted: &[u8],
        what: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let master = self
            .keys
            .first()
            .ok_or_else(|| unencryptable("there is no master key"))?;
        let (id, data_key) = self.data_key(belongs, encrypted, what)?;
        if id == master.id {
            return Ok(None);
        }
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let payload = Payload {
            msg: data_key.as_ref(),
            aad: &associated(belongs),
        };
        let wrapped = master.cipher().encrypt(&nonce_of(&nonce)?, payload);
        let wrapped = wrapped.map_err(|_| unencryptable("the value is too long"))?;
        let mut out = Vec::with_capacity(encrypted.len());
        out.push(VERSION);
        out.extend(unhex(&master.id).unwrap_or_default());
        out.extend_from_slice(&nonce);
        out.extend(wrapped);
        out.extend_from_slice(&encrypted[HEAD - NONCE..]);
        Ok(Some(out))
    }

    /// The id of the master key of an encrypted value, and its data key.
    fn data_key(
        &self,
        belongs: &[&[u8]],
        encrypted: &[u8],
        what: &str,
    ) -> Result<(String, Zeroizing<Vec<u8>>), StoreError> {
        let damaged = || StoreError::Undecryptable {
            what: what.to_owned(),
        };
        let head = encrypted
            .get(..HEAD)
            .filter(|head| head[0] == VERSION)
            .ok_or_else(damaged)?;
        let wanted = hex(&head[1..=ID]);
        let master = self
            .keys
            .iter()
            .find(|key| key.id == wanted)
            .ok_or_else(|| self.lacks(&wanted))?;
        let (nonce, rest) = head[1 + ID..].split_at(NONCE);
        let payload = Payload {
            msg: &rest[..KEY + TAG],
            aad: &associated(belongs),
        };
        let data_key = master.cipher().decrypt(&nonce_of(nonce)?, payload);
        Ok((wanted, Zeroizing::new(data_key.map_err(|_| damaged())?)))
    }

    /// Encrypts bytes. Decryption needs the same `belongs`.
    pub fn encrypt(&self, belongs: &[&[u8]], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let master = self
            .keys
            .first()
            .ok_or_else(|| unencryptable("there is no master key"))?;
        let failed = |_| unencryptable("the value is too long");
        let mut data_key = Zeroizing::new([0; KEY]);
        random(data_key.as_mut())?;
        let mut nonces = [0; 2 * NONCE];
        random(&mut nonces)?;
        let (wrap_nonce, nonce) = nonces.split_at(NONCE);
        let associated = associated(belongs);
        let wrapped = master
            .cipher()
            .encrypt(
                &nonce_of(wrap_nonce)?,
                Payload {
                    msg: data_key.as_ref(),
                    aad: &associated,
                },
            )
            .map_err(failed)?;
        let cipher = XChaCha20Poly1305::new(&(*data_key).into());
        let encrypted = cipher
            .encrypt(
                &nonce_of(nonce)?,
                Payload {
                    msg: plain,
                    aad: &associated,
                },
            )
            .map_err(failed)?;
        let mut out = Vec::with_capacity(HEAD + encrypted.len());
        out.push(VERSION);
        out.extend(unhex(&master.id).unwrap_or_default());
        out.extend_from_slice(wrap_nonce);
        out.extend(wrapped);
        out.extend_from_slice(nonce);
        out.extend(encrypted);
        Ok(out)
    }

    /// Decrypts a value. `what` names it in the error.
    pub fn decrypt(
        &self,
        belongs: &[&[u8]],
        encrypted: &[u8],
        what: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let damaged = || StoreError::Undecryptable {
            what: what.to_owned(),
        };
        let (_, data_key) = self.data_key(belongs, encrypted, what)?;
        let (nonce, body) = encrypted[HEAD - NONCE..].split_at(NONCE);
        let associated = associated(belongs);
        let cipher = XChaCha20Poly1305::new_from_slice(&data_key).map_err(|_| damaged())?;
        let plain = cipher.decrypt(
            &nonce_of(nonce)?,
            Payload {
                msg: body,
                aad: &associated,
            },
        );
        plain.map(Zeroizing::new).map_err(|_| damaged())
    }

    /// The error for a key that is not in the keyring.
    pub(crate) fn lacks(&self, wanted: &str) -> StoreError {
        StoreError::WrongKey {
            wanted: wanted.to_owned(),
            found: Some(self.ids().join(", ")),
        }
    }
}

/// The id of the master key that a value is encrypted with.
pub(crate) fn key_id(encrypted: &[u8]) -> String {
    hex(encrypted.get(1..=ID).unwrap_or_default())
}

fn parse_line(line: &str) -> Option<MasterKey> {
    let mut parts = line.split_whitespace();
    let (LINE, Some(id), Some(key), None) =
        (parts.next()?, parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let bytes = Zeroizing::new(unhex(key)?);
    let key = MasterKey::new(Zeroizing::new(bytes.as_slice().try_into().ok()?));
    // Detects a key with a missing or changed digit.
    (key.id == id).then_some(key)
}

/// Each part is preceded by its length, so that no two lists have the same bytes.
fn associated(belongs: &[&[u8]]) -> Vec<u8> {
    let parts = belongs.iter().flat_map(|part| {
        (part.len() as u64)
            .to_le_bytes()
            .into_iter()
            .chain(part.iter().copied())
    });
    parts.collect()
}

fn nonce_of(bytes: &[u8]) -> Result<XNonce, StoreError> {
    XNonce::try_from(bytes).map_err(|_| unencryptable("a nonce has another length"))
}

fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes)
        .map_err(|_| unencryptable("the operating system provides no random numbers"))
}

fn unencryptable(why: &'static str) -> StoreError {
    StoreError::Failed {
        attempted: "encrypt a value",
        source: why.into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(pair).collect())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encrypted_values_decrypt_only_unchanged_and_in_their_context() {
        let keyring = Keyring::generate().unwrap();
        let encrypted = keyring.encrypt(&[b"1", b"token"], b"hunter2").unwrap();
        assert!(!encrypted.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(
            keyring
                .decrypt(&[b"1", b"token"], &encrypted, "x")
                .unwrap()
                .as_slice(),
            b"hunter2"
        );
        for belongs in [[b"2".as_slice(), b"token"], [b"1t", b"oken"]] {
            assert!(matches!(
                keyring.decrypt(&belongs, &encrypted, "x"),
                Err(StoreError::Undecryptable { .. })
            ));
        }
        for position in [0, 1, 8, 40, 90, HEAD, encrypted.len() - 1] {
            let mut changed = encrypted.clone();
            changed[position] ^= 1;
            assert!(
                keyring.decrypt(&[b"1", b"token"], &changed, "x").is_err(),
                "byte {position}"
            );
        }
        assert!(
            keyring
                .decrypt(&[b"1", b"token"], &encrypted[..50], "x")
                .is_err()
        );
        assert_ne!(
            keyring.encrypt(&[], b"a").unwrap(),
            keyring.encrypt(&[], b"a").unwrap()
        );
    }

    #[test]
    fn p32_another_key_is_refused_with_both_ids() {
        let (one, other) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        let error = other
            .decrypt(&[], &one.encrypt(&[], b"a").unwrap(), "x")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(one.id()) && error.contains(other.id()),
            "{error}"
        );
    }

    #[test]
    fn p33_rewrapped_value_needs_only_the_new_key() {
        let (old, new) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        let both = old.encrypting_with(&new);
        assert_eq!(
            (both.ids(), both.first_only().ids()),
            (vec![new.id(), old.id()], vec![new.id()])
        );
        let encrypted = old.encrypt(&[b"1"], b"hunter2").unwrap();
        let wrapped = both.rewrap(&[b"1"], &encrypted, "x").unwrap().unwrap();
        assert_eq!(
            new.decrypt(&[b"1"], &wrapped, "x").unwrap().as_slice(),
            b"hunter2"
        );
        assert!(matches!(
            old.decrypt(&[b"1"], &wrapped, "x"),
            Err(StoreError::WrongKey { .. })
        ));
        assert!(
            both.rewrap(&[b"1"], &wrapped, "x").unwrap().is_none(),
            "it is done"
        );
        assert!(
            both.rewrap(&[b"2"], &encrypted, "x").is_err(),
            "it belongs elsewhere"
        );
        assert!(
            new.rewrap(&[b"1"], &encrypted, "x").is_err()
                && both.rewrap(&[], &encrypted[..40], "x").is_err()
        );
    }

    #[test]
    fn a_key_file_is_read_back_and_a_broken_one_is_not() {
        let (one, other) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
        let both = format!("{}{}", one.to_text().as_str(), other.to_text().as_str());
        let keyring = Keyring::parse(&both).unwrap();
        assert_eq!(keyring.ids(), [one.id(), other.id()]);
        assert_eq!(
            keyring
                .decrypt(&[], &other.encrypt(&[], b"a").unwrap(), "x")
                .unwrap()
                .as_slice(),
            b"a"
        );
        assert!(Keyring::parse("").is_none());
        let text = one.to_text();
        assert!(
            Keyring::parse(text.trim_end().strip_suffix(char::is_alphanumeric).unwrap()).is_none()
        );
        let last = if text.trim_end().ends_with('0') {
            '1'
        } else {
            '0'
        };
        let changed = format!("{}{last}", &text.trim_end()[..text.trim_end().len() - 1]);
        assert!(Keyring::parse(&changed).is_none(), "the id proves the key");
    }
}
