//! What settings must not say if they come from who does not run this machine: through a browser or the API.

use super::super::{
    issue::{SettingError, SettingIssue},
    raw::RawSettings,
};

/// Everything in the settings that would reach into this machine.
pub fn check_remote(raw: &RawSettings) -> Vec<SettingError> {
    let mut problems = Vec::new();
    let mut problem = |setting: &str, issue| problems.push(SettingError::new(setting, issue));
    let url = raw.source.url.as_deref().unwrap_or_default();
    if raw.source.connector.is_none() && url.trim_start().to_lowercase().starts_with("file:") {
        problem("source.url", SettingIssue::LocalSource);
    }
    if url.starts_with("https:") && url.contains('?') {
        problem("source.url", SettingIssue::SecretQuery);
    }
    if raw.source.ca_certificate.is_some() {
        problem("source.ca_certificate", SettingIssue::LocalFile);
    }
    let credentials = &raw.credentials;
    for (setting, secret) in [
        ("credentials.password", &credentials.password),
        ("credentials.private_key", &credentials.private_key),
        ("credentials.passphrase", &credentials.passphrase),
    ] {
        let secret = secret.as_ref().map(|secret| &secret.0);
        if secret.is_some_and(|it| it.env.is_some() || it.file.is_some() || it.command.is_some()) {
            problem(setting, SettingIssue::LocalSecret);
        }
    }
    for (key, answer) in &raw.answers {
        let it = &answer.0;
        if it.env.is_some() || it.file.is_some() || it.command.is_some() {
            problem(&format!("source.{key}"), SettingIssue::LocalSecret);
        }
    }
    problems
}
