//! The transports against real servers, and against servers that misbehave by script.

mod ftp;
mod ftp_faults;
mod https;
mod https_faults;
mod scripted;
mod source;
