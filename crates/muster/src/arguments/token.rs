//! `muster token`.

use clap::Subcommand;
use muster_core::model::role::Role;

#[derive(Subcommand, Debug)]
pub(crate) enum TokenCommand {
    /// Create a token for a program that uses the API of a workspace; it is shown once
    ///
    /// The program sends it as `Authorization: Bearer TOKEN`. Its name is recorded with everything that the program does.
    #[command(after_help = "Example:
  muster token create payroll --role viewer --days 30")]
    Create {
        /// The name of the program; each name is used once in a workspace
        name: String,
        /// What the program may do: viewer, operator, approver or admin
        #[arg(long, value_parser = role, default_value = "viewer", value_name = "ROLE")]
        role: Role,
        /// How many days the token is valid
        #[arg(long, default_value = "90", value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// List the tokens of a workspace with their roles, dates and last use, without the tokens themselves
    List,
    /// Revoke a token: it is refused from the next request
    Revoke {
        /// The name of the token
        name: String,
    },
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("use one of {}", known.join(", "))
    })
}
