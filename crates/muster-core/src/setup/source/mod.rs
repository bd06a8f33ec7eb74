//! What a source is, as settings: where files are, how they are written and fetched. Nothing is opened here.

mod csv;
mod location;
mod transfer;

pub use csv::{CsvLimits, CsvSettings, Delimiter, Encoding, FinalLineBreak};
pub use location::{Location, Scheme};
pub use transfer::{After, FtpMode, FtpTls, NetworkLimits, RetrySettings, TransportLimits};
