//! What a rule may say of a value, as it is written: the same of a column of a file and of a field of a person.

use crate::setup::selection::{Comparison, Day, Test};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

macro_rules! with_tests {
    ($name:ident, $of:ident $(, $more:ident: $kind:ty)?) => {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            pub $of: String,
            $(pub $more: $kind,)?
            is: Option<bool>,
            equals: Option<String>,
            not_equals: Option<String>,
            #[serde(rename = "in")]
            one_of: Option<Vec<String>>,
            not_in: Option<Vec<String>>,
            contains: Option<String>,
            starts_with: Option<String>,
            ends_with: Option<String>,
            empty: Option<bool>,
            matches: Option<String>,
            less_than: Option<f64>,
            at_most: Option<f64>,
            more_than: Option<f64>,
            at_least: Option<f64>,
            before: Option<String>,
            on_or_before: Option<String>,
            after: Option<String>,
            on_or_after: Option<String>,
        }

        impl $name {
            /// The tests, and what is written where a day should be.
            pub fn tests(&self) -> (Vec<Test>, Vec<&str>) {
                let texts = [
                    self.equals.clone().map(Test::Equals),
                    self.not_equals.clone().map(Test::NotEquals),
                    self.one_of.clone().map(Test::In),
                    self.not_in.clone().map(Test::NotIn),
                    self.contains.clone().map(Test::Contains),
                    self.starts_with.clone().map(Test::StartsWith),
                    self.ends_with.clone().map(Test::EndsWith),
                    self.empty.map(Test::Empty),
                    self.is.map(Test::Is),
                    self.matches.clone().map(Test::Matches),
                ];
                let numbers = [
                    (self.less_than, Comparison::Less),
                    (self.at_most, Comparison::AtMost),
                    (self.more_than, Comparison::More),
                    (self.at_least, Comparison::AtLeast),
                ];
                let days = [
                    (&self.before, Comparison::Less),
                    (&self.on_or_before, Comparison::AtMost),
                    (&self.after, Comparison::More),
                    (&self.on_or_after, Comparison::AtLeast),
                ];
                let mut tests: Vec<Test> = texts.into_iter().flatten().collect();
                for (number, comparison) in numbers {
                    let decimal = number.and_then(|number| Decimal::try_from(number).ok());
                    tests.extend(decimal.map(|decimal| Test::Number(comparison, decimal)));
                }
                let mut not_days = Vec::new();
                for (text, comparison) in days {
                    let Some(text) = text else { continue };
                    match Day::parse(text) {
                        Some(day) => tests.push(Test::Date(comparison, day)),
                        None => not_days.push(text.as_str()),
                    }
                }
                (tests, not_days)
            }
        }
    };
}

with_tests!(RawRule, column, blank: Option<String>);
with_tests!(RawCondition, field);
