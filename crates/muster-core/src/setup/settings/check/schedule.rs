//! When an integration is to run.

use super::{Checker, SettingIssue};
use crate::setup::schedule::{Schedule, ScheduleEntry};

impl Checker<'_> {
    pub(super) fn schedule(&mut self, texts: &[String]) -> Vec<ScheduleEntry> {
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
}
