//! The store against real files: what is settled, what is refused, and what a broken file does.
//! One binary, so that an edit links once.

#![allow(clippy::unwrap_used)] // the ground of a test may fail it

mod accounts;
mod archive_and_keys;
mod audit;
mod budgets;
mod copying;
mod custom_fields;
mod cut_connection;
mod distribution;
mod erasing;
mod faults;
mod four_eyes;
mod ground;
mod integration_drafts;
mod integration_settings;
mod integrity;
mod issues;
mod jobs;
mod on_postgresql;
mod on_server;
mod operations_page;
mod pages;
mod pins;
mod plans;
mod programs;
mod readers;
mod revisions;
mod schema;
mod settling;
mod slots;
mod smart_group_laws;
mod smart_groups;
mod statements;
mod verify;
mod webhooks;
mod workspaces;
