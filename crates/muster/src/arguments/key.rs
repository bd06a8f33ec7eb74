//! The command of the master key.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub(crate) enum KeyCommand {
    /// Show the ids of the keys in the file, of those that the database wants, and of old ones that are kept
    #[command(
        after_help = "An id follows from its key and does not tell it: ids may be written down and sent around."
    )]
    Show,
    /// Make another key and seal everything for it: delivered files and tokens
    ///
    /// All of it is sealed for the new key, or nothing. Interrupted at any point, whatever is sealed can still be opened, and
    /// the same command finishes the change. The old key stays beside the key file as `FILE.old-ID`, because backups of the
    /// database want it; remove it when none of them is needed any more.
    #[command(after_help = "Example: somebody who could read the key file has left:
  muster key rotate
  cp muster.db.key /where/copies/of/keys/are/kept/

A key made elsewhere, in the form of a key file of mode 0600:
  muster key rotate --new /run/secrets/muster-2026.key")]
    Rotate {
        /// The file of the key to use instead of a new one; its first line counts
        #[arg(long, value_name = "FILE")]
        new: Option<PathBuf>,
    },
}
