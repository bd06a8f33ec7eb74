//! Tests of the whole program and of the tree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod erasure;
mod ground;
mod org;
mod replay;
mod seeds_actimo;
mod seeds_alleo;
mod sftp;
mod storage;
mod sync;
mod tidy;
