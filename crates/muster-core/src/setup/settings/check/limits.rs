//! Sizes, counts and waits of a source. None but two may be nothing: with a limit of 0 nothing would ever be read.

use super::{super::raw::RawLimits, Checker, SettingIssue};
use crate::setup::source::{CsvLimits, NetworkLimits, RetrySettings, TransportLimits};
use std::time::Duration;

impl Checker<'_> {
    pub(super) fn csv_limits(&mut self, set: &RawLimits, usual: CsvLimits) -> CsvLimits {
        CsvLimits {
            field: self.size("field", set.field, usual.field),
            row: self.size("row", set.row, usual.row),
            columns: self.size("columns", set.columns, usual.columns),
            rows: self.size("rows", set.rows, usual.rows),
            // Reported once, with those of the transport.
            file: set.file.unwrap_or(usual.file),
        }
    }

    pub(super) fn transport_limits(&mut self, set: &RawLimits) -> TransportLimits {
        let usual = TransportLimits::default();
        TransportLimits {
            connect: self.wait("connect", set.connect.as_deref(), usual.connect),
            handshake: self.wait("handshake", set.handshake.as_deref(), usual.handshake),
            first_byte: self.wait("first_byte", set.first_byte.as_deref(), usual.first_byte),
            between_bytes: self.wait(
                "between_bytes",
                set.between_bytes.as_deref(),
                usual.between_bytes,
            ),
            whole: self.wait("whole", set.whole.as_deref(), usual.whole),
            file_bytes: self.size("file", set.file, usual.file_bytes),
            names_read: self.size("names", set.names, usual.names_read),
            names_considered: self.size("matching", set.matching, usual.names_considered),
        }
    }

    pub(super) fn retry(&mut self, set: &RawLimits) -> RetrySettings {
        let usual = RetrySettings::default();
        if set.attempts == Some(0) {
            self.problem("source.limits.attempts", SettingIssue::NoAttempt);
        }
        RetrySettings {
            attempts: set.attempts.unwrap_or(usual.attempts),
            first_wait: self.duration(
                "source.limits.first_wait",
                set.first_wait.as_deref(),
                usual.first_wait,
            ),
        }
    }

    /// A size or count, which cannot be 0.
    fn size<T: Copy + PartialEq + From<u8> + std::fmt::Display>(
        &mut self,
        name: &str,
        set: Option<T>,
        usual: T,
    ) -> T {
        if set == Some(T::from(0)) {
            let usual = usual.to_string();
            self.problem(
                &format!("source.limits.{name}"),
                SettingIssue::ZeroLimit { usual },
            );
        }
        set.unwrap_or(usual)
    }

    /// How long something is waited for, which cannot be no time.
    fn wait(&mut self, name: &str, set: Option<&str>, usual: Duration) -> Duration {
        let key = format!("source.limits.{name}");
        let wait = self.duration(&key, set, usual);
        if wait.is_zero() {
            let usual_seconds = usual.as_secs();
            self.problem(&key, SettingIssue::NoWait { usual_seconds });
        }
        wait
    }

    pub(super) fn duration(
        &mut self,
        key: &str,
        value: Option<&str>,
        default: Duration,
    ) -> Duration {
        let Some(text) = value else { return default };
        parsed(text).unwrap_or_else(|| {
            let value = text.to_owned();
            self.problem(key, SettingIssue::NotADuration { value });
            default
        })
    }
}

/// The waits and sizes of an HR system. What cannot be is reported once, with those of files.
pub(super) fn network_limits(set: &RawLimits) -> NetworkLimits {
    let usual = NetworkLimits::default();
    let wait = |set: &Option<String>, usual: Duration| {
        let set = set.as_deref().and_then(parsed);
        set.filter(|wait| !wait.is_zero()).unwrap_or(usual)
    };
    let first_byte = wait(&set.first_byte, usual.first_byte);
    // Nothing comes between two parts of an answer that has not started.
    let between = match set.between_bytes {
        Some(_) => usual.between_bytes,
        None => usual.between_bytes.max(first_byte),
    };
    let size = set
        .file
        .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    NetworkLimits {
        connect: wait(&set.connect, usual.connect),
        handshake: wait(&set.handshake, usual.handshake),
        first_byte,
        between_bytes: wait(&set.between_bytes, between),
        whole: wait(&set.whole, usual.whole),
        attempts: set.attempts.unwrap_or(usual.attempts).max(1),
        first_wait: set
            .first_wait
            .as_deref()
            .and_then(parsed)
            .unwrap_or(usual.first_wait),
        answer_bytes: size.unwrap_or(usual.answer_bytes),
        inflated_bytes: size.unwrap_or(usual.inflated_bytes),
        ..usual
    }
}

/// A time such as `60s`, `5min` or `250ms`.
fn parsed(text: &str) -> Option<Duration> {
    let unit = |suffix: &str, seconds: f64| {
        let number = text.strip_suffix(suffix)?.trim().parse::<f64>().ok()?;
        (0.0..1e7)
            .contains(&number)
            .then(|| Duration::from_secs_f64(number * seconds))
    };
    unit("ms", 0.001)
        .or_else(|| unit("s", 1.0))
        .or_else(|| unit("min", 60.0))
        .or_else(|| unit("h", 3600.0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;

    #[test]
    fn wait_settings_of_hr_systems_match_those_of_files() {
        let set = |text: &str| network_limits(&serde_json::from_str::<RawLimits>(text).unwrap());
        let usual = NetworkLimits::default();
        assert_eq!(set("{}"), usual);
        let limits =
            set(r#"{"connect": "2s", "handshake": "3s", "first_byte": "5s", "whole": "1min"}"#);
        let waits = [
            limits.connect,
            limits.handshake,
            limits.first_byte,
            limits.whole,
        ];
        assert_eq!(waits.map(|wait| wait.as_secs()), [2, 3, 5, 60]);
        let limits = set(r#"{"attempts": 1, "first_wait": "250ms", "between_bytes": "4s"}"#);
        assert_eq!((limits.attempts, limits.first_wait.as_millis()), (1, 250));
        assert_eq!(limits.between_bytes.as_secs(), 4);
        let patient = set(r#"{"first_byte": "3min"}"#);
        assert_eq!(
            patient.between_bytes.as_secs(),
            180,
            "until the first byte too"
        );
        assert_eq!(
            set(r#"{"attempts": 0}"#).attempts,
            1,
            "reported, with those of files"
        );
    }
}
