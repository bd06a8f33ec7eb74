//! What is around every page: navigation, breadcrumb, appearance and account.

use crate::{
    access::{Here, Session, Visit},
    pages::{
        issues::list::is_snoozed,
        parts::{Link, Markup, icon},
    },
    state::App,
    texts::Words,
    wording::number,
};
use muster_core::model::role::Role;
use muster_store::StoreError;

/// The entry of the navigation that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Overview,
    Issues,
    Decisions,
    Runs,
    Integrations,
    People,
    Groups,
    Org,
    Budgets,
    Fields,
    Users,
    Tokens,
    Alerts,
    Webhooks,
    Audit,
    Settings,
}

/// One entry of the navigation.
pub(crate) struct Entry {
    pub(crate) href: String,
    pub(crate) icon: Markup,
    pub(crate) text: String,
    /// The letter that follows `g`.
    pub(crate) key: &'static str,
    pub(crate) is_open: bool,
    /// What waits there for a person.
    pub(crate) alert: Option<String>,
    pub(crate) alert_text: String,
}

pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) theme: &'static str,
    pub(crate) nonce: String,
    /// Empty: nobody is signed in.
    pub(crate) form_token: String,
    pub(crate) path: String,
    pub(crate) user: Option<Signed>,
    /// Empty outside of a workspace.
    pub(crate) workspace: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) directory: Vec<Entry>,
    /// Only for admins of the workspace.
    pub(crate) administration: Vec<Entry>,
    pub(crate) workspaces: Vec<Link>,
    pub(crate) crumbs: Vec<Link>,
    pub(crate) version: &'static str,
}

pub(crate) struct Signed {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) initials: String,
}

/// What waits in a workspace, for the navigation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) issues: u64,
    pub(crate) plans: u64,
    pub(crate) decisions: u64,
}

/// The part of an address that names a workspace.
pub(crate) fn workspace_path(name: &str) -> String {
    format!("/w/{}", segment(name))
}

/// One segment of a path, with escapes.
pub(crate) fn segment(text: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    escaped.replace('+', "%20")
}

impl Frame {
    pub(crate) fn words() -> &'static Words {
        Words::english()
    }

    pub(crate) fn t(&self, key: &str) -> String {
        Self::words().t(key)
    }

    pub(crate) fn icon(&self, name: &str) -> Markup {
        icon(name)
    }

    pub(crate) fn asset(&self, name: &str) -> String {
        crate::assets::url(name)
    }

    /// The frame of a page outside of a workspace. `title` is the key of its text.
    pub(crate) fn outside(app: &App, visit: &Visit, title: &str) -> Self {
        let words = Self::words();
        let mut frame = Self {
            title: words.t(title),
            theme: visit.theme,
            nonce: visit.nonce.clone(),
            form_token: String::new(),
            path: visit.path.clone(),
            user: None,
            workspace: String::new(),
            entries: Vec::new(),
            directory: Vec::new(),
            administration: Vec::new(),
            workspaces: Vec::new(),
            crumbs: Vec::new(),
            version: app.web.version,
        };
        if let Some(session) = &visit.session {
            frame.sign(session);
            frame.entries = vec![entry("/", "building-2", "nav-workspaces", "w", true, 0, "")];
        }
        frame
    }

    /// The frame of a page of a workspace.
    pub(crate) fn inside(
        app: &App,
        here: &Here,
        area: Area,
        title: String,
        crumbs: Vec<Link>,
    ) -> Result<Self, StoreError> {
        let store = &app.store;
        let plans = store.open_plans(here.workspace.id)?;
        let now = app.now();
        let issues = store.open_issues(here.workspace.id)?;
        let waiting = Waiting {
            issues: issues
                .iter()
                .filter(|issue| !is_snoozed(issue, now))
                .count() as u64,
            plans: plans.iter().filter(|plan| holds_up(plan.status)).count() as u64,
            decisions: store.held_operation_count(&here.workspace)?,
        };
        let names: Vec<String> = match here.session.user.is_admin {
            true => store.workspaces()?,
            false => here.session.roles.keys().cloned().collect(),
        };
        Ok(Self::with(
            app.web.version,
            here,
            area,
            title,
            crumbs,
            waiting,
            &names,
        ))
    }

    pub(crate) fn with(
        version: &'static str,
        here: &Here,
        area: Area,
        title: String,
        crumbs: Vec<Link>,
        waiting: Waiting,
        names: &[String],
    ) -> Self {
        let workspace = here.workspace.name.clone();
        let root = workspace_path(&workspace);
        let at = |path: &str| format!("{root}{path}");
        let is = |other| area == other;
        let mut all = vec![Link::new(root.clone(), workspace.clone())];
        all.extend(crumbs);
        let mut frame = Self {
            title,
            theme: here.visit.theme,
            nonce: here.visit.nonce.clone(),
            form_token: String::new(),
            path: here.visit.path.clone(),
            user: None,
            entries: vec![
                entry(
                    &root,
                    "layout-dashboard",
                    "nav-overview",
                    "o",
                    is(Area::Overview),
                    0,
                    "",
                ),
                entry(
                    &at("/issues"),
                    "circle-alert",
                    "nav-issues",
                    "s",
                    is(Area::Issues),
                    waiting.issues,
                    "nav-issues-open",
                ),
                entry(
                    &at("/decisions"),
                    "inbox",
                    "nav-decisions",
                    "d",
                    is(Area::Decisions),
                    waiting.decisions,
                    "nav-decisions-wait",
                ),
                entry(
                    &at("/runs"),
                    "list-checks",
                    "nav-runs",
                    "r",
                    is(Area::Runs),
                    waiting.plans,
                    "nav-plans-wait",
                ),
                entry(
                    &at("/integrations"),
                    "plug",
                    "nav-integrations",
                    "i",
                    is(Area::Integrations),
                    0,
                    "",
                ),
            ],
            directory: directory(&root, area),
            administration: match here.role {
                Role::Admin => administration(&root, area),
                _ => Vec::new(),
            },
            workspaces: names
                .iter()
                .map(|name| Link::new(workspace_path(name), name.clone()))
                .collect(),
            crumbs: all,
            workspace,
            version,
        };
        frame.sign(&here.session);
        frame
    }

    fn sign(&mut self, session: &Session) {
        self.form_token = session.token.form_token();
        self.user = Some(Signed {
            name: session.user.name.clone(),
            email: session.user.email.clone(),
            initials: initials(&session.user.name),
        });
    }

    /// The list of employees, where they are searched.
    pub(crate) fn people(&self) -> String {
        workspace_path(&self.workspace) + "/people"
    }

    /// All crumbs but the page itself.
    pub(crate) fn parents(&self) -> &[Link] {
        self.crumbs.split_last().map_or(&[], |(_, parents)| parents)
    }
}

