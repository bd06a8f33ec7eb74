//! The ledger of budgets in the database. It is updated in the transaction that changes employees,
//! and read by employee and by month.

use crate::db::sql::{Connection, OptionalRow, Params, Row};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::changes::json,
    runs::settle::{Following, Passage},
    webhooks::outbox,
};
use jiff::civil::Date;
use muster_core::{
    derive::budget::{
        self, BudgetKind, Effect, Grant, GrantStep, Ledger, Month, Occasion, Seen, Span,
    },
    model::{
        event::{EventDetail, EventKind},
        ids::{EmployeeId, RunId, WorkspaceId},
        plan::{Reason, Who},
        workspace::Workspace,
    },
};
use serde::Serialize;

/// A grant and its employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonGrant {
    /// `None`: the employee was erased.
    pub employee: Option<EmployeeId>,
    /// The current name of the employee.
    pub who: Who,
    pub grant: Grant,
}

const SELECT: &str = "SELECT number, kind, category, amount, currency, starts, ends, cancelled, steps, \
    budget_grant.employee_id, external_id, email, \
    coalesce(first_name, '') || coalesce(' ' || prefix, '') || coalesce(' ' || last_name, '') AS name \
    FROM budget_grant LEFT JOIN employee ON employee.workspace_id = budget_grant.workspace_id \
    AND employee.id = budget_grant.employee_id";

/// The grants of one employee, or of all.
fn whose(person: Option<EmployeeId>) -> &'static str {
    match person {
        Some(_) => "WHERE budget_grant.workspace_id = ?1 AND budget_grant.employee_id = ?2",
        None => "WHERE budget_grant.workspace_id = ?1 AND CAST(?2 AS BIGINT) IS NULL",
    }
}

impl Store {
    /// The grants of one employee, or of all, until `each` says false: in the order of their
    /// [`muster_core::derive::budget::GrantState`] on `today`, those that are paid first. `each` must not call the store.
    pub fn grants_of(
        &self,
        workspace: WorkspaceId,
        person: Option<EmployeeId>,
        today: Date,
        each: &mut dyn FnMut(&PersonGrant) -> bool,
    ) -> Result<(), StoreError> {
        let today = today.to_string();
        self.read("read the budgets", |connection| {
            let order = "ORDER BY CASE WHEN cancelled <> 0 THEN 5 WHEN starts > ?3 THEN 2 WHEN kind = 'oneoff' THEN 3 \
                WHEN ends < ?3 THEN 4 ELSE 1 END, budget_grant.employee_id = 0, budget_grant.employee_id, number";
            let parameters = (workspace.0, person.map(|person| person.0), &today);
            select(connection, &format!("{SELECT} {} {order}", whose(person)), parameters, each)
        })
    }

    /// The grants that are due in a month, of one employee or of all, until `each` returns false.
    /// `each` must not call the store.
    pub fn due_in_month(
        &self,
        workspace: WorkspaceId,
        person: Option<EmployeeId>,
        month: Month,
        each: &mut dyn FnMut(&PersonGrant) -> bool,
    ) -> Result<(), StoreError> {
        self.read("read the budgets of a month", |connection| {
            let text = format!(
                "{SELECT} {} AND cancelled = 0 AND starts <= ?3 AND (ends IS NULL OR ends >= ?4) \
                 ORDER BY budget_grant.employee_id = 0, budget_grant.employee_id, number",
                whose(person)
            );
            let (first, last) = (month.first().to_string(), month.last().to_string());
            let parameters = (workspace.0, person.map(|person| person.0), last, first);
            select(connection, &text, parameters, &mut |found| {
                !found.grant.is_due_in(month) || each(found)
            })
        })
    }
}

