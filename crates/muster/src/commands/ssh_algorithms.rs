//! `muster ssh-algorithms`: the SSH algorithms that SFTP sources support.

use super::{print_json, say};
use crate::{arguments::Arguments, error::CommandError};
use muster_core::model::response::Algorithms;
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
        let part = |name: &str, usual: &[String], legacy: &[String]| Algorithms {
            kind: name.to_owned(),
            usual: usual.to_vec(),
            legacy: legacy
                .iter()
                .filter(|name| !usual.contains(name))
                .cloned()
                .collect(),
        };
        let parts = parts.iter();
        print_json(
            &parts
                .map(|(name, usual, legacy)| part(name, usual, legacy))
                .collect::<Vec<_>>(),
        );
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
