//! Private keys as people have them: OpenSSH, PEM or PuTTY form, with a passphrase or without.

use muster_core::model::problem::transport::KeyFault;
use russh::keys::{Error, PrivateKey, decode_secret_key};

/// Opens a key.
pub(crate) fn read(secret: &str, passphrase: Option<&str>) -> Result<PrivateKey, KeyFault> {
    // Keys that were pasted into a form come with blanks around them and with CRLF.
    let text: String = secret
        .trim()
        .lines()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect();
    let passphrase = passphrase.filter(|passphrase| !passphrase.is_empty());
    decode_secret_key(&text, passphrase)
        .map_err(|error| explain(&text, passphrase.is_some(), &error))
}

/// Says why a key cannot be read. Never repeats the library's words: they could hold parts of the key.
fn explain(text: &str, has_passphrase: bool, error: &Error) -> KeyFault {
    let old_encrypted = text.contains("Proc-Type: 4,ENCRYPTED");
    if old_encrypted && text.contains("BEGIN EC PRIVATE KEY") {
        return KeyFault::EncryptedEcInOldForm;
    }
    let encrypted = old_encrypted
        || text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || matches!(error, Error::KeyIsEncrypted)
        || is_encrypted_openssh(text)
        || (text.starts_with("PuTTY-User-Key-File-") && !text.contains("Encryption: none"));
    if encrypted && !has_passphrase {
        return KeyFault::NoPassphrase;
    }
    if old_encrypted && !text.contains("DEK-Info: AES-128-CBC,") {
        return KeyFault::EncryptedInOldForm;
    }
    if encrypted {
        return KeyFault::WrongPassphrase;
    }
    if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.contains("BEGIN PUBLIC KEY") {
        return KeyFault::PublicKey;
    }
    if text.contains("BEGIN DSA PRIVATE KEY") {
        return KeyFault::DsaKey;
    }
    KeyFault::NotAKey
}

fn is_encrypted_openssh(text: &str) -> bool {
    text.contains("BEGIN OPENSSH PRIVATE KEY")
        && PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
}