fn select(
    connection: &Connection,
    text: &str,
    parameters: impl Params,
    each: &mut dyn FnMut(&PersonGrant) -> bool,
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        let name: Option<String> = row.get("name")?;
        let found = PersonGrant {
            employee: Some(EmployeeId(row.get("employee_id")?)).filter(|person| person.0 > 0),
            who: Who {
                external_id: row.get("external_id")?,
                email: row.get("email")?,
                name: name.unwrap_or_default().trim().to_owned(),
            },
            grant: grant(row)?,
        };
        if !each(&found) {
            break;
        }
    }
    Ok(())
}

fn grant(row: Row<'_>) -> Result<Grant, DbError> {
    let number: i64 = row.get("number")?;
    let unreadable = |column| corrupt("budget_grant", column, number);
    let ends: Option<String> = row.get("ends")?;
    Ok(Grant {
        number,
        kind: BudgetKind::parse(row.text("kind")?.unwrap_or_default())
            .ok_or_else(|| unreadable("kind"))?,
        category: row.get("category")?,
        amount: budget::amount(row.text("amount")?.unwrap_or_default())
            .ok_or_else(|| unreadable("amount"))?,
        currency: row.get("currency")?,
        span: Span {
            starts: row
                .get::<String>("starts")?
                .parse()
                .map_err(|_| unreadable("starts"))?,
            ends: ends
                .map(|ends| ends.parse())
                .transpose()
                .map_err(|_| unreadable("ends"))?,
            cancelled: row.get::<i64>("cancelled")? != 0,
        },
        steps: serde_json::from_str(&row.get::<String>("steps")?)
            .map_err(|_| unreadable("steps"))?,
    })
}

/// Whether a workspace has budgets.
pub(crate) fn is_followed(workspace: &Workspace) -> bool {
    budget::budgets(&workspace.schema).next().is_some()
}

/// Updates the ledger from the current state of the employees.
pub(crate) fn follow(following: &Following<'_>, passages: &[Passage]) -> Result<(), DbError> {
    let Following {
        connection,
        workspace,
        run,
        calendar,
    } = *following;
    let is_undo = passages
        .iter()
        .any(|passage| passage.reason == Reason::Undo);
    let undone = if is_undo {
        undone(connection, workspace.id, run)?
    } else {
        None
    };
    for Passage {
        before,
        after,
        reason,
    } in passages
    {
        let occasion = Occasion {
            before: before.as_ref(),
            after,
            reason: *reason,
            run,
            undone: undone.filter(|_| *reason == Reason::Undo),
            today: calendar.today,
            workspace,
        };
        let key = (workspace.id.0, after.id.0);
        if occasion.concerns_budgets() {
            let known = if before.is_some() {
                ledger(connection, key)?
            } else {
                Ledger::default()
            };
            let new = budget::follow(&occasion, known.clone());
            write(connection, key, &known, &new)?;
            note_events(following, after.id, &known, &new)?;
        }
    }
    Ok(())
}

