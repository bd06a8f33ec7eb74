//! Why a field has its value: the newest change of it, or the creation of the employee.

use crate::{
    pages::{
        frame::Frame,
        parts::{Link, shown},
        runs::operations::because,
    },
    state::Sentences,
    wording::{Times, number, visible},
};
use muster_core::model::{
    employee::Employee,
    field::FieldNumber,
    plan::{Changed, OperationKind},
};
use muster_store::HistoryEntry;

/// One step of the chain behind a value.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) link: Option<Link>,
}

pub(crate) struct Why {
    pub(crate) source: String,
    pub(crate) steps: Vec<Step>,
}

/// The newest entry that set a field; else the one that created the employee.
pub(crate) fn cause(history: &[HistoryEntry], what: Changed) -> Option<&HistoryEntry> {
    let set = |entry: &&HistoryEntry| entry.changes.iter().any(|change| change.what == what);
    history.iter().rev().find(set).or_else(|| {
        history
            .iter()
            .find(|entry| entry.kind == OperationKind::Create)
    })
}

pub(crate) fn why(
    sentences: Sentences,
    root: &str,
    employee: &Employee,
    field: FieldNumber,
    history: &[HistoryEntry],
    times: &Times,
) -> Why {
    let words = Frame::words();
    let what = Changed::Field(field);
    let mut steps = Vec::new();
    let mut step = |key: &str, text: String, link: Option<Link>| {
        steps.push(Step {
            name: words.t(key),
            text,
            link,
        });
    };
    if let Some(pin) = employee.pins.iter().find(|pin| pin.field == field) {
        step("why-pinned-by", pin.author.clone(), None);
        step("why-because", visible(&pin.reason), None);
        if let Some(until) = pin.until {
            step("why-until", until.to_string(), None);
        }
    }
    let Some(entry) = cause(history, what) else {
        return Why {
            source: String::new(),
            steps,
        };
    };
    let source = match (&entry.by, &entry.integration) {
        (Some(by), _) => visible(by),
        (None, Some(name)) => name.clone(),
        (None, None) => words.t("source-muster"),
    };
    step("why-source", source.clone(), None);
    if let (Some(file), Some(origin)) = (&entry.file, entry.origin) {
        step(
            "why-record",
            format!("{}:{}", visible(file), number(u64::from(origin.line))),
            None,
        );
    }
    if let Some(rejected) = entry.corrects {
        let page = format!("{root}/runs/{rejected}/rejected");
        let link = Link::new(page, rejected.to_string());
        step("why-corrected", words.t("why-corrected-text"), Some(link));
    }
    let run = Link::new(format!("{root}/runs/{}", entry.run), entry.run.to_string());
    step("why-run", times.moment(entry.at), Some(run));
    let change = entry.changes.iter().find(|change| change.what == what);
    let reason = change.map_or(entry.reason, |change| change.reason);
    step("why-rule", because(sentences, reason), None);
    step(
        "why-approved",
        entry
            .approved_by
            .as_deref()
            .map_or_else(|| words.t("why-applied-by-itself"), visible),
        None,
    );
    if let Some(note) = &entry.note {
        step("why-note", visible(note), None);
    }
    if let Some(change) = change {
        let before = shown(words, what, change.old.as_deref());
        step(
            "why-before",
            before.unwrap_or_else(|| words.t("value-none")),
            None,
        );
    }
    Why { source, steps }
}
