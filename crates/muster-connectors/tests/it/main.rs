//! Tests of the connectors against real servers and against servers that misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test ends")]

mod certificates;
mod ftp;
mod ftp_faults;
mod ftps_faults;
mod https;
mod https_faults;
mod neighbours;
mod scripted;
mod sftp;
mod source;
