//! Reporting lines, and what is wrong with them.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::{
    derive::reporting_lines::{Member, Organisation},
    model::{
        ids::EmployeeId,
        response::{DanglingManager, OrgLine, OrgMember, OrgProblems},
        role::Role,
        workspace::Workspace,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many lines an answer has at most.
const MAX_LINES: usize = 10_000;

/// How many employees with an unknown manager are listed; each takes statements of its own.
const MAX_DANGLING: usize = 50;

/// How many reporting cycles are listed.
const MAX_CYCLES: usize = 1_000;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TreeQuery {
    /// Only this employee and those below; everybody if it is absent.
    employee: Option<i64>,
    /// How many levels below the top are listed; all if it is absent.
    depth: Option<usize>,
}

pub(crate) struct Tree;

impl Operation for Tree {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/org";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_reporting_lines";
    const SUMMARY: &'static str =
        "The reporting lines from the top: each employee after the manager";
    type Path = NoPath;
    type Query = TreeQuery;
    type Body = NoBody;
    type Answer = Vec<OrgLine>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let organisation = organisation(call, workspace)?;
        let top = match sent.query.employee {
            None => None,
            Some(id) => {
                let found = organisation.position(EmployeeId(id));
                Some(found.ok_or_else(ApiProblem::not_found)?)
            }
        };
        let tree = organisation.tree(top, sent.query.depth);
        if tree.len() > MAX_LINES {
            return Err(ApiProblem::invalid(format!(
                "depth: the answer would have more than {MAX_LINES} lines; ask for fewer levels or for one employee"
            )));
        }
        let lines = tree.iter().map(|branch| OrgLine::of(&organisation, branch));
        Ok(lines.collect::<Vec<_>>().into())
    }
}

pub(crate) struct Problems;

impl Operation for Problems {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/org/problems";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_reporting_problems";
    const SUMMARY: &'static str = "Manager ids that no employee has, and reporting cycles";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = OrgProblems;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let organisation = organisation(call, workspace)?;
        let mut dangling = Vec::new();
        for at in organisation.dangling().take(MAX_DANGLING) {
            let member = organisation.member(at);
            let since = call.app.store.manager_id_since(workspace, member.id)?;
            dangling.push(DanglingManager::new(member, since));
        }
        dangling.sort_by_key(|found| (found.since, found.member.employee));
        let more = organisation.dangling().count() - dangling.len();
        let answer = |cycle: Vec<&Member>| -> Vec<OrgMember> {
            cycle.into_iter().map(OrgMember::from).collect()
        };
        Ok(OrgProblems {
            dangling,
            more_dangling: more as u64,
            cycles: organisation.cycles().take(MAX_CYCLES).map(answer).collect(),
        }
        .into())
    }
}

fn organisation(call: &Call, workspace: &Workspace) -> Result<Organisation, ApiProblem> {
    let members = call.app.store.members(workspace)?;
    Ok(Organisation::new(members, workspace.settings.manager_left))
}
