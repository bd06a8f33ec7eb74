//! The API for programs, below `/api/v1`. It uses the same rights, the same answers and the same codes as the pages and the
//! command line; what changes employees is written as a job.
//!
//! An endpoint is one type: its parameters, its body and its answer are types too, so that the reference is made from what
//! runs. [`routes::ENDPOINTS`] lists them.

pub(crate) mod access;
mod alerts;
mod answer;
mod audit;
mod changes;
mod codes;
mod companies;
mod decisions;
mod edits;
mod employees;
pub(crate) mod endpoint;
mod field_changes;
mod group_changes;
mod groups;
mod integration_changes;
mod integrations;
mod issues;
pub(crate) mod jobs;
mod openapi;
mod organisation;
mod paging;
mod plans;
pub(crate) mod problem;
mod rate;
mod repairs;
pub(crate) mod routes;
mod run_events;
mod runs;
pub(crate) mod webhooks;
mod workspaces;

pub use openapi::description;
pub(crate) use rate::RateLimits;
