//! The answers of the command line for programs, built from what the engine and the store give. Values are unchanged:
//! programs escape for themselves.

use super::origin;
use crate::text;
use muster_core::{
    decide::{guard, proposal::Verdict},
    model::{
        field::Schema,
        origin::DeliveredFile,
        pin, problem,
        response::{
            self, Each, ErrorAnswer, Finding, Guard, Operation, PinNotice, PlanInsight, Problem,
            Run, RunReport,
        },
        run,
    },
    read::reading::Completeness,
};
use muster_engine::{Outcome, RunError, Unused, UnusedRecord};
use serde::Serialize;

/// The answer of `sync`, `plan`, `sweep`, `undo` and manual edits. Operations are written one by one: a plan has a million.
pub(crate) fn report<'a>(
    outcome: &'a Outcome,
    recorded: &run::Run,
    schema: &'a Schema,
    insight: Option<PlanInsight>,
) -> RunReport<impl Serialize + use<'a>, impl Serialize + use<'a>> {
    let proposal = outcome.proposal.as_ref();
    let files = outcome.files.as_slice();
    let mut run = Run::from(recorded);
    run.status = outcome.status.into();
    run.plan = outcome.plan.as_ref().map(ToString::to_string);
    run.counts = proposal
        .map(|proposal| proposal.counts)
        .or(outcome.known.map(|known| known.counts))
        .unwrap_or_default();
    (run.delivery.completeness, run.delivery.reason) = match &outcome.completeness {
        Some(Completeness::Complete) => (Some("complete".to_owned()), None),
        Some(Completeness::Partial(reason)) => {
            (Some("partial".to_owned()), Some(reason.as_str().to_owned()))
        }
        None => (None, None),
    };
    run.delivery.same_as = outcome.known.map(|known| known.run);
    run.delivery.files = outcome.files.clone();
    run.error = outcome.error.as_ref().map(error);
    let findings = proposal.into_iter().flat_map(|proposal| &proposal.findings);
    let pins = proposal.into_iter().flat_map(|proposal| &proposal.pins);
    RunReport {
        run,
        guard: Guard {
            verdict: proposal.map_or(Verdict::Go, |proposal| proposal.verdict),
            profile: proposal.and_then(|proposal| super::profile_of_change(proposal, schema)),
            findings: findings.map(finding).collect(),
        },
        insight,
        operations: Each(move || {
            let views = proposal.into_iter().flat_map(|proposal| proposal.views());
            views.map(move |view| Operation::new(&view, schema, files))
        }),
        companies: proposal
            .map(|proposal| proposal.company_ends.clone())
            .unwrap_or_default(),
        new_groups: proposal
            .map(|proposal| proposal.new_groups.clone())
            .unwrap_or_default(),
        problems: Each(move || {
            let own = proposal
                .into_iter()
                .flat_map(|proposal| proposal.problems.kept());
            own.chain(outcome.warnings.kept())
                .map(move |found| problem(found, files))
        }),
        pins: pins.map(|found| pin(found, schema, files)).collect(),
    }
}

/// Why a run failed.
fn error(error: &RunError) -> ErrorAnswer {
    let (message, help) = text::run_error(error);
    ErrorAnswer {
        code: Some(error.code),
        message,
        help,
    }
}

/// A record that created no employee, and why.
pub(crate) fn unused(record: &UnusedRecord) -> response::UnusedRecord {
    let outcome = match &record.cause {
        Unused::NotSelected { .. } => "not_selected",
        Unused::Undecided => "undecided",
        Unused::Ended { .. } => "ended",
        Unused::Rejected(_) => "rejected",
        Unused::Superseded => "superseded",
        Unused::Pending(_) => "pending",
        Unused::NotApplied => "not_applied",
    };
    response::UnusedRecord {
        integration: record.integration.clone(),
        run: record.run,
        at: record.at,
        origin: origin(record.origin, &record.files),
        outcome: outcome.to_owned(),
        message: text::unused::message(&record.cause),
    }
}

pub(crate) fn finding(finding: &guard::Finding) -> Finding {
    let (message, help) = (text::guard::message(finding), text::guard::help(finding));
    Finding::new(finding, message, help)
}

fn pin(notice: &pin::PinNotice, schema: &Schema, files: &[DeliveredFile]) -> PinNotice {
    let pin::PinNotice { pin, who, .. } = notice;
    PinNotice {
        employee: notice.employee,
        external_id: who.external_id.clone(),
        email: who.email.clone(),
        name: who.name.clone(),
        field: schema.key(pin.field).to_owned(),
        value: pin.value.clone(),
        source: notice.said.clone(),
        reason: pin.reason.clone(),
        author: pin.author.clone(),
        created: pin.created,
        until: pin.until,
        origin: notice.origin.map(|at| origin(at, files)),
    }
}

pub(crate) fn problem(problem: &problem::Problem, files: &[DeliveredFile]) -> Problem {
    Problem::new(problem, files, text::message(problem), text::help(problem))
}
