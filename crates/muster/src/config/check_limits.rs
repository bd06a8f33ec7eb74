//! Sizes, counts and waits of a source. None but two may be nothing: with a limit of 0 nothing would ever be read.

use super::{check::Checker, raw::RawLimits};
use muster_connectors::{
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
        let unit = |suffix: &str, seconds: f64| {
            let number = text.strip_suffix(suffix)?.trim().parse::<f64>().ok()?;
            (0.0..1e7)
                .contains(&number)
                .then(|| Duration::from_secs_f64(number * seconds))
        };
        let found = unit("ms", 0.001)
            .or_else(|| unit("s", 1.0))
            .or_else(|| unit("min", 60.0))
            .or_else(|| unit("h", 3600.0));
        found.unwrap_or_else(|| {
            self.problem(key, format!("`{text}` is not a duration"), TIMES);
            default
        })
    }
}
