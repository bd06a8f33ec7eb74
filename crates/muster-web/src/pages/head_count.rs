//! The head count of a workspace over time, with joiners and departures: a drawing, and the table with the same numbers.

use crate::{pages::frame::Frame, texts::Argument, wording::number};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use muster_store::HeadCountChange;

/// Weeks that are shown.
pub(crate) const WEEKS: i64 = 12;

// The drawing, in its own units.
const WIDTH: f64 = 760.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 128.0;
const ZERO: f64 = 176.0;
const BAR: f64 = 34.0;
const WIDE: f64 = 22.0;

/// One week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Week {
    pub(crate) begins: Date,
    /// At its end.
    pub(crate) employed: u64,
    pub(crate) joined: u64,
    pub(crate) left: u64,
    /// Whether the directory was filled in this week: that is no joiner, and not drawn as one.
    pub(crate) is_first: bool,
}

/// The weeks up to today, the earliest first. The head count of today is known; those before follow from the changes.
pub(crate) fn weeks(
    changes: &[HeadCountChange],
    employed: u64,
    today: Date,
    zone: &TimeZone,
) -> Vec<Week> {
    let mut weeks: Vec<Week> = (0..WEEKS)
        .rev()
        .map(|ago| Week {
            // Each week ends today or a multiple of seven days before.
            begins: today.saturating_sub((7 * ago + 6).days()),
            employed,
            joined: 0,
            left: 0,
            is_first: false,
        })
        .collect();
    for change in changes {
        let day = change.at.to_zoned(zone.clone()).date();
        if let Some(week) = weeks.iter_mut().rev().find(|week| week.begins <= day) {
            week.joined += change.joined;
            week.left += change.left;
        }
    }
    let mut at_end = employed;
    for week in weeks.iter_mut().rev() {
        week.employed = at_end;
        at_end = (at_end + week.left).saturating_sub(week.joined);
        week.is_first = at_end == 0 && week.employed > 0;
    }
    // Nothing is drawn of the time before the directory had anybody.
    let begin = weeks.iter().position(|week| week.employed > 0);
    weeks.drain(..begin.unwrap_or_default());
    weeks
}

/// The first moment of the weeks that are shown.
pub(crate) fn since(today: Date, zone: &TimeZone) -> Timestamp {
    let first = today.saturating_sub((7 * WEEKS - 1).days());
    let midnight = first.to_zoned(zone.clone());
    midnight.map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

/// A horizontal line with its number.
pub(crate) struct Line {
    pub(crate) y: String,
    pub(crate) text: String,
}

pub(crate) struct Bar {
    pub(crate) x: String,
    pub(crate) middle: String,
    pub(crate) up: String,
    pub(crate) up_from: String,
    pub(crate) down: String,
    pub(crate) joined: String,
    pub(crate) left: String,
    /// Empty: the label of another bar is near.
    pub(crate) label: String,
}

pub(crate) struct Row {
    pub(crate) week: String,
    pub(crate) employed: String,
    pub(crate) joined: String,
    pub(crate) left: String,
}

pub(crate) struct HeadCount {
    pub(crate) description: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) path: String,
    pub(crate) area: String,
    pub(crate) last_x: String,
    pub(crate) last_y: String,
    pub(crate) last_label_y: String,
    pub(crate) last: String,
    pub(crate) bars: Vec<Bar>,
    pub(crate) rows: Vec<Row>,
}

impl HeadCount {
    /// None: there was never anybody.
    pub(crate) fn of(weeks: &[Week]) -> Option<Self> {
        let (first, last) = (weeks.first()?, weeks.last()?);
        let highest = weeks.iter().map(|week| week.employed).max()?;
        let lowest = weeks.iter().map(|week| week.employed).min()?;
        if highest == 0 {
            return None;
        }
        let words = Frame::words();
        let step = step(highest - lowest);
        let (from, to) = (lowest / step * step, highest.div_ceil(step).max(1) * step);
        let scale = (BOTTOM - TOP) / (to - from).max(1) as f64;
        let y = |employed: u64| BOTTOM - (employed - from) as f64 * scale;
        let each = (WIDTH - LEFT) / weeks.len() as f64;
        let x = |at: usize| LEFT + (at as f64 + 0.5) * each;
        let points: Vec<String> = weeks
            .iter()
            .enumerate()
            .map(|(at, week)| format!("{:.1} {:.1}", x(at), y(week.employed)))
            .collect();
        let path = format!("M{}", points.join(" L"));
        let usual = weeks.iter().filter(|week| !week.is_first);
        let most = usual.map(|week| week.joined.max(week.left)).max();
        let most = most.unwrap_or_default().max(1);
        let joined = |week: &Week| if week.is_first { 0 } else { week.joined };
        let bar = |count: u64| count.min(most) as f64 * BAR / most as f64;
        let bars = weeks.iter().enumerate().map(|(at, week)| Bar {
            x: format!("{:.1}", x(at) - WIDE / 2.0),
            middle: format!("{:.1}", x(at)),
            up: format!("{:.1}", bar(joined(week))),
            up_from: format!("{:.1}", ZERO - bar(joined(week))),
            down: format!("{:.1}", bar(week.left)),
            joined: words.with("head-count-joined", &counted(week.joined, &day(week))),
            left: words.with("head-count-left", &counted(week.left, &day(week))),
            label: if at % 2 == (weeks.len() - 1) % 2 {
                day(week)
            } else {
                String::new()
            },
        });
        let rows = weeks.iter().rev().map(|week| Row {
            week: week.begins.to_string(),
            employed: number(week.employed),
            joined: number(week.joined),
            left: number(week.left),
        });
        Some(Self {
            description: words.with(
                "head-count-description",
                &[
                    ("first", Argument::Count(first.employed)),
                    ("last", Argument::Count(last.employed)),
                    ("highest", Argument::Count(highest)),
                ],
            ),
            lines: (0..=(to - from) / step)
                .map(|line| Line {
                    y: format!("{:.1}", y(from + line * step)),
                    text: number(from + line * step),
                })
                .collect(),
            area: format!(
                "{path} L{:.1} {BOTTOM} L{:.1} {BOTTOM}Z",
                x(weeks.len() - 1),
                x(0)
            ),
            path,
            last_x: format!("{:.1}", x(weeks.len() - 1)),
            last_y: format!("{:.1}", y(last.employed)),
            last_label_y: format!("{:.1}", y(last.employed) - 8.0),
            last: number(last.employed),
            bars: bars.collect(),
            rows: rows.collect(),
        })
    }
}

