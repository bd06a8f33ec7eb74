//! The head of a run, which all its parts have: what it was, how it ended, and its tabs.

use super::{run_badge, subject};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{Link, Markup},
    },
    state::App,
    wording::{Times, number},
};
use muster_core::model::{
    problem::{Problem, Severity},
    run::Run,
};
use muster_store::{StoreError, StoredPlan};

pub(crate) struct RunHead {
    pub(crate) badge: Markup,
    pub(crate) facts: Vec<String>,
    pub(crate) plan: String,
    pub(crate) tabs: Vec<Tab>,
    /// Where it is undone; none: it cannot be, or not by this user.
    pub(crate) undo: Option<String>,
}

pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) count: String,
    pub(crate) is_open: bool,
}

/// The parts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Plan,
    Rejected,
    Files,
}

/// Everything that is read of a run for every part.
pub(crate) struct Recorded {
    pub(crate) run: Run,
    pub(crate) plan: Option<StoredPlan>,
    pub(crate) problems: Vec<Problem>,
}

impl Recorded {
    pub(crate) fn read(app: &App, here: &Here, run: i64) -> Result<Option<Self>, StoreError> {
        let store = &app.store;
        let id = muster_core::model::ids::RunId(run);
        let Some(run) = store.run(here.workspace.id, id)? else {
            return Ok(None);
        };
        let plan = match &run.plan {
            Some(plan) => store.plan(here.workspace.id, plan)?,
            None => None,
        };
        let problems = store.problems(here.workspace.id, id)?;
        Ok(Some(Self {
            run,
            plan,
            problems,
        }))
    }

    /// How many problems reject records, and how many only warn.
    fn problem_counts(&self) -> (u64, u64) {
        let warnings = self
            .problems
            .iter()
            .filter(|found| found.severity == Severity::Warning);
        let warnings = warnings.count() as u64;
        (self.problems.len() as u64 - warnings, warnings)
    }

    pub(crate) fn frame(&self, app: &App, here: &Here) -> Result<Frame, StoreError> {
        let words = Frame::words();
        let title = words.with(
            "run-title",
            &[(
                "value",
                crate::texts::Argument::Text(&self.run.id.to_string()),
            )],
        );
        let root = workspace_path(&here.workspace.name);
        let crumbs = vec![
            Link::new(format!("{root}/runs"), words.t("nav-runs")),
            Link::new("", title.clone()),
        ];
        Frame::inside(app, here, Area::Runs, title, crumbs)
    }

    pub(crate) fn head(
        &self,
        frame: &Frame,
        times: &Times,
        part: Part,
        operations: u64,
    ) -> RunHead {
        let words = Frame::words();
        let run = &self.run;
        let started = times.moment(run.started);
        let when = match run.finished {
            Some(finished) => format!(
                "{started}, {}",
                words.v("run-took", &times.lasted(run.started, finished))
            ),
            None => started,
        };
        let mut facts = vec![subject(words, run), when];
        facts.extend(run.actor.as_ref().map(|actor| words.v("run-by", actor)));
        facts.extend(
            self.plan
                .as_ref()
                .filter(|plan| plan.status.is_open())
                .map(|plan| words.v("run-waits-until", &times.moment(plan.expires))),
        );
        let root = format!("{}/runs/{}", workspace_path(&frame.workspace), run.id);
        let (rejected, warnings) = self.problem_counts();
        let tab = |path: &str, key: &str, count: u64, is_open| Tab {
            href: format!("{root}{path}"),
            text: words.t(key),
            count: number(count),
            is_open,
        };
        let mut tabs = vec![
            tab("", "run-tab-changes", operations, part == Part::Plan),
            tab(
                "/rejected",
                "run-tab-rejected",
                rejected,
                part == Part::Rejected,
            ),
        ];
        if warnings > 0 {
            tabs.push(tab(
                "/rejected#warnings",
                "run-tab-warnings",
                warnings,
                false,
            ));
        }
        tabs.push(tab(
            "/files",
            "run-tab-files",
            run.files.len() as u64,
            part == Part::Files,
        ));
        RunHead {
            badge: run_badge(
                words,
                run.status,
                self.plan.as_ref().map(|plan| plan.status),
            ),
            facts,
            plan: run
                .plan
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            tabs,
            undo: None,
        }
    }
}
