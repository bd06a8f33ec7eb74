//! What a person, a change and a plan are, and how one follows from the other.
//!
//! There is no I/O here: no async, no SQL, no HTTP, no environment and no clock. `today` and the
//! directory are arguments. Nothing here fails on data: bad records come back as [`problem::Problem`]
//! values beside the good ones.

pub mod code;
pub mod ids;
pub mod origin;
pub mod problem;
pub mod record;

pub mod budget;
pub mod calendar;
pub mod company;
pub mod employee;
pub mod employment;
pub mod facts;
pub mod field;
pub mod organisation;
pub mod pin;
pub mod workspace;

pub mod integration;
pub mod mapping;
pub mod normalise;
pub mod policy;
pub mod selection;
pub mod suggestion;

mod absence;
mod draft;
pub mod intake;
pub mod reading;
pub mod roster;

pub mod cut;
pub mod retention;
pub mod tombstone;

mod amend;
mod depart;
mod duplicates;
mod guard;
pub mod hand;
pub mod known;
mod pairing;
pub mod plan;
pub mod profile;
pub mod proposal;
pub mod propose;
pub mod run;
pub mod undo;
mod unidentified;

pub mod smart_group;
