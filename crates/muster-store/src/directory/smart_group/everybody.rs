//! Evaluates rules for all employees: for a preview, when rules are saved, and once a day.
//! Employees are in memory in batches.

use super::follow::{Recorder, asked, compiled};
use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    directory::employee,
};
use jiff::civil::Date;
use muster_core::{
    derive::smart_group::{CompiledGroup, Membership, MoveReason},
    model::{employee::Employee, ids::RunId, plan::Who, workspace::Workspace},
};
use std::collections::BTreeSet;

/// The membership changes of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMoves {
    /// Name of the group.
    pub name: String,
    /// The group does not exist yet.
    pub is_new: bool,
    /// The rule differs from the saved one.
    pub is_changed: bool,
    /// The number of members after the change.
    pub members: u64,
    /// The number of employees who join.
    pub joins: u64,
    /// The number of employees who leave.
    pub leaves: u64,
    /// The number of employees that the expression cannot be evaluated for, because a value is
    /// blank or cannot be compared.
    pub undecided: u64,
    /// The first employees who join.
    pub first_joining: Vec<Who>,
    /// The first employees who leave.
    pub first_leaving: Vec<Who>,
}

/// The number of employees that are listed by name.
const FIRST: usize = 20;
/// The number of employees in memory at a time.
const BATCH: usize = 2_000;

/// A rule that is evaluated for all employees.
pub(super) struct Asked {
    /// `None`: the group does not exist yet.
    pub(super) id: Option<i64>,
    pub(super) rule: CompiledGroup,
    pub(super) moves: GroupMoves,
}

impl Store {
    /// Evaluates the groups with date rules for a day, unless this was done already.
    pub fn refresh_smart_groups(
        &self,
        workspace: &Workspace,
        run: RunId,
        today: Date,
    ) -> Result<Vec<GroupMoves>, StoreError> {
        let stale = self.read("look up smart groups that are out of date", |connection| {
            Ok(!compiled(connection, workspace, Some(today))?.is_empty())
        })?;
        if !stale {
            return Ok(Vec::new());
        }
        self.write_in(workspace.id, "update the smart groups", |connection| {
            let mut groups = Vec::new();
            for (id, rule) in compiled(connection, workspace, Some(today))? {
                let name = name(connection, workspace, id)?.unwrap_or_default();
                groups.push(Asked { id: Some(id), rule, moves: GroupMoves { name, ..GroupMoves::default() } });
            }
            let mut recorder = Recorder::new(connection, workspace, run)?;
            ask_everybody(connection, workspace, &mut groups, today, &mut |group, person, joins| {
                recorder.record(group, person.id, joins, &MoveReason::DatePassed)
            })?;
            for group in &groups {
                connection
                    .prepare_cached("UPDATE smart_group SET evaluated_on = ?3 WHERE workspace_id = ?1 AND id = ?2")?
                    .execute((workspace.id.0, group.id, today.to_string()))?;
            }
            Ok(groups.into_iter().map(|group| group.moves).collect())
        })
    }
}

fn name(
    connection: &Connection,
    workspace: &Workspace,
    id: i64,
) -> Result<Option<String>, DbError> {
    connection
        .prepare_cached("SELECT name FROM smart_group WHERE workspace_id = ?1 AND id = ?2")?
        .scalar((workspace.id.0, id))
        .optional()
}

/// Evaluates rules for all employees and passes to `each` who joins (true) and leaves. New groups
/// have number 0.
pub(super) fn ask_everybody(
    connection: &Connection,
    workspace: &Workspace,
    groups: &mut [Asked],
    today: Date,
    each: &mut dyn FnMut(i64, &Employee, bool) -> Result<(), DbError>,
) -> Result<(), DbError> {
    let mut after = 0;
    while !groups.is_empty() {
        let batch = employee::next_people(connection, workspace, after, BATCH)?;
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
            break;
        };
        after = last.id.0;
        let people: Vec<&Employee> = batch.iter().collect();
        let rules: Vec<_> = groups.iter().map(|group| &group.rule).collect();
        let verdicts = asked(&rules, &people, today)?;
        for (group, verdicts) in groups.iter_mut().zip(verdicts) {
            let id = group.id.unwrap_or_default();
            let current = members(connection, workspace, id, first.id.0, last.id.0)?;
            for (person, verdict) in people.iter().zip(verdicts) {
                let (was, is) = (
                    current.contains(&person.id.0),
                    verdict == Membership::Member,
                );
                group.moves.note(person, was, verdict);
                if was != is {
                    each(id, person, is)?;
                }
            }
        }
    }
    Ok(())
}

/// The members of a group among people with these numbers.
fn members(
    connection: &Connection,
    workspace: &Workspace,
    group: i64,
    first: i64,
    last: i64,
) -> Result<BTreeSet<i64>, DbError> {
    connection
        .prepare_cached(
            "SELECT employee_id FROM smart_group_member WHERE workspace_id = ?1 AND group_id = ?2 \
             AND employee_id BETWEEN ?3 AND ?4",
        )?
        .values((workspace.id.0, group, first, last))
}

impl GroupMoves {
    fn note(&mut self, person: &Employee, was: bool, verdict: Membership) {
        let is = verdict == Membership::Member;
        self.members += u64::from(is);
        self.undecided += u64::from(verdict == Membership::Undecided);
        let first = match (was, is) {
            (false, true) => {
                self.joins += 1;
                &mut self.first_joining
            }
            (true, false) => {
                self.leaves += 1;
                &mut self.first_leaving
            }
            _ => return,
        };
        if first.len() < FIRST {
            let email = person.email();
            first.push(Who {
                external_id: person.external_id().map(str::to_owned),
                email: (!email.is_empty()).then(|| email.to_owned()),
                name: person.name(),
            });
        }
    }
}
