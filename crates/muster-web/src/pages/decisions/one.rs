//! One held record: both sides beside each other, what each answer does, and the others that wait.

use super::{
    MOST,
    question::{Next, Question},
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{Link, Markup, changed_name, look_of, shown, sign, status_word, word_of},
        runs::operations::named,
    },
    respond,
    state::App,
    texts::Argument,
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::model::{
    employee::Employee,
    field::{FieldNumber, canonical},
    plan::{Changed, Operation, OperationKind},
    role::Role,
};
use muster_store::{PendingOperation, StoreError};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "pages/decisions/one.html")]
struct DecisionPage {
    frame: Frame,
    list: Vec<Waiting>,
    title: String,
    position: String,
    text: String,
    now: String,
    after: String,
    from: String,
    sides: Vec<Side>,
    outcomes: Vec<Outcome>,
    /// What happens to a record that nobody decides on.
    later: String,
    run: Link,
    next: Option<Link>,
}

/// An entry of the list beside the record.
pub(super) struct Waiting {
    pub(super) href: String,
    pub(super) sign: Markup,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) is_open: bool,
}

/// One value on both sides.
struct Side {
    name: String,
    now: String,
    after: String,
    differs: bool,
}

struct Outcome {
    title: String,
    lines: Vec<String>,
    /// Where it is done; none: not here, or not by this user.
    link: Option<Link>,
    is_main: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run, operation)): Path<(String, i64, i64)>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, run, operation)).await
}

/// The address of a held record.
pub(super) fn address(here: &Here, pending: &PendingOperation) -> String {
    let root = workspace_path(&here.workspace.name);
    let (run, operation) = (pending.plan.run, pending.operation.number);
    format!("{root}/decisions/{run}/{operation}")
}

/// None: the record does not wait, or no longer.
fn read(
    app: &App,
    here: &Here,
    run: i64,
    operation: i64,
) -> Result<Option<DecisionPage>, StoreError> {
    let (words, store) = (Frame::words(), &app.store);
    let all = store.held_operations(&here.workspace, MOST)?;
    let is_open =
        |one: &PendingOperation| one.plan.run.0 == run && one.operation.number == operation;
    let Some(at) = all.iter().position(is_open) else {
        return Ok(None);
    };
    let pending = &all[at];
    let operation = &pending.operation.operation;
    let employee = match operation.employee {
        Some(id) => store.employees_by_ids(&here.workspace, &[id])?.pop(),
        None => None,
    };
    let asked = Question::of(operation);
    let title = words.t(asked.title);
    let root = workspace_path(&here.workspace.name);
    let crumbs = vec![
        Link::new(format!("{root}/decisions"), words.t("nav-decisions")),
        Link::new("", named(words, &operation.who, operation.employee)),
    ];
    let times = Times::of(&here.workspace, app.now());
    let plan = store.plan(here.workspace.id, &pending.plan)?;
    let later = match plan {
        Some(plan) => words.v("decision-later", &times.moment(plan.expires)),
        None => String::new(),
    };
    let list = all
        .iter()
        .map(|one| waiting(here, one, &times, is_open(one)));
    let places = [
        ("at", Argument::Count(at as u64 + 1)),
        ("n", Argument::Count(all.len() as u64)),
    ];
    Ok(Some(DecisionPage {
        list: list.collect(),
        position: words.with("decision-position", &places),
        text: words.t(asked.text),
        now: match &employee {
            Some(employee) => words.v(
                "decision-now",
                &status_word(words, employee.status).to_lowercase(),
            ),
            None => words.t("decision-nobody"),
        },
        after: words.t("column-after-approval"),
        from: place(pending),
        sides: sides(here, operation, employee.as_ref()),
        outcomes: outcomes(here, pending, asked),
        later,
        run: Link::new(
            format!("{root}/runs/{}?show=held", pending.plan.run),
            words.v("run-title", &pending.plan.run.to_string()),
        ),
        next: all
            .get(at + 1)
            .map(|next| Link::new(address(here, next), words.t("decision-next"))),
        frame: Frame::inside(app, here, Area::Decisions, title.clone(), crumbs)?,
        title,
    }))
}

