//! What `muster serve` and `muster worker` are made of beside the worker: integrations, the log, metrics and HTTP endpoints.

mod endpoints;
mod installation;
mod integrations;
mod log;
mod metrics;
mod process;
mod progress;
mod spans;
mod tls;

pub(crate) use endpoints::serve;
pub(crate) use installation::Installation;
pub(crate) use integrations::StoredIntegrations;
pub(crate) use log::{observe, start_log};
pub(crate) use metrics::Metrics;
pub(crate) use process::{StopSignals, run_on_threads};
pub(crate) use progress::RunsUnderWay;
pub(crate) use tls::TlsFiles;
