//! Budgets of a month: what is due with its sums, what starts and ends, what is granted once, and a file for payroll.

use crate::{
    access::Here,
    csv::{BYTE_ORDER_MARK, write_row},
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{Chip, GOOD, Link, Markup, badge, look, sign},
    },
    respond::{self, Outcome, Refusal},
    state::{App, Sentences},
    texts::{Argument, Words},
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use jiff::civil::Date;
use muster_core::{
    derive::budget::{BudgetKind, Grant, GrantStep, Month, Totals, budgets, shown},
    model::{calendar::Calendar, role::Role},
};
use muster_store::{PersonGrant, StoreError};
use serde::Deserialize;

const PAGE: u64 = 50;

#[derive(Template)]
#[template(path = "pages/budgets.html")]
struct BudgetsPage {
    frame: Frame,
    month: String,
    earlier: Option<Link>,
    later: Option<Link>,
    /// Whether the month is not over, and until when.
    open_until: Option<String>,
    /// None: not for this user, or there is nothing in it.
    csv: Option<String>,
    sums: Vec<Sum>,
    chips: Vec<Chip>,
    rows: Vec<BudgetRow>,
    empty: String,
    empty_help: String,
    first: Option<String>,
    next: Option<String>,
    range: String,
}

struct Sum {
    name: String,
    amount: String,
    currency: String,
    people: String,
}

struct BudgetRow {
    /// Empty: the person was erased.
    href: String,
    name: String,
    key: String,
    kind: String,
    amount: String,
    currency: String,
    state: Markup,
    why: String,
}

/// What of a month is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    #[default]
    All,
    Starts,
    Ends,
    Once,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "budgets-all"),
        (Self::Starts, "starts", "budgets-start"),
        (Self::Ends, "ends", "budgets-end"),
        (Self::Once, "once", "budgets-once"),
    ];

    fn has(self, grant: &Grant, month: Month) -> bool {
        let is_monthly = grant.kind == BudgetKind::Monthly;
        match self {
            Self::All => true,
            Self::Starts => is_monthly && starts_in(grant, month),
            Self::Ends => is_monthly && ends_in(grant, month),
            Self::Once => !is_monthly,
        }
    }
}

fn starts_in(grant: &Grant, month: Month) -> bool {
    grant.span.starts >= month.first()
}

fn ends_in(grant: &Grant, month: Month) -> bool {
    grant.span.ends.is_some_and(|ends| ends <= month.last())
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    show: Part,
    /// How many entries come before the page.
    #[serde(default)]
    after: u64,
}

/// The month of today.
pub(crate) async fn current(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::act(app, here, |app, here| {
        let today = Calendar::at(app.now(), &here.workspace.settings).today;
        Ok(Outcome::To(address(here, Month::of(today))))
    })
    .await
}

fn address(here: &Here, month: Month) -> String {
    format!("{}/budgets/{month}", workspace_path(&here.workspace.name))
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, month)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Response {
    respond::page(app, here, move |app, here| {
        let month = month.parse().ok();
        month
            .map(|month| read(app, here, month, &shown))
            .transpose()
    })
    .await
}

