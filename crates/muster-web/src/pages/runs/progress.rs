//! How far a run is: its stages in their order, with what is done of each. A run of another process has no stages here.

use super::head::Recorded;
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{Markup, icon},
    },
    state::App,
    texts::{Argument, Words},
    wording::{bytes, number},
};
use askama::Template;
use muster_core::model::{
    ids::IntegrationId,
    response::{RunPhase, RunProgress},
    run::{RunKind, RunStatus},
};
use muster_store::StoreError;
use std::cmp::Ordering;

/// The stages of a run as markup, for its page and for its events.
#[derive(Template)]
#[template(path = "stages.html")]
pub(crate) struct Stages {
    pub(crate) stages: Vec<Stage>,
}

pub(crate) struct Stage {
    pub(crate) class: &'static str,
    pub(crate) icon: Markup,
    pub(crate) name: String,
    pub(crate) text: String,
    /// How much is done of how much; none: that is not known.
    pub(crate) share: Option<(u64, u64)>,
}

/// Where the progress of a run is found: its integration, and whether it reads a source.
#[derive(Clone, Copy)]
pub(crate) struct Followed {
    integration: IntegrationId,
    reads: bool,
}

impl Followed {
    /// None: the run has ended, or it belongs to no integration.
    pub(crate) fn of(
        app: &App,
        here: &Here,
        recorded: &Recorded,
    ) -> Result<Option<Self>, StoreError> {
        let run = &recorded.run;
        let Some(name) = run.integration.as_ref() else {
            return Ok(None);
        };
        if run.status != RunStatus::Running {
            return Ok(None);
        }
        let found = app.store.integration(here.workspace.id, name)?;
        Ok(found.map(|integration| Self {
            integration,
            reads: matches!(run.kind, RunKind::Sync | RunKind::Plan),
        }))
    }

    /// None: nothing is known of the run in this process.
    pub(crate) fn stages(self, app: &App, here: &Here) -> Option<Stages> {
        let reached = (app.web.progress)(here.workspace.id, self.integration);
        let stages = stages(Frame::words(), &reached, self.reads);
        (!stages.is_empty()).then_some(Stages { stages })
    }
}

const ALL: [(RunPhase, &str); 4] = [
    (RunPhase::Fetching, "stage-fetch"),
    (RunPhase::Reading, "stage-read"),
    (RunPhase::Deciding, "stage-decide"),
    (RunPhase::Applying, "stage-apply"),
];

/// The stages with how far each is. `reached` has the phases so far, the current one last.
fn stages(words: &Words, reached: &[RunProgress], reads: bool) -> Vec<Stage> {
    let Some(current) = reached.last() else {
        return Vec::new();
    };
    let position = |phase| ALL.iter().position(|(of, _)| *of == phase);
    // A source that asks to wait does so between two stages; the run is where it was before.
    let before = reached.iter().rev().find_map(|one| position(one.phase));
    let at = before.unwrap_or_default();
    let stage = |(place, (phase, name)): (usize, &(RunPhase, &str))| {
        let done = reached.iter().find(|one| one.phase == *phase);
        let is_waiting = place == at && current.phase == RunPhase::Waiting;
        let (class, picture) = match place.cmp(&at) {
            Ordering::Less => ("done", "circle-check"),
            Ordering::Equal => ("now", "loader-circle"),
            Ordering::Greater => ("later", "circle-dashed"),
        };
        Stage {
            class,
            icon: icon(picture),
            name: words.t(name),
            text: match (is_waiting, done) {
                (true, _) => words.t("stage-waiting"),
                (false, Some(done)) => text(words, done, place == at),
                (false, None) => String::new(),
            },
            share: done
                .filter(|_| place == at && !is_waiting)
                .and_then(|done| Some((done.done, done.of.filter(|of| *of > 0)?))),
        }
    };
    let first = if reads { 0 } else { ALL.len() - 1 };
    ALL.iter().enumerate().skip(first).map(stage).collect()
}

fn text(words: &Words, done: &RunProgress, is_current: bool) -> String {
    let of = |key: &str, done: &str, of: &str| {
        let values = [("done", Argument::Text(done)), ("of", Argument::Text(of))];
        words.with(key, &values)
    };
    match (done.phase, done.of) {
        // The bytes are those of one file, and there may have been others.
        (RunPhase::Fetching, _) if !is_current => String::new(),
        (RunPhase::Fetching, Some(all)) => of("stage-bytes-of", &bytes(done.done), &bytes(all)),
        (RunPhase::Fetching, None) => bytes(done.done),
        (RunPhase::Reading, _) => words.n("stage-records", done.done),
        (RunPhase::Applying, Some(all)) => {
            of("stage-operations-of", &number(done.done), &number(all))
        }
        (RunPhase::Deciding, _) if is_current => words.t("stage-deciding"),
        (RunPhase::Waiting | RunPhase::Deciding | RunPhase::Applying, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(reached: &[(RunPhase, u64, Option<u64>)], reads: bool) -> Vec<String> {
        let reached = reached.iter();
        let reached: Vec<_> = reached
            .map(|(phase, done, of)| RunProgress {
                phase: *phase,
                done: *done,
                of: *of,
            })
            .collect();
        let stages = stages(Frame::words(), &reached, reads).into_iter();
        stages
            .map(|stage| format!("{} {}: {}", stage.class, stage.name, stage.text))
            .collect()
    }

    #[test]
    fn stages_say_what_is_done_and_what_comes() {
        let fetching = (RunPhase::Fetching, 1_500_000, Some(3_000_000));
        let reading = (RunPhase::Reading, 11_304, None);
        assert_eq!(
            shown(&[fetching], true),
            [
                "now Fetch: 1.5 MB of 3.0 MB",
                "later Read: ",
                "later Plan: ",
                "later Apply: "
            ]
        );
        assert_eq!(
            shown(&[fetching, reading, (RunPhase::Deciding, 0, None)], true),
            [
                "done Fetch: ",
                "done Read: 11,304 records",
                "now Plan: What would change is computed",
                "later Apply: "
            ]
        );
        assert_eq!(
            shown(&[reading, (RunPhase::Applying, 7, Some(88))], true)[3],
            "now Apply: 7 of 88 operations"
        );
    }

    #[test]
    fn a_source_that_asks_to_wait_keeps_the_run_where_it_was() {
        let waiting = (RunPhase::Waiting, 0, None);
        let wait = "The source asks to wait, or a file is still being written";
        assert_eq!(shown(&[waiting], true)[0], format!("now Fetch: {wait}"));
        let reading = (RunPhase::Reading, 200, None);
        let both = shown(&[reading, waiting], true);
        assert_eq!(both[0], "done Fetch: ");
        assert_eq!(both[1], format!("now Read: {wait}"));
    }

    #[test]
    fn a_run_that_reads_no_source_has_one_stage_and_an_unknown_one_has_none() {
        let applying = (RunPhase::Applying, 1, Some(2));
        assert_eq!(shown(&[applying], false), ["now Apply: 1 of 2 operations"]);
        assert_eq!(shown(&[], true), Vec::<String>::new());
    }
}
