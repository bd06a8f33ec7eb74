//! Updates memberships: every employee that a transaction has changed is evaluated again for every
//! rule.

use super::definition;
use crate::db::sql::{Connection, Statement};
use crate::{
    db::error::{DbError, StoreError, corrupt},
    runs::settle::{Following, Passage},
    webhooks::outbox,
};
use jiff::civil::Date;
use muster_core::{
    derive::smart_group::{CompiledGroup, Membership, MoveReason, evaluate, move_reason},
    model::{
        employee::Employee,
        event::{EventDetail, EventKind},
        field::Schema,
        ids::{EmployeeId, RunId, WorkspaceId},
        workspace::Workspace,
    },
};
use std::collections::BTreeSet;

/// Whether a workspace has smart groups.
pub(crate) fn is_followed(connection: &Connection, workspace: &Workspace) -> Result<bool, DbError> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM smart_group WHERE workspace_id = ?1 AND removed_run IS NULL)")?
        .scalar([workspace.id.0])
}

/// Updates the memberships of changed employees.
pub(crate) fn follow(following: &Following<'_>, passages: &[Passage]) -> Result<(), DbError> {
    let Following {
        connection,
        workspace,
        run,
        calendar,
    } = *following;
    let groups = compiled(connection, workspace, None)?;
    if groups.is_empty() {
        return Ok(());
    }
    let people: Vec<&Employee> = passages.iter().map(|passage| &passage.after).collect();
    let rules: Vec<&CompiledGroup> = groups.iter().map(|(_, group)| group).collect();
    let verdicts = asked(&rules, &people, calendar.today)?;
    let mut recorder = Recorder::new(connection, workspace, run)?;
    for (passage, position) in passages.iter().zip(0usize..) {
        let person = passage.after.id;
        // A new employee has no memberships yet.
        let current = if passage.before.is_some() {
            memberships(connection, workspace, person)?
        } else {
            BTreeSet::new()
        };
        for ((id, group), verdicts) in groups.iter().zip(&verdicts) {
            let belongs = verdicts[position] == Membership::Member;
            if belongs != current.contains(id) {
                recorder.record(
                    *id,
                    person,
                    belongs,
                    &move_reason(group, passage.before.as_ref(), &passage.after),
                )?;
            }
        }
    }
    Ok(())
}

/// The rules of a workspace with their numbers. With a day, only those that must be evaluated again
/// on that day.
pub(super) fn compiled(
    connection: &Connection,
    workspace: &Workspace,
    stale_on: Option<Date>,
) -> Result<Vec<(i64, CompiledGroup)>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, definition FROM smart_group WHERE workspace_id = ?1 AND removed_run IS NULL \
         AND (CAST(?2 AS TEXT) IS NULL OR (depends_on_today = 1 AND evaluated_on <> ?2)) ORDER BY id",
    )?;
    let mut rows = statement.query((workspace.id.0, stale_on.map(|day| day.to_string())))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let group = definition(&row.get::<String>("definition")?, id)?;
        let compiled = CompiledGroup::stored(&group, &workspace.schema);
        groups.push((
            id,
            compiled.map_err(|_| corrupt("smart_group", "definition", id))?,
        ));
    }
    Ok(groups)
}

/// The results of the rules for employees.
pub(super) fn asked(
    rules: &[&CompiledGroup],
    people: &[&Employee],
    today: Date,
) -> Result<Vec<Vec<Membership>>, DbError> {
    evaluate(rules, people, today).ok_or_else(|| {
        let source = "the operating system cannot start a thread to evaluate expressions".into();
        StoreError::Failed {
            attempted: "evaluate the smart groups",
            source,
        }
        .into()
    })
}

fn memberships(
    connection: &Connection,
    workspace: &Workspace,
    person: EmployeeId,
) -> Result<BTreeSet<i64>, DbError> {
    connection
        .prepare_cached(
            "SELECT group_id FROM smart_group_member WHERE workspace_id = ?1 AND employee_id = ?2",
        )?
        .values((workspace.id.0, person.0))
}

/// Writes the membership changes and their history.
pub(super) struct Recorder<'c> {
    connection: &'c Connection,
    has_webhooks: bool,
    workspace: i64,
    schema: &'c Schema,
    run: RunId,
    join: Statement<'c>,
    leave: Statement<'c>,
    note: Statement<'c>,
}

impl<'c> Recorder<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        workspace: &'c Workspace,
        run: RunId,
    ) -> Result<Self, DbError> {
        Ok(Self {
            connection,
            has_webhooks: outbox::is_followed(connection, workspace.id)?,
            workspace: workspace.id.0,
            schema: &workspace.schema,
            run,
            join: connection.prepare_cached(
                "INSERT INTO smart_group_member (workspace_id, group_id, employee_id, since_run) VALUES (?1, ?2, ?3, ?4)",
            )?,
            leave: connection.prepare_cached(
                "DELETE FROM smart_group_member WHERE workspace_id = ?1 AND group_id = ?2 AND employee_id = ?3",
            )?,
            note: connection.prepare_cached(
                "INSERT INTO smart_group_change (workspace_id, group_id, employee_id, run_id, joined, reason, fields) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?,
        })
    }

    pub(super) fn record(
        &mut self,
        group: i64,
        person: EmployeeId,
        joins: bool,
        reason: &MoveReason,
    ) -> Result<(), DbError> {
        let (workspace, run) = (self.workspace, self.run.0);
        if joins {
            self.join.execute((workspace, group, person.0, run))?;
        } else {
            self.leave.execute((workspace, group, person.0))?;
        }
        let (word, fields) = (reason.as_str(), reason.stored_fields(self.schema));
        self.note.execute((
            workspace,
            group,
            person.0,
            run,
            i64::from(joins),
            word,
            fields,
        ))?;
        if self.has_webhooks {
            let kind = match joins {
                true => EventKind::MembershipAdded,
                false => EventKind::MembershipRemoved,
            };
            let (workspace, detail) = (WorkspaceId(workspace), EventDetail::Group(group));
            outbox::write(self.connection, workspace, self.run, person, kind, &detail)?;
        }
        Ok(())
    }
}