pub(crate) async fn csv(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, month)): Path<(String, String)>,
) -> Response {
    let Ok(month) = month.parse::<Month>() else {
        return respond::refuse(&app, &here.visit, Refusal::NotFound);
    };
    let (visit, reader) = (here.visit.clone(), app.clone());
    let name = format!("budgets-{}-{month}.csv", here.workspace.name);
    let read = move || {
        let mut text = String::from(BYTE_ORDER_MARK);
        write_row(&mut text, COLUMNS.into_iter(), ',');
        let workspace = here.workspace.id;
        let each = &mut |found: &PersonGrant| {
            write(&mut text, found);
            true
        };
        reader.store.due_in_month(workspace, None, month, each)?;
        Ok(text)
    };
    match respond::blocking(read).await {
        Ok(text) => respond::download(&name, "text/csv; charset=utf-8", text),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

const COLUMNS: [&str; 10] = [
    "employee",
    "external_id",
    "email",
    "name",
    "kind",
    "category",
    "amount",
    "currency",
    "starts",
    "ends",
];

fn write(text: &mut String, found: &PersonGrant) {
    let grant = &found.grant;
    let employee = found.employee.map(|id| id.to_string()).unwrap_or_default();
    let ends = grant.span.ends.map(|day| day.to_string());
    let (amount, starts) = (shown(grant.amount), grant.span.starts.to_string());
    let cells = [
        employee.as_str(),
        found.who.external_id.as_deref().unwrap_or_default(),
        found.who.email.as_deref().unwrap_or_default(),
        &found.who.name,
        grant.kind.as_str(),
        &grant.category,
        &amount,
        &grant.currency,
        &starts,
        ends.as_deref().unwrap_or_default(),
    ];
    write_row(text, cells.into_iter(), ',');
}

/// What one pass over the entries of a month finds.
#[derive(Default)]
struct Found {
    monthly: Totals,
    once: Totals,
    counts: [u64; Part::ALL.len()],
    entries: Vec<PersonGrant>,
}

fn find(app: &App, here: &Here, month: Month, wanted: &Shown) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let each = &mut |entry: &PersonGrant| {
        let grant = &entry.grant;
        match grant.kind {
            BudgetKind::Monthly => found.monthly.add(grant),
            BudgetKind::OneOff => found.once.add(grant),
        }
        for ((part, ..), count) in Part::ALL.iter().zip(&mut found.counts) {
            if !part.has(grant, month) {
                continue;
            }
            *count += 1;
            let is_on_page = *count > wanted.after && *count <= wanted.after + PAGE;
            if *part == wanted.show && is_on_page {
                found.entries.push(entry.clone());
            }
        }
        true
    };
    app.store
        .due_in_month(here.workspace.id, None, month, each)?;
    Ok(found)
}

fn read(app: &App, here: &Here, month: Month, wanted: &Shown) -> Result<BudgetsPage, StoreError> {
    let words = Frame::words();
    let found = find(app, here, month, wanted)?;
    let today = Calendar::at(app.now(), &here.workspace.settings).today;
    let page = address(here, month);
    let of_part = |part: &str, after: u64| match (part, after) {
        ("all", 0) => page.clone(),
        (part, 0) => format!("{page}?show={part}"),
        (part, after) => format!("{page}?show={part}&after={after}"),
    };
    let shown_part = Part::ALL.iter().zip(found.counts);
    let shown_part = shown_part.filter(|((part, ..), _)| *part == wanted.show);
    let (part, count) = shown_part
        .map(|((_, part, _), count)| (*part, count))
        .next()
        .unwrap_or_default();
    let last = wanted.after + found.entries.len() as u64;
    let title = words.t("nav-budgets");
    let crumbs = vec![Link::new("", title.clone())];
    let has_budgets = budgets(&here.workspace.schema).next().is_some();
    let (empty, empty_help) = match has_budgets {
        true => ("budgets-empty", "budgets-empty-help"),
        false => ("budgets-none", "budgets-none-help"),
    };
    Ok(BudgetsPage {
        frame: Frame::inside(app, here, Area::Budgets, title, crumbs)?,
        month: name(month),
        earlier: month_link(here, month.first().yesterday().ok()),
        later: month_link(here, month.last().tomorrow().ok()),
        open_until: (Month::of(today) == month)
            .then(|| words.v("budgets-open", &month.last().to_string())),
        csv: (here.role >= Role::Operator && found.counts[0] > 0)
            .then(|| format!("{page}/payroll.csv")),
        sums: sums(words, &found),
        chips: chips(words, &found.counts, wanted.show, of_part),
        rows: found
            .entries
            .iter()
            .map(|entry| row(words, app.web.sentences, here, month, today, entry))
            .collect(),
        empty: words.t(empty),
        empty_help: words.t(empty_help),
        first: (wanted.after > 0).then(|| of_part(part, 0)),
        next: (last < count).then(|| of_part(part, last)),
        range: words.with(
            "budgets-range",
            &[
                ("first", Argument::Text(&number(wanted.after + 1))),
                ("last", Argument::Text(&number(last))),
                ("all", Argument::Text(&number(count))),
            ],
        ),
    })
}

/// `November 2026`.
fn name(month: Month) -> String {
    month.first().strftime("%B %Y").to_string()
}

/// The month of a day; none: there is no such day.
fn month_link(here: &Here, day: Option<Date>) -> Option<Link> {
    let month = Month::of(day?);
    Some(Link::new(address(here, month), name(month)))
}

fn sums(words: &Words, found: &Found) -> Vec<Sum> {
    let of = |kind: &'static str, totals: &Totals| -> Vec<Sum> {
        let all = totals.iter();
        all.map(|(currency, category, entries, sum)| Sum {
            name: words.v(kind, &visible(category)),
            amount: shown(sum),
            currency: currency.to_owned(),
            people: words.n("group-people", entries),
        })
        .collect()
    };
    let mut sums = of("budget-monthly", &found.monthly);
    sums.extend(of("budget-once", &found.once));
    sums
}

