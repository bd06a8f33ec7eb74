//! The options of the service.

use clap::Args;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[derive(Args, Debug)]
pub(crate) struct ServeOptions {
    /// The address for the pages and for monitoring
    #[arg(
        long,
        env = "MUSTER_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// How many jobs run at a time
    #[arg(long, env = "MUSTER_JOBS", default_value = "8", value_name = "NUMBER")]
    pub(crate) jobs: usize,
    /// How many seconds running jobs may take to finish when the service is stopped
    #[arg(
        long,
        env = "MUSTER_GRACE",
        default_value = "25",
        value_name = "SECONDS"
    )]
    pub(crate) grace: u64,
    /// The folder for the daily backups, or `off`; default: `<database>.backups`
    #[arg(long, env = "MUSTER_BACKUPS", value_name = "FOLDER")]
    pub(crate) backups: Option<PathBuf>,
    /// How many daily backups are retained
    #[arg(
        long,
        env = "MUSTER_RETAINED_BACKUPS",
        default_value = "14",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub(crate) retained_backups: u16,
    /// Serve a demo with generated employees, in a database of its own that is removed at the end; prints a link to sign in
    #[arg(long, conflicts_with_all = ["database", "now", "rehearse"])]
    pub(crate) demo: bool,
}

impl ServeOptions {
    /// The folder for backups, where `default` is the one of the database. `None`: the service makes none.
    pub(crate) fn backup_folder(&self, default: PathBuf) -> Option<PathBuf> {
        match &self.backups {
            None => Some(default),
            Some(folder) if folder == Path::new("off") => None,
            Some(folder) => Some(folder.clone()),
        }
    }
}
