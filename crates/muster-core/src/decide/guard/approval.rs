//! Reasons to review a plan that are not about what the delivery says.

use super::{Evidence, Finding, Guard};
use crate::{
    read::roster::Roster,
    setup::{integration::Setup, policy::Approve},
};

pub(super) fn findings(setup: &Setup, roster: &Roster) -> Vec<Finding> {
    let finding = |guard, evidence| Finding::new(guard, evidence, 0, 0);
    let mut findings = Vec::new();
    match (setup.rules.policy.approve, &roster.last_good) {
        (Approve::Always, _) => {
            findings.push(finding(Guard::ApproveAlways, Evidence::ApproveAlways));
        }
        (Approve::First, None) => findings.push(finding(Guard::FirstRun, Evidence::FirstRun)),
        (Approve::First, Some(last)) if !setup.is_reviewed(&last.setup) => {
            let evidence = Evidence::SetupChanged { run: last.run };
            findings.push(finding(Guard::SetupChanged, evidence));
        }
        _ => {}
    }
    if let Some(run) = roster.held_by {
        let evidence = Evidence::IntegrationHeld { run };
        findings.push(finding(Guard::IntegrationHeld, evidence));
    }
    findings
}
