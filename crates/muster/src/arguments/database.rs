//! The command for whole databases.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(crate) enum DatabaseCommand {
    /// Copy an installation into another, empty database: from a file to a server, or back
    ///
    /// Stop the service first. The copy is one transaction; afterwards each table is read again and compared with what was
    /// copied. Nothing is changed in the first database.
    #[command(after_help = "Example: from a file to a server
  muster database copy sqlite:/var/lib/muster/muster.db postgres://muster@db.example.org/muster
  cp /var/lib/muster/muster.db.key muster.key")]
    Copy {
        /// The address of the database that is copied
        #[arg(value_name = "FROM")]
        from: String,
        /// The address of the database that it is copied to
        #[arg(value_name = "TO")]
        to: String,
    },
}
