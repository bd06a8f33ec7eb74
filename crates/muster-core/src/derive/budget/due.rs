//! What is due in a month, and what it comes to.

use super::Grant;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    pub fn first(self) -> Date {
        self.0
    }

    pub fn last(self) -> Date {
        self.0.last_of_month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// The text does not have the form of a month, which is that of `2026-05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMonth;

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let day = (text.len() == 7)
            .then(|| format!("{text}-01").parse().ok())
            .flatten();
        day.map(Self).ok_or(NotAMonth)
    }
}

impl Grant {
    /// Whether its amount is due in a month: in full if it covers any day of it.
    pub fn is_due_in(&self, month: Month) -> bool {
        !self.span.cancelled
            && self.span.starts <= month.last()
            && self.span.ends.is_none_or(|ends| ends >= month.first())
    }
}

/// Sums of amounts by currency and category, exact to the last digit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<(String, String), (u64, Decimal)>);

impl Totals {
    /// Adds the amount of a grant.
    pub fn add(&mut self, grant: &Grant) {
        let (number, sum) = self
            .0
            .entry((grant.currency.clone(), grant.category.clone()))
            .or_default();
        *number += 1;
        // Amounts have at most 12 digits before the dot and 4 after it, so no list that fits a disk gets this far.
        *sum = sum.saturating_add(grant.amount);
    }

    /// Currency, category, number of entries and sum.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, u64, Decimal)> {
        self.0.iter().map(|((currency, category), (number, sum))| {
            (
                currency.as_str(),
                category.as_str(),
                *number,
                sum.normalize(),
            )
        })
    }
}
