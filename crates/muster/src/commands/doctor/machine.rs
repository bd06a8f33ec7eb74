//! What is checked outside of the database: the configuration, the certificate, the disk and the backups.

use super::{failed, ok, refused, warning};
use crate::{
    arguments::{Arguments, BackupOptions, TlsOptions},
    commands::backup,
    service::{Installation, TlsFiles},
    show::moment,
    text::issue,
    wiring::Wiring,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    issue::{Found, InstallationFacts, Level, of_installation},
    model::response::DoctorCheck,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// How long before its end a certificate should be renewed.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A configuration file with a mistake is refused before any command runs.
pub(super) fn configuration(arguments: &Arguments) -> DoctorCheck {
    let message = match &arguments.config {
        Some(path) => format!("the configuration file `{}` is valid", path.display()),
        None => "no configuration file is used".to_owned(),
    };
    ok("configuration", message)
}

/// None: the service answers plain HTTP.
pub(super) fn certificate(options: &TlsOptions, now: Timestamp) -> Option<DoctorCheck> {
    const CHECK: &str = "certificate";
    let files = match TlsFiles::of(options) {
        Ok(files) => files?,
        Err(error) => return Some(refused(CHECK, error)),
    };
    let chain = match files.load().and_then(|_| files.chain()) {
        Ok(chain) => chain,
        Err(error) => return Some(refused(CHECK, error)),
    };
    let validity = chain
        .first()
        .and_then(|first| x509_parser::parse_x509_certificate(first).ok())
        .and_then(|(_, first)| {
            let validity = first.validity();
            let from = Timestamp::from_second(validity.not_before.timestamp()).ok()?;
            let to = Timestamp::from_second(validity.not_after.timestamp()).ok()?;
            Some((from, to))
        });
    let renew = "renew the certificate; the service reads new files by itself";
    Some(match validity {
        None => failed(
            CHECK,
            "the dates of the certificate cannot be read",
            "check the file with `openssl x509 -in CERTIFICATE -noout -text`",
        ),
        Some((from, _)) if now < from => failed(
            CHECK,
            format!("the certificate is valid only from {}", moment(from)),
            "check the clock of the machine, or use another certificate",
        ),
        Some((_, to)) if now > to => failed(
            CHECK,
            format!("the certificate expired at {}", moment(to)),
            renew,
        ),
        Some((_, to)) if to.duration_since(now) < RENEWED_BEFORE => warning(
            CHECK,
            format!("the certificate expires at {}", moment(to)),
            renew,
        ),
        Some((_, to)) => ok(
            CHECK,
            format!("the certificate is valid until {}", moment(to)),
        ),
    })
}

/// The free space of the volumes that Muster writes to.
pub(super) fn disk(arguments: &Arguments, now: Timestamp) -> Vec<DoctorCheck> {
    let path = arguments.database.strip_prefix("sqlite:");
    let facts = Installation {
        database: path.map(PathBuf::from),
        backups: None,
        since: now,
    }
    .facts();
    let lowest = facts.volumes.iter().map(|volume| volume.free).min();
    let found = judged("disk", &facts, now);
    match (found.is_empty(), lowest) {
        (true, Some(free)) => {
            let gibibytes = free / (1 << 30);
            vec![ok("disk", format!("at least {gibibytes} GiB are free"))]
        }
        (true, None) => vec![warning(
            "disk",
            "the free space could not be read",
            "check that the folder of the database exists",
        )],
        (false, _) => found,
    }
}

/// The age of the newest backup. A database in memory has none.
pub(super) fn backups(
    wiring: &Wiring,
    options: &BackupOptions,
    now: Timestamp,
) -> Vec<DoctorCheck> {
    const CHECK: &str = "backups";
    let Some(database) = wiring.store.path() else {
        return Vec::new();
    };
    let Some(folder) = options.folder(backup::folder(database)) else {
        return vec![warning(
            CHECK,
            "daily backups are switched off",
            "make backups another way, for example with `muster backup`",
        )];
    };
    let facts = Installation {
        database: None,
        backups: Some(folder.clone()),
        since: written(database).unwrap_or(now),
    }
    .facts();
    let last = facts.backup.and_then(|backup| backup.last);
    let facts = InstallationFacts {
        volumes: Vec::new(),
        ..facts
    };
    let found = judged(CHECK, &facts, now);
    if !found.is_empty() {
        return found;
    }
    let folder = folder.display();
    vec![match last {
        Some(last) => ok(
            CHECK,
            format!(
                "the newest backup in `{folder}` was made at {}",
                moment(last)
            ),
        ),
        None => warning(
            CHECK,
            format!("there is no backup in `{folder}` yet"),
            "`muster serve` makes one each day; `muster backup` makes one now",
        ),
    }]
}

/// When a file was created.
fn written(path: &Path) -> Option<Timestamp> {
    let created = path.metadata().ok()?.created().ok()?;
    Timestamp::try_from(created).ok()
}

/// What would be an issue of the installation.
fn judged(check: &'static str, facts: &InstallationFacts, now: Timestamp) -> Vec<DoctorCheck> {
    let judged = |found: Found| {
        let (message, help) = (issue::message(&found.detail), issue::help(&found.detail));
        match found.level {
            Level::Critical => failed(check, message, help),
            Level::Warning => warning(check, message, help),
        }
    };
    let found = of_installation(facts, &BTreeSet::new(), now);
    found.into_iter().map(judged).collect()
}
