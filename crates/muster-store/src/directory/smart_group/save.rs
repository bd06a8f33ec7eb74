//! Previews and saves rules. Saving has the result of the preview, unless employees have changed
//! since.

use super::{
    definition,
    everybody::{Asked, GroupMoves, ask_everybody},
    follow::Recorder,
    number,
};
use crate::db::sql::{Connection, OptionalRow};
use crate::{
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{Contradiction, DbError, StoreError, corrupt},
    },
    directory::changes::json,
    runs::run::{self, Effect, Ending},
};
use jiff::{Timestamp, civil::Date};
use muster_core::{
    decide::proposal::Counts,
    derive::smart_group::{CompiledGroup, MoveReason, SmartGroup},
    model::{
        audit::{Act, Subject},
        ids::RunId,
        run::RunStatus,
        workspace::Workspace,
    },
    read::reading::Problems,
};
use std::collections::BTreeSet;

/// Rules that are saved, and the run that ends with it.
#[derive(Clone, Copy, Debug)]
pub struct GroupSaving<'a> {
    pub workspace: &'a Workspace,
    pub run: RunId,
    /// The checked rules. The other rules of the workspace are unchanged.
    pub groups: &'a [SmartGroup],
    /// The day that rules compare with.
    pub today: Date,
    pub now: Timestamp,
}

impl Store {
    /// Who would join and leave if these rules were saved. Writes nothing.
    pub fn preview_smart_groups(
        &self,
        workspace: &Workspace,
        groups: &[SmartGroup],
        today: Date,
    ) -> Result<Vec<GroupMoves>, StoreError> {
        self.read("preview the smart groups", |connection| {
            let mut asked = prepare(connection, workspace, groups)?;
            ask_everybody(connection, workspace, &mut asked, today, &mut |_, _, _| {
                Ok(())
            })?;
            Ok(asked.into_iter().map(|group| group.moves).collect())
        })
    }

    /// Saves rules, updates memberships and ends the run.
    pub fn apply_smart_groups(
        &self,
        saving: &GroupSaving<'_>,
    ) -> Result<Vec<GroupMoves>, StoreError> {
        self.write_in(saving.workspace.id, "save the smart groups", |connection| {
            apply(connection, saving)
        })
    }

    /// Removes a group. Its members leave it, its history is kept. Returns the number of members,
    /// or `None` if there is no such group.
    pub fn remove_smart_group(
        &self,
        workspace: &Workspace,
        name: &str,
        run: RunId,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        self.write_in(workspace.id, "remove the smart group", |connection| {
            let Some(group) = number(connection, workspace, name)? else { return Ok(None) };
            let key = (workspace.id.0, group, run.0);
            let word = MoveReason::GroupRemoved.as_str();
            connection.execute(
                "INSERT INTO smart_group_change (workspace_id, group_id, employee_id, run_id, joined, reason) \
                 SELECT workspace_id, group_id, employee_id, ?3, 0, ?4 FROM smart_group_member \
                 WHERE workspace_id = ?1 AND group_id = ?2",
                (workspace.id.0, group, run.0, word),
            )?;
            let left = connection.execute(
                "DELETE FROM smart_group_member WHERE workspace_id = ?1 AND group_id = ?2",
                (workspace.id.0, group),
            )?;
            connection.execute("UPDATE smart_group SET removed_run = ?3 WHERE workspace_id = ?1 AND id = ?2", key)?;
            record(connection, workspace, run, Act::SmartGroupRemoved, name, now)?;
            end(connection, workspace, run, RunStatus::Applied, now)?;
            Ok(Some(left as u64))
        })
    }
}

fn apply(connection: &Connection, saving: &GroupSaving<'_>) -> Result<Vec<GroupMoves>, DbError> {
    let GroupSaving {
        workspace,
        run,
        groups,
        today,
        now,
    } = *saving;
    let mut asked = prepare(connection, workspace, groups)?;
    for (asked, group) in asked.iter_mut().zip(groups) {
        asked.id = Some(write(connection, saving, asked, group)?);
    }
    let mut recorder = Recorder::new(connection, workspace, run)?;
    // An unchanged rule is evaluated only if the date has changed since.
    let same = asked
        .iter()
        .filter(|group| !group.moves.is_new && !group.moves.is_changed);
    let same: BTreeSet<_> = same.filter_map(|group| group.id).collect();
    ask_everybody(
        connection,
        workspace,
        &mut asked,
        today,
        &mut |group, person, joins| {
            let reason = if same.contains(&group) {
                MoveReason::DatePassed
            } else {
                MoveReason::RuleChanged
            };
            recorder.record(group, person.id, joins, &reason)
        },
    )?;
    let did = asked.iter().any(|group| {
        group.moves.is_new || group.moves.is_changed || group.moves.joins + group.moves.leaves > 0
    });
    for group in &asked {
        if group.moves.is_new || group.moves.is_changed {
            let name = &group.moves.name;
            record(connection, workspace, run, Act::SmartGroupSaved, name, now)?;
        }
    }
    end(
        connection,
        workspace,
        run,
        if did {
            RunStatus::Applied
        } else {
            RunStatus::NothingToDo
        },
        now,
    )?;
    Ok(asked.into_iter().map(|group| group.moves).collect())
}