/// The run that an undo reverses, even if the undo was held and approved later.
fn undone(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Option<RunId>, DbError> {
    let found: Option<Option<i64>> = connection
        .prepare_cached(
            "SELECT CASE run.kind WHEN 'approve' THEN planned.of_run ELSE run.of_run END FROM run \
             LEFT JOIN run AS planned ON planned.workspace_id = run.workspace_id AND planned.id = run.of_run \
             WHERE run.workspace_id = ?1 AND run.id = ?2",
        )?
        .scalar((workspace.0, run.0))
        .optional()?;
    Ok(found.flatten().map(RunId))
}

/// Every grant of an employee who was not erased, in order of employees and numbers.
pub(crate) fn each_grant(
    connection: &Connection,
    workspace: WorkspaceId,
    each: &mut dyn FnMut(EmployeeId, &Grant),
) -> Result<(), DbError> {
    let mut grants = connection.prepare_cached(
        "SELECT number, kind, category, amount, currency, starts, ends, cancelled, steps, employee_id FROM budget_grant \
         WHERE workspace_id = ?1 AND employee_id > 0 ORDER BY employee_id, number",
    )?;
    let mut rows = grants.query([workspace.0])?;
    while let Some(row) = rows.next()? {
        each(EmployeeId(row.get("employee_id")?), &grant(row)?);
    }
    Ok(())
}

pub(crate) fn ledger(connection: &Connection, key: (i64, i64)) -> Result<Ledger, DbError> {
    let mut ledger = Ledger::default();
    let mut grants = connection.prepare_cached(
        "SELECT number, kind, category, amount, currency, starts, ends, cancelled, steps FROM budget_grant \
         WHERE workspace_id = ?1 AND employee_id = ?2 ORDER BY number",
    )?;
    let mut rows = grants.query(key)?;
    while let Some(row) = rows.next()? {
        ledger.grants.push(grant(row)?);
    }
    let mut seen = connection.prepare_cached(
        "SELECT category, value, waits FROM budget_seen WHERE workspace_id = ?1 AND employee_id = ?2 ORDER BY category",
    )?;
    let mut rows = seen.query(key)?;
    while let Some(row) = rows.next()? {
        let amount = |name| match row.get::<Option<String>>(name)? {
            None => Ok(None),
            Some(text) => budget::amount(&text)
                .map(Some)
                .ok_or_else(|| corrupt("budget_seen", name, key.1)),
        };
        ledger.seen.push(Seen {
            category: row.get("category")?,
            value: amount("value")?,
            waits: amount("waits")?,
        });
    }
    Ok(ledger)
}

/// A step in its stored form. Empty parts are omitted, because every grant has steps.
#[derive(Serialize)]
struct Written<'a> {
    run: RunId,
    on: Date,
    reason: Reason,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
    starts: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Date>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cancelled: bool,
}

impl<'a> Written<'a> {
    fn of(step: &'a GrantStep) -> Self {
        let GrantStep {
            run,
            on,
            reason,
            effect,
            old,
            new,
            span,
        } = step;
        let Span {
            starts,
            ends,
            cancelled,
        } = *span;
        let (old, new) = (old.as_deref(), new.as_deref());
        Self {
            run: *run,
            on: *on,
            reason: *reason,
            effect: *effect,
            old,
            new,
            starts,
            ends,
            cancelled,
        }
    }
}

/// Writes new and changed grants. Grants that end come before those that continue, because only one
/// may be current.
/// Writes the events of grants that began or ended.
fn note_events(
    following: &Following<'_>,
    employee: EmployeeId,
    known: &Ledger,
    new: &Ledger,
) -> Result<(), DbError> {
    let Following {
        connection,
        workspace,
        run,
        ..
    } = *following;
    if known.grants == new.grants || !outbox::is_followed(connection, workspace.id)? {
        return Ok(());
    }
    for grant in &new.grants {
        let before = known.grants.iter().find(|old| old.number == grant.number);
        let is_over = |grant: &Grant| {
            let has_end = grant.kind == BudgetKind::Monthly && grant.span.ends.is_some();
            grant.span.cancelled || has_end
        };
        let kind = match before.filter(|_| grant.number > 0) {
            None if !grant.span.cancelled => EventKind::BudgetGranted,
            Some(before) if is_over(grant) && !is_over(before) => EventKind::BudgetEnded,
            Some(before) if !is_over(grant) && is_over(before) => EventKind::BudgetGranted,
            _ => continue,
        };
        let detail = EventDetail::Budget {
            kind: grant.kind,
            category: grant.category.clone(),
        };
        outbox::write(connection, workspace.id, run, employee, kind, &detail)?;
    }
    Ok(())
}

