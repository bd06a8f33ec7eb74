//! One way in which a day is written: the parts of a format, and year, month and day taken from a text.

use super::{DateFormatFault, month};

/// The format that is read without looking at parts.
pub(super) const ISO: &str = "YYYY-MM-DD";

/// Empty: `YYYY-MM-DD`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// The first year that two digits can mean.
    century: i16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// Two digits, in the configured century.
    ShortYear,
    /// One or two digits, or two where no separator ends it.
    Month,
    MonthName,
    /// As for months.
    Day,
    /// Two digits, up to this number.
    Time(i16),
    /// The same, with a fraction if there is one.
    Seconds,
    /// `Z`, `+02:00` or `+0200`.
    Offset,
    Separator(char),
}

/// The longest name first.
const PARTS: [(&str, Part); 14] = [
    ("YYYY", Part::Year),
    ("%Y", Part::Year),
    ("YY", Part::ShortYear),
    ("%y", Part::ShortYear),
    ("MMM", Part::MonthName),
    ("MM", Part::Month),
    ("%m", Part::Month),
    ("M", Part::Month),
    ("DD", Part::Day),
    ("%d", Part::Day),
    ("D", Part::Day),
    ("hh", Part::Time(24)),
    ("mm", Part::Time(59)),
    ("ss", Part::Seconds),
];

impl Pattern {
    pub(super) fn parse(shape: &str, century: Option<i16>) -> Result<Self, DateFormatFault> {
        if shape == ISO || shape == "%Y-%m-%d" {
            return Ok(Self::default());
        }
        let refused = || DateFormatFault::NotAFormat {
            format: shape.to_owned(),
        };
        let mut parts = Vec::new();
        let mut rest = shape;
        while let Some(first) = rest.chars().next() {
            let known = PARTS
                .iter()
                .find_map(|(name, part)| Some((rest.strip_prefix(name)?, *part)));
            let after_first = &rest[first.len_utf8()..];
            let is_after_date = parts.len() >= 3;
            let (after, part) = match (known, first) {
                (Some(found), _) => found,
                (None, 'T') if is_after_date => (after_first, Part::Separator('T')),
                (None, 'Z') if is_after_date => (after_first, Part::Offset),
                (None, _) if first.is_alphanumeric() || first == '%' => return Err(refused()),
                (None, _) => (after_first, Part::Separator(first)),
            };
            parts.push(part);
            rest = after;
        }
        let count = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let has_day = count(&[Part::Year, Part::ShortYear]) == 1
            && count(&[Part::Month, Part::MonthName]) == 1
            && count(&[Part::Day]) == 1;
        if !has_day {
            return Err(refused());
        }
        if count(&[Part::ShortYear]) == 1 && century.is_none() {
            return Err(DateFormatFault::ShortYear {
                format: shape.to_owned(),
            });
        }
        Ok(Self {
            parts,
            century: century.unwrap_or_default(),
        })
    }

    pub(super) fn is_iso(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether day and month are numbers and come first.
    pub(super) fn can_be_exchanged(&self) -> bool {
        let is_part = |part: &&Part| !matches!(part, Part::Separator(_));
        !self.parts.contains(&Part::MonthName)
            && matches!(
                self.parts.iter().find(is_part),
                Some(Part::Day | Part::Month)
            )
    }

    /// Year, month and day as written, whether or not there is such a day.
    pub(super) fn numbers(&self, value: &str) -> Option<(i16, i8, i8)> {
        let mut rest = value;
        let (mut year, mut month, mut day) = (0, 0, 0);
        for (position, part) in self.parts.iter().enumerate() {
            let least = if self.is_fixed(position) { 2 } else { 1 };
            match part {
                Part::Year => year = digits(&mut rest, 4, 4)?,
                Part::ShortYear => year = self.long_year(digits(&mut rest, 2, 2)?),
                Part::Month => month = i8::try_from(digits(&mut rest, least, 2)?).ok()?,
                Part::MonthName => month = month::take(&mut rest)?,
                Part::Day => day = i8::try_from(digits(&mut rest, least, 2)?).ok()?,
                Part::Time(most) => {
                    digits(&mut rest, 2, 2).filter(|number| number <= most)?;
                }
                Part::Seconds => seconds(&mut rest)?,
                Part::Offset => offset(&mut rest)?,
                Part::Separator(separator) => rest = rest.strip_prefix(*separator)?,
            }
        }
        rest.is_empty().then_some((year, month, day))
    }

    /// Whether no separator ends or begins a part.
    fn is_fixed(&self, position: usize) -> bool {
        let touches = |other: Option<&Part>| {
            other.is_some_and(|other| !matches!(other, Part::Separator(_) | Part::MonthName))
        };
        touches(self.parts.get(position + 1))
            || position > 0 && touches(self.parts.get(position - 1))
    }

    fn long_year(&self, short: i16) -> i16 {
        self.century + (short - self.century.rem_euclid(100)).rem_euclid(100)
    }
}

/// Takes digits off the front of a text.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<i16> {
    let length = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if length < least {
        return None;
    }
    let (number, after) = rest.split_at(length);
    *rest = after;
    number.parse().ok()
}

fn seconds(rest: &mut &str) -> Option<()> {
    digits(rest, 2, 2).filter(|seconds| *seconds <= 60)?;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if after.len() == fraction.len() {
            return None;
        }
        *rest = after;
    }
    Some(())
}

fn offset(rest: &mut &str) -> Option<()> {
    if let Some(after) = rest.strip_prefix('Z') {
        *rest = after;
        return Some(());
    }
    *rest = rest.strip_prefix(['+', '-'])?;
    digits(rest, 2, 2).filter(|hours| *hours <= 14)?;
    *rest = rest.strip_prefix(':').unwrap_or(rest);
    digits(rest, 2, 2).filter(|minutes| *minutes <= 59)?;
    Some(())
}
