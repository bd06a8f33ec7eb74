//! The commands for the master key.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub(crate) enum KeyCommand {
    /// Show the ids of the current key, of the keys that the database needs, and of old keys
    #[command(
        after_help = "An id is derived from its key and does not reveal it: ids can be written down and shared."
    )]
    Show,
    /// Replace the master key and re-encrypt archived deliveries and tokens with the new one
    ///
    /// The rotation is one transaction. If the command is interrupted, all data can still be decrypted, and running it again
    /// finishes the rotation. The old key is kept next to the key file as `FILE.old-ID`, because backups of
    /// the database need it; delete it when you no longer need those backups.
    #[command(
        after_help = "Example: a colleague who could read the key file has left:
  muster key rotate
  cp muster.db.key /path/to/key/backups/

To use a key that was created elsewhere, in the format of a key file with mode 0600:
  muster key rotate --new /run/secrets/muster-2026.key"
    )]
    Rotate {
        /// A file with the new key; only its first key is used. Default: generate a key
        #[arg(long, value_name = "FILE")]
        new: Option<PathBuf>,
    },
}
