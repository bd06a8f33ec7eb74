//! Employees of a workspace: searched, filtered, page by page. Everything that is chosen is in the address.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{Chip, Link, Markup, status_badge},
    },
    respond,
    state::App,
    texts::Words,
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use muster_core::model::{
    employee::{Employee, Status},
    field::canonical,
    ids::{EmployeeId, IntegrationId},
    role::Role,
};
use muster_store::{PeopleCounts, PeopleQuery, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

const PAGE: u32 = 50;
/// A longer search is cut off.
const LONGEST_SEARCH: usize = 200;

#[derive(Template)]
#[template(path = "pages/people/list.html")]
pub(crate) struct PeoplePage {
    pub(crate) frame: Frame,
    pub(crate) facts: Vec<String>,
    pub(crate) search: String,
    pub(crate) status: String,
    pub(crate) integration: String,
    /// The group whose members are listed; empty: all.
    pub(crate) group: String,
    pub(crate) chips: Vec<Chip>,
    pub(crate) rows: Vec<PersonRow>,
    /// Why there is nothing, and what to do.
    pub(crate) empty: String,
    pub(crate) reset: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) first: Option<String>,
    pub(crate) shown: String,
    /// The same employees as a file; none: not for this user.
    pub(crate) csv: Option<String>,
}

pub(crate) struct PersonRow {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) status: Markup,
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) since: String,
    pub(crate) source: String,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) status: String,
    pub(crate) integration: Option<i64>,
    #[serde(default)]
    pub(crate) group: String,
    pub(crate) after: Option<i64>,
}

const STATUSES: [(&str, &str); 4] = [
    ("", "people-all"),
    ("active", "status-active"),
    ("scheduled", "status-scheduled"),
    ("inactive", "status-inactive"),
];

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(filter): Query<Filter>,
) -> Response {
    respond::page(app, here, move |app, here| {
        read(app, here, &filter).map(Some)
    })
    .await
}

impl Filter {
    pub(super) fn search(&self) -> String {
        self.q.trim().chars().take(LONGEST_SEARCH).collect()
    }
}

/// One page of the employees that are wanted.
pub(super) fn query<'s>(filter: &'s Filter, search: &'s str) -> PeopleQuery<'s> {
    PeopleQuery {
        search: Some(search).filter(|search| !search.is_empty()),
        status: Status::parse(&filter.status).filter(|status| *status != Status::Erased),
        owner: filter.integration.map(IntegrationId),
        group: Some(filter.group.as_str()).filter(|group| !group.is_empty()),
        after: filter.after.map(EmployeeId),
        limit: PAGE,
    }
}

fn read(app: &App, here: &Here, filter: &Filter) -> Result<PeoplePage, StoreError> {
    let store = &app.store;
    let search = filter.search();
    let people = store.people_page(&here.workspace, &query(filter, &search))?;
    let counts = store.people_counts(&here.workspace)?;
    let names = store.integration_names(&here.workspace)?;
    let words = Frame::words();
    let title = words.t("nav-people");
    let frame = Frame::inside(
        app,
        here,
        Area::People,
        title.clone(),
        vec![Link::new("", title)],
    )?;
    let filter = Filter {
        q: search,
        ..filter.clone()
    };
    let mut page = PeoplePage::of(frame, &people, counts, &names, &filter);
    if here.role < Role::Operator || people.is_empty() {
        page.csv = None;
    }
    Ok(page)
}

impl PeoplePage {
    pub(crate) fn of(
        frame: Frame,
        people: &[Employee],
        counts: PeopleCounts,
        names: &BTreeMap<IntegrationId, String>,
        filter: &Filter,
    ) -> Self {
        let words = Frame::words();
        let root = workspace_path(&frame.workspace) + "/people";
        let address = |status: &str, after: Option<i64>| {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            if !filter.q.is_empty() {
                pairs.append_pair("q", &filter.q);
            }
            if !status.is_empty() {
                pairs.append_pair("status", status);
            }
            if let Some(integration) = filter.integration {
                pairs.append_pair("integration", &integration.to_string());
            }
            if !filter.group.is_empty() {
                pairs.append_pair("group", &filter.group);
            }
            if let Some(after) = after {
                pairs.append_pair("after", &after.to_string());
            }
            match pairs.finish().as_str() {
                "" => root.clone(),
                query => format!("{root}?{query}"),
            }
        };
        let chips = STATUSES.iter().map(|(status, text)| Chip {
            href: address(status, None),
            text: words.t(text),
            count: None,
            sign: Markup::default(),
            is_on: *status == filter.status,
        });
        let is_filtered = !filter.q.is_empty()
            || !filter.status.is_empty()
            || !filter.group.is_empty()
            || filter.integration.is_some();
        let last = people.last().map(|person| person.id.0);
        Self {
            facts: vec![
                words.n("people-count", counts.people),
                words.n("overview-people", counts.employed),
                words.n(
                    "people-inactive",
                    counts.people.saturating_sub(counts.employed),
                ),
            ],
            search: filter.q.clone(),
            status: filter.status.clone(),
            integration: filter
                .integration
                .map(|id| id.to_string())
                .unwrap_or_default(),
            group: filter.group.clone(),
            chips: chips.collect(),
            empty: words.t(if is_filtered {
                "people-nothing-found"
            } else {
                "people-empty"
            }),
            reset: is_filtered.then(|| root.clone()),
            next: last
                .filter(|_| people.len() == PAGE as usize)
                .map(|last| address(&filter.status, Some(last))),
            first: filter.after.map(|_| address(&filter.status, None)),
            csv: Some(address(&filter.status, None).replacen(&root, &format!("{root}.csv"), 1)),
            shown: words.n("people-shown", people.len() as u64),
            rows: people
                .iter()
                .map(|person| row(words, &root, person, names))
                .collect(),
            frame,
        }
    }
}

fn row(
    words: &Words,
    root: &str,
    person: &Employee,
    names: &BTreeMap<IntegrationId, String>,
) -> PersonRow {
    let value = |field| {
        person
            .value(field)
            .map(visible)
            .unwrap_or_else(|| "–".to_owned())
    };
    let name = person.name();
    PersonRow {
        href: format!("{root}/{}", person.id),
        name: match name.trim() {
            "" => words.v("employee-without-name", &number(person.id.0.unsigned_abs())),
            name => visible(name),
        },
        email: visible(person.email()),
        id: value(canonical::EXTERNAL_ID),
        status: status_badge(words, person.status),
        title: value(canonical::TITLE),
        department: value(canonical::DEPARTMENT),
        since: value(canonical::ONBOARDING_DATE),
        source: match person.owner {
            Some(owner) => names.get(&owner).cloned().unwrap_or_default(),
            None => words.t("source-manual"),
        },
    }
}
