//! One employee: every value with its why, what waits for a decision, and everything that happened.

use super::{
    past::{self, Wanted},
    why::{Step, why},
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, initials, workspace_path},
        parts::{
            self, DiffRow, Link, Markup, employment_line, field_name, is_custom, look_of, shown,
            sign, status_badge, word_of,
        },
        runs::{operations::because, verdict::sentence},
    },
    respond,
    state::App,
    texts::{Argument, Words},
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use muster_core::model::{
    calendar::Calendar,
    employee::{Employee, Status},
    field::canonical,
    ids::EmployeeId,
    plan::{Changed, OperationKind},
    role::Role,
};
use muster_store::{HistoryEntry, MembershipMove, PendingOperation, StoreError};

/// Entries of the history that are shown.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "pages/people/person.html")]
pub(crate) struct PersonPage {
    pub(crate) frame: Frame,
    /// The day that is shown; empty: today.
    pub(crate) as_of: String,
    /// What is to be known about that day, or why it is not shown.
    pub(crate) past: Option<String>,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) status: Markup,
    pub(crate) facts: Vec<String>,
    pub(crate) pending: Vec<PendingRow>,
    pub(crate) fields: Vec<FieldRow>,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) older: String,
    pub(crate) manager: Option<Link>,
    pub(crate) manager_id: String,
    pub(crate) groups: Vec<GroupRow>,
    pub(crate) employments: Vec<String>,
    pub(crate) manual: Vec<String>,
    pub(crate) problems: Vec<ProblemRow>,
    /// What this user can do, the usual one first.
    pub(crate) actions: Vec<Link>,
}

pub(crate) struct PendingRow {
    pub(crate) text: String,
    pub(crate) why: String,
    pub(crate) href: String,
}

pub(crate) struct FieldRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) is_custom: bool,
    pub(crate) is_pinned: bool,
    /// Where its pin is removed; none: it is not pinned, or not by this user.
    pub(crate) unpin: Option<String>,
    pub(crate) source: String,
    pub(crate) steps: Vec<Step>,
    pub(crate) question: String,
    pub(crate) title: String,
}

pub(crate) struct HistoryRow {
    pub(crate) sign: Markup,
    pub(crate) title: String,
    pub(crate) changes: Vec<DiffRow>,
    pub(crate) at: String,
    pub(crate) exact: String,
    pub(crate) run: Link,
    pub(crate) details: String,
    pub(crate) from: String,
}

pub(crate) struct GroupRow {
    pub(crate) name: String,
    pub(crate) since: String,
}

pub(crate) struct ProblemRow {
    pub(crate) message: String,
    pub(crate) code: String,
    pub(crate) run: Link,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee)): Path<(String, i64)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    respond::page(app, here, move |app, here| {
        past::read(app, here, EmployeeId(employee), &wanted)
    })
    .await
}

/// The page of an employee, now or as they were at the end of a day: then nothing can be changed, and what is pending now is left
/// out.
pub(super) fn shown_page(
    app: &App,
    here: &Here,
    employee: &Employee,
    history: &[HistoryEntry],
    past: Option<&str>,
) -> Result<PersonPage, StoreError> {
    let id = employee.id;
    let (words, store, workspace) = (Frame::words(), &app.store, &here.workspace);
    let pending = store.pending_operations_of(workspace, id)?;
    let groups = store.smart_groups_of(workspace, id)?;
    let names = store.integration_names(workspace)?;
    let manager = match employee.value(canonical::MANAGER_EXTERNAL_ID) {
        Some(manager) => store
            .employees_by_external_ids(workspace, &[manager])?
            .pop(),
        None => None,
    };
    let subjects: Vec<&str> = employee
        .external_id()
        .into_iter()
        .chain([employee.email()])
        .collect();
    let problems = store.problems_about(workspace.id, &subjects)?;
    let times = Times::of(workspace, app.now());
    let root = workspace_path(&workspace.name);
    let name = match employee.name().trim() {
        "" => words.v("employee-without-name", &id.to_string()),
        name => visible(name),
    };
    let crumbs = vec![
        Link::new(format!("{root}/people"), words.t("nav-people")),
        Link::new("", name.clone()),
    ];
    let person = Person {
        app,
        here,
        employee,
        times: &times,
        root: &root,
        words,
    };
    let shown_problems = problems.iter().take(10).map(|(run, problem)| ProblemRow {
        message: sentence(visible(&(app.web.sentences.problem)(problem).message)),
        code: problem.code.to_string(),
        run: Link::new(format!("{root}/runs/{run}/rejected"), run.to_string()),
    });
    let owner = employee.owner.and_then(|owner| names.get(&owner).cloned());
    let mut page = PersonPage {
        frame: Frame::inside(app, here, Area::People, name.clone(), crumbs)?,
        initials: initials(&name),
        status: status_badge(words, employee.status),
        facts: person.facts(owner),
        pending: pending.iter().map(|one| person.pending(one)).collect(),
        fields: person.fields(history),
        older: match history.len().saturating_sub(MOST) {
            0 => String::new(),
            more => words.n("history-older", more as u64),
        },
        history: history
            .iter()
            .rev()
            .take(MOST)
            .map(|entry| person.entry(entry))
            .collect(),
        manager: manager.as_ref().map(|manager| {
            Link::new(
                format!("{root}/people/{}", manager.id),
                visible(&manager.name()),
            )
        }),
        manager_id: employee
            .value(canonical::MANAGER_EXTERNAL_ID)
            .map(visible)
            .unwrap_or_default(),
        groups: person.groups(&groups),
        employments: person.employments(),
        manual: person.manual(),
        problems: shown_problems.collect(),
        actions: person.actions(),
        as_of: past.unwrap_or_default().to_owned(),
        past: past.map(|day| words.v("person-as-of", day)),
        name,
    };
    if past.is_some() {
        page.pending.clear();
        page.groups.clear();
        page.manual.clear();
        page.problems.clear();
        page.actions.clear();
    }
    Ok(page)
}

