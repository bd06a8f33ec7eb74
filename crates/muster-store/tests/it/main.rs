//! The store against real files: what is settled, what is refused, and what a broken file does.
//! One binary, so that an edit links once.

#![allow(clippy::unwrap_used)] // the ground of a test may fail it

mod budgets;
mod erasing;
mod faults;
mod ground;
mod integration_settings;
mod integrity;
mod moving;
mod own_fields;
mod pins;
mod plans;
mod schema;
mod sealed;
mod settling;
mod smart_group_laws;
mod smart_groups;
mod statements;
