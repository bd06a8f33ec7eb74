//! A delivery with the content of one that took effect earlier, while another did since: probably an old file that was
//! delivered again. It is a warning, because a corrected file may be put back, and held if it would do more than that.

use super::{Evidence, Finding, Guard, acting};
use crate::{
    decide::proposal::{Proposal, Verdict},
    model::{
        code::Code,
        ids::RunId,
        plan::{Operation, OperationKind, Reason},
        problem::{Problem, Severity, evidence},
    },
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Employees that old content may change without review.
pub const MAX_CHANGED: u64 = 3;

/// The run that had the same content, and when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierDelivery {
    pub run: RunId,
    pub at: Timestamp,
}

/// Warns of old content, and holds its plan if that would deactivate or reactivate an employee or change more than
/// [`MAX_CHANGED`].
pub fn check(proposal: &mut Proposal, earlier: EarlierDelivery) {
    let EarlierDelivery { run, at } = earlier;
    proposal.problems.push(Problem::new(
        Code::OldContent,
        Severity::Warning,
        evidence::Detail::OldContent { run, at },
        evidence::Remedy::DeliverNewest,
    ));
    let caused = || acting(proposal).filter(|operation| !is_due(operation));
    let comes_or_goes =
        |kind: OperationKind| kind.is_removal() || kind == OperationKind::Reactivate;
    let moved = caused().any(|operation| comes_or_goes(operation.kind));
    let employees: BTreeSet<_> = caused()
        .filter_map(|operation| operation.employee)
        .collect();
    let changed = (employees.len() + proposal.plan.creates.len()) as u64;
    if !moved && changed <= MAX_CHANGED {
        return;
    }
    let affected: Vec<&Operation> = caused().collect();
    let people = super::first_names(&affected);
    let finding = Finding {
        people,
        ..Finding::new(
            Guard::OldContent,
            Evidence::OldContent { run, at },
            changed,
            proposal.plan.len() as u64,
        )
    };
    proposal.findings.push(finding);
    proposal.verdict = Verdict::Hold;
}

/// Whether a stored date causes the operation, and no record.
fn is_due(operation: &Operation) -> bool {
    operation.draft.is_none()
        && [
            Reason::OnboardingDate,
            Reason::OffboardingDate,
            Reason::PinExpired,
        ]
        .contains(&operation.reason)
}
