//! At which times of the day an integration is to run: from texts such as `02:45 UTC` to times.

use super::check::Checker;
use jiff::civil::Time;

impl Checker<'_> {
    pub(super) fn schedule(&mut self, texts: &[String]) -> Vec<Time> {
        let mut times = Vec::with_capacity(texts.len());
        for text in texts {
            match time(text) {
                Some(time) if times.contains(&time) => {
                    self.problem("schedule", format!("`{text}` is named twice"), "name each time once");
                }
                Some(time) => times.push(time),
                None => self.problem(
                    "schedule",
                    format!("`{text}` is not a time of the day in UTC"),
                    "write it with two digits each and the zone, as in `schedule = [\"02:45 UTC\", \"20:00 UTC\"]`",
                ),
            }
        }
        times.sort_unstable();
        times
    }
}

/// `HH:MM UTC` and nothing else: a time without its zone would be guessed at.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.strip_suffix(" UTC")?.split_once(':')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i8>().ok()).flatten()
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// As it is written in the file.
pub(crate) fn shown(time: Time) -> String {
    format!("{:02}:{:02} UTC", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_two_digits_each_and_its_zone() {
        for text in ["00:00 UTC", "02:45 UTC", "23:59 UTC"] {
            assert_eq!(time(text).map(shown).as_deref(), Some(text));
        }
        for text in [
            "",
            "UTC",
            "2:45 UTC",
            "02:45",
            "24:00 UTC",
            "02:60 UTC",
            "02:45 CET",
            "+2:45 UTC",
            "02:45:00 UTC",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
