//! When an integration is to run: the `schedule` of an integration file.

use super::check::Checker;
use muster_core::setup::schedule::{Schedule, ScheduleEntry, ScheduleError, Timing};

const HELP: &str = "write times of day with their zone (`02:45 UTC`, `20:00 Europe/Amsterdam`), a cron expression with its zone \
    (`0 4 * * 1-5 UTC`), or an interval (`every 15m`)";

impl Checker<'_> {
    pub(super) fn schedule(&mut self, texts: &[String]) -> Vec<ScheduleEntry> {
        let (entries, errors) = Schedule::read(texts.iter().map(String::as_str));
        for (text, error) in errors {
            let (why, help) = explain(text, &error);
            self.problem("schedule", why, help);
        }
        for (at, text) in texts.iter().enumerate() {
            if texts[..at].contains(text) {
                self.problem(
                    "schedule",
                    format!("`{text}` is listed twice"),
                    "list each entry once",
                );
            }
        }
        entries
    }
}

fn explain(text: &str, error: &ScheduleError) -> (String, String) {
    let help = HELP.to_owned();
    match error {
        ScheduleError::Unreadable | ScheduleError::EmptyBlackout => {
            (format!("`{text}` is not an entry of a schedule"), help)
        }
        ScheduleError::UnknownZone(zone) => (
            format!("`{zone}` in `{text}` is not a time zone"),
            "use `UTC` or a name such as `Europe/Amsterdam`; abbreviations and offsets do not follow daylight saving".to_owned(),
        ),
        ScheduleError::Interval => (
            format!("the interval of `{text}` does not divide a day, or is shorter than {} minutes", Timing::SHORTEST),
            "use an interval such as `every 15m`, `every 2h` or `every 24h`".to_owned(),
        ),
        ScheduleError::Cron(why) => {
            let first = why.lines().last().unwrap_or_default().trim();
            (format!("`{text}` is not a cron expression: {first}"), help)
        }
        ScheduleError::NeverDue => (
            format!("`{text}` names a day that does not exist"),
            "correct the day of the month".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_entry_is_explained_with_its_text() {
        for (text, part) in [
            ("02:45", "`02:45` is not an entry of a schedule"),
            ("02:45 CET", "`CET` in `02:45 CET` is not a time zone"),
            ("every 7m", "does not divide a day"),
            ("99 4 * * * UTC", "is not a cron expression: "),
            ("0 4 31 4 * UTC", "names a day that does not exist"),
        ] {
            let error = text.parse::<ScheduleEntry>().unwrap_err();
            let (why, help) = explain(text, &error);
            assert!(why.contains(part), "{why}");
            assert!(!help.is_empty() && !why.ends_with(": "), "{why}");
        }
    }
}