fn write(
    connection: &Connection,
    key: (i64, i64),
    known: &Ledger,
    new: &Ledger,
) -> Result<(), DbError> {
    let mut changed: Vec<_> = new
        .grants
        .iter()
        .filter(|grant| !known.grants.contains(grant))
        .collect();
    changed.sort_by_key(|grant| !grant.span.cancelled && grant.span.ends.is_none());
    let mut last = known
        .grants
        .iter()
        .map(|grant| grant.number)
        .max()
        .unwrap_or(0);
    for grant in changed {
        let Span {
            starts,
            ends,
            cancelled,
        } = grant.span;
        let (starts, ends) = (starts.to_string(), ends.map(|ends| ends.to_string()));
        let steps = json(&grant.steps.iter().map(Written::of).collect::<Vec<_>>());
        if grant.number > 0 {
            connection
                .prepare_cached(
                    "UPDATE budget_grant SET starts = ?4, ends = ?5, cancelled = ?6, steps = ?7 \
                     WHERE workspace_id = ?1 AND employee_id = ?2 AND number = ?3",
                )?
                .execute((key.0, key.1, grant.number, starts, ends, cancelled, steps))?;
        } else {
            last += 1;
            connection
                .prepare_cached(
                    "INSERT INTO budget_grant (workspace_id, employee_id, number, kind, category, amount, currency, \
                     starts, ends, cancelled, steps) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute((
                    key.0,
                    key.1,
                    last,
                    grant.kind.as_str(),
                    &grant.category,
                    grant.amount.to_string(),
                    &grant.currency,
                    starts,
                    ends,
                    cancelled,
                    steps,
                ))?;
        }
    }
    let mut seen = connection.prepare_cached(
        "INSERT INTO budget_seen (workspace_id, employee_id, category, value, waits) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (workspace_id, employee_id, category) DO UPDATE SET value = excluded.value, waits = excluded.waits",
    )?;
    for Seen {
        category,
        value,
        waits,
    } in new.seen.iter().filter(|seen| !known.seen.contains(seen))
    {
        let text = |amount: &Option<_>| amount.as_ref().map(ToString::to_string);
        seen.execute((key.0, key.1, category, text(value), text(waits)))?;
    }
    Ok(())
}

/// The number of grants of an employee.
pub(crate) fn count(connection: &Connection, key: (i64, i64)) -> Result<u64, DbError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM budget_grant WHERE workspace_id = ?1 AND employee_id = ?2",
        )?
        .scalar(key)?;
    Ok(count.unsigned_abs())
}

/// Removes an erased employee from the ledger. Amounts and dates are kept, for the totals of past
/// months.
pub(crate) fn forget(connection: &Connection, key: (i64, i64), today: Date) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE budget_grant SET employee_id = 0, number = number + (SELECT coalesce(max(number), 0) \
             FROM budget_grant WHERE workspace_id = ?1 AND employee_id = 0), ends = coalesce(ends, ?3), steps = '[]' \
             WHERE workspace_id = ?1 AND employee_id = ?2",
        )?
        .execute((key.0, key.1, today.to_string()))?;
    connection
        .prepare_cached("DELETE FROM budget_seen WHERE workspace_id = ?1 AND employee_id = ?2")?
        .execute(key)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated() -> Connection {
        Connection::migrated()
    }

    #[test]
    fn random_changes_keep_at_most_one_monthly_budget() {
        let connection = migrated();
        let insert = |id: i64, category: &str, ends: Option<&str>| {
            connection.execute(
                "INSERT INTO budget_grant (workspace_id, employee_id, number, kind, category, amount, currency, starts, \
                 ends, cancelled, steps) VALUES (1, 1, ?1, 'monthly', ?2, '50', 'EUR', '2026-05-01', ?3, 0, '[]')",
                (id, category, ends),
            )
        };
        insert(1, "all", Some("2026-05-31")).unwrap();
        insert(2, "all", None).unwrap();
        insert(3, "fun", None).unwrap();
        assert!(insert(4, "all", None).is_err());
    }

    #[test]
    fn the_grants_of_a_person_are_found_by_key() {
        let connection = migrated();
        let text = format!("{SELECT} {}", whose(Some(EmployeeId(1))));
        let plan = connection.explain(&text, (1, 2)).remove(0);
        assert!(
            plan.starts_with("SEARCH") && plan.contains("(workspace_id=? AND employee_id=?)"),
            "{plan}"
        );
    }
}
