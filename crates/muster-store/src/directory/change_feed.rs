//! The changes of all runs in the order in which they were applied. Runs may end in another order than they began, so the
//! order is that of the revisions which the workspace had when they ended.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    directory::history::{self, HistoryEntry},
};
use muster_core::model::{ids::RunId, plan::OperationKind, workspace::Workspace};
use std::{fmt, str::FromStr};

/// A position in the feed: after this change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedPosition {
    revision: i64,
    run: i64,
    /// Whether the employees that the run created are done.
    is_past_created: bool,
    employee: i64,
    /// How many changes of this employee in this run are done.
    number: i64,
}

/// The next changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    pub entries: Vec<HistoryEntry>,
    /// After the last of them.
    pub next: FeedPosition,
    pub has_more: bool,
}

/// A run that changed employees.
struct FeedRun {
    id: i64,
    revision: i64,
}

/// How many runs are read for one page.
const MAX_RUNS: i64 = 50;

impl Store {
    /// The next changes after a position; none: history after the position was deleted at the end of its retention period.
    pub fn change_feed(
        &self,
        workspace: &Workspace,
        after: FeedPosition,
        limit: u32,
    ) -> Result<Option<FeedPage>, StoreError> {
        self.read("read the changes", |connection| {
            let _snapshot = connection.snapshot()?;
            if after != FeedPosition::default() && is_forgotten(connection, workspace, after)? {
                return Ok(None);
            }
            let limit = limit as usize;
            let (mut entries, mut at) = (Vec::new(), after);
            let runs = runs_after(connection, workspace, after)?;
            let is_last = (runs.len() as i64) < MAX_RUNS;
            for run in &runs {
                at.enter(run);
                let room = limit + 1 - entries.len();
                let mut found = changes_of(connection, workspace, &at, room)?;
                let is_full = found.len() == room;
                if is_full {
                    found.pop();
                }
                found.iter().for_each(|entry| at.pass(entry));
                entries.append(&mut found);
                if is_full {
                    return Ok(Some(FeedPage {
                        entries,
                        next: at,
                        has_more: true,
                    }));
                }
            }
            Ok(Some(FeedPage {
                entries,
                next: at,
                has_more: !is_last,
            }))
        })
    }

    /// The position after all changes that were applied.
    pub fn end_of_change_feed(&self, workspace: &Workspace) -> Result<FeedPosition, StoreError> {
        self.read("look the last change up", |connection| {
            let last = connection
                .prepare_cached(
                    "SELECT revision, id FROM run WHERE workspace_id = ?1 AND revision IS NOT NULL \
                     ORDER BY revision DESC, id DESC LIMIT 1",
                )?
                .query_row([workspace.id.0], |row| {
                    Ok((row.get::<i64>("revision")?, row.get::<i64>("id")?))
                })
                .optional()?;
            let (revision, run) = last.unwrap_or_default();
            Ok(FeedPosition {
                revision,
                run,
                is_past_created: true,
                employee: i64::MAX,
                number: 0,
            })
        })
    }
}

/// Whether a run that changed something after the position began before the deleted history ended.
fn is_forgotten(
    connection: &Connection,
    workspace: &Workspace,
    after: FeedPosition,
) -> Result<bool, DbError> {
    connection.scalar(
        "SELECT EXISTS (SELECT 1 FROM run JOIN forgotten ON forgotten.workspace_id = run.workspace_id \
         AND forgotten.what = 'history' AND run.started_at < forgotten.through \
         WHERE run.workspace_id = ?1 AND run.revision > ?2)",
        (workspace.id.0, after.revision),
    )
}

/// The runs that changed employees, from that of the position on.
fn runs_after(
    connection: &Connection,
    workspace: &Workspace,
    after: FeedPosition,
) -> Result<Vec<FeedRun>, DbError> {
    connection
        .prepare_cached(
            "SELECT id, revision FROM run WHERE workspace_id = ?1 AND revision >= ?2 \
             AND (revision > ?2 OR id >= ?3) AND (created > 0 OR EXISTS (SELECT 1 FROM change \
             WHERE change.workspace_id = run.workspace_id AND change.run_id = run.id)) \
             ORDER BY revision, id LIMIT ?4",
        )?
        .rows(
            (workspace.id.0, after.revision, after.run, MAX_RUNS),
            |row| {
                Ok(FeedRun {
                    id: row.get("id")?,
                    revision: row.get("revision")?,
                })
            },
        )
}