/// `head-office.csv:19`; empty: the record has no place in a file.
pub(super) fn place(pending: &PendingOperation) -> String {
    match (&pending.file, pending.operation.operation.origin) {
        (Some(file), Some(origin)) => {
            format!("{}:{}", visible(file), number(u64::from(origin.line)))
        }
        _ => String::new(),
    }
}

pub(super) fn waiting(
    here: &Here,
    pending: &PendingOperation,
    times: &Times,
    is_open: bool,
) -> Waiting {
    let words = Frame::words();
    let operation = &pending.operation.operation;
    let source = pending.integration.as_deref().map(visible);
    let at = times.moment(pending.created);
    Waiting {
        href: address(here, pending),
        sign: sign(look_of(operation.kind), &word_of(words, operation.kind)),
        title: words.t(Question::of(operation).title),
        name: named(words, &operation.who, operation.employee),
        from: match source {
            Some(source) => format!("{source} · {at}"),
            None => at,
        },
        is_open,
    }
}

/// By what a person recognises an employee, also where it stays the same.
const RECOGNISED: [FieldNumber; 8] = [
    canonical::EXTERNAL_ID,
    canonical::FIRST_NAME,
    canonical::LAST_NAME,
    canonical::BIRTHDAY,
    canonical::EMAIL,
    canonical::TITLE,
    canonical::DEPARTMENT,
    canonical::LOCATION,
];

fn sides(here: &Here, operation: &Operation, employee: Option<&Employee>) -> Vec<Side> {
    let (words, schema) = (Frame::words(), &here.workspace.schema);
    let mut listed: Vec<Changed> = RECOGNISED.map(Changed::Field).to_vec();
    let mut known: BTreeSet<Changed> = listed.iter().copied().collect();
    for change in &operation.changes {
        if known.insert(change.what) {
            listed.push(change.what);
        }
    }
    let side = |what: Changed| {
        let change = operation.changes.iter().find(|change| change.what == what);
        let stored = match what {
            Changed::Field(field) => employee.and_then(|employee| employee.value(field)),
            _ => change.and_then(|change| change.old.as_deref()),
        };
        let after = match change {
            Some(change) => change.new.as_deref(),
            None => stored,
        };
        let text = |value| shown(words, what, value).unwrap_or_else(|| "–".to_owned());
        (stored.is_some() || after.is_some()).then(|| Side {
            name: changed_name(words, schema, what),
            now: text(stored),
            after: text(after),
            differs: change.is_some() && employee.is_some(),
        })
    };
    listed.into_iter().filter_map(side).collect()
}

fn outcomes(here: &Here, pending: &PendingOperation, asked: Question) -> Vec<Outcome> {
    let words = Frame::words();
    let operation = &pending.operation.operation;
    let root = workspace_path(&here.workspace.name);
    let run = format!("{root}/runs/{}", pending.plan.run);
    let approve = format!(
        "{run}/approve?choice=ticked&op={}",
        pending.operation.number
    );
    let employee = operation.employee.map(|id| format!("{root}/people/{id}"));
    let does = match operation.kind {
        OperationKind::Create => "will-create",
        OperationKind::Update => "will-update",
        OperationKind::Activate => "will-activate",
        OperationKind::Reactivate => "will-reactivate",
        OperationKind::Deactivate => "will-deactivate",
        OperationKind::Delete => "will-delete",
    };
    let next = match asked.next {
        Next::Nowhere => None,
        Next::Employee => employee.map(|page| Link::new(page, words.t("decision-to-employee"))),
        Next::Unlink if here.role < Role::Operator => None,
        Next::Unlink => employee.map(|page| {
            Link::new(
                format!("{page}/change/unlink"),
                words.t("change-unlink-short"),
            )
        }),
        Next::Run => Some(Link::new(
            format!("{run}?show=held"),
            words.t("decision-to-run"),
        )),
    };
    vec![
        Outcome {
            title: words.t(asked.yes),
            lines: vec![words.n(does, 1), words.t(asked.yes_text)],
            link: (here.role >= Role::Approver)
                .then(|| Link::new(approve, words.t("decision-approve"))),
            is_main: true,
        },
        Outcome {
            title: words.t(asked.no),
            lines: vec![words.t(asked.no_text)],
            link: next,
            is_main: false,
        },
    ]
}
