//! Granted budgets.

use crate::{
    derive::budget::{BudgetKind, GrantState, GrantStep, Totals},
    model::ids::EmployeeId,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// One granted budget.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Grant {
    /// Null for an erased employee.
    pub employee: Option<EmployeeId>,
    pub external_id: Option<String>,
    pub name: String,
    pub kind: BudgetKind,
    pub category: String,
    pub amount: Decimal,
    pub currency: String,
    pub starts: Date,
    pub ends: Option<Date>,
    pub state: GrantState,
    pub steps: Vec<GrantStep>,
}

/// The answer of `budgets --month`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MonthAnswer {
    /// Such as `2026-05`.
    pub month: String,
    pub entries: Vec<Grant>,
    pub totals: Vec<Total>,
}

/// The sum of one category in one currency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Total {
    pub currency: String,
    pub category: String,
    pub entries: u64,
    pub sum: Decimal,
}

impl Total {
    /// The sum of every category and currency.
    pub fn all(totals: &Totals) -> Vec<Self> {
        let sums = totals.iter();
        sums.map(|(currency, category, entries, sum)| Self {
            currency: currency.to_owned(),
            category: category.to_owned(),
            entries,
            sum,
        })
        .collect()
    }
}
