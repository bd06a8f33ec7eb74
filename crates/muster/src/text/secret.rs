//! Why a secret cannot be read from where the settings say that it is.

use crate::config::SecretProblem;

/// What is wrong. Neither a secret nor a command is repeated: a command may hold the secret.
pub(crate) fn message(problem: &SecretProblem) -> String {
    match problem {
        SecretProblem::VariableNotSet { name } => {
            format!("the environment variable `{name}` is not set")
        }
        SecretProblem::NotStored { .. } => "no secret is stored for this setting".to_owned(),
        SecretProblem::UnreadableFile { path, error } => {
            format!(
                "the secret file `{}` cannot be read: {error}",
                path.display()
            )
        }
        SecretProblem::OpenFile { path } => {
            format!(
                "the secret file `{}` can be read by other accounts",
                path.display()
            )
        }
        SecretProblem::CommandNotStarted { error } => {
            format!("the command for the secret cannot be started: {error}")
        }
        SecretProblem::CommandFailed { status } => {
            format!("the command for the secret failed ({status})")
        }
        SecretProblem::NotText => {
            "the command for the secret printed something that is not text".to_owned()
        }
        SecretProblem::NothingPrinted => "the command for the secret printed nothing".to_owned(),
    }
}

/// What to do about it.
pub(crate) fn help(problem: &SecretProblem) -> String {
    match problem {
        SecretProblem::VariableNotSet { .. } => {
            "set it for the account that runs muster, then run again".to_owned()
        }
        SecretProblem::NotStored { setting } => {
            format!("run `muster secret set INTEGRATION {setting}`")
        }
        SecretProblem::UnreadableFile { .. } => "check path and permissions".to_owned(),
        SecretProblem::OpenFile { path } => format!("run `chmod 600 {}`", path.display()),
        SecretProblem::CommandNotStarted { .. }
        | SecretProblem::CommandFailed { .. }
        | SecretProblem::NotText
        | SecretProblem::NothingPrinted => {
            "run it as the account that runs muster; it must print the secret and exit with 0"
                .to_owned()
        }
    }
}
