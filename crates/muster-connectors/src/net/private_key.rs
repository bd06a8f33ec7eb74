//! Private keys as people have them: OpenSSH, PEM or PuTTY form, with a passphrase or without.

use russh::keys::{Error, PrivateKey, decode_secret_key};

const CONVERT: &str = "convert a copy with `ssh-keygen -p -f KEYFILE`, which writes the OpenSSH form, and set that one";

/// Opens a key, else says why it cannot be read and what to do.
pub(crate) fn read(
    secret: &str,
    passphrase: Option<&str>,
) -> Result<PrivateKey, (&'static str, &'static str)> {
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
fn explain(text: &str, has_passphrase: bool, error: &Error) -> (&'static str, &'static str) {
    let old_encrypted = text.contains("Proc-Type: 4,ENCRYPTED");
    if old_encrypted && text.contains("BEGIN EC PRIVATE KEY") {
        return (
            "it is an encrypted EC key in the old PEM form, which is not read",
            CONVERT,
        );
    }
    let encrypted = old_encrypted
        || text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || matches!(error, Error::KeyIsEncrypted)
        || is_encrypted_openssh(text)
        || (text.starts_with("PuTTY-User-Key-File-") && !text.contains("Encryption: none"));
    if encrypted && !has_passphrase {
        return (
            "it is encrypted and no passphrase is set",
            "set its `passphrase`",
        );
    }
    if old_encrypted && !text.contains("DEK-Info: AES-128-CBC,") {
        return (
            "it is encrypted in an old PEM form, which is not read",
            CONVERT,
        );
    }
    if encrypted {
        return (
            "passphrase refused: it does not open the key",
            "set the right `passphrase`",
        );
    }
    if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.contains("BEGIN PUBLIC KEY") {
        return (
            "it is a public key",
            "set the private key, which begins with `-----BEGIN`",
        );
    }
    if text.contains("BEGIN DSA PRIVATE KEY") {
        return (
            "it is a DSA key, which is no longer safe",
            "make an Ed25519 key with `ssh-keygen -t ed25519`",
        );
    }
    (
        "it is not a private key in OpenSSH, PEM or PuTTY form, or it is damaged",
        "set the whole file, with its first and last line",
    )
}

fn is_encrypted_openssh(text: &str) -> bool {
    text.contains("BEGIN OPENSSH PRIVATE KEY")
        && PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
}
