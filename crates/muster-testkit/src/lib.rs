//! Real servers for tests, each in a temporary folder of its own, ended by process id; and emulators of HR systems.
//!
//! Has no assertions about Muster itself, and is part of no program.

pub mod certificate;
pub mod emulator;
pub mod ftp_server;
pub mod nginx;
pub mod openssh;
pub mod people;
mod server_process;