/// Whether a plan with this status holds its integration up.
pub(crate) fn holds_up(status: muster_store::PlanStatus) -> bool {
    use muster_store::PlanStatus;
    matches!(status, PlanStatus::Held | PlanStatus::Partly)
}

fn directory(root: &str, area: Area) -> Vec<Entry> {
    let entries = [
        ("people", "users", "nav-people", "p", Area::People),
        ("org", "network", "nav-org", "c", Area::Org),
        ("groups", "shapes", "nav-groups", "m", Area::Groups),
        ("budgets", "wallet", "nav-budgets", "b", Area::Budgets),
        (
            "fields",
            "sliders-horizontal",
            "nav-fields",
            "f",
            Area::Fields,
        ),
    ];
    entries_of(root, area, &entries)
}

fn administration(root: &str, area: Area) -> Vec<Entry> {
    let entries = [
        ("users", "user-cog", "nav-users", "u", Area::Users),
        ("tokens", "key-round", "nav-tokens", "t", Area::Tokens),
        ("alerts", "bell", "nav-alerts", "n", Area::Alerts),
        ("webhooks", "link", "nav-webhooks", "h", Area::Webhooks),
        ("audit", "scroll-text", "nav-audit", "l", Area::Audit),
        ("settings", "settings", "nav-settings", "e", Area::Settings),
    ];
    entries_of(root, area, &entries)
}

/// An entry of the navigation on which nothing waits: page, icon, text, letter and area.
type Page = (&'static str, &'static str, &'static str, &'static str, Area);

fn entries_of(root: &str, area: Area, entries: &[Page]) -> Vec<Entry> {
    let entries = entries.iter().map(|(page, icon, text, key, of)| {
        entry(
            &format!("{root}/{page}"),
            icon,
            text,
            key,
            *of == area,
            0,
            "",
        )
    });
    entries.collect()
}

fn entry(
    href: &str,
    name: &str,
    text: &str,
    key: &'static str,
    is_open: bool,
    waiting: u64,
    waiting_text: &str,
) -> Entry {
    let words = Frame::words();
    Entry {
        href: href.to_owned(),
        icon: icon(name),
        text: words.t(text),
        key,
        is_open,
        alert: (waiting > 0).then(|| number(waiting)),
        alert_text: if waiting > 0 {
            words.n(waiting_text, waiting)
        } else {
            String::new()
        },
    }
}

pub(crate) fn initials(name: &str) -> String {
    let mut names = name
        .split_whitespace()
        .filter_map(|name| name.chars().next());
    let first = names.next();
    let last = names.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The name of a role.
pub(crate) fn role_name(words: &Words, role: Role) -> String {
    words.t(match role {
        Role::Viewer => "role-viewer",
        Role::Operator => "role-operator",
        Role::Approver => "role-approver",
        Role::Admin => "role-admin",
    })
}
