//! Reads secrets from where settings say that they are: the environment, a file, a command, or the database.

use super::ConfigProblem;
use muster_connectors::{connector::Settings, transport::Credentials};
use muster_core::setup::settings::{CredentialReferences, SecretReference, SystemSettings};
use secrecy::SecretString;
use std::path::Path;

/// Where secrets are read from.
#[derive(Clone, Copy)]
pub(crate) struct Secrets<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is stored for a setting of the integration.
    pub(crate) stored: &'a dyn Fn(&str) -> Result<Option<SecretString>, ConfigProblem>,
}

impl Secrets<'_> {
    /// Reads the secret of a setting.
    pub(crate) fn resolve(
        &self,
        setting: &str,
        reference: &SecretReference,
    ) -> Result<SecretString, ConfigProblem> {
        match reference {
            SecretReference::Environment(name) => (self.environment)(name)
                .filter(|value| !value.is_empty())
                .map(SecretString::from)
                .ok_or_else(|| {
                    let message = format!("the environment variable `{name}` is not set");
                    ConfigProblem::new(
                        setting,
                        message,
                        "set it for the account that runs muster, then run again",
                    )
                }),
            SecretReference::File(path) => read(setting, path),
            SecretReference::Command(command) => run(setting, command),
            SecretReference::Stored => (self.stored)(setting)?.ok_or_else(|| {
                ConfigProblem::new(
                    setting,
                    "no secret is stored for this setting",
                    format!("run `muster secret set INTEGRATION {setting}`"),
                )
            }),
        }
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
fn read(setting: &str, path: &Path) -> Result<SecretString, ConfigProblem> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        ConfigProblem::new(
            setting,
            format!("the secret file `{shown}` cannot be read: {error}"),
            "check path and permissions",
        )
    };
    let metadata = path.metadata().map_err(unreadable)?;
    if open_to_others(&metadata) {
        let message = format!("the secret file `{shown}` can be read by other accounts");
        return Err(ConfigProblem::new(
            setting,
            message,
            format!("run `chmod 600 {shown}`"),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(SecretString::from(
        text.trim_end_matches(['\n', '\r']).to_owned(),
    ))
}

/// What a command prints. Neither the command nor its output is repeated: both may hold the secret.
fn run(setting: &str, command: &str) -> Result<SecretString, ConfigProblem> {
    let failed = |why: String| {
        ConfigProblem::new(
            setting,
            format!("the command for the secret {why}"),
            "run it as the account that runs muster; it must print the secret and exit with 0",
        )
    };
    let output = std::process::Command::new("sh")
        .args(["-c", command])
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("failed ({})", output.status)));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| failed("printed something that is not text".to_owned()))?;
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        return Err(failed("printed nothing".to_owned()));
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
