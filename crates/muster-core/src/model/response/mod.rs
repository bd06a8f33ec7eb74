//! What `--json` prints, and what an API answers: one struct for one thing, with a JSON Schema for each answer.
//!
//! The structs hold finished values. Texts are put in by the front end, which words them. Long lists are generic, so that they
//! can be written one by one instead of being collected first.

mod answer;
mod budget;
mod decision;
mod each;
mod employee;
mod group;
mod operation;
mod organisation;
mod problem;
mod replay;
mod run;
mod schema;
mod service;
mod setup;
mod sweep;
mod test;
mod workspace;

pub use answer::*;
pub use budget::*;
pub use decision::*;
pub use each::*;
pub use employee::*;
pub use group::*;
pub use operation::*;
pub use organisation::*;
pub use problem::*;
pub use replay::*;
pub use run::*;
pub use schema::*;
pub use service::*;
pub use setup::*;
pub use sweep::*;
pub use test::*;
pub use workspace::*;
