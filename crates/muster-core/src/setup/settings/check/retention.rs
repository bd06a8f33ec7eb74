//! How long a workspace keeps what stands beside its directory: from texts to days and bytes.

use super::{
    super::raw::{RawRetention, RawWorkspace},
    Checker, SettingIssue,
};
use crate::privacy::{
    archived_part::ArchivedContent,
    retention::{Keep, Retention},
};
use serde_json::Value;

impl Checker<'_> {
    /// What a workspace archives and how long; none: nothing is set.
    pub(super) fn retention_of(&mut self, raw: &RawWorkspace) -> Option<Retention> {
        if raw.retention.is_none() && raw.deliveries.is_none() {
            return None;
        }
        let words = [
            ("selected", ArchivedContent::Selected),
            ("everything", ArchivedContent::Everything),
            ("nothing", ArchivedContent::Nothing),
        ];
        let content = self.word("workspace.deliveries", raw.deliveries.as_deref(), &words);
        let periods = raw.retention.clone().unwrap_or_default();
        Some(Retention {
            content,
            ..self.retention(&periods)
        })
    }

    fn retention(&mut self, raw: &RawRetention) -> Retention {
        let mut retention = Retention::default();
        let settings = [
            ("deliveries", &raw.deliveries, &mut retention.deliveries),
            ("problems", &raw.problems, &mut retention.problems),
            ("plans", &raw.plans, &mut retention.plans),
            ("history", &raw.history, &mut retention.history),
        ];
        for (name, value, keep) in settings {
            let Some(value) = value else { continue };
            match period(value) {
                Some(period) => *keep = period,
                None => self.problem(
                    &format!("workspace.retention.{name}"),
                    SettingIssue::NotAPeriod,
                ),
            }
        }
        if let Some(value) = &raw.delivery_limit {
            match bytes(value) {
                Some(bytes) => retention.delivery_limit = bytes,
                None => self.problem("workspace.retention.delivery_limit", SettingIssue::NotASize),
            }
        }
        retention
    }
}

fn period(value: &Value) -> Option<Keep> {
    match value {
        Value::Number(days) => u32::try_from(days.as_i64()?).ok().map(Keep::Days),
        Value::String(text) if text == "forever" => Some(Keep::Forever),
        Value::String(text) => {
            let (number, unit) = text.split_once(' ')?;
            let days = match unit {
                "day" | "days" => 1,
                "week" | "weeks" => 7,
                "year" | "years" => 366,
                _ => return None,
            };
            number
                .parse::<u32>()
                .ok()?
                .checked_mul(days)
                .map(Keep::Days)
        }
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<u64> {
    match value {
        Value::Number(bytes) => bytes.as_u64(),
        Value::String(text) => {
            let (number, unit) = text.split_once(' ')?;
            let shift = match unit {
                "KiB" => 10,
                "MiB" => 20,
                "GiB" => 30,
                _ => return None,
            };
            number.parse::<u64>().ok()?.checked_mul(1 << shift)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_read_and_nothing_is_guessed() {
        let text = |text: &str| Value::String(text.to_owned());
        assert_eq!(period(&text("30 days")), Some(Keep::Days(30)));
        assert_eq!(period(&text("2 weeks")), Some(Keep::Days(14)));
        assert_eq!(period(&text("forever")), Some(Keep::Forever));
        assert_eq!(period(&Value::from(0)), Some(Keep::Days(0)));
        for wrong in [
            text("30"),
            text("30 d"),
            text("-1 days"),
            text(""),
            Value::from(-1),
            Value::Bool(true),
        ] {
            assert_eq!(period(&wrong), None, "{wrong}");
        }
        assert_eq!(bytes(&text("64 MiB")), Some(64 << 20));
        assert_eq!(bytes(&text("64MB")), None);
    }
}
