//! People who are missing from a list that does not say how long it is.
//!
//! A list that ends early looks like one that people have left. So each of them is asked for: who is still there when
//! asked for alone did not leave, and then nobody did for all that the list tells.

use super::{ConnectorError, Expected, Records, Session, Value, Wanted};
use async_trait::async_trait;
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{self, Access, Detail, List, Remedy},
            shown,
        },
    },
    read::{normalise::is_blank, reading::PartialReason, record::Cell},
};
use std::collections::HashSet;

/// The most employees that a problem names; nobody is asked for after so many are still there.
const MAX_NAMED: usize = 3;
/// Most employees who are looked up where there are too many to look up all: one who is still there shows that the list
/// ended early.
const MAX_SAMPLE: usize = 10;

/// Asks a system for one person.
#[async_trait]
pub(crate) trait Lookup: Sync {
    async fn ask(&self, person: &Expected) -> Result<Answered, ConnectorError>;
}

/// What a system says of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    There,
    /// They are there, but the credentials may not see them.
    Hidden,
    /// There is no employee with this id.
    Gone,
    /// It would not say so either if they were there.
    Unsure,
    /// It does not let people be asked for, and why.
    Refused(api::Lookup),
}

/// How the people of one system are asked for.
pub(crate) struct Absence<'a> {
    /// What messages call the system.
    pub(crate) vendor: &'a str,
    pub(crate) list: List,
    /// Asks; none: external ids are not what the system knows people by.
    pub(crate) lookup: Option<&'a dyn Lookup>,
    /// What lets people be asked for.
    pub(crate) permit: Access,
    /// An employee who is on the list: who cannot be asked for either says that nobody can.
    pub(crate) control: Option<Expected>,
    /// The most employees that one read looks up.
    pub(crate) limit: usize,
    /// The setting that raises it.
    pub(crate) raised_by: &'static str,
}

/// Why nobody may be taken for gone.
pub(crate) enum UnconfirmedAbsence {
    /// An employee who is not on the list is still there.
    StillThere(Problem),
    /// The system answers no lookup, so only the list can say who left.
    Unanswered(Problem),
    /// The system answers lookups, but not every missing employee was looked up.
    Unconfirmed(Problem),
}

impl UnconfirmedAbsence {
    /// Why the delivery is partial, and what is reported.
    pub(crate) fn shortfall(self) -> (PartialReason, Problem) {
        match self {
            Self::StillThere(problem) => (PartialReason::Truncated, problem),
            Self::Unanswered(problem) | Self::Unconfirmed(problem) => {
                (PartialReason::Shrunk, problem)
            }
        }
    }
}

/// All employees who were expected and whose id the read does not have.
pub(crate) fn missing<'s>(
    records: &Records,
    wanted: &Wanted,
    session: &'s Session<'_>,
    is_listed: impl Fn(&str) -> bool,
) -> Vec<&'s Expected> {
    if session.expected.is_empty() || wanted.identity.is_empty() {
        return Vec::new();
    }
    let position = |column: &String| records.columns().iter().position(|known| known == column);
    let columns: Vec<usize> = wanted.identity.iter().filter_map(position).collect();
    let mut known: HashSet<String> = HashSet::with_capacity(records.len());
    for record in records.iter() {
        let cells = columns
            .iter()
            .filter_map(|column| match record.cell(*column) {
                Cell::Text(text) if !is_blank(text) => Some(text.trim()),
                _ => None,
            });
        match &wanted.joined {
            Some(with) => known.extend([cells.collect::<Vec<_>>().join(with)]),
            None => known.extend(cells.map(str::to_owned)),
        }
    }
    let is_missing = |person: &&Expected| {
        !known.contains(&person.external_id) && !is_listed(&person.external_id)
    };
    session.expected.iter().filter(is_missing).collect()
}

