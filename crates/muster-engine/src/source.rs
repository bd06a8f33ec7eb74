//! Whom an integration reads: files at rest somewhere, or an HR system over its API.

use muster_connectors::{
    connector::{Connector, Network, Timer},
    format::csv::CsvSettings,
    transport::SourceSettings,
};
use std::{fmt, sync::Arc};

/// Whom an integration reads.
#[derive(Clone, Debug)]
pub enum Source {
    Files(Box<FileSource>),
    System(Box<SystemSource>),
}

/// Files at rest somewhere.
#[derive(Clone, Debug)]
pub struct FileSource {
    pub settings: SourceSettings,
    /// How they are read.
    pub csv: CsvSettings,
}

#[derive(Clone)]
pub struct SystemSource {
    pub connector: Arc<dyn Connector>,
    /// What people call it.
    pub title: &'static str,
    /// Limits and trust.
    pub network: Network,
    /// Spreads the waits of several installations.
    pub seed: u64,
    /// Waits.
    pub timer: Arc<dyn Timer>,
}

impl Source {
    /// The files, if it is files that are read.
    pub fn files(&self) -> Option<&FileSource> {
        match self {
            Self::Files(files) => Some(files),
            Self::System(_) => None,
        }
    }
}

impl fmt::Debug for SystemSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemSource")
            .field("connector", &self.connector)
            .finish_non_exhaustive()
    }
}
