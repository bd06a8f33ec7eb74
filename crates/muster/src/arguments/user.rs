//! The commands for users of the admin pages.

use super::PublicUrl;
use clap::{Args, Subcommand};
use muster_core::model::role::Role;

#[derive(Subcommand, Debug)]
pub(crate) enum UserCommand {
    /// Add a user and print a link with which they choose a password
    ///
    /// The link works once, for 7 days. Send it to the user. Without --role and --administrator, the user can sign in and
    /// sees no workspace.
    #[command(after_help = "Examples:
  muster user add eva@acme.example --name \"Eva Bakker\" --role approver
  muster user add bob@acme.example --name \"Bob Jansen\" --administrator")]
    Add {
        /// The e-mail address, with which the user signs in
        #[arg(value_name = "EMAIL")]
        email: String,
        /// The name that others see
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The role in the workspace: viewer, operator, approver or admin
        #[arg(long, value_parser = super::token::role, value_name = "ROLE")]
        role: Option<Role>,
        /// Let the user administer the whole installation with all its workspaces
        #[arg(long, conflicts_with = "role")]
        administrator: bool,
        #[command(flatten)]
        links: Links,
    },
    /// List users with their roles and last sign-in
    List,
    /// Give a user a role in the workspace, or `none`; open sessions of the user end
    Role {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
        /// viewer, operator, approver, admin or none
        #[arg(value_parser = role_or_none, value_name = "ROLE")]
        role: RoleOrNone,
    },
    /// Let a user administer the whole installation; open sessions of the user end
    Administrator {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
        /// Take the right away
        #[arg(long)]
        revoke: bool,
    },
    /// Print a link with which a user chooses a new password; it works once, for an hour
    ResetPassword {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
        #[command(flatten)]
        links: Links,
    },
    /// Let a user sign in with the password alone, who lost the authenticator app and the recovery codes
    RemoveTwoStep {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
    },
    /// Disable a user: sessions and links end, and signing in is refused
    Disable {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
    },
    /// Require that another user approves plans of the workspace, or no longer
    ///
    /// The user who started a run, or changed the settings that it used, may then not approve its plan. This includes
    /// administrators and `--approve`.
    FourEyes {
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"], value_name = "on|off")]
        required: String,
    },
    /// Enable a disabled user again
    Enable {
        /// The e-mail address of the user
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

/// Where links lead to.
#[derive(Args, Debug)]
pub(crate) struct Links {
    /// The address of the pages, as in `muster serve --public-url`
    #[arg(
        long,
        env = "MUSTER_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    pub(crate) public_url: PublicUrl,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleOrNone(pub(crate) Option<Role>);

fn role_or_none(text: &str) -> Result<RoleOrNone, String> {
    match text {
        "none" => Ok(RoleOrNone(None)),
        text => super::token::role(text).map(|role| RoleOrNone(Some(role))),
    }
}
