//! When an integration is to run, and when it is not.

use super::{Checker, RawSettings, SettingIssue};
use crate::setup::schedule::{Blackout, CatchUpWindow, OverlapPolicy, Schedule, ScheduleEntry};

impl Checker<'_> {
    pub(super) fn schedule(&mut self, raw: &RawSettings) -> Schedule {
        let overlap = [
            ("skip", OverlapPolicy::Skip),
            ("queue_one", OverlapPolicy::QueueOne),
        ];
        Schedule {
            entries: self.entries(raw.schedule.as_deref().unwrap_or_default()),
            blackouts: self.blackouts(raw.blackouts.as_deref().unwrap_or_default()),
            overlap: self.word("overlap", raw.overlap.as_deref(), &overlap),
            catch_up: self.catch_up(raw.catch_up.as_deref()),
        }
    }

    fn entries(&mut self, texts: &[String]) -> Vec<ScheduleEntry> {
        let (entries, errors) = Schedule::read(texts.iter().map(String::as_str));
        for (text, why) in errors {
            let value = text.to_owned();
            self.problem("schedule", SettingIssue::NotAScheduleEntry { value, why });
        }
        for (at, text) in texts.iter().enumerate() {
            if texts[..at].contains(text) {
                let value = text.clone();
                self.problem("schedule", SettingIssue::SameEntryTwice { value });
            }
        }
        entries
    }

    fn blackouts(&mut self, texts: &[String]) -> Vec<Blackout> {
        let mut blackouts = Vec::with_capacity(texts.len());
        for text in texts {
            match text.parse() {
                Ok(blackout) => blackouts.push(blackout),
                Err(why) => {
                    let value = text.clone();
                    self.problem("blackouts", SettingIssue::NotABlackout { value, why });
                }
            }
        }
        blackouts
    }

    fn catch_up(&mut self, text: Option<&str>) -> CatchUpWindow {
        let Some(text) = text else {
            return CatchUpWindow::default();
        };
        let hours = text
            .strip_suffix('h')
            .filter(|hours| !hours.starts_with('+'));
        let hours = hours.and_then(|hours| hours.parse::<u16>().ok());
        match hours.filter(|hours| *hours <= CatchUpWindow::MAX_HOURS) {
            Some(hours) => CatchUpWindow { hours },
            None => {
                let value = text.to_owned();
                self.problem("catch_up", SettingIssue::NotACatchUpWindow { value });
                CatchUpWindow::default()
            }
        }
    }
}
