//! Corrected records of the last delivery of an integration: what is still wrong with them or what they would change, and the
//! job that applies them.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoQuery, Operation, Sent},
        jobs::write,
        problem::ApiProblem,
        runs,
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    edit_request::{CorrectedRecord, EditRequest},
    response::{JobLine, RepairPreview},
    role::Role,
};
use muster_store::RequestedEdit;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most records of one request.
const MAX_RECORDS: usize = 200;

/// Rejected records of a run with corrected values.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    records: Vec<CorrectedRecord>,
    /// Why.
    note: Option<String>,
}

impl Body for Correction {}

impl Correction {
    fn checked(self) -> Result<(Vec<CorrectedRecord>, Option<String>), ApiProblem> {
        if self.records.is_empty() || self.records.len() > MAX_RECORDS {
            return Err(ApiProblem::invalid(format!(
                "records: expected 1 to {MAX_RECORDS} records"
            )));
        }
        Ok((self.records, write::note(self.note)?))
    }
}

pub(crate) struct Preview;

impl Operation for Preview {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/repairs/preview";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "preview_repair";
    const SUMMARY: &'static str = "Check corrected records: what is still wrong, or what they would change; nothing is changed";
    type Path = runs::RunPath;
    type Query = NoQuery;
    type Body = Correction;
    type Answer = RepairPreview;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<RepairPreview>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = runs::found(call, workspace, sent.path.run)?;
        let (records, _) = sent.body.checked()?;
        let sentences = call.app.web.sentences;
        let answer = match (call.app.web.check_repair)(workspace, run.id, &records) {
            Ok(checked) => RepairPreview {
                problems: Vec::new(),
                operations: checked.operations,
                findings: checked
                    .findings
                    .iter()
                    .map(|finding| sentences.finding_answer(finding))
                    .collect(),
            },
            Err(problems) => RepairPreview {
                problems: problems
                    .iter()
                    .map(|problem| sentences.problem_answer(problem, &run.files))
                    .collect(),
                operations: Vec::new(),
                findings: Vec::new(),
            },
        };
        Ok(answer.into())
    }
}

pub(crate) struct Perform;

impl Operation for Perform {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/repairs";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "repair_records";
    const SUMMARY: &'static str = "Apply rejected records of a run with corrected values, for this delivery only; guards apply as for every run";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = runs::RunPath;
    type Query = NoQuery;
    type Body = Correction;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = runs::found(call, workspace, sent.path.run)?;
        let (records, note) = sent.body.checked()?;
        let edit = RequestedEdit {
            request: EditRequest::Repair {
                run: run.id,
                records,
            },
            revision: None,
            note,
            actor: call.client.caller.actor(),
        };
        write::accept(call, workspace, &write::edit(workspace, edit))
    }
}