/// What the parts of the page are made from.
struct Person<'p> {
    app: &'p App,
    here: &'p Here,
    employee: &'p Employee,
    times: &'p Times,
    root: &'p str,
    words: &'static Words,
}

impl Person<'_> {
    /// What this user can do to the employee.
    fn actions(&self) -> Vec<Link> {
        let (employee, role) = (self.employee, self.here.role);
        if role < Role::Operator || employee.status == Status::Erased {
            return Vec::new();
        }
        let to = |path: &str, key: &str| {
            let href = format!("{}/people/{}/{path}", self.root, employee.id);
            Link::new(href, self.words.t(key))
        };
        let mut actions = vec![to("change/edit", "change-edit-short")];
        if employee.status.is_employed() {
            // The next delivery would overwrite a departure of an employee that a source delivers, so its day is pinned.
            actions.push(match employee.owner {
                None => to("change/deactivate", "change-deactivate-short"),
                Some(_) => to("change/pin?field=offboarding_date", "change-last-day-short"),
            });
        }
        actions.push(match employee.protected {
            false => to("change/protect", "change-protect-short"),
            true => to("change/unprotect", "change-unprotect-short"),
        });
        actions.push(to("change/link", "change-link-short"));
        if employee.external_id().is_some() || employee.owner.is_some() {
            actions.push(to("change/unlink", "change-unlink-short"));
        }
        actions.push(to("change/merge", "change-merge-short"));
        if role >= Role::Admin {
            actions.push(to("erase", "erase-short"));
        }
        actions
    }

    fn facts(&self, owner: Option<String>) -> Vec<String> {
        let value = |field| self.employee.value(field).map(visible);
        let job = [value(canonical::TITLE), value(canonical::LOCATION)];
        let job: Vec<String> = job.into_iter().flatten().collect();
        let source = match owner {
            Some(name) => self.words.v("person-from", &name),
            None => self.words.t("source-manual"),
        };
        let facts = [
            value(canonical::EXTERNAL_ID),
            Some(job.join(", ")),
            Some(source),
        ];
        facts
            .into_iter()
            .flatten()
            .filter(|fact| !fact.is_empty())
            .collect()
    }

    fn pending(&self, pending: &PendingOperation) -> PendingRow {
        let operation = &pending.operation.operation;
        let run = pending.plan.run.to_string();
        PendingRow {
            text: self.words.with(
                "person-pending",
                &[
                    ("kind", Argument::Text(&word_of(self.words, operation.kind))),
                    ("run", Argument::Text(&run)),
                ],
            ),
            why: because(
                self.app.web.sentences,
                operation.held.unwrap_or(operation.reason),
            ),
            href: format!("{}/runs/{run}", self.root),
        }
    }

    fn fields(&self, history: &[HistoryEntry]) -> Vec<FieldRow> {
        if self.employee.status == Status::Erased {
            return Vec::new();
        }
        let schema = &self.here.workspace.schema;
        let today = Calendar::at(self.app.now(), &self.here.workspace.settings).today;
        let rows = schema.iter().filter_map(|(field, _)| {
            let pinned = self.employee.pin(field, today).is_some();
            let value = shown(
                self.words,
                Changed::Field(field),
                self.employee.value(field),
            );
            // Employments have a part of their own; a field without a value says nothing, unless it is pinned to that.
            if field == canonical::EMPLOYMENTS || (value.is_none() && !pinned) {
                return None;
            }
            let name = field_name(self.words, schema, field);
            let value = value.unwrap_or_default();
            let why = why(
                self.app.web.sentences,
                self.root,
                self.employee,
                field,
                history,
                self.times,
            );
            let arguments = [
                ("field", Argument::Text(&name)),
                ("value", Argument::Text(&value)),
            ];
            Some(FieldRow {
                id: format!("why-{}", field.0),
                question: self.words.with("why-question", &arguments),
                title: self.words.with("why-title", &arguments),
                is_custom: is_custom(schema, field),
                is_pinned: pinned,
                unpin: (pinned && self.here.role >= Role::Operator).then(|| {
                    let key = schema.key(field);
                    format!(
                        "{}/people/{}/change/unpin?field={key}",
                        self.root, self.employee.id
                    )
                }),
                source: why.source,
                steps: why.steps,
                name,
                value,
            })
        });
        rows.collect()
    }

    fn entry(&self, entry: &HistoryEntry) -> HistoryRow {
        let words = self.words;
        let mut details = vec![because(self.app.web.sentences, entry.reason)];
        if let Some(by) = &entry.approved_by {
            details.push(words.v("history-approved", &visible(by)));
        }
        if let Some(by) = entry
            .by
            .as_ref()
            .filter(|by| entry.approved_by.as_ref() != Some(by))
        {
            details.push(words.v("history-by", &visible(by)));
        }
        if let Some(note) = &entry.note {
            details.push(words.v("history-note", &visible(note)));
        }
        let from = match (&entry.file, entry.origin) {
            (Some(file), Some(origin)) => {
                format!("{}:{}", visible(file), number(u64::from(origin.line)))
            }
            _ => String::new(),
        };
        let kind = word_of(words, entry.kind);
        HistoryRow {
            sign: sign(look_of(entry.kind), &kind),
            title: self.entry_title(entry),
            changes: parts::diff(words, &self.here.workspace.schema, &entry.changes),
            at: self.times.moment(entry.at),
            exact: self.times.exact(entry.at),
            run: Link::new(
                format!("{}/runs/{}", self.root, entry.run),
                words.v("history-run", &entry.run.to_string()),
            ),
            details: details.join(", "),
            from,
        }
    }

    /// What happened: the fields that changed, or what became of the employee.
    fn entry_title(&self, entry: &HistoryEntry) -> String {
        let words = self.words;
        let key = match entry.kind {
            OperationKind::Create => "history-created",
            OperationKind::Activate => "history-activated",
            OperationKind::Reactivate => "history-reactivated",
            OperationKind::Deactivate => "history-deactivated",
            OperationKind::Delete => "history-deleted",
            OperationKind::Update if entry.changes.is_empty() => {
                return because(self.app.web.sentences, entry.reason);
            }
            OperationKind::Update => {
                let schema = &self.here.workspace.schema;
                let names: Vec<String> = entry
                    .changes
                    .iter()
                    .map(|change| parts::changed_name(words, schema, change.what))
                    .collect();
                return words.v("history-changed", &names.join(", "));
            }
        };
        words.t(key)
    }

    fn groups(&self, moves: &[MembershipMove]) -> Vec<GroupRow> {
        let smart = moves.iter().map(|moved| GroupRow {
            name: visible(&moved.group),
            since: self.words.with(
                "group-since",
                &[
                    ("at", Argument::Text(&self.times.moment(moved.at))),
                    (
                        "why",
                        Argument::Text(&(self.app.web.sentences.membership)(&moved.reason)),
                    ),
                ],
            ),
        });
        let named = self.employee.value(canonical::GROUP).map(|name| GroupRow {
            name: visible(name),
            since: self.words.t("group-of-source"),
        });
        smart.chain(named).collect()
    }

    fn employments(&self) -> Vec<String> {
        let stored = self.employee.value(canonical::EMPLOYMENTS);
        let all = stored.and_then(|text| muster_core::model::employment::read(text).ok());
        let all = all.unwrap_or_default();
        all.iter()
            .map(|one| employment_line(self.words, one))
            .collect()
    }

    fn manual(&self) -> Vec<String> {
        let schema = &self.here.workspace.schema;
        let mut notes: Vec<String> = self
            .employee
            .pins
            .iter()
            .map(|pin| {
                let name = field_name(self.words, schema, pin.field);
                match pin.until {
                    Some(until) => self.words.with(
                        "manual-pinned-until",
                        &[
                            ("field", Argument::Text(&name)),
                            ("until", Argument::Text(&until.to_string())),
                        ],
                    ),
                    None => self.words.v("manual-pinned", &name),
                }
            })
            .collect();
        notes.push(self.words.t(if self.employee.protected {
            "manual-protected"
        } else {
            "manual-not-protected"
        }));
        notes
    }
}
