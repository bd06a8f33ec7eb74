//! The source of an integration: files, or an HR system.

use muster_connectors::{
    connector::{Connector, Network, Timer},
    format::csv::CsvSettings,
    transport::SourceSettings,
};
use std::{fmt, sync::Arc};

/// The source of an integration.
#[derive(Clone, Debug)]
pub enum Source {
    Files(Box<FileSource>),
    System(Box<SystemSource>),
}

/// A source of files.
#[derive(Clone, Debug)]
pub struct FileSource {
    pub settings: SourceSettings,
    /// How they are read.
    pub csv: CsvSettings,
}

#[derive(Clone)]
pub struct SystemSource {
    pub connector: Arc<dyn Connector>,
    /// The name of the system.
    pub title: &'static str,
    /// Limits and trust.
    pub network: Network,
    /// Spreads the requests of several installations over time.
    pub seed: u64,
    /// Waits.
    pub timer: Arc<dyn Timer>,
}

impl Source {
    /// The files, if this is a file source.
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
