//! Pay is never requested, never listed and never stored, whatever a mapping says.
//!
//! The names are those of the vendors' own fields, and the words by which customers name fields of their own.

use crate::connector::ConnectorError;
use muster_core::model::problem::{
    api::{Fault, SettingRemedy},
    shown,
};

/// Names of pay, compared as [`bare`] names.
const NAMES: &[&str] = &[
    "bonusamount",
    "bonusdate",
    "bonusreason",
    "commissionamount",
    "commissiondate",
    "fixsalaryinterval",
    "hourlyrate",
    "lohn",
    "loon",
    "løn",
    "overtimerate",
    "paidper",
    "paychangereason",
    "payfrequency",
    "payper",
    "payrate",
    "payrateeffectivedate",
    "payschedule",
    "paytype",
    "wage",
    "wages",
];
/// Words that make any name one of pay.
const WORDS: &[&str] = &[
    "salary",
    "salaries",
    "salaris",
    "gehalt",
    "uurloon",
    "stundenlohn",
];

/// Whether a field's key, alias or label names pay.
pub(crate) fn is_salary(name: &str) -> bool {
    let bare = bare(name);
    NAMES.contains(&bare.as_str())
        || bare.starts_with("compensation")
        || WORDS.iter().any(|word| bare.contains(word))
}

/// A name without blanks and punctuation, in lower case.
pub(crate) fn bare(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The error for a mapping that reads pay.
pub(crate) fn refused(column: &str) -> ConnectorError {
    let column = shown(column);
    ConnectorError::setting(
        "mapping",
        Fault::Pay { column },
        SettingRemedy::RemoveFromMapping,
    )
}

/// Refuses columns that name pay.
pub(crate) fn check(columns: &[String]) -> Result<(), ConnectorError> {
    match columns.iter().find(|column| is_salary(column)) {
        Some(column) => Err(refused(column)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_is_recognised_by_key_and_by_label() {
        for name in [
            "fix_salary",
            "fix_salary_interval",
            "hourly_salary",
            "Fix salary",
            "payRate",
            "compensationPayRate",
            "Gehalt (brutto)",
            "Bruto salaris",
            "Hourly Rate",
        ] {
            assert!(is_salary(name), "{name}");
        }
        for name in [
            "payroll_id",
            "Payment method",
            "alleo_monthly_all_budget",
            "last_name",
            "Lohnsteuerklasse",
            "dynamic_902115",
        ] {
            assert!(!is_salary(name), "{name}");
        }
    }
}
