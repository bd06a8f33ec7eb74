//! Warns of rings of managers that a plan would close, with their paths, before it is shown.

use muster_core::{
    code::Code,
    field::canonical,
    plan::{Changed, OperationKind},
    problem::{Problem, Severity, shown},
    proposal::Proposal,
    workspace::Workspace,
};
use muster_store::{Store, StoreError};

/// Beyond so many new links (a first load), rings are left to `muster org`, which looks at everybody at once.
const LINKS: usize = 50_000;

/// Adds a warning for each ring that the new manager ids of a plan close.
pub(crate) fn warn(proposal: &mut Proposal, workspace: &Workspace, store: &Store) -> Result<(), StoreError> {
    let changed = changed(proposal);
    if changed.is_empty() || changed.len() > LINKS {
        return Ok(());
    }
    let mut failed = None;
    let links = changed.iter().map(|(id, manager)| (id.as_str(), manager.as_str()));
    let rings = muster_core::organisation::closed_rings(links, |id| {
        store.manager_of(workspace.id, id).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    for ring in rings {
        proposal.problems.push(ring_problem(&ring));
    }
    Ok(())
}

/// External ids and the manager ids that the plan gives them.
fn changed(proposal: &Proposal) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let new = proposal.plan.creates.iter().map(|create| proposal.reading.drafts.facts(create.draft));
    for facts in new {
        if let (Some(id), Some(manager)) =
            (facts.value(canonical::EXTERNAL_ID), facts.value(canonical::MANAGER_EXTERNAL_ID))
        {
            links.push((id.to_owned(), manager.to_owned()));
        }
        if links.len() > LINKS {
            return links;
        }
    }
    let known = proposal.plan.operations.iter().filter(|operation| operation.kind != OperationKind::Create);
    for operation in known.filter(|operation| operation.held.is_none()) {
        let new = |field| operation.changes.iter().find(|change| change.what == Changed::Field(field));
        let id = new(canonical::EXTERNAL_ID)
            .and_then(|change| change.new.clone())
            .or_else(|| operation.who.external_id.clone());
        let manager = new(canonical::MANAGER_EXTERNAL_ID).and_then(|change| change.new.clone());
        links.extend(id.zip(manager));
    }
    links
}

fn ring_problem(ring: &[String]) -> Problem {
    let path = ring.iter().map(|id| shown(id)).collect::<Vec<_>>().join(", ");
    let (code, what) = if ring.len() == 2 {
        (Code::ManagerSelf, "names themselves as their manager")
    } else {
        (Code::ManagerRing, "is in a ring of managers")
    };
    let mut problem = Problem::new(
        code,
        Severity::Warning,
        format!(
            "`{}` {what} ({path}); the link that closes it is left out",
            ring.first().map(|id| shown(id)).unwrap_or_default()
        ),
        "correct the manager of one of them in the source",
    );
    problem.subject = ring.first().map(|id| shown(id));
    problem
}
