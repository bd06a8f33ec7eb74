//! The `muster` command: arguments, wiring, and what people and programs read. Nothing is decided here.

mod arguments;
mod commands;
mod config;
mod demo;
mod error;
mod master_key;
mod pages;
mod progress;
mod service;
mod show;
mod text;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    // One provider of cryptography for every TLS and SSH connection; a second call would be a mistake of ours.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let arguments = match arguments::Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let json = arguments.json;
    match commands::run(&arguments) {
        Ok(code) => code,
        Err(error) => error.report(json),
    }
}
