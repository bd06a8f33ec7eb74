//! The pages, one view struct each. A view is plain data that a template shows; a test renders every sample of every view.

pub(crate) mod account;
pub(crate) mod administration;
pub(crate) mod appearance;
pub(crate) mod budgets;
pub(crate) mod decisions;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod frame;
pub(crate) mod groups;
pub(crate) mod head_count;
pub(crate) mod installation;
pub(crate) mod integrations;
pub(crate) mod issues;
pub(crate) mod jobs;
pub(crate) mod needs;
pub(crate) mod org;
pub(crate) mod overview;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod receivers;
pub(crate) mod runs;
pub(crate) mod sent;
pub(crate) mod setup;
