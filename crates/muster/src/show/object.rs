//! The JSON objects of the command line. Values are as they are: programs escape for themselves.

use crate::text;
use muster_core::{
    decide::{
        guard::Finding,
        proposal::{OperationView, Verdict},
    },
    model::{
        field::Schema,
        origin::DeliveredFile,
        pin::PinNotice,
        plan::Change,
        problem::{Problem, Severity},
    },
    read::reading::Completeness,
};
use muster_engine::Outcome;
use serde_json::{Value, json};

/// The object that `sync`, `plan`, `sweep` and `undo` print.
pub(crate) fn object(outcome: &Outcome, schema: &Schema) -> Value {
    let proposal = outcome.proposal.as_ref();
    let counts = proposal
        .map(|proposal| proposal.counts)
        .or(outcome.known.map(|known| known.counts))
        .unwrap_or_default();
    let operations = proposal.map(|proposal| {
        proposal
            .views()
            .map(|view| operation(&view, schema, &outcome.files))
            .collect::<Vec<_>>()
    });
    let own = proposal
        .into_iter()
        .flat_map(|proposal| proposal.problems.kept());
    let problems = own
        .chain(outcome.warnings.kept())
        .map(|found| problem(found, &outcome.files));
    let error = outcome.error.as_ref();
    json!({
        "run": outcome.run.to_string(),
        "plan": outcome.plan.as_ref().map(ToString::to_string),
        "status": if outcome.status == muster_core::model::run::RunStatus::Planned { "held" } else { outcome.status.as_str() },
        "delivery": delivery(outcome),
        "counts": counts,
        "operations": operations.unwrap_or_default(),
        "companies": proposal.map(|proposal| &proposal.company_ends[..]).unwrap_or_default(),
        "problems": problems.collect::<Vec<_>>(),
        "pins": proposal.into_iter().flat_map(|proposal| &proposal.pins).map(|found| pin(found, schema, &outcome.files)).collect::<Vec<_>>(),
        "guard": {
            "verdict": proposal.map_or(Verdict::Go, |proposal| proposal.verdict),
            "profile": proposal.and_then(|proposal| super::profile_of_change(proposal, schema)),
            "findings": proposal.into_iter().flat_map(|proposal| &proposal.findings).map(finding).collect::<Vec<_>>(),
        },
        "error": error.map(|error| json!({ "code": error.code, "message": error.message, "advice": error.advice })),
    })
}

/// What a guard found.
fn finding(finding: &Finding) -> Value {
    json!({
        "guard": finding.guard.as_str(),
        "message": text::guard::message(finding),
        "advice": text::guard::help(finding),
        "people": finding.people,
        "count": finding.count,
        "of": finding.of,
    })
}

fn delivery(outcome: &Outcome) -> Value {
    let (completeness, reason) = match &outcome.completeness {
        Some(Completeness::Complete) => (Some("complete"), None),
        Some(Completeness::Partial(reason)) => (Some("partial"), Some(reason.as_str())),
        None => (None, None),
    };
    let file = |file: &DeliveredFile| json!({ "name": file.name, "bytes": file.bytes, "modified": file.modified, "sha256": file.sha256 });
    json!({
        "completeness": completeness,
        "reason": reason,
        "same_as": outcome.known.map(|known| known.run.to_string()),
        "files": outcome.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// A pinned field of which the source says something else.
fn pin(notice: &PinNotice, schema: &Schema, files: &[DeliveredFile]) -> Value {
    let PinNotice { pin, who, .. } = notice;
    json!({
        "employee": notice.employee,
        "external_id": who.external_id,
        "email": who.email,
        "name": who.name,
        "field": schema.key(pin.field),
        "value": pin.value,
        "source": notice.said,
        "reason": pin.reason,
        "author": pin.author,
        "created": pin.created,
        "until": pin.until,
        "origin": notice.place.map(|place| super::place(place, files)),
    })
}

pub(crate) fn operation(
    view: &OperationView<'_>,
    schema: &Schema,
    files: &[DeliveredFile],
) -> Value {
    json!({
        "id": view.number,
        "kind": view.kind,
        "employee": view.employee,
        "external_id": view.who.external_id,
        "email": view.who.email,
        "name": view.who.name,
        "status": view.status,
        "changes": view.changes.iter().map(|found| change(found, schema)).collect::<Vec<_>>(),
        "reason": view.reason,
        "held": view.held,
        "origin": view.place.map(|place| super::place(place, files)),
    })
}

/// One change of a value.
pub(crate) fn change(change: &Change, schema: &Schema) -> Value {
    json!({
        "field": schema.changed(change.what),
        "old": change.old,
        "new": change.new,
        "reason": change.reason,
    })
}

pub(crate) fn problem(problem: &Problem, files: &[DeliveredFile]) -> Value {
    let file = problem
        .place
        .and_then(|place| files.get(usize::from(place.file)));
    let severity = match problem.severity {
        Severity::Warning => "warning",
        Severity::Rejected => "rejected",
        Severity::Refused => "refused",
    };
    json!({
        "code": problem.code,
        "severity": severity,
        "origin": problem.place.map(|place| super::place(place, files)),
        "file": file.map(|file| &file.name),
        "line": problem.place.map(|place| place.line),
        "field": problem.field,
        "value": problem.value,
        "subject": problem.subject,
        "message": crate::text::message(problem),
        "advice": crate::text::help(problem),
    })
}
