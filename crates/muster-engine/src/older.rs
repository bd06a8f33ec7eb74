//! Looks whether a delivery is older than the one before it: a forgotten old file must not undo a new one.

use jiff::Timestamp;
use muster_core::{
    decide::proposal::{Finding, Proposal, Verdict},
    model::{origin::DeliveredFile, problem::shown, workspace::Workspace},
    read::roster::Roster,
};
use muster_store::{Store, StoreError};

/// Holds a plan that rests on files of which the newest is older than the newest of the last good run. Files
/// without a time prove nothing.
pub(crate) fn hold(
    proposal: &mut Proposal,
    files: &[DeliveredFile],
    (workspace, roster): (&Workspace, &Roster),
    store: &Store,
) -> Result<(), StoreError> {
    let (Some((now, name)), Some(last)) = (newest(files), &roster.last_good) else {
        return Ok(());
    };
    if proposal.plan.is_empty() {
        return Ok(());
    }
    let before = store
        .run(workspace.id, last.run)?
        .map(|run| run.files)
        .unwrap_or_default();
    let Some((then, other)) = newest(&before).filter(|(then, _)| now < *then) else {
        return Ok(());
    };
    let (name, other, run) = (shown(name), shown(other), last.run);
    proposal.findings.push(Finding {
        guard: "older".to_owned(),
        message: format!("`{name}` was changed on {now:.0}, before `{other}` of run {run}, which was on {then:.0}"),
        advice: "an old file brings old values back: remove it from the source, or approve the plan if it is meant"
            .to_owned(),
        people: Vec::new(),
        count: 0,
        of: 0,
    });
    proposal.verdict = Verdict::Hold;
    Ok(())
}

fn newest(files: &[DeliveredFile]) -> Option<(Timestamp, &str)> {
    files
        .iter()
        .filter_map(|file| Some((file.modified?, file.name.as_str())))
        .max()
}
