//! What `--json` prints, and what an API answers: one struct for one thing, with a JSON Schema for each answer.
//!
//! The structs hold finished values. Texts are put in by the front end, which words them. Long lists are generic, so that they
//! can be written one by one instead of being collected first.

mod alert;
mod backup;
mod budget;
mod connection_test;
mod decision;
mod doctor;
mod employee;
mod error;
mod feed;
mod group;
mod integration;
mod issue;
mod listed_employee;
mod operation;
mod organisation;
mod page;
mod plan;
mod problem;
mod replay;
mod run;
mod schema;
mod service;
mod settings_history;
mod setup;
mod stream;
mod sweep;
mod token;
mod webhook;
mod workspace;
mod workspace_summary;

pub use alert::*;
pub use backup::*;
pub use budget::*;
pub use connection_test::*;
pub use decision::*;
pub use doctor::*;
pub use employee::*;
pub use error::*;
pub use feed::*;
pub use group::*;
pub use integration::*;
pub use issue::*;
pub use listed_employee::*;
pub use operation::*;
pub use organisation::*;
pub use page::*;
pub use plan::*;
pub use problem::*;
pub use replay::*;
pub use run::*;
pub use schema::*;
pub use service::*;
pub use settings_history::*;
pub use setup::*;
pub use stream::*;
pub use sweep::*;
pub use token::*;
pub use webhook::*;
pub use workspace::*;
pub use workspace_summary::*;
