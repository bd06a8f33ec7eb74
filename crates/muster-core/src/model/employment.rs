//! The employments of one person: several contracts with their own ids, types, companies and dates.
//!
//! All of them together are one field of the person (`employments`, a canonical JSON text), so that they stand in
//! plans, history and undo like any other value. From them follow the dates between which the person works here
//! and, from the primary one, payroll id, employment type and company.

use crate::model::problem::{shown, value::Fault};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Employment {
    /// The source's id of the employment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The number in payroll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll_id: Option<String>,
    /// Type, such as `permanent`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub employment_type: Option<String>,
    /// External id of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    pub start: Date,
    /// First day of the first contract of an unbroken series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_start: Option<Date>,
    /// Last day; none: open. Sources write 9999-12-31 for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

impl Employment {
    /// Whether the person works in this employment on a day.
    pub fn runs_on(&self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| end >= day)
    }

    /// The order in which employments are preferred, best first: running before ahead before over; then the one
    /// that ends last (open ones never); then the one that began first; then by id.
    fn rank(&self, today: Date) -> (u8, Reverse<Date>, Date, Option<&str>) {
        let state = if self.runs_on(today) {
            0
        } else if self.start > today {
            1
        } else {
            2
        };
        (
            state,
            Reverse(self.end.unwrap_or(Date::MAX)),
            self.start,
            self.external_id.as_deref(),
        )
    }
}

/// The longest text, in bytes.
const LONGEST: usize = 64 << 10;

/// Reads a JSON array of employments and gives them sorted by start, then id.
pub fn read(text: &str) -> Result<Vec<Employment>, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::TooLong {
            bytes: text.len(),
            limit: LONGEST,
        });
    }
    let mut employments: Vec<Employment> =
        serde_json::from_str(text).map_err(|error| Fault::Employments {
            error: error.to_string(),
        })?;
    for employment in &mut employments {
        employment.end = employment
            .end
            .filter(|end| !NEVER.contains(&(end.year(), end.month(), end.day())));
        let start = employment.start;
        let id = || {
            let id = employment.external_id.as_deref();
            id.map(shown).unwrap_or_default()
        };
        if let Some(end) = employment.end.filter(|end| *end < start) {
            return Err(Fault::EmploymentOrder {
                id: id(),
                start,
                end,
            });
        }
        let is_odd = |day: &Date| !(1900..=2200).contains(&day.year());
        if let Some(day) = [Some(start), employment.end]
            .into_iter()
            .flatten()
            .find(is_odd)
        {
            return Err(Fault::EmploymentOutOfRange { id: id(), day });
        }
    }
    employments
        .sort_by(|a, b| (a.start, &a.external_id, a.end).cmp(&(b.start, &b.external_id, b.end)));
    employments.dedup();
    Ok(employments)
}

/// Days that HR systems store where employment has no end.
const NEVER: [(i16, i8, i8); 2] = [(9999, 12, 31), (2999, 12, 31)];

/// The canonical text of employments that [`read`] gave.
pub fn write(employments: &[Employment]) -> String {
    serde_json::to_string(employments).unwrap_or_default()
}

/// The employment that stands for the person on a day.
pub fn primary(employments: &[Employment], today: Date) -> Option<&Employment> {
    employments
        .iter()
        .min_by(|a, b| a.rank(today).cmp(&b.rank(today)))
}

/// First and last day of work as seen from a day: of the unbroken series that runs today, else of the next one,
/// else of the last one. No last day: it is open. None at all: there is no employment.
///
/// Employments that overlap, or follow each other from one day to the next, are one series.
pub fn span(employments: &[Employment], today: Date) -> Option<(Date, Option<Date>)> {
    let mut series: Vec<(Date, Option<Date>)> = Vec::new();
    let mut sorted: Vec<&Employment> = employments.iter().collect();
    sorted.sort_by_key(|employment| employment.start);
    for employment in sorted {
        match series.last_mut() {
            Some((_, end))
                if end.is_none_or(|end| employment.start <= end.saturating_add(1.day())) =>
            {
                *end = end.and_then(|end| employment.end.map(|other| end.max(other)));
            }
            _ => series.push((employment.start, employment.end)),
        }
    }
    let not_over = series
        .iter()
        .find(|(_, end)| end.is_none_or(|end| end >= today));
    not_over.or(series.last()).copied()
}

