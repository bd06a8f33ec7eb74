//! The audit log of a workspace.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, Operation, Sent},
        paging::{limit, page},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{
    audit::Act,
    ids::WorkspaceId,
    response::{AuditEntry, Page},
    role::Role,
};
use muster_store::{AuditQuery, StoredAudit};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Only the entries of this act.
    act: Option<Act>,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/audit";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "list_audit_entries";
    const SUMMARY: &'static str = "The audit log, newest entries first";
    type Path = NoPath;
    type Query = ListQuery;
    type Body = NoBody;
    type Answer = Page<AuditEntry>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let limit = limit(sent.query.limit)?;
        let query = AuditQuery {
            workspace: Some(workspace.id),
            act: sent.query.act,
            since: None,
            before: sent.query.after,
            limit: limit + 1,
        };
        let entries = call.app.store.audit_page(&query)?;
        let cursor = |entry: &StoredAudit| entry.number.to_string();
        let name = |id: WorkspaceId| (id == workspace.id).then(|| workspace.name.clone());
        Ok(page(entries, limit, cursor, |entry| entry.into_answer(name)).into())
    }
}
