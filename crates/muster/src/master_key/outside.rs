//! A master key that is not in a file: an environment variable has it, or a command prints it.

use super::key_error;
use crate::{arguments::Arguments, error::CommandError, wiring::environment};
use muster_store::{Keyring, Store, StoreError};
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// The variable that can hold the key itself.
const VARIABLE: &str = "MUSTER_MASTER_KEY";

/// A master key and where it comes from.
pub(crate) struct OutsideKey {
    pub(crate) keyring: Keyring,
    /// As messages name it.
    pub(crate) origin: String,
}

impl OutsideKey {
    /// Gives the store the key.
    pub(crate) fn give(self, store: &Store) -> Result<(), CommandError> {
        store.unlock(self.keyring).map_err(|error| match error {
            StoreError::WrongKey { wanted, found } => key_error(
                format!(
                    "the database is encrypted with master key {wanted}, and {} has {}",
                    self.origin,
                    found.unwrap_or_default()
                ),
                "use the key that the database needs; nothing was changed",
            ),
            other => other.into(),
        })
    }
}

/// The key that is not in a file, if one is configured.
pub(crate) fn outside(arguments: &Arguments) -> Result<Option<OutsideKey>, CommandError> {
    let variable = environment(VARIABLE).filter(|text| !text.is_empty());
    let (text, origin) = match (variable, &arguments.master_key_command) {
        (Some(_), Some(_)) => {
            return Err(key_error(
                format!("the master key is in {VARIABLE}, and a command for it is configured too"),
                "keep one of the two; nothing was changed",
            ));
        }
        (Some(_), None) if arguments.master_key.is_some() => {
            return Err(key_error(
                format!("the master key is in {VARIABLE}, and a file for it is configured too"),
                "keep one of the two; nothing was changed",
            ));
        }
        (Some(text), None) => (Zeroizing::new(text), format!("the variable {VARIABLE}")),
        (None, Some(command)) => (printed(command)?, "the command for the key".to_owned()),
        (None, None) => return Ok(None),
    };
    let keyring = Keyring::parse(&text).ok_or_else(|| {
        key_error(
            format!("{origin} has no master key, or it is damaged"),
            "give the text of a key file, a line that starts with `muster-master-key`; nothing was changed",
        )
    })?;
    Ok(Some(OutsideKey { keyring, origin }))
}

/// What the command prints. Neither the command nor its output is repeated.
fn printed(command: &str) -> Result<Zeroizing<String>, CommandError> {
    let failed = |why: String| {
        key_error(
            format!("the command for the master key {why}"),
            "run it as the account that runs muster; it must print the text of a key file and exit with 0",
        )
    };
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("failed ({})", output.status)));
    }
    String::from_utf8(output.stdout)
        .map(Zeroizing::new)
        .map_err(|_| failed("printed something that is not text".to_owned()))
}
