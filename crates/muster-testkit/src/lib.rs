//! Real servers for tests, each in a temporary folder of its own, ended by process id; and emulators of HR systems.
//!
//! Has no assertions about Muster itself, and is part of no program.

pub mod account;
pub mod canary;
pub mod certificate;
pub mod delay;
pub mod emulator;
pub mod ftp_server;
pub mod hook;
pub mod nginx;
pub mod openssh;
pub mod people;
pub mod postgresql;
pub mod private_key;
mod server_process;
pub mod smtp;
pub mod tls_server;
pub mod vsftpd;