/// First and last day of the series that ended last before a day on which nothing runs; none if something runs,
/// or nothing is over.
pub fn span_over(employments: &[Employment], today: Date) -> Option<(Date, Date)> {
    if employments
        .iter()
        .any(|employment| employment.runs_on(today))
    {
        return None;
    }
    let over: Vec<Employment> = employments
        .iter()
        .filter(|one| one.start <= today)
        .cloned()
        .collect();
    span(&over, today).and_then(|(first, last)| Some((first, last?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn employment(id: &str, start: Date, end: Option<Date>) -> Employment {
        Employment {
            external_id: Some(id.to_owned()),
            start,
            end,
            ..Employment::default()
        }
    }

    const TODAY: Date = date(2026, 5, 4);

    #[test]
    fn the_primary_employment_runs_today_and_ends_last() {
        let over = employment("over", date(2010, 1, 1), Some(date(2020, 1, 1)));
        let short = employment("short", date(2020, 1, 1), Some(date(2026, 12, 31)));
        let open = employment("open", date(2024, 1, 1), None);
        let ahead = employment("ahead", date(2027, 1, 1), None);
        let all = [over.clone(), short, open.clone(), ahead.clone()];
        assert_eq!(primary(&all, TODAY), Some(&open));
        assert_eq!(primary(&[over.clone(), ahead.clone()], TODAY), Some(&ahead));
        assert_eq!(primary(std::slice::from_ref(&over), TODAY), Some(&over));
        assert_eq!(primary(&[], TODAY), None);
    }

    #[test]
    fn the_person_works_here_while_one_employment_runs() {
        let first = employment("1", date(2020, 1, 1), Some(date(2026, 4, 30)));
        let next = employment("2", date(2026, 5, 1), Some(date(2026, 12, 31)));
        let far = employment("3", date(2028, 1, 1), None);
        assert_eq!(
            span(&[next.clone(), first.clone()], TODAY),
            Some((date(2020, 1, 1), Some(date(2026, 12, 31))))
        );
        assert_eq!(
            span(&[first.clone(), far.clone()], TODAY),
            Some((date(2028, 1, 1), None)),
            "a gap is a departure"
        );
        assert_eq!(
            span(std::slice::from_ref(&first), TODAY),
            Some((date(2020, 1, 1), Some(date(2026, 4, 30))))
        );
        assert_eq!(
            span(&[first, next, far], TODAY).unwrap().1,
            Some(date(2026, 12, 31))
        );
    }

    #[test]
    fn an_open_end_may_be_written_as_a_far_day() {
        for end in ["9999-12-31", "2999-12-31"] {
            let read = read(&format!(r#"[{{"start":"2020-01-01","end":"{end}"}}]"#)).unwrap();
            assert_eq!(read[0].end, None);
            assert_eq!(write(&read), r#"[{"start":"2020-01-01"}]"#);
        }
    }

    #[test]
    fn employments_that_cannot_be_are_refused() {
        let ends_first = Fault::EmploymentOrder {
            id: "7".into(),
            start: date(2020, 2, 1),
            end: date(2020, 1, 1),
        };
        let text = r#"[{"start":"2020-02-01","end":"2020-01-01","external_id":"7"}]"#;
        assert_eq!(read(text), Err(ends_first));
        for text in [
            r#"[{"start":"0026-02-01"}]"#,
            r#"[{"start":"2020-02-01","end":"3000-01-01"}]"#,
        ] {
            assert!(
                matches!(read(text), Err(Fault::EmploymentOutOfRange { .. })),
                "{text}"
            );
        }
        for text in [
            r#"[{"start":"2020-02-30"}]"#,
            r#"[{"start":"2020-02-01","salary":"1"}]"#,
            "{}",
        ] {
            assert!(
                matches!(read(text), Err(Fault::Employments { .. })),
                "{text}"
            );
        }
    }

    fn day() -> impl Strategy<Value = Date> {
        (0i64..4_000).prop_map(|days| date(2020, 1, 1).saturating_add(days.days()))
    }

    proptest! {
        #[test]
        fn who_has_a_running_employment_is_within_the_span(
            parts in proptest::collection::vec((day(), proptest::option::of(0i64..900)), 1..6), today in day(),
        ) {
            let all: Vec<_> = parts.iter().map(|(start, days)| employment("x", *start, days.map(|days| start.saturating_add(days.days())))).collect();
            let (first, last) = span(&all, today).unwrap();
            let within = first <= today && last.is_none_or(|last| last >= today);
            prop_assert_eq!(within, all.iter().any(|one| one.runs_on(today)));
            prop_assert_eq!(read(&write(&read(&write(&all)).unwrap())), read(&write(&all)));
        }
    }
}