fn chips(
    words: &Words,
    counts: &[u64],
    shown: Part,
    href: impl Fn(&str, u64) -> String,
) -> Vec<Chip> {
    let parts = Part::ALL.iter().zip(counts);
    let chips = parts.map(|((part, address, text), count)| Chip {
        href: href(address, 0),
        text: words.t(text),
        count: Some(number(*count)),
        sign: match part {
            Part::All | Part::Once => Markup::default(),
            Part::Starts => sign(look("is-create", "plus"), ""),
            Part::Ends => sign(look("is-deactivate", "minus"), ""),
        },
        is_on: *part == shown,
    });
    chips.collect()
}

fn row(
    words: &Words,
    sentences: Sentences,
    here: &Here,
    month: Month,
    today: Date,
    entry: &PersonGrant,
) -> BudgetRow {
    let grant = &entry.grant;
    let kind = match grant.kind {
        BudgetKind::Monthly => "budget-monthly",
        BudgetKind::OneOff => "budget-once",
    };
    let people = workspace_path(&here.workspace.name) + "/people";
    let key = entry.who.external_id.as_ref().or(entry.who.email.as_ref());
    BudgetRow {
        href: entry
            .employee
            .map(|id| format!("{people}/{id}"))
            .unwrap_or_default(),
        name: match (entry.employee, entry.who.name.trim()) {
            (None, _) => words.t("budget-erased"),
            (Some(id), "") => words.v("employee-without-name", &number(id.0.unsigned_abs())),
            (Some(_), name) => visible(name),
        },
        key: key.map(|key| visible(key)).unwrap_or_default(),
        kind: words.v(kind, &visible(&grant.category)),
        amount: shown(grant.amount),
        currency: grant.currency.clone(),
        state: state(words, grant, month, today),
        why: grant
            .steps
            .last()
            .map(|step| why(words, sentences, step))
            .unwrap_or_default(),
    }
}

fn state(words: &Words, grant: &Grant, month: Month, today: Date) -> Markup {
    let span = grant.span;
    if grant.kind == BudgetKind::OneOff {
        let key = match span.starts > today {
            true => "budget-planned",
            false => "budget-granted",
        };
        let text = words.v(key, &span.starts.to_string());
        return badge(look("is-plain", "check"), &text);
    }
    match span.ends.filter(|_| ends_in(grant, month)) {
        Some(ends) => {
            let text = words.v("budget-ends", &ends.to_string());
            badge(look("is-deactivate", "minus"), &text)
        }
        None if starts_in(grant, month) => {
            let text = words.v("budget-starts", &span.starts.to_string());
            badge(look("is-create", "plus"), &text)
        }
        None => badge(GOOD, &words.t("budget-active")),
    }
}

/// What the last step of a grant changed, in which run, and why.
fn why(words: &Words, sentences: Sentences, step: &GrantStep) -> String {
    let value = |value: &Option<String>| match value {
        Some(value) => visible(value),
        None => words.t("value-none"),
    };
    let (old, new, run) = (value(&step.old), value(&step.new), step.run.to_string());
    let values = [
        ("old", Argument::Text(&old)),
        ("new", Argument::Text(&new)),
        ("run", Argument::Text(&run)),
        ("why", Argument::Text((sentences.reason)(step.reason))),
    ];
    match step.old.is_none() || step.old == step.new {
        true => words.with("budget-why", &values[2..]),
        false => words.with("budget-why-changed", &values),
    }
}
