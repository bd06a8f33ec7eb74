//! Smart groups as text.

use super::{count, moment, safe, table};
use crate::text::group;
use anstream::println;
use muster_core::model::{employee::Employee, ids::RunId, plan::Who};
use muster_store::{GroupMoves, MembershipMove, StoredGroup};
use owo_colors::OwoColorize;

/// All groups of a workspace.
pub(crate) fn list(sizes: &[(String, u64)], smart: &[StoredGroup]) {
    if sizes.is_empty() {
        println!(
            "the workspace has no groups\n  help: list them under [workspace] in the integration file"
        );
    } else {
        let rows = sizes
            .iter()
            .map(|(name, members)| vec![safe(name), members.to_string()]);
        println!("{}", table(&["group", "employees"], rows));
    }
    println!();
    if smart.is_empty() {
        println!(
            "there are no smart groups\n  help: write their rules in a groups file, then run `muster groups preview FILE.toml`"
        );
        return;
    }
    let rows = smart.iter().map(|stored| {
        vec![
            safe(&stored.group.name),
            stored.members.to_string(),
            safe(&group::rule(&stored.group)),
        ]
    });
    println!("{}", table(&["smart group", "employees", "rule"], rows));
}

/// The rule of a group and when it was saved.
pub(crate) fn head(name: &str, stored: Option<&StoredGroup>) {
    let Some(stored) = stored else {
        println!("{} was removed", safe(name).bold());
        return;
    };
    println!(
        "{}: {}",
        safe(name).bold(),
        count(stored.members, "employee", "employees")
    );
    println!("  rule: {}", safe(&group::rule(&stored.group)));
    let by = stored
        .saved_by
        .as_deref()
        .map(|by| format!(" by {}", safe(by)))
        .unwrap_or_default();
    println!(
        "  saved {} in run {}{by}",
        moment(stored.saved_at),
        stored.saved_run
    );
    if stored.depends_on_today {
        println!(
            "  the rule depends on the current date; last evaluated on {}",
            stored.evaluated_on
        );
    }
}

/// A member as a row of [`members`].
pub(crate) fn member_row(person: &Employee, since: RunId) -> Vec<String> {
    vec![
        safe(&person.name()),
        safe(person.external_id().unwrap_or_default()),
        safe(person.email()),
        person.status.as_str().to_owned(),
        since.to_string(),
    ]
}

/// The members of a group.
pub(crate) fn members(rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        println!("the group has no members");
    } else {
        println!(
            "{}",
            table(
                &[
                    "name",
                    "external id",
                    "e-mail address",
                    "status",
                    "since run"
                ],
                rows
            )
        );
    }
}

/// The employees who joined and left, newest first; at most `most` are known.
pub(crate) fn history(moves: &[MembershipMove], most: u32) {
    if moves.is_empty() {
        println!("no employee has joined or left the group yet");
    }
    for moved in moves {
        let (sign, word) = if moved.joined {
            ("+", "joined")
        } else {
            ("-", "left")
        };
        println!(
            "  {} run {}: {sign} {} {word} because {}",
            moment(moved.at).dimmed(),
            moved.run,
            safe(&moved.who.to_string()),
            group::membership(&moved.reason)
        );
    }
    if moves.len() as u64 >= u64::from(most) {
        println!("  only the latest {most} are listed");
    }
}

/// Why memberships change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The rule would be saved.
    Preview,
    /// The rule was saved.
    Saved,
    /// A day has passed.
    Day,
}

/// The employees who join and leave one group.
pub(crate) fn moves(moves: &GroupMoves, cause: Cause) {
    let state = match moves {
        _ if cause == Cause::Day => "evaluated for today",
        GroupMoves { is_new: true, .. } => "new",
        GroupMoves {
            is_changed: true, ..
        } => "changed",
        _ => "rule unchanged",
    };
    let members = count(moves.members, "employee", "employees");
    let (joins, leaves) = if cause == Cause::Preview {
        ("would join", "would leave")
    } else {
        ("joined", "left")
    };
    println!(
        "{} ({state}): {members}; {} {joins}, {} {leaves}",
        safe(&moves.name).bold(),
        moves.joins,
        moves.leaves
    );
    first_of("+", moves.joins, &moves.first_joining);
    first_of("-", moves.leaves, &moves.first_leaving);
    if moves.undecided > 0 {
        let people = count(moves.undecided, "employee is", "employees are");
        println!(
            "  ! {people} not a member because a value that the expression needs is blank or cannot be compared"
        );
    }
}

fn first_of(sign: &str, all: u64, first: &[Who]) {
    first
        .iter()
        .for_each(|who| println!("  {sign} {}", safe(&who.to_string())));
    let rest = all - first.len() as u64;
    if rest > 0 {
        println!("  {sign} ... and {rest} more");
    }
}
