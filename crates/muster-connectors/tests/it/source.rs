//! Settings and short calls for the tests of all transports.
//!
//! The time is long after any file was written, so that no test waits for a file to settle.

use jiff::Timestamp;
use muster_connectors::transport::{
    Credentials, Delivery, Location, Progress, Retry, SourceSettings, TransportError,
    TransportLimits, fetch,
};
use std::{io::Read, path::Path, time::Duration};

pub(crate) fn source(url: &str, user: &str, password: &str) -> SourceSettings {
    SourceSettings {
        pattern: Some("*.csv".to_owned()),
        settle: Duration::ZERO,
        credentials: Credentials {
            user: Some(user.to_owned()),
            password: Some(password.into()),
            ..Credentials::default()
        },
        limits: TransportLimits {
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            first_byte: Duration::from_secs(5),
            between_bytes: Duration::from_secs(5),
            whole: Duration::from_secs(20),
            ..TransportLimits::default()
        },
        retry: Retry {
            attempts: 1,
            first_wait: Duration::from_millis(10),
            seed: 1,
        },
        ..SourceSettings::new(Location::parse(url, Path::new("")).unwrap())
    }
}

/// Waits of one second and no more.
pub(crate) fn hasty(settings: &mut SourceSettings) {
    let second = Duration::from_secs(1);
    settings.limits = TransportLimits {
        connect: second,
        handshake: second,
        first_byte: second,
        between_bytes: second,
        whole: 4 * second,
        ..TransportLimits::default()
    };
}

/// Fetches, and tells how long was waited before each attempt that was made again.
pub(crate) fn attempts(
    settings: &SourceSettings,
) -> (Result<Delivery, TransportError>, Vec<Duration>) {
    let now: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
    let mut waits = Vec::new();
    let mut progress = |progress: Progress<'_>| {
        if let Progress::Retrying { wait, .. } = progress {
            waits.push(wait);
        }
    };
    let result = run(fetch(settings, &|| now, &mut progress));
    (result, waits)
}

/// Fetches, and counts the attempts that were made again.
pub(crate) fn fetched(settings: &SourceSettings) -> (Result<Delivery, TransportError>, usize) {
    let (result, waits) = attempts(settings);
    (result, waits.len())
}

/// The delivery, which is there.
pub(crate) fn delivery(settings: &SourceSettings) -> Delivery {
    fetched(settings).0.unwrap()
}

/// The error, which is there; its whole text holds no password.
pub(crate) fn refusal(settings: &SourceSettings) -> TransportError {
    let error = fetched(settings).0.unwrap_err();
    let text = format!("{error:?}");
    let password = settings
        .credentials
        .password
        .as_ref()
        .map(|it| secrecy::ExposeSecret::expose_secret(it).to_owned());
    assert!(
        !password.is_some_and(|password| !password.is_empty() && text.contains(&password)),
        "{text}"
    );
    error
}

/// The bytes of each file.
pub(crate) fn contents(delivery: Delivery) -> Vec<(String, Vec<u8>)> {
    let read = |mut file: muster_connectors::transport::Fetched| {
        let mut bytes = Vec::new();
        file.content.read_to_end(&mut bytes).unwrap();
        (file.file.name, bytes)
    };
    delivery.files.into_iter().map(read).collect()
}

/// Runs to the end on a runtime of its own.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
