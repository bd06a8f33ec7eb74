//! Reads secrets from where settings say that they are: the environment, a file, a command, or the database.

use super::ConfigProblem;
use crate::text::secret as text;
use muster_connectors::{connector::Settings, transport::Credentials};
use muster_core::setup::settings::{CredentialReferences, SecretReference, SystemSettings};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Where secrets are read from.
#[derive(Clone, Copy)]
pub(crate) struct Secrets<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is stored for a setting of the integration.
    pub(crate) stored: &'a dyn Fn(&str) -> Result<Option<SecretString>, ConfigProblem>,
}

/// Why a secret cannot be read.
#[derive(Debug)]
pub(crate) enum SecretProblem {
    VariableNotSet {
        name: String,
    },
    NotStored {
        setting: String,
    },
    UnreadableFile {
        path: PathBuf,
        error: String,
    },
    /// Other accounts can read the file.
    OpenFile {
        path: PathBuf,
    },
    CommandNotStarted {
        error: String,
    },
    CommandFailed {
        status: String,
    },
    /// The command printed something that is not text.
    NotText,
    NothingPrinted,
}

impl SecretProblem {
    /// The problem at the setting that refers to the secret.
    fn of(&self, setting: &str) -> ConfigProblem {
        ConfigProblem::new(setting, text::message(self), text::help(self))
    }
}

impl Secrets<'_> {
    /// Reads the secret of a setting.
    pub(crate) fn resolve(
        &self,
        setting: &str,
        reference: &SecretReference,
    ) -> Result<SecretString, ConfigProblem> {
        let resolved = match reference {
            SecretReference::Environment(name) => (self.environment)(name)
                .filter(|value| !value.is_empty())
                .map(SecretString::from)
                .ok_or_else(|| SecretProblem::VariableNotSet { name: name.clone() }),
            SecretReference::File(path) => read(path),
            SecretReference::Command(command) => run(command),
            SecretReference::Stored => {
                (self.stored)(setting)?.ok_or_else(|| SecretProblem::NotStored {
                    setting: setting.to_owned(),
                })
            }
        };
        resolved.map_err(|problem| problem.of(setting))
    }

    /// The credentials of a file source.
    pub(crate) fn credentials(
        &self,
        references: &CredentialReferences,
    ) -> Result<Credentials, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let mut secret = |setting: &str, reference: &Option<SecretReference>| {
            let resolved = self.resolve(setting, reference.as_ref()?);
            resolved.map_err(|problem| problems.push(problem)).ok()
        };
        let credentials = Credentials {
            user: references.user.clone(),
            password: secret("credentials.password", &references.password),
            private_key: secret("credentials.private_key", &references.private_key),
            passphrase: secret("credentials.passphrase", &references.passphrase),
        };
        if problems.is_empty() {
            Ok(credentials)
        } else {
            Err(problems)
        }
    }

    /// What is filled in for an HR system, with its secrets.
    pub(crate) fn answers(&self, system: &SystemSettings) -> Result<Settings, Vec<ConfigProblem>> {
        let plain = system.plain.iter();
        let mut answers = plain.fold(Settings::default(), |answers, (key, value)| {
            answers.with(key, value)
        });
        let mut problems = Vec::new();
        for (key, reference) in &system.secrets {
            match self.resolve(&format!("source.{key}"), reference) {
                Ok(secret) => answers = answers.with_secret(key, secret),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(answers)
        } else {
            Err(problems)
        }
    }
}

/// A file that others may read is refused.
fn read(path: &Path) -> Result<SecretString, SecretProblem> {
    let unreadable = |error: std::io::Error| SecretProblem::UnreadableFile {
        path: path.to_owned(),
        error: error.to_string(),
    };
    let metadata = path.metadata().map_err(unreadable)?;
    if open_to_others(&metadata) {
        return Err(SecretProblem::OpenFile {
            path: path.to_owned(),
        });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(SecretString::from(
        text.trim_end_matches(['\n', '\r']).to_owned(),
    ))
}

/// What a command prints.
fn run(command: &str) -> Result<SecretString, SecretProblem> {
    let output = std::process::Command::new("sh")
        .args(["-c", command])
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| SecretProblem::CommandNotStarted {
            error: error.to_string(),
        })?;
    if !output.status.success() {
        return Err(SecretProblem::CommandFailed {
            status: output.status.to_string(),
        });
    }
    let text = String::from_utf8(output.stdout).map_err(|_| SecretProblem::NotText)?;
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        return Err(SecretProblem::NothingPrinted);
    }
    Ok(SecretString::from(secret.to_owned()))
}

#[cfg(unix)]
fn open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}
