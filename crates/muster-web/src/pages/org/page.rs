//! The page of the org chart: a search, the tree around an employee, the drawing, and what is wrong with reporting lines.

use super::{
    chart::{Drawing, LEVELS},
    name, organisation, person, root,
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame},
        parts::Link,
    },
    respond,
    state::App,
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use muster_core::{
    derive::reporting_lines::{Link as Reporting, Member, Organisation},
    model::ids::EmployeeId,
};
use muster_store::StoreError;
use serde::Deserialize;

/// Employees that a search finds, and reports that the tree lists.
const FOUND: usize = 20;
const REPORTS: usize = 200;
const SIBLINGS: usize = 20;

#[derive(Template)]
#[template(path = "pages/org/page.html")]
struct OrgPage {
    frame: Frame,
    companies: String,
    facts: Vec<String>,
    search: String,
    found: Vec<Line>,
    has_searched: bool,
    /// From the top to the manager of the employee.
    above: Vec<Line>,
    open: Option<Line>,
    open_person: String,
    reports: Vec<Line>,
    other_reports: Option<String>,
    /// Others at the top.
    tops: Vec<Line>,
    chart: Option<ChartView>,
    problems: Vec<Link>,
}

struct Line {
    href: String,
    name: String,
    note: String,
    below: String,
}

struct ChartView {
    title: String,
    width: usize,
    height: usize,
    svg: Drawn,
    closer: Option<String>,
    further: Option<String>,
    whole: Option<String>,
}

/// Markup of the drawing, in which every value is escaped.
struct Drawn(String);

impl std::fmt::Display for Drawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Drawn {}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    around: Option<i64>,
    #[serde(default)]
    q: String,
    levels: Option<usize>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(wanted): Query<Wanted>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, &wanted)).await
}

/// None: there is no such employee.
fn read(app: &App, here: &Here, wanted: &Wanted) -> Result<Option<OrgPage>, StoreError> {
    let words = Frame::words();
    let organisation = organisation(app, here)?;
    let below = organisation.below();
    let mut tops = organisation.tops();
    tops.sort_by_key(|at| std::cmp::Reverse(below[*at]));
    let open = match wanted.around {
        Some(id) => match organisation.position(EmployeeId(id)) {
            Some(at) => Some(at),
            None => return Ok(None),
        },
        None => tops.first().copied(),
    };
    let levels = wanted.levels.unwrap_or(2).clamp(1, LEVELS);
    let view = View {
        here,
        organisation: &organisation,
        below: &below,
        levels,
    };
    let search = wanted.q.trim().to_lowercase();
    let title = words.t("nav-org");
    let crumbs = vec![Link::new("", title.clone())];
    let others = tops.iter().filter(|at| Some(**at) != open).take(SIBLINGS);
    let reports = open.map_or(&[] as &[usize], |at| organisation.reports(at));
    // Everyone at the top, and everyone below them.
    let shown: usize = tops.iter().map(|at| below[*at] + 1).sum();
    Ok(Some(OrgPage {
        companies: format!("{}/companies", root(here)),
        frame: Frame::inside(app, here, Area::Org, title, crumbs)?,
        facts: vec![words.n("people-count", shown as u64)],
        search: wanted.q.trim().to_owned(),
        has_searched: !search.is_empty(),
        found: view.found(&search),
        above: open.map(|at| view.above(at)).unwrap_or_default(),
        open: open.map(|at| view.line(at)),
        open_person: open
            .map(|at| person(here, organisation.member(at)))
            .unwrap_or_default(),
        reports: reports
            .iter()
            .take(REPORTS)
            .map(|at| view.line(*at))
            .collect(),
        other_reports: (reports.len() > REPORTS)
            .then(|| words.n("org-more", (reports.len() - REPORTS) as u64)),
        tops: others.map(|at| view.line(*at)).collect(),
        chart: open.map(|at| view.chart(at)),
        problems: problems(here, &organisation),
    }))
}

struct View<'a> {
    here: &'a Here,
    organisation: &'a Organisation,
    below: &'a [usize],
    levels: usize,
}

impl View<'_> {
    fn href(&self, at: usize, levels: usize) -> String {
        let id = self.organisation.member(at).id;
        format!("{}?around={id}&levels={levels}", root(self.here))
    }

    fn line(&self, at: usize) -> Line {
        let member = self.organisation.member(at);
        let note = match (member.status.is_employed(), self.organisation.link(at)) {
            (false, _) => Frame::words().t("org-left"),
            (true, Reporting::Cycle) => Frame::words().t("org-in-cycle"),
            (true, Reporting::Dangling) => Frame::words().t("org-manager-unknown"),
            (true, _) => member.title.as_deref().map(visible).unwrap_or_default(),
        };
        Line {
            href: self.href(at, self.levels),
            name: name(member),
            note,
            below: match self.below[at] {
                0 => String::new(),
                below => number(below as u64),
            },
        }
    }

    /// The managers of an employee, from the top.
    fn above(&self, at: usize) -> Vec<Line> {
        let mut above = Vec::new();
        let mut next = self.organisation.link(at).manager();
        while let Some(manager) = next {
            above.push(self.line(manager));
            next = self.organisation.link(manager).manager();
        }
        above.reverse();
        above
    }

    fn found(&self, search: &str) -> Vec<Line> {
        if search.is_empty() {
            return Vec::new();
        }
        let matches = |member: &Member| {
            let key = member.external_id.as_deref().unwrap_or_default();
            member.name.to_lowercase().contains(search) || key.to_lowercase().contains(search)
        };
        let all = 0..self.organisation.count();
        let found = all.filter(|at| matches(self.organisation.member(*at)));
        found.take(FOUND).map(|at| self.line(at)).collect()
    }

    fn chart(&self, at: usize) -> ChartView {
        let words = Frame::words();
        let levels = self.levels;
        let drawn = Drawing {
            organisation: self.organisation,
            below: self.below,
            href: &|at| self.href(at, levels),
            levels,
        }
        .around(at);
        let member = self.organisation.member(at);
        let is_around = self.organisation.link(at).manager().is_some();
        ChartView {
            title: words.v("org-around", &name(member)),
            width: drawn.width,
            height: drawn.height,
            svg: Drawn(drawn.svg),
            closer: (levels > 1).then(|| self.href(at, levels - 1)),
            further: (levels < LEVELS).then(|| self.href(at, levels + 1)),
            whole: is_around.then(|| root(self.here)),
        }
    }
}

/// What is wrong with reporting lines, each with where it is listed.
fn problems(here: &Here, organisation: &Organisation) -> Vec<Link> {
    let words = Frame::words();
    let counts = [
        ("org-unknown-managers", organisation.dangling().count()),
        ("org-cycles", organisation.cycles().count()),
        ("org-managers-left", organisation.below_departed().count()),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(key, count)| {
            Link::new(
                format!("{}/problems", root(here)),
                words.n(key, count as u64),
            )
        })
        .collect()
}
