//! Guards on money: the total of a monthly budget jumps, or an employee would be granted a second one-off of one
//! category within a month, as after an amount that was misread and corrected.

use super::{Evidence, Finding, Guard, acting};
use crate::{
    decide::{
        applied,
        candidates::Candidates,
        proposal::{Proposal, Verdict},
    },
    derive::budget::{self, BudgetKind, Grant, Ledger, Occasion},
    model::{
        field::{FieldNumber, Schema},
        ids::{EmployeeId, RunId},
        plan::{Changed, Operation},
        problem::shown,
    },
    setup::integration::Setup,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// What must be looked up before [`check`] can decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whether monthly totals are needed.
    pub totals: bool,
    /// Employees whose grants are needed.
    pub ledgers: Vec<EmployeeId>,
}

/// What was looked up.
#[derive(Clone, Debug, Default)]
pub struct Granted {
    pub totals: MonthlyTotals,
    pub ledgers: BTreeMap<EmployeeId, Ledger>,
}

/// What the integration's employees are granted each month, by category.
#[derive(Clone, Debug, Default)]
pub struct MonthlyTotals(BTreeMap<String, Decimal>);

impl MonthlyTotals {
    /// Adds an amount as stored; none: it cannot be read.
    pub fn add(&mut self, category: &str, amount: &str) -> Option<()> {
        let amount = budget::amount(amount)?;
        let total = self.0.entry(category.to_owned()).or_default();
        *total = total.saturating_add(amount);
        Some(())
    }

    fn of(&self, category: &str) -> Decimal {
        self.0.get(category).copied().unwrap_or_default()
    }
}

/// What a plan needs to be looked up; nothing for one that changes no budget.
pub fn wanted(proposal: &Proposal, setup: &Setup) -> Wanted {
    let schema = &setup.workspace.schema;
    let fields = |wanted: BudgetKind| -> BTreeSet<FieldNumber> {
        let budgets = budget::budgets(schema).filter(|(_, kind, _)| *kind == wanted);
        budgets.map(|(field, ..)| field).collect()
    };
    let (monthly, one_off) = (fields(BudgetKind::Monthly), fields(BudgetKind::OneOff));
    let sets = |operation: &Operation, fields: &BTreeSet<FieldNumber>| {
        operation
            .changes
            .iter()
            .any(|change| matches!(change.what, Changed::Field(field) if fields.contains(&field)))
    };
    Wanted {
        totals: acting(proposal).any(|operation| sets(operation, &monthly)),
        ledgers: acting(proposal)
            .filter(|operation| sets(operation, &one_off))
            .filter_map(|operation| operation.employee)
            .collect(),
    }
}

/// Holds a plan that changes budgets more than is plausible.
pub fn check(
    proposal: &mut Proposal,
    setup: &Setup,
    candidates: &Candidates,
    granted: &Granted,
    today: Date,
) {
    let mut findings = totals(proposal, setup, candidates, granted);
    findings.extend(second_one_offs(proposal, setup, candidates, granted, today));
    if !findings.is_empty() {
        proposal.findings.extend(findings);
        proposal.verdict = Verdict::Hold;
    }
}

/// Monthly totals of those who are employed before and after: joiners and leavers change a total as expected.
fn totals(
    proposal: &Proposal,
    setup: &Setup,
    candidates: &Candidates,
    granted: &Granted,
) -> Vec<Finding> {
    let schema = &setup.workspace.schema;
    let limit = setup.rules.policy.limits.budget_total;
    let monthly = budget::budgets(schema).filter(|(_, kind, _)| *kind == BudgetKind::Monthly);
    let finding = |(field, _, category): (FieldNumber, BudgetKind, &str)| {
        let (mut employees, mut change) = (Vec::new(), Decimal::ZERO);
        for operation in acting(proposal).filter(|operation| !operation.kind.is_removal()) {
            let Some(before) = operation.employee.and_then(|id| candidates.get(id)) else {
                continue;
            };
            let Some(new) = new_value(operation, field).filter(|_| before.status.is_employed())
            else {
                continue;
            };
            let difference = amount(new) - amount(before.value(field));
            if !difference.is_zero() {
                employees.push(operation);
                change = change.saturating_add(difference);
            }
        }
        let (count, before) = (employees.len() as u64, granted.totals.of(category));
        let is_more = change.abs().saturating_mul(Decimal::ONE_HUNDRED)
            > before.saturating_mul(Decimal::try_from(limit.percent).unwrap_or_default());
        (is_more && count > limit.number).then(|| Finding {
            people: super::first_names(&employees),
            ..Finding::new(
                Guard::BudgetTotal,
                Evidence::BudgetTotal {
                    field: schema.key(field).to_owned(),
                    before: budget::shown(before),
                    after: budget::shown(before.saturating_add(change)),
                    currency: setup.workspace.settings.currency.clone(),
                    limit,
                },
                count,
                proposal.plan.len() as u64,
            )
        })
    };
    monthly.filter_map(finding).collect()
}

