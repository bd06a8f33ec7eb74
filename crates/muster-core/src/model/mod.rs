//! The things that Muster speaks of: employees and their fields, runs, plans and problems.

pub mod actor;
pub mod audit;
pub mod calendar;
pub mod code;
pub mod company;
pub mod edit_request;
pub mod employee;
pub mod employment;
pub mod event;
pub mod facts;
pub mod field;
pub mod ids;
pub mod job;
pub mod origin;
pub mod pin;
pub mod plan;
pub mod problem;
pub mod response;
pub mod role;
pub mod run;
pub mod workspace;
