//! What an employee, a change and a plan are, and how one follows from the other.
//!
//! There is no I/O here: no async, no SQL, no HTTP, no environment and no clock. `today` and the
//! directory are arguments. Nothing here fails on data: bad records come back as
//! [`Problem`](model::problem::Problem) values beside the good ones.

pub mod model;
pub mod setup;

pub mod alert;
pub mod decide;
pub mod derive;
pub mod issue;
pub mod read;
pub mod schedule;

pub mod privacy;
