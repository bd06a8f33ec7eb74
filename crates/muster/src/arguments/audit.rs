//! The commands for the audit log.

use clap::Subcommand;
use muster_store::AuditHead;

#[derive(Subcommand, Debug)]
pub(crate) enum AuditCommand {
    /// List the last entries, newest first; with --workspace, those of a workspace
    List {
        /// How many entries
        #[arg(long, default_value = "50", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Verify that no entry was changed or removed
    ///
    /// Each entry has the hash of itself and of the entry before it. Who can write to the database could also write a new log:
    /// store the head that this command prints somewhere else, and verify with --head that the log still has it.
    Verify {
        /// A head that was printed earlier, as NUMBER:HASH
        #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
        head: Option<AuditHead>,
    },
    /// Print the entries as JSON lines, oldest first
    Export {
        /// Only the entries after this number
        #[arg(long, default_value = "0", value_name = "NUMBER")]
        after: i64,
    },
}

fn head(text: &str) -> Result<AuditHead, &'static str> {
    const FORM: &str = "write it as NUMBER:HASH, as `muster audit verify` prints it";
    let (number, hash) = text.split_once(':').ok_or(FORM)?;
    let number = number.parse().map_err(|_| FORM)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash
        .then(|| AuditHead {
            number,
            hash: hash.to_ascii_lowercase(),
        })
        .ok_or(FORM)
}
