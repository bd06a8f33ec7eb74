//! What `muster serve` is made of beside the worker: its integrations, its log, its metrics and its HTTP endpoints.

mod endpoints;
mod installation;
mod integrations;
mod log;
mod metrics;

pub(crate) use endpoints::serve;
pub(crate) use integrations::StoredIntegrations;
pub(crate) use log::{observe, start_log};
pub(crate) use metrics::Metrics;
