//! What `muster serve` is made of beside the worker: its integrations, its log, its metrics and its HTTP endpoints.

mod endpoints;
mod installation;
mod integrations;
mod log;
mod metrics;
mod progress;
mod tls;

pub(crate) use endpoints::serve;
pub(crate) use installation::Installation;
pub(crate) use integrations::StoredIntegrations;
pub(crate) use log::{observe, start_log};
pub(crate) use metrics::Metrics;
pub(crate) use progress::RunsUnderWay;
pub(crate) use tls::TlsFiles;
