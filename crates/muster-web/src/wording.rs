//! Numbers, times and values as the pages write them.

use jiff::{Timestamp, Unit, Zoned, tz::TimeZone};
use muster_core::model::{origin::DeliveredFile, problem::is_hidden, workspace::Workspace};

/// `2,394`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A value from outside: characters that show nothing, or that turn the direction of the text, are shown by their numbers.
pub(crate) fn visible(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, c| {
        if is_hidden(c) {
            shown.push_str(&format!("[U+{:04X}]", c as u32));
        } else {
            shown.push(c);
        }
        shown
    })
}

/// The same of a value that may have several lines.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// `employees.csv:18`.
pub(crate) fn origin(
    origin: muster_core::model::origin::Origin,
    files: &[DeliveredFile],
) -> String {
    match files.get(usize::from(origin.file)) {
        Some(file) => format!("{}:{}", visible(&file.name), number(u64::from(origin.line))),
        None => number(u64::from(origin.line)),
    }
}

/// `9 KB`.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 1_000.0 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Times in the zone of a workspace, relative to now where that is shorter.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    now: Zoned,
}

impl Times {
    pub(crate) fn of(workspace: &Workspace, now: Timestamp) -> Self {
        let zone = TimeZone::get(&workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
        Self {
            now: now.to_zoned(zone),
        }
    }

    pub(crate) fn utc(now: Timestamp) -> Self {
        Self {
            now: now.to_zoned(TimeZone::UTC),
        }
    }

    /// `Today 06:00`, `Thu 26 Nov 06:00`, with the year if it is another one.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.now.time_zone().clone());
        let (day, today) = (at.date(), self.now.date());
        if day == today {
            return at.strftime("Today %H:%M").to_string();
        }
        if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
            return at.strftime("Yesterday %H:%M").to_string();
        }
        if day.year() == today.year() {
            at.strftime("%a %-d %b %H:%M").to_string()
        } else {
            at.strftime("%a %-d %b %Y %H:%M").to_string()
        }
    }

    /// For `datetime` of `<time>`.
    pub(crate) fn exact(&self, at: Timestamp) -> String {
        at.to_string()
    }

    /// `Fri 27 November 2026, 08:16`.
    pub(crate) fn today(&self) -> String {
        self.now.strftime("%a %-d %B %Y, %H:%M").to_string()
    }

    pub(crate) fn zone(&self) -> String {
        let name = self.now.time_zone().iana_name().unwrap_or("UTC");
        name.rsplit('/').next().unwrap_or(name).replace('_', " ")
    }

    /// `9 s`, `2 min 5 s`.
    pub(crate) fn lasted(&self, from: Timestamp, to: Timestamp) -> String {
        let seconds = from
            .until((Unit::Second, to))
            .map_or(0, |span| span.get_seconds().max(0));
        match (seconds / 60, seconds % 60) {
            (0, 0) => "under 1 s".to_owned(),
            (0, seconds) => format!("{seconds} s"),
            (minutes, 0) => format!("{minutes} min"),
            (minutes, seconds) => format!("{minutes} min {seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(now: &str, zone: &str) -> Times {
        Times {
            now: now.parse::<Timestamp>().unwrap().in_tz(zone).unwrap(),
        }
    }

    #[test]
    fn times_are_in_the_zone_of_the_workspace() {
        let times = times("2026-11-27T07:16:00Z", "Europe/Copenhagen");
        let moment = |at: &str| times.moment(at.parse().unwrap());
        assert_eq!(moment("2026-11-27T05:00:00Z"), "Today 06:00");
        assert_eq!(moment("2026-11-26T23:30:00Z"), "Today 00:30");
        assert_eq!(moment("2026-11-26T22:30:00Z"), "Yesterday 23:30");
        assert_eq!(moment("2026-07-02T22:30:00Z"), "Fri 3 Jul 00:30");
        assert_eq!(moment("2025-11-03T09:31:00Z"), "Mon 3 Nov 2025 10:31");
        assert_eq!(times.zone(), "Copenhagen");
    }

    #[test]
    fn numbers_have_separators() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_234_567), "1.2 MB");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(visible("a\u{202e}b\u{0}c"), "a[U+202E]b[U+0000]c");
        assert_eq!(visible("Søren"), "Søren");
    }
}
