//! Groups, smart groups, custom fields and pinned fields.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{
    response::{CustomField, GroupDetails, GroupSize, Groups, Pin},
    role::Role,
};
use muster_store::{MembershipMove, member};
use schemars::JsonSchema;
use serde::Deserialize;

/// The number of moves of a history.
const MAX_MOVES: u32 = 1_000;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/groups";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_groups";
    const SUMMARY: &'static str = "Groups and smart groups with their sizes";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Groups;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Groups>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let sizes = store.group_sizes(workspace)?.into_iter();
        let smart = store.smart_groups(workspace)?;
        Ok(Groups {
            groups: sizes
                .map(|(name, members)| GroupSize { name, members })
                .collect(),
            smart_groups: smart
                .iter()
                .map(|stored| stored.answer((call.app.web.sentences.group)(&stored.group)))
                .collect(),
        }
        .into())
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct GroupPath {
    /// The name of the group.
    pub(super) group: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupQuery {
    /// The employees who joined and left, instead of the members.
    #[serde(default)]
    history: bool,
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/groups/{group}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_smart_group";
    const SUMMARY: &'static str = "One smart group with its rule and its members, or its history";
    type Path = GroupPath;
    type Query = GroupQuery;
    type Body = NoBody;
    type Answer = GroupDetails;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<GroupDetails>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let (name, with_history) = (sent.path.group, sent.query.history);
        let all = store.smart_groups(workspace)?;
        let group = all.iter().find(|group| group.group.name == name);
        let moves = match with_history || group.is_none() {
            true => store.smart_group_history(workspace, &name, MAX_MOVES)?,
            false => Vec::new(),
        };
        if group.is_none() && moves.is_empty() {
            return Err(ApiProblem::not_found());
        }
        let mut members = Vec::new();
        if !with_history {
            store.smart_group_members(workspace, &name, &mut |employee, since| {
                members.push(member(employee, since));
                true
            })?;
        }
        let version = group.map(|group| group.saved_run.0);
        let answer = GroupDetails {
            removed: group.is_none(),
            state: group.map(|stored| stored.state((call.app.web.sentences.group)(&stored.group))),
            people: (!with_history).then_some(members),
            history: with_history.then(|| moves.iter().map(MembershipMove::answer).collect()),
            name,
        };
        Ok(match version {
            Some(version) => Answered::version(answer, version),
            None => answer.into(),
        })
    }
}

pub(crate) struct Fields;

impl Operation for Fields {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/fields";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_custom_fields";
    const SUMMARY: &'static str = "Custom fields with what uses them";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<CustomField>;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Vec<CustomField>>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let mut fields = Vec::new();
        for (number, field) in workspace.schema.own() {
            let used = store.field_use(workspace, number)?;
            fields.push(CustomField::new(
                field,
                used.people,
                &used.integrations,
                &used.smart_groups,
            ));
        }
        Ok(fields.into())
    }
}

pub(crate) struct Pins;

impl Operation for Pins {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/pins";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_pins";
    const SUMMARY: &'static str = "All pinned fields";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<Pin>;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Vec<Pin>>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let today = call.today(workspace);
        let mut ids: Vec<_> = store.pins(workspace)?.iter().map(|(id, _)| *id).collect();
        ids.dedup();
        let people = store.employees_by_ids(workspace, &ids)?;
        let pins = people.iter().flat_map(|employee| {
            let pins = employee.pins.iter();
            pins.map(move |pin| Pin::new(employee, pin, &workspace.schema, today))
        });
        Ok(pins.collect::<Vec<_>>().into())
    }
}
