//! Private keys for tests, made by the `openssl` program; none is kept anywhere.

use crate::certificate::openssl;
use std::fs;

/// A key as `openssl genpkey` makes it (PKCS #8, PEM), of an algorithm and with one of its options.
pub fn generated(algorithm: &str, option: &str) -> String {
    let mut arguments = vec!["genpkey", "-algorithm", algorithm];
    if !option.is_empty() {
        arguments.extend(["-pkeyopt", option]);
    }
    openssl(&arguments)
}

/// Its public key (PEM).
pub fn public(pem: &str) -> String {
    converted(pem, &["pkey", "-pubout"])
}

/// The key encrypted with a passphrase (PKCS #8, PEM).
pub fn encrypted(pem: &str, passphrase: &str) -> String {
    let passphrase = format!("pass:{passphrase}");
    converted(
        pem,
        &[
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-256-cbc",
            "-passout",
            &passphrase,
        ],
    )
}

/// The key in the form that an openssl command gives it.
pub fn converted(pem: &str, command: &[&str]) -> String {
    let Ok(folder) = tempfile::tempdir() else {
        return String::new();
    };
    let file = folder.path().join("key.pem");
    if fs::write(&file, pem).is_err() {
        return String::new();
    }
    openssl(&[command, &["-in", &file.display().to_string()]].concat())
}
