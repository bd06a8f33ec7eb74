//! Programs save and remove smart groups, and see first who would join and leave.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoQuery, Operation, Sent},
        groups::GroupPath,
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
    state::GroupChange,
};
use axum::http::Method;
use muster_core::{
    derive::smart_group::{Condition, RulePosition, SmartGroup},
    model::{
        response::{GroupRemoved, GroupsSaved},
        role::Role,
        workspace::Workspace,
    },
    setup::settings::RawCondition,
};
use muster_store::{GroupMoves, StoredGroup};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::slice;

/// The rule of a smart group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Conditions as `get_smart_group` shows them, such as `{"field": "country", "in": ["NL"]}`. Conditions on one field are
    /// alternatives; those on different fields must all be met.
    #[serde(default)]
    conditions: Vec<Map<String, Value>>,
    /// What must be true besides, in the expression language.
    expression: Option<String>,
}

impl Body for Rule {}

pub(crate) struct Preview;

impl Operation for Preview {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/groups/{group}/preview";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "preview_smart_group";
    const SUMMARY: &'static str =
        "Who would join and leave a smart group with this rule; nothing is changed";
    type Path = GroupPath;
    type Query = NoQuery;
    type Body = Rule;
    type Answer = GroupsSaved;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let group = checked(call, workspace, sent.path.group, sent.body)?;
        let (store, today) = (&call.app.store, call.today(workspace));
        let moves = store.preview_smart_groups(workspace, slice::from_ref(&group), today)?;
        Ok(GroupsSaved {
            saved: false,
            run: None,
            smart_groups: moves.iter().map(GroupMoves::answer).collect(),
        }
        .into())
    }
}

pub(crate) struct Save;

impl Operation for Save {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/groups/{group}";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "save_smart_group";
    const SUMMARY: &'static str = "Create a smart group, or change its rule";
    type Path = GroupPath;
    type Query = NoQuery;
    type Body = Rule;
    type Answer = GroupsSaved;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let name = sent.path.group;
        refuse_changed(call, found(call, workspace, &name)?.as_ref())?;
        let group = checked(call, workspace, name, sent.body)?;
        let by = call.client.caller.actor();
        let saved = (call.app.web.change_groups)(workspace, &GroupChange::Save(group), by)?;
        let answer = GroupsSaved {
            saved: true,
            run: Some(saved.run),
            smart_groups: saved.moves.iter().map(GroupMoves::answer).collect(),
        };
        Ok(Answered::version(answer, saved.run.0))
    }
}

pub(crate) struct Remove;

impl Operation for Remove {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/groups/{group}";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "remove_smart_group";
    const SUMMARY: &'static str = "Remove a smart group; its history is kept";
    type Path = GroupPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = GroupRemoved;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let name = sent.path.group;
        let stored = found(call, workspace, &name)?.ok_or_else(ApiProblem::not_found)?;
        refuse_changed(call, Some(&stored))?;
        let change = GroupChange::Remove(name);
        let by = call.client.caller.actor();
        let removed = (call.app.web.change_groups)(workspace, &change, by)?;
        Ok(GroupRemoved {
            removed: stored.group.name,
            run: removed.run,
            left: removed.left,
        }
        .into())
    }
}

fn found(
    call: &Call,
    workspace: &Workspace,
    name: &str,
) -> Result<Option<StoredGroup>, ApiProblem> {
    let all = call.app.store.smart_groups(workspace)?;
    Ok(all.into_iter().find(|stored| stored.group.name == name))
}

/// The version of a smart group is the run that saved its rule.
fn refuse_changed(call: &Call, stored: Option<&StoredGroup>) -> Result<(), ApiProblem> {
    match call.expected_version()? {
        Some(expected) if stored.is_none_or(|stored| stored.saved_run.0 != expected) => {
            Err(ProblemKind::Changed.into())
        }
        _ => Ok(()),
    }
}

/// A rule from outside; refused with everything that is wrong with it.
fn checked(
    call: &Call,
    workspace: &Workspace,
    name: String,
    rule: Rule,
) -> Result<SmartGroup, ApiProblem> {
    let (mut conditions, mut wrong) = (Vec::new(), Vec::new());
    for (number, condition) in rule.conditions.into_iter().enumerate() {
        let raw: RawCondition = serde_json::from_value(Value::Object(condition))
            .map_err(|error| ApiProblem::invalid(format!("conditions[{number}]: {error}")))?;
        let (tests, not_days) = raw.tests();
        let refused = not_days.iter();
        wrong.extend(refused.map(|text| {
            format!(
                "conditions[{number}]: `{text}` is not a day such as `2026-05-31` or `today - 30`"
            )
        }));
        let field = raw.field.clone();
        conditions.push(Condition { field, tests });
    }
    let group = SmartGroup {
        name,
        conditions,
        expression: rule.expression.filter(|source| !source.trim().is_empty()),
    };
    wrong.extend(group.check(workspace).iter().map(|problem| {
        let message = (call.app.web.sentences.rule)(problem).message;
        match problem.position {
            RulePosition::Group => message,
            RulePosition::Condition(number) => format!("conditions[{number}]: {message}"),
            RulePosition::Expression(character) => {
                format!("expression, character {}: {message}", character + 1)
            }
        }
    }));
    match wrong.is_empty() {
        true => Ok(group),
        false => Err(ApiProblem::invalid(wrong.join("; "))),
    }
}
