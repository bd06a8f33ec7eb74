//! Tests of the whole program and of the tree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod alerts;
mod archived_deliveries;
mod backup;
mod budgets;
mod canaries;
mod columns;
mod cut_off_files;
mod doctor;
mod drill;
mod employments;
mod erasure;
mod failing_disk;
mod fields;
mod ground;
mod groups;
mod guards;
mod held_records;
mod history;
mod id_prefix;
mod identity;
mod init;
mod integrations;
mod issues;
mod key;
mod large;
mod lists;
mod manual;
mod odd_exports;
mod odd_files;
mod on_postgresql;
mod org;
mod packed_files;
mod private_key;
mod progress;
mod reading;
mod recovery;
mod replay;
mod run_text;
mod secrets;
mod seeds_actimo;
mod seeds_alleo;
mod serve;
mod servers;
mod sftp;
mod shared_settings;
mod shell;
mod storage;
mod succession;
mod swallowed_rows;
mod sync;
mod system_test;
mod test_export;
mod tidy;
mod undo;
mod unproven;
mod unused;
mod users;
mod workspaces;
