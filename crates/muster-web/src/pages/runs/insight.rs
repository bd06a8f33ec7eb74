//! What is unusual about a held plan, in words: above the operations, before anything is decided.

use super::head::Recorded;
use crate::{
    access::Here,
    pages::{frame::Frame, parts::field_name},
    state::App,
    texts::Argument,
    wording::visible,
};
use muster_core::{
    derive::insight::{Insight, LikelyCause, Observation},
    model::workspace::Workspace,
};
use muster_store::StoreError;

/// Empty: nothing is unusual.
#[derive(Default)]
pub(crate) struct InsightView {
    pub(crate) lines: Vec<String>,
    pub(crate) cause: String,
}

/// Only for plans that are pending: what was decided needs no evidence.
pub(crate) fn read(app: &App, here: &Here, recorded: &Recorded) -> Result<InsightView, StoreError> {
    let plan = recorded.plan.as_ref().filter(|plan| plan.status.is_open());
    let Some(integration) = plan.and_then(|plan| plan.integration) else {
        return Ok(InsightView::default());
    };
    let found = app
        .store
        .plan_insight(&here.workspace, &recorded.run, integration)?;
    Ok(InsightView::of(&here.workspace, &found))
}

impl InsightView {
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn of(workspace: &Workspace, found: &Insight) -> Self {
        let words = Frame::words();
        let name = |field| field_name(words, &workspace.schema, field);
        let line = |observation: &Observation| match observation {
            Observation::InCommon { value, of } => words.with(
                "insight-in-common",
                &[
                    ("n", Argument::Count(value.departing)),
                    ("of", Argument::Count(*of)),
                    ("field", Argument::Text(&name(value.field))),
                    ("value", Argument::Text(&visible(&value.value))),
                    ("staying", Argument::Count(value.staying)),
                ],
            ),
            Observation::FileMissing { name } => words.v("insight-file", &visible(name)),
            Observation::UnusualTime { at, from, to } => words.with(
                "insight-time",
                &[
                    ("at", Argument::Text(&clock(*at))),
                    ("from", Argument::Text(&clock(*from))),
                    ("to", Argument::Text(&clock(*to))),
                ],
            ),
        };
        let cause = match &found.cause {
            None => String::new(),
            Some(LikelyCause::FileMissing { name }) => {
                words.v("insight-cause-file", &visible(name))
            }
            Some(LikelyCause::PartMissing { field, value }) => words.with(
                "insight-cause-part",
                &[
                    ("field", Argument::Text(&name(*field))),
                    ("value", Argument::Text(&visible(value))),
                ],
            ),
        };
        Self {
            lines: found.observations.iter().map(line).collect(),
            cause,
        }
    }
}

/// `05:43`.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