/// The changes of the run of a position after it: first the employees that the run created.
fn changes_of(
    connection: &Connection,
    workspace: &Workspace,
    at: &FeedPosition,
    room: usize,
) -> Result<Vec<HistoryEntry>, DbError> {
    let mut entries = Vec::new();
    let mut after = (at.employee, at.number);
    if !at.is_past_created {
        let text = history::created_text(
            "WHERE person.workspace_id = ?1 AND run.id = ?2 AND person.id > ?3 \
             AND person.id >= coalesce(run.first_created, 0) \
             AND person.id < coalesce(run.first_created, 0) + run.created ORDER BY person.id LIMIT ?4",
        );
        let key = (workspace.id.0, at.run, at.employee, room as i64);
        entries = history::select(connection, workspace, &text, key)?;
        after = (0, 0);
    }
    let left = room - entries.len();
    if left > 0 {
        let text = history::changes_text(
            "WHERE change.workspace_id = ?1 AND change.run_id = ?2 AND change.employee_id >= ?3 \
             ORDER BY change.employee_id, change.number LIMIT ?4",
        );
        // The changes of one employee in one run are few: those that are done are read again and left out.
        let key = (workspace.id.0, at.run, after.0, left as i64 + after.1);
        let found = history::select(connection, workspace, &text, key)?;
        let mut done = after.1;
        let fresh = found.into_iter().filter(|entry| {
            let is_done = entry.employee.0 == after.0 && done > 0;
            done -= i64::from(is_done);
            !is_done
        });
        entries.extend(fresh.take(left));
    }
    Ok(entries)
}

impl FeedPosition {
    /// Goes to a run, unless it is there already.
    fn enter(&mut self, run: &FeedRun) {
        if (self.revision, self.run) != (run.revision, run.id) {
            *self = Self {
                revision: run.revision,
                run: run.id,
                ..Self::default()
            };
        }
    }

    fn pass(&mut self, entry: &HistoryEntry) {
        let is_created = entry.kind == OperationKind::Create;
        let is_same = self.is_past_created != is_created && self.employee == entry.employee.0;
        self.number = match (is_created, is_same) {
            (true, _) => 0,
            (false, true) => self.number + 1,
            (false, false) => 1,
        };
        self.is_past_created = !is_created;
        self.employee = entry.employee.0;
    }

    /// The run of the position.
    pub fn run(&self) -> RunId {
        RunId(self.run)
    }
}

impl fmt::Display for FeedPosition {
    /// As programs get it and send it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}.{}.{}",
            self.revision,
            self.run,
            i64::from(self.is_past_created),
            self.employee,
            self.number
        )
    }
}

impl FromStr for FeedPosition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.').map(|part| {
            let number = part.parse::<i64>().ok();
            number.filter(|number| *number >= 0).ok_or(())
        });
        let mut next = || parts.next().unwrap_or(Err(()));
        let position = Self {
            revision: next()?,
            run: next()?,
            is_past_created: next()? != 0,
            employee: next()?,
            number: next()?,
        };
        match parts.next() {
            None => Ok(position),
            Some(_) => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_is_read_back_and_nothing_else_is() {
        let position = FeedPosition {
            revision: 12,
            run: 34,
            is_past_created: true,
            employee: 5,
            number: 1,
        };
        assert_eq!(position.to_string(), "12.34.1.5.1");
        assert_eq!(position.to_string().parse(), Ok(position));
        for wrong in ["", "1.2.3.4", "1.2.3.4.5.6", "-1.2.0.3.4", "a.b.c.d.e"] {
            assert_eq!(wrong.parse::<FeedPosition>(), Err(()), "{wrong}");
        }
    }
}
