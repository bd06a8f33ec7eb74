//! Groups: those that sources name, and smart groups with their rules, members and history.

pub(crate) mod builder;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod remove;

use crate::{
    access::Here,
    pages::{
        frame::{segment, workspace_path},
        parts::{Markup, sentence_with_code},
        runs::verdict::sentence,
    },
    state::App,
};
use muster_core::derive::smart_group::SmartGroup;

/// The list of groups.
fn root(here: &Here) -> String {
    workspace_path(&here.workspace.name) + "/groups"
}

/// The page of a smart group.
fn address(here: &Here, name: &str) -> String {
    format!("{}/{}", root(here), segment(name))
}

/// The page on which the rule of a smart group is written; no name: of a new one.
fn editor(here: &Here, name: Option<&str>) -> String {
    let page = workspace_path(&here.workspace.name) + "/smart-group";
    match name {
        Some(name) => format!("{page}?group={}", segment(name)),
        None => page,
    }
}

/// The rule in words.
fn rule_text(app: &App, group: &SmartGroup) -> Markup {
    sentence_with_code(&sentence((app.web.sentences.group)(group)))
}