fn counted(count: u64, day: &str) -> [(&'static str, Argument<'_>); 2] {
    [("n", Argument::Count(count)), ("week", Argument::Text(day))]
}

/// `26 Nov`.
fn day(week: &Week) -> String {
    week.begins.strftime("%-d %b").to_string()
}

/// The distance between lines: 1, 2 or 5 times a power of ten, so that there are two to five of them.
fn step(range: u64) -> u64 {
    let mut step = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if range / step < 4 {
            return step;
        }
        let power = 10u64.pow(step.ilog10());
        step = power * factor;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(at: &str, joined: u64, left: u64) -> HeadCountChange {
        HeadCountChange {
            at: at.parse().unwrap(),
            joined,
            left,
        }
    }

    const TODAY: Date = Date::constant(2026, 11, 27);

    #[test]
    fn head_count_of_earlier_weeks_follows_from_what_changed_since() {
        let zone = TimeZone::get("Europe/Copenhagen").unwrap();
        let changes = [
            change("2026-11-10T06:00:00Z", 7, 0),
            // Already the next day in Copenhagen, which begins the last week.
            change("2026-11-20T23:30:00Z", 3, 0),
            change("2026-11-26T06:00:00Z", 0, 5),
        ];
        let weeks = weeks(&changes, 100, TODAY, &zone);
        let counts: Vec<_> = weeks
            .iter()
            .map(|week| (week.employed, week.joined, week.left))
            .collect();
        assert_eq!(counts.len(), 12);
        assert_eq!(
            counts[8..],
            [(95, 0, 0), (102, 7, 0), (102, 0, 0), (100, 3, 5)]
        );
        assert_eq!(weeks[11].begins, Date::constant(2026, 11, 21));
        assert_eq!(since(TODAY, &zone).to_string(), "2026-09-04T22:00:00Z");
    }

    #[test]
    fn drawing_and_table_have_the_same_numbers() {
        let zone = TimeZone::UTC;
        let changes = [change("2026-11-26T06:00:00Z", 2_000, 500)];
        let chart = HeadCount::of(&weeks(&changes, 12_418, TODAY, &zone)).unwrap();
        let lines: Vec<&str> = chart.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["10,500", "11,000", "11,500", "12,000", "12,500"]);
        assert_eq!((chart.rows.len(), chart.last.as_str()), (12, "12,418"));
        assert_eq!(chart.rows[0].joined, "2,000");
        assert_eq!(chart.rows[1].employed, "10,918");
        let last = chart.bars.last().unwrap();
        assert_eq!((last.up.as_str(), last.down.as_str()), ("34.0", "8.5"));
        assert_eq!(last.joined, "Week from 21 Nov: 2,000 joined");
    }

    #[test]
    fn weeks_before_the_directory_was_filled_are_not_drawn() {
        let weeks = weeks(&[], 0, TODAY, &TimeZone::UTC);
        assert!(HeadCount::of(&weeks).is_none());
        let filled = [
            change("2026-11-02T06:00:00Z", 192, 0),
            change("2026-11-26T06:00:00Z", 4, 0),
        ];
        let filled = super::weeks(&filled, 196, TODAY, &TimeZone::UTC);
        assert_eq!(filled.len(), 4, "the weeks before are not drawn");
        let chart = HeadCount::of(&filled).unwrap();
        let up: Vec<&str> = chart.bars.iter().map(|bar| bar.up.as_str()).collect();
        assert_eq!(up, ["0.0", "0.0", "0.0", "34.0"]);
        assert_eq!(chart.rows[3].joined, "192");
        let one = HeadCount::of(&super::weeks(&[], 1, TODAY, &TimeZone::UTC)).unwrap();
        assert_eq!(one.last, "1");
    }

    #[test]
    fn lines_are_round_numbers_apart() {
        for (range, expected) in [
            (0, 1),
            (3, 1),
            (4, 2),
            (8, 5),
            (20, 10),
            (1_500, 500),
            (19_999, 5_000),
        ] {
            assert_eq!(step(range), expected, "{range}");
        }
    }
}
