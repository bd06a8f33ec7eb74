//! `muster serve --demo`: an installation to try the admin pages with. Real runs make it from generated files, in a folder that is
//! removed at the end; no other database is opened.

mod staff;
mod story;

use crate::{arguments::Arguments, error::CommandError, wiring::Wiring};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::actor::Actor;
use muster_web::DemoUser;
use std::path::Path;
use tempfile::TempDir;

/// The administrator of the demo, in whose name its plans were approved.
const NAME: &str = "Mette Østergaard";
const EMAIL: &str = "mette@fjordmarked.example";
/// How long before now the administrator's account was created: longer than the story lasts.
const DAYS_BEFORE: i64 = 71;

pub(crate) struct Demo {
    /// The arguments of a command on the demo's database.
    pub(crate) arguments: Arguments,
    pub(crate) user: DemoUser,
    /// Removed with everything in it when the demo ends.
    _folder: TempDir,
}

impl Demo {
    /// Makes the installation. Its last run ended two hours before `now`.
    pub(crate) fn new(now: Timestamp) -> Result<Self, CommandError> {
        let folder = tempfile::tempdir().map_err(unwritable)?;
        let arguments = arguments(folder.path(), None);
        // Before the first run, so that the audit log knows who approved it.
        let user = {
            let wiring = Wiring::throw_away(&arguments, administrator())?;
            let since = now - SignedDuration::from_hours(24 * DAYS_BEFORE);
            muster_web::create_demo_user(&wiring.store, NAME, EMAIL, since)?.ok_or_else(|| {
                CommandError::usage("the system gives no random numbers", "check the machine")
            })?
        };
        story::tell(folder.path(), now)?;
        Ok(Self {
            arguments,
            user,
            _folder: folder,
        })
    }
}

fn arguments(folder: &Path, now: Option<Timestamp>) -> Arguments {
    Arguments::of_database(
        format!("sqlite:{}", folder.join("muster.db").display()),
        now,
    )
}

fn administrator() -> Actor {
    Actor::User(EMAIL.to_owned())
}

fn unwritable(error: std::io::Error) -> CommandError {
    CommandError::usage(
        format!("the folder of the demo could not be written: {error}"),
        "make the folder for temporary files (TMPDIR) writable",
    )
}

#[cfg(test)]
mod tests;
