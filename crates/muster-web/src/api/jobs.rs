//! Jobs: what runs, waits and has ended.

pub(crate) mod write;

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{
    response::{JobLine, Problem},
    role::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many jobs are listed.
const MAX_LIVE: u32 = 200;
const MAX_ENDED: u32 = 50;

/// The jobs of a workspace.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Jobs {
    /// Jobs that run or wait.
    jobs: Vec<JobLine>,
    /// The last jobs that ended, the latest first.
    ended: Vec<JobLine>,
}

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/jobs";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_jobs";
    const SUMMARY: &'static str = "The jobs that run or wait, and the last ones that ended";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Jobs;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Jobs>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let line = |job: muster_store::ListedJob| job.answer(workspace.name.clone());
        let live = store.live_jobs_of(workspace.id, MAX_LIVE)?;
        let ended = store.ended_jobs_of(workspace.id, MAX_ENDED)?;
        Ok(Jobs {
            jobs: live.into_iter().map(line).collect(),
            ended: ended.into_iter().map(line).collect(),
        }
        .into())
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct JobPath {
    job: i64,
}

/// A job, and why it could not do what it was asked for.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Job {
    #[serde(flatten)]
    line: JobLine,
    problem: Option<Problem>,
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/jobs/{job}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_job";
    const SUMMARY: &'static str = "One job: whether it waits, runs or has ended, and how";
    type Path = JobPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Job;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Job>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let job = store.job(workspace.id, sent.path.job)?;
        let job = job.ok_or_else(ApiProblem::not_found)?;
        let problem = store.job_problem(workspace.id, job.id)?;
        let sentences = call.app.web.sentences;
        Ok(Job {
            line: job.answer(workspace.name.clone()),
            problem: problem.map(|problem| sentences.problem_answer(&problem, &[])),
        }
        .into())
    }
}
