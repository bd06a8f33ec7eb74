//! Sizes, counts and waits of a source. None but two may be nothing: with a limit of 0 nothing would ever be read.

use super::{check::Checker, raw::RawLimits};
use muster_connectors::{
    connector::NetworkLimits,
    format::csv::CsvLimits,
    transport::{SourceSettings, TransportLimits},
};
use std::time::Duration;

/// What a time is written like.
const TIMES: &str = "write it as in `60s`, `5min` or `250ms`";

impl Checker<'_> {
    pub(super) fn csv_limits(&mut self, set: &RawLimits, usual: CsvLimits) -> CsvLimits {
        CsvLimits {
            field: self.size("field", set.field, usual.field),
            row: self.size("row", set.row, usual.row),
            columns: self.size("columns", set.columns, usual.columns),
            rows: self.size("rows", set.rows, usual.rows),
            // Told once, with those of the transport.
            file: set.file.unwrap_or(usual.file),
        }
    }

    pub(super) fn transport_limits(&mut self, set: &RawLimits, settings: &mut SourceSettings) {
        let usual = &settings.limits;
        settings.limits = TransportLimits {
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
        };
        let retry = &mut settings.retry;
        if set.attempts == Some(0) {
            let message = "with no attempt at all nothing would ever be read";
            self.problem(
                "source.limits.attempts",
                message,
                "write 1 to try once and not again",
            );
        }
        retry.attempts = set.attempts.unwrap_or(retry.attempts);
        retry.first_wait = self.duration(
            "source.limits.first_wait",
            set.first_wait.as_deref(),
            retry.first_wait,
        );
    }

    /// A size or count, which cannot be 0.
    fn size<T: Copy + PartialEq + From<u8> + std::fmt::Display>(
        &mut self,
        name: &str,
        set: Option<T>,
        usual: T,
    ) -> T {
        if set == Some(T::from(0)) {
            let message =
                "a limit of 0 lets nothing through, so that no delivery would ever be read";
            let advice =
                format!("remove the line for the usual limit ({usual}), or write a larger number");
            self.problem(&format!("source.limits.{name}"), message, advice);
        }
        set.unwrap_or(usual)
    }

    /// How long something is waited for, which cannot be no time.
    fn wait(&mut self, name: &str, set: Option<&str>, usual: Duration) -> Duration {
        let key = format!("source.limits.{name}");
        let wait = self.duration(&key, set, usual);
        if wait.is_zero() {
            let message = "without any time to wait, every attempt would fail at once";
            self.problem(
                &key,
                message,
                format!(
                    "remove the line for the usual {}s, or {TIMES}",
                    usual.as_secs()
                ),
            );
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
            self.problem(key, format!("`{text}` is not a duration"), TIMES);
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
mod tests {
    use super::*;

    #[test]
    fn wait_settings_of_hr_systems_match_those_of_files() {
        let set = |text: &str| network_limits(&toml::from_str::<RawLimits>(text).unwrap());
        let usual = NetworkLimits::default();
        assert_eq!(set(""), usual);
        let limits =
            set("connect = \"2s\"\nhandshake = \"3s\"\nfirst_byte = \"5s\"\nwhole = \"1min\"");
        let waits = [
            limits.connect,
            limits.handshake,
            limits.first_byte,
            limits.whole,
        ];
        assert_eq!(waits.map(|wait| wait.as_secs()), [2, 3, 5, 60]);
        let limits = set("attempts = 1\nfirst_wait = \"250ms\"\nbetween_bytes = \"4s\"");
        assert_eq!((limits.attempts, limits.first_wait.as_millis()), (1, 250));
        assert_eq!(limits.between_bytes.as_secs(), 4);
        let patient = set("first_byte = \"3min\"");
        assert_eq!(
            patient.between_bytes.as_secs(),
            180,
            "until the first byte too"
        );
        assert_eq!(
            set("attempts = 0").attempts,
            1,
            "reported, with those of files"
        );
    }
}
