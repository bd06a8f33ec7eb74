//! The change feed: every change of every employee, in the order in which they were applied.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, Operation, Sent},
        paging::limit,
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
};
use muster_core::model::{
    response::{ChangeFeed, EmployeeChange},
    role::Role,
};
use muster_store::FeedPosition;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedQuery {
    /// The `next` of the last answer; `now` for what is applied from now on; absent for everything that is known.
    after: Option<String>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct Feed;

impl Operation for Feed {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/changes";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_changes";
    const SUMMARY: &'static str = "Changes of employees in the order in which they were applied; a cursor skips and repeats none";
    type Path = NoPath;
    type Query = FeedQuery;
    type Body = NoBody;
    type Answer = ChangeFeed;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<ChangeFeed>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let limit = limit(sent.query.limit)?;
        let after = match sent.query.after.as_deref() {
            None => FeedPosition::default(),
            Some("now") => {
                let next = store.end_of_change_feed(workspace)?.to_string();
                return Ok(ChangeFeed {
                    changes: Vec::new(),
                    next,
                    more: false,
                }
                .into());
            }
            Some(cursor) => cursor.parse().map_err(|()| {
                ApiProblem::invalid("after: expected the `next` of an answer, or `now`".to_owned())
            })?,
        };
        let page = store.change_feed(workspace, after, limit)?;
        let page = page.ok_or(ProblemKind::Expired)?;
        let changes = page.entries.iter().map(|entry| EmployeeChange {
            employee: entry.employee,
            entry: entry.answer(&workspace.schema),
        });
        Ok(ChangeFeed {
            changes: changes.collect(),
            next: page.next.to_string(),
            more: page.has_more,
        }
        .into())
    }
}
