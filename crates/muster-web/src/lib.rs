//! What people see in a browser: the admin pages, their accounts and rights. Pages are rendered from what the store reads.
//!
//! This crate knows neither the engine nor the connectors: what changes people is written as a job, and the worker does it.
//! It has no clock and reads no environment; both are in [`WebState`].

mod access;
mod accounts;
mod api;
mod assets;
mod client;
mod csv;
mod pages;
mod respond;
mod routes;
mod serve;
mod state;
mod texts;
mod token;
mod wording;

pub use accounts::{
    demo::{DemoUser, create_demo_user},
    password_link::{LinkFor, PasswordLink, new_password_link},
    setup::{is_email_address, new_setup_link},
};
pub use api::description;
pub use routes::{Right, endpoints, router, workspace_paths, workspace_routes};
pub use serve::{Limits, TlsSettings, serve};
pub use state::{
    ChangeGroups, ChangedGroups, CheckRepair, DeliveredRecord, DeliveredRecords, GroupChange,
    LiveProgress, MailPasswordLink, NewSigningSecret, Outgoing, Preview, PreviewUndo, Previewed,
    ReadRecords, RunDrill, Sentence, Sentences, SetupForms, TestChannel, WebState,
};
pub use token::{RandomApiToken, random_api_token};
