//! `muster ssh-algorithms`: what SFTP can speak.

use super::{print_json, say};
use crate::{arguments::Arguments, error::CommandError};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let usual = muster_connectors::transport::ssh_algorithms(false);
    let legacy = muster_connectors::transport::ssh_algorithms(true);
    let parts = [
        ("key exchanges", &usual.key_exchanges, &legacy.key_exchanges),
        ("host keys", &usual.host_keys, &legacy.host_keys),
        ("ciphers", &usual.ciphers, &legacy.ciphers),
        ("message authentication", &usual.macs, &legacy.macs),
    ];
    if arguments.json {
        let part = |name: &str, usual: &[String], legacy: &[String]| {
            let only: Vec<&String> = legacy.iter().filter(|name| !usual.contains(name)).collect();
            json!({ "kind": name, "usual": usual, "legacy": only })
        };
        print_json(&json!(
            parts
                .iter()
                .map(|(name, usual, legacy)| part(name, usual, legacy))
                .collect::<Vec<_>>()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    for (name, usual, legacy) in parts {
        say(format!("{name}:"));
        for algorithm in legacy {
            let mark = if usual.contains(algorithm) {
                ""
            } else {
                "  (only with legacy_algorithms = true)"
            };
            say(format!("  {algorithm}{mark}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
