//! The transports against real servers, and against servers that misbehave by script.
#![allow(clippy::unwrap_used, reason = "the exemption of tests does not reach the functions that they share")]

mod ftp;
mod ftp_faults;
mod ftps_faults;
mod https;
mod https_faults;
mod scripted;
mod source;
