//! One-off budgets that stay granted although the run that brought them is undone.

use crate::{
    derive::budget::{self, BudgetKind},
    model::{
        code::Code,
        employee::{Employee, Status},
        field::FieldNumber,
        problem::{Problem, Severity, shown, undo::Detail, undo::Remedy},
        workspace::Workspace,
    },
    read::reading::Problems,
};

/// Warns for each one-off budget that an employee was granted when they were created.
pub(super) fn note_granted_of_all_fields(
    employee: &Employee,
    workspace: &Workspace,
    problems: &mut Problems,
) {
    for (field, _) in workspace.schema.own() {
        note_granted(employee, field, employee.value(field), workspace, problems);
    }
}

/// Warns that a one-off budget stays granted: what was given once is not taken back. A scheduled employee was given
/// nothing yet.
pub(super) fn note_granted(
    employee: &Employee,
    field: FieldNumber,
    value: Option<&str>,
    workspace: &Workspace,
    problems: &mut Problems,
) {
    let is_one_off = budget::budgets(&workspace.schema)
        .any(|(budget, kind, _)| budget == field && kind == BudgetKind::OneOff);
    if !is_one_off || employee.status == Status::Scheduled {
        return;
    }
    let Some(amount) = value
        .and_then(budget::amount)
        .filter(|amount| !amount.is_zero())
    else {
        return;
    };
    let key = workspace.schema.key(field);
    let mut problem = Problem::new(
        Code::BudgetKept,
        Severity::Warning,
        Detail::OneOffGranted {
            field: key.to_owned(),
            name: employee.name(),
            amount: budget::shown(amount),
        },
        Remedy::TakeBackOutside,
    );
    problem.field = Some(key.to_owned());
    problem.subject = employee.external_id().map(shown);
    problems.push(problem);
}
