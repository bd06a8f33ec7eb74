//! References to secrets: the environment or a file, never the integration file itself.

use super::{ConfigProblem, raw::RawSecret};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretReference {
    /// In this environment variable.
    Environment(String),
    /// In this file.
    File(PathBuf),
}

impl SecretReference {
    pub(super) fn check(key: &str, raw: &RawSecret, folder: &Path) -> Result<Self, ConfigProblem> {
        let problem = |message: &str| {
            let name = key.rsplit('.').next().unwrap_or(key);
            let advice = format!(
                "write `{name} = {{ env = \"NAME\" }}` or `{name} = {{ file = \"path\" }}`"
            );
            ConfigProblem::new(key, message, advice)
        };
        match (&raw.env, &raw.file) {
            _ if raw.inline => Err(problem("a secret may not stand in the integration file")),
            (Some(name), None) => Ok(Self::Environment(name.clone())),
            (None, Some(path)) => Ok(Self::File(folder.join(path))),
            _ => Err(problem("name either `env` or `file`")),
        }
    }

    /// Reads the secret. A file that others may read is refused.
    pub(crate) fn resolve(
        &self,
        key: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<SecretString, ConfigProblem> {
        match self {
            Self::Environment(name) => environment(name)
                .filter(|value| !value.is_empty())
                .map(SecretString::from)
                .ok_or_else(|| {
                    let message = format!("the environment variable `{name}` is not set");
                    ConfigProblem::new(
                        key,
                        message,
                        "set it for the account that runs muster, then run again",
                    )
                }),
            Self::File(path) => read(key, path),
        }
    }
}

fn read(key: &str, path: &Path) -> Result<SecretString, ConfigProblem> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        ConfigProblem::new(
            key,
            format!("the secret file `{shown}` cannot be read: {error}"),
            "check path and permissions",
        )
    };
    let metadata = path.metadata().map_err(unreadable)?;
    if open_to_others(&metadata) {
        let message = format!("the secret file `{shown}` can be read by other accounts");
        return Err(ConfigProblem::new(
            key,
            message,
            format!("run `chmod 600 {shown}`"),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(SecretString::from(
        text.trim_end_matches(['\n', '\r']).to_owned(),
    ))
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