impl Absence<'_> {
    /// Looks up every missing employee. Where the system gives no answer, a record is added that proves
    /// nothing but their presence.
    pub(crate) async fn confirm(
        &self,
        missing: &[&Expected],
        wanted: &Wanted,
        records: &mut Records,
    ) -> Result<Option<UnconfirmedAbsence>, ConnectorError> {
        if missing.is_empty() {
            return Ok(None);
        }
        let unanswered = |absence| {
            Ok(Some(UnconfirmedAbsence::Unanswered(
                self.unconfirmed(missing, absence),
            )))
        };
        let (Some(lookup), Some(control)) = (self.lookup, &self.control) else {
            return unanswered(api::Absence::OtherId);
        };
        match lookup.ask(control).await? {
            Answered::There => {}
            Answered::Refused(why) => return unanswered(api::Absence::Refused(why)),
            Answered::Hidden | Answered::Gone | Answered::Unsure => {
                return unanswered(api::Absence::ControlFails);
            }
        }
        let asked = match missing.len() {
            all if all <= self.limit => all,
            _ => self.limit.min(MAX_SAMPLE),
        };
        let (mut there, mut hidden, mut unsure, mut gone) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for person in spread(missing, asked) {
            match lookup.ask(person).await? {
                Answered::There => there.push(*person),
                Answered::Hidden => hidden.push(*person),
                Answered::Gone => gone += 1,
                Answered::Unsure => unsure.push(*person),
                Answered::Refused(why) => {
                    let absence = api::Absence::Refused(why);
                    return Ok(Some(UnconfirmedAbsence::Unconfirmed(
                        self.unconfirmed(missing, absence),
                    )));
                }
            }
            if there.len() + hidden.len() == MAX_NAMED {
                break;
            }
        }
        if !hidden.is_empty() {
            return Ok(Some(self.hidden(missing, &hidden)));
        }
        if !there.is_empty() {
            return Ok(Some(self.still_there(missing, &there)));
        }
        if asked < missing.len() {
            return Ok(Some(self.too_many(missing, asked, gone)));
        }
        unsure
            .into_iter()
            .for_each(|person| self.keep(person, wanted, records));
        Ok(None)
    }

    fn still_there(&self, missing: &[&Expected], there: &[&Expected]) -> UnconfirmedAbsence {
        let remedy = Remedy::AskWhyOmitted {
            system: self.vendor.to_owned(),
        };
        UnconfirmedAbsence::StillThere(self.problem(
            missing,
            there,
            api::Absence::StillThere,
            remedy,
        ))
    }

    fn hidden(&self, missing: &[&Expected], hidden: &[&Expected]) -> UnconfirmedAbsence {
        let remedy = Remedy::GiveOrDeactivate {
            access: self.permit.clone(),
            is_hidden: true,
        };
        UnconfirmedAbsence::StillThere(self.problem(missing, hidden, api::Absence::Hidden, remedy))
    }

    fn unconfirmed(&self, missing: &[&Expected], absence: api::Absence) -> Problem {
        let remedy = Remedy::GiveOrDeactivate {
            access: self.permit.clone(),
            is_hidden: false,
        };
        self.problem(missing, missing, absence, remedy)
    }

    /// What a few of them are says nothing of the others.
    fn too_many(&self, missing: &[&Expected], asked: usize, gone: u64) -> UnconfirmedAbsence {
        let absence = api::Absence::TooMany {
            looked_up: asked as u64,
            gone,
            limit: self.limit as u64,
        };
        let remedy = Remedy::RaiseLookups {
            setting: self.raised_by.to_owned(),
            count: missing.len() as u64,
        };
        UnconfirmedAbsence::Unconfirmed(self.problem(missing, missing, absence, remedy))
    }

    fn problem(
        &self,
        missing: &[&Expected],
        about: &[&Expected],
        absence: api::Absence,
        remedy: Remedy,
    ) -> Problem {
        let first = about.iter().take(MAX_NAMED);
        let detail = Detail::Missing(api::Missing {
            system: self.vendor.to_owned(),
            of: self.list,
            count: missing.len() as u64,
            absence,
            ids: first.map(|person| shown(&person.external_id)).collect(),
        });
        Problem::new(Code::ApiMissing, Severity::Warning, detail, remedy)
    }

    /// A record that cannot be used still proves that its person is there.
    fn keep(&self, person: &Expected, wanted: &Wanted, records: &mut Records) {
        let id = shown(&person.external_id);
        let detail = Detail::NotStarted {
            system: self.vendor.to_owned(),
            of: self.list,
            id: id.clone(),
        };
        let remedy = Remedy::DeactivateWhoDoesNotStart;
        let mut problem = Problem::new(Code::ApiMissing, Severity::Rejected, detail, remedy);
        problem.subject = Some(id);
        let value = |column: &String| match wanted.identity.contains(column) {
            true => Value::Text(person.external_id.clone()),
            false => Value::Absent,
        };
        let values: Vec<Value> = records.columns().iter().map(value).collect();
        records.put(&person.external_id, &values, Some(problem));
    }
}

/// So many of them, from the first to the last. A list that ends early lacks its end, so the last is always one of them.
fn spread<'m, 'e>(
    missing: &'m [&'e Expected],
    count: usize,
) -> impl Iterator<Item = &'m &'e Expected> {
    let last = missing.len() - 1;
    (0..count).map(move |number| match count {
        1 => &missing[last],
        _ => &missing[number * last / (count - 1)],
    })
}