/// The rules with their numbers, if they have one already.
fn prepare(
    connection: &Connection,
    workspace: &Workspace,
    groups: &[SmartGroup],
) -> Result<Vec<Asked>, DbError> {
    let mut asked = Vec::with_capacity(groups.len());
    for group in groups {
        let stored = connection
            .prepare_cached(
                "SELECT id, definition FROM smart_group WHERE workspace_id = ?1 AND name = ?2 AND removed_run IS NULL",
            )?
            .query_row((workspace.id.0, &group.name), |row| Ok((row.get::<i64>("id")?, row.get::<String>("definition")?)))
            .optional()?;
        let id = stored.as_ref().map(|(id, _)| *id);
        let before = stored.map(|(id, text)| definition(&text, id)).transpose()?;
        let rule = CompiledGroup::stored(group, &workspace.schema).map_err(|_| {
            StoreError::Contradiction {
                why: Contradiction::UnreadableRule {
                    group: group.name.clone(),
                },
            }
        })?;
        let moves = GroupMoves {
            name: group.name.clone(),
            is_new: id.is_none(),
            is_changed: before.is_some_and(|before| before != *group),
            ..GroupMoves::default()
        };
        asked.push(Asked { id, rule, moves });
    }
    Ok(asked)
}

/// Writes a rule; says its number.
fn write(
    connection: &Connection,
    saving: &GroupSaving<'_>,
    asked: &Asked,
    group: &SmartGroup,
) -> Result<i64, DbError> {
    let GroupSaving {
        workspace,
        run,
        today,
        ..
    } = *saving;
    let depends = i64::from(asked.rule.depends_on_today());
    let Some(id) = asked.id else {
        return connection
            .scalar("INSERT INTO smart_group (workspace_id, id, name, definition, depends_on_today, evaluated_on, saved_run) \
                 SELECT ?1, coalesce(max(id), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM smart_group WHERE workspace_id = ?1 \
                 RETURNING id",
                (workspace.id.0, &group.name, json(group), depends, today.to_string(), run.0))
            .optional()?
            .ok_or_else(|| corrupt("smart_group", "id", &group.name));
    };
    // A rule that stays the same keeps the run that saved it.
    let saved = asked.moves.is_changed.then_some(run.0);
    connection.execute(
        "UPDATE smart_group SET definition = ?3, depends_on_today = ?4, evaluated_on = ?5, \
         saved_run = coalesce(?6, saved_run) WHERE workspace_id = ?1 AND id = ?2",
        (
            workspace.id.0,
            id,
            json(group),
            depends,
            today.to_string(),
            saved,
        ),
    )?;
    Ok(id)
}

/// Records in the audit log what the actor of a run did to a group. The rule is in the group, with its history.
fn record(
    connection: &Connection,
    workspace: &Workspace,
    run: RunId,
    act: Act,
    name: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let actor: Option<String> = connection
        .prepare_cached("SELECT actor FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .scalar((workspace.id.0, run.0))?;
    let subject = Subject::new("smart group", name);
    let by = By::optional(actor.as_deref());
    let entry = Entry::new(act, by, subject, now).within(workspace.id);
    let after = serde_json::json!({ "run": run.0 });
    append(connection, entry.values(None, Some(after)))
}

fn end(
    connection: &Connection,
    workspace: &Workspace,
    run: RunId,
    status: RunStatus,
    now: Timestamp,
) -> Result<(), DbError> {
    let ending = Ending {
        status,
        finished: now,
        partial: None,
        counts: &Counts::default(),
        problems: &Problems::default(),
        files: &[],
        error: None,
    };
    run::finish(connection, workspace.id, run, &ending, Effect::default())
}