/// Employees that the plan would grant a one-off although they were granted another of the category lately.
fn second_one_offs(
    proposal: &Proposal,
    setup: &Setup,
    candidates: &Candidates,
    granted: &Granted,
    today: Date,
) -> Option<Finding> {
    let days = setup.rules.policy.limits.one_off_days;
    if days == 0 {
        return None;
    }
    let mut found = Vec::new();
    for operation in acting(proposal).filter(|operation| !operation.kind.is_removal()) {
        let Some(before) = operation.employee.and_then(|id| candidates.get(id)) else {
            continue;
        };
        let Some(ledger) = granted.ledgers.get(&before.id) else {
            continue;
        };
        let after = applied::after(before, operation);
        let occasion = Occasion {
            before: Some(before),
            after: &after,
            reason: operation.reason,
            run: RunId(0),
            undone: None,
            today,
            workspace: &setup.workspace,
        };
        let then = budget::follow(&occasion, ledger.clone());
        let new = |grant: &&Grant| grant.number == 0 && is_granted(grant);
        let pair = then.grants.iter().filter(new).find_map(|second| {
            let is_near = |first: &&Grant| {
                let apart = (second.span.starts - first.span.starts)
                    .get_days()
                    .unsigned_abs();
                first.number != 0
                    && is_granted(first)
                    && first.category == second.category
                    && apart <= u32::from(days)
            };
            Some((then.grants.iter().rfind(is_near)?, second))
        });
        if let Some((first, second)) = pair {
            found.push((
                operation,
                second.category.clone(),
                first.amount,
                second.amount,
            ));
        }
    }
    let (_, category, first, second) = found.first()?;
    let evidence = Evidence::SecondOneOff {
        field: field_of(&setup.workspace.schema, category),
        first: budget::shown(*first),
        second: budget::shown(*second),
        currency: setup.workspace.settings.currency.clone(),
        days,
    };
    let operations: Vec<&Operation> = found.iter().map(|(operation, ..)| *operation).collect();
    Some(Finding {
        people: super::first_names(&operations),
        ..Finding::new(
            Guard::SecondOneOff,
            evidence,
            found.len() as u64,
            proposal.plan.len() as u64,
        )
    })
}

fn is_granted(grant: &Grant) -> bool {
    grant.kind == BudgetKind::OneOff && !grant.span.cancelled && !grant.amount.is_zero()
}

/// The key of the field that sets a one-off budget.
fn field_of(schema: &Schema, category: &str) -> String {
    let mut one_offs = budget::budgets(schema).filter(|(_, kind, _)| *kind == BudgetKind::OneOff);
    let found = one_offs.find(|(.., of)| *of == category);
    found.map_or_else(
        || shown(category),
        |(field, ..)| schema.key(field).to_owned(),
    )
}

/// What an operation sets a field to; none: it does not change the field.
fn new_value(operation: &Operation, field: FieldNumber) -> Option<Option<&str>> {
    let change = operation
        .changes
        .iter()
        .find(|change| change.what == Changed::Field(field))?;
    Some(change.new.as_deref())
}

fn amount(value: Option<&str>) -> Decimal {
    value.and_then(budget::amount).unwrap_or_default()
}
