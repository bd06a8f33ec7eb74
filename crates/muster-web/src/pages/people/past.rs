//! An employee at the end of a past day: later changes are reversed. Pins, groups and the source are those of today, so they are not
//! shown for a past day.

use super::person::{PersonPage, shown_page};
use crate::{access::Here, pages::frame::Frame, state::App};
use jiff::{Timestamp, civil::Date};
use muster_core::model::{calendar::end_of_day, employee::Employee, ids::EmployeeId};
use muster_store::{HistoryEntry, StoreError, rewind};
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    /// The day, such as `2026-05-31`; empty: today.
    #[serde(default)]
    as_of: String,
}

/// Which day is shown.
enum AsOf {
    Today,
    Day {
        day: Date,
        end: Timestamp,
    },
    /// The day cannot be shown: the key of the reason.
    Refused(&'static str),
}

impl AsOf {
    fn of(app: &App, here: &Here, wanted: &Wanted) -> Result<Self, StoreError> {
        let text = wanted.as_of.trim();
        if text.is_empty() {
            return Ok(Self::Today);
        }
        let settings = &here.workspace.settings;
        let day = text.parse().ok();
        let Some((day, end)) = day.and_then(|day| Some((day, end_of_day(day, settings)?))) else {
            return Ok(Self::Refused("person-as-of-invalid"));
        };
        if end >= app.now() {
            return Ok(Self::Today);
        }
        let through = app.store.forgotten_through(&here.workspace)?;
        Ok(match through.is_some_and(|through| end < through) {
            true => Self::Refused("person-as-of-deleted"),
            false => Self::Day { day, end },
        })
    }
}

/// The page of an employee on the wanted day; none: there is no such employee.
pub(super) fn read(
    app: &App,
    here: &Here,
    id: EmployeeId,
    wanted: &Wanted,
) -> Result<Option<PersonPage>, StoreError> {
    let Some((employee, history)) = present(app, here, id)? else {
        return Ok(None);
    };
    let words = Frame::words();
    let (day, end) = match AsOf::of(app, here, wanted)? {
        AsOf::Today => return shown_page(app, here, &employee, &history, None).map(Some),
        AsOf::Refused(why) => {
            let mut page = shown_page(app, here, &employee, &history, None)?;
            page.past = Some(words.t(why));
            return Ok(Some(page));
        }
        AsOf::Day { day, end } => (day.to_string(), end),
    };
    let page = match rewound(app, here, &employee, history, end)? {
        Some((then, history)) => shown_page(app, here, &then, &history, Some(&day))?,
        None => {
            let mut page = shown_page(app, here, &employee, &[], Some(&day))?;
            page.past = Some(words.v("person-as-of-unknown", &day));
            page.facts.clear();
            page.fields.clear();
            page.employments.clear();
            (page.manager, page.manager_id) = (None, String::new());
            page
        }
    };
    Ok(Some(page))
}

/// The employee and everything that happened to them; none: there is no such employee.
fn present(
    app: &App,
    here: &Here,
    id: EmployeeId,
) -> Result<Option<(Employee, Vec<HistoryEntry>)>, StoreError> {
    let (store, workspace) = (&app.store, &here.workspace);
    let Some(employee) = store.employees_by_ids(workspace, &[id])?.pop() else {
        return Ok(None);
    };
    let history = store.history_with_merged(workspace, id)?;
    Ok(Some((employee, history)))
}

/// The employee at the end of a day, and their history until then; none: they were not in the directory yet.
fn rewound(
    app: &App,
    here: &Here,
    employee: &Employee,
    history: Vec<HistoryEntry>,
    end: Timestamp,
) -> Result<Option<(Employee, Vec<HistoryEntry>)>, StoreError> {
    let (store, id) = (&app.store, employee.id);
    let later = store.history_since_of(&here.workspace, end, id, id)?;
    let Some(then) = rewind(employee, &later) else {
        return Ok(None);
    };
    let runs: Vec<_> = later.iter().map(|entry| entry.run).collect();
    let until = history.into_iter();
    let until = until.filter(|entry| !runs.contains(&entry.run));
    Ok(Some((then, until.collect())))
}
