//! Humans: several records of one are one person.

use super::{
    Rules,
    company::Companies,
    contract::{Contract, Standalone, join},
    slice,
    wire::Record,
};
use jiff::civil::Date;
use muster_core::model::employment::{self, Employment};
use serde_json::Value as Json;
use std::collections::HashMap;

#[derive(Debug)]
pub(super) struct Human<'a> {
    /// What the external id is taken from; none: nothing says who it is.
    pub(super) id: Option<String>,
    /// The slices of their records that count, the most important record first.
    pub(super) records: Vec<&'a Record>,
    /// Their employments; none: a date cannot be read, or nothing says when one began.
    pub(super) employments: Option<Vec<Employment>>,
    /// The contract that stands for them today.
    pub(super) contract: Option<Contract<'a>>,
    /// Whether they are active as far as records say so.
    pub(super) is_active: Option<bool>,
}

/// Everybody, and what belongs to nobody.
#[derive(Debug, Default)]
pub(super) struct Everybody<'a> {
    pub(super) humans: Vec<Human<'a>>,
    /// Records without an id.
    pub(super) unidentified: usize,
    /// Employments of today or later whose employee is not there, by the code of the human.
    pub(super) strays: Vec<String>,
    /// Humans with an employment of today or later that the list of employments does not have, by their codes.
    pub(super) bereft: Vec<String>,
}

/// Where something stands on a day; the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Runs,
    Ahead,
    Over,
}

/// How records are understood on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'v> {
    pub(super) rules: Rules,
    pub(super) companies: &'v Companies,
    pub(super) today: Date,
}

/// Records of one human before they are looked at.
#[derive(Default)]
struct Group<'a> {
    code: Option<String>,
    slices: Vec<Vec<&'a Record>>,
    own: Vec<Standalone<'a>>,
}

impl<'v> View<'v> {
    /// Everybody of both lists.
    pub(super) fn everybody<'a>(
        &self,
        employees: &'a [Record],
        employments: &'a [Record],
    ) -> Everybody<'a> {
        let mut everybody = Everybody::default();
        let (slices, unidentified) = by_id(employees);
        everybody.unidentified = unidentified.len();
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut by_code: HashMap<String, usize> = HashMap::new();
        let mut by_contract: HashMap<String, usize> = HashMap::new();
        for slices in slices {
            let code = slices
                .iter()
                .find_map(|it| slice::text(&it.says, "personCode"));
            let known = code.as_ref().and_then(|code| by_code.get(code).copied());
            let position = known.unwrap_or(groups.len());
            if known.is_none() {
                groups.push(Group {
                    code: code.clone(),
                    ..Group::default()
                });
            }
            by_code.extend(code.map(|code| (code, position)));
            let contracts = slices.iter().flat_map(|it| &it.employments);
            by_contract.extend(
                contracts.filter_map(|it| Some((slice::text(it, "contractId")?, position))),
            );
            groups[position].slices.push(slices);
        }
        let (own, without_id) = by_id(employments);
        for slices in own
            .into_iter()
            .chain(without_id.into_iter().map(|it| vec![it]))
        {
            let own = Standalone { slices };
            let code = own.person_code();
            let position = match &code {
                Some(code) => by_code.get(code),
                None => own.ids().find_map(|id| by_contract.get(&id)),
            };
            match position {
                Some(&position) => groups[position].own.push(own),
                None if own.is_not_over(self.today) => {
                    everybody.strays.push(code.unwrap_or_default())
                }
                None => {}
            }
        }
        for group in groups {
            let code = group.code.clone();
            let (human, is_bereft) = self.human(group);
            everybody.humans.push(human);
            everybody.bereft.extend(code.filter(|_| is_bereft));
        }
        everybody
    }

    /// A human, and whether the list of employments lacks one of theirs.
    fn human<'a>(&self, group: Group<'a>) -> (Human<'a>, bool) {
        let chosen = group
            .slices
            .iter()
            .filter_map(|slices| slice::choose(slices, self.today));
        let records: Vec<&Record> = chosen.collect();
        let contracts = join(&records, group.own, self.today);
        let read: Vec<_> = contracts
            .iter()
            .map(|it| it.employment(self.rules, self.companies))
            .collect();
        let is_over = |it: &Employment| self.state(it.start, it.end) == State::Over;
        let mut both = contracts.iter().zip(&read);
        let is_bereft = both
            .any(|(it, read)| it.is_bereft() && matches!(read, Ok(Some(known)) if !is_over(known)));
        let state = |entry: usize| {
            let within = contracts
                .iter()
                .zip(&read)
                .filter(|(contract, _)| contract.entry == Some(entry));
            let known = within.filter_map(|(_, read)| read.as_ref().ok()?.as_ref());
            let rank = |it: &Employment| (self.state(it.start, it.end), it.start);
            known
                .map(rank)
                .min()
                .unwrap_or_else(|| self.validity(&group.slices[entry]))
        };
        let mut ranked: Vec<(State, Date, Option<String>, &Record)> = Vec::new();
        for (entry, record) in records.iter().enumerate() {
            let (state, start) = state(entry);
            ranked.push((state, start, slice::text(&record.says, "id"), record));
        }
        // Employments whose record is not on the list: nothing objects to them.
        let unrecorded = contracts
            .iter()
            .zip(&read)
            .filter(|(contract, _)| contract.entry.is_none());
        let has_unrecorded = unrecorded
            .filter_map(|(_, read)| read.as_ref().ok()?.as_ref())
            .any(|it| self.state(it.start, it.end) != State::Over);
        let is_active = is_active(&ranked, has_unrecorded);
        let vetoed = |record: &Record| record.says.get("isActive") == Some(&Json::Bool(false));
        ranked.sort_by(|a, b| {
            let rank = |it: &(State, Date, Option<String>, &Record)| {
                (it.0, vetoed(it.3), it.1, it.2.clone())
            };
            rank(a).cmp(&rank(b))
        });
        let id = if self.rules.by_code {
            group.code
        } else {
            ranked.first().and_then(|it| it.2.clone())
        };
        let records = ranked.into_iter().map(|it| it.3).collect();
        let (employments, contract) = self.employments(contracts, read, &group.slices);
        (
            Human {
                id,
                records,
                employments,
                contract,
                is_active,
            },
            is_bereft,
        )
    }

    /// All employments, and the contract that stands for the human today.
    fn employments<'a>(
        &self,
        contracts: Vec<Contract<'a>>,
        read: Vec<Result<Option<Employment>, ()>>,
        slices: &[Vec<&Record>],
    ) -> (Option<Vec<Employment>>, Option<Contract<'a>>) {
        if contracts.is_empty() {
            // Records without employments: their validity is all that is known.
            return (
                Some(slices.iter().filter_map(|slices| valid(slices)).collect()),
                None,
            );
        }
        let Ok(known) = read.into_iter().collect::<Result<Vec<_>, ()>>() else {
            return (None, None);
        };
        let (employments, contracts): (Vec<Employment>, Vec<Contract<'a>>) = known
            .into_iter()
            .zip(contracts)
            .filter_map(|(known, contract)| Some((known?, contract)))
            .unzip();
        let primary = employment::primary(&employments, self.today);
        let position = primary.and_then(|primary| employments.iter().position(|it| it == primary));
        let contract = position.and_then(|position| contracts.into_iter().nth(position));
        ((!employments.is_empty()).then_some(employments), contract)
    }

    fn state(&self, start: Date, end: Option<Date>) -> State {
        match () {
            () if start > self.today => State::Ahead,
            () if end.is_some_and(|end| end < self.today) => State::Over,
            () => State::Runs,
        }
    }

    fn validity(&self, slices: &[&Record]) -> (State, Date) {
        let known = valid(slices);
        known.map_or((State::Runs, Date::MIN), |it| {
            (self.state(it.start, it.end), it.start)
        })
    }
}

/// Slices of each record, in the order in which records came first; and records without an id.
fn by_id(records: &[Record]) -> (Vec<Vec<&Record>>, Vec<&Record>) {
    let (mut all, mut unidentified) = (Vec::<Vec<&Record>>::new(), Vec::new());
    let mut positions: HashMap<String, usize> = HashMap::new();
    for record in records {
        let Some(id) = slice::text(&record.says, "id") else {
            unidentified.push(record);
            continue;
        };
        let position = *positions.entry(id).or_insert(all.len());
        match all.get_mut(position) {
            Some(slices) => slices.push(record),
            None => all.push(vec![record]),
        }
    }
    (all, unidentified)
}

/// The validity of a record as an employment.
fn valid(slices: &[&Record]) -> Option<Employment> {
    let start = slices.iter().filter_map(|it| slice::from(it)).min()?;
    let ends: Option<Vec<Date>> = slices.iter().map(|it| slice::until(it)).collect();
    let end = ends
        .and_then(|ends| ends.into_iter().max())
        .and_then(|day| day.yesterday().ok());
    Some(Employment {
        start,
        end,
        ..Employment::default()
    })
}

/// Dates decide who works; records only object. What somebody who is to start is called is not documented. A record
/// objects to its own employment: of one whose record did not come it says nothing.
fn is_active(
    records: &[(State, Date, Option<String>, &Record)],
    has_unrecorded: bool,
) -> Option<bool> {
    let says = |record: &Record| record.says.get("isActive").and_then(Json::as_bool);
    let any = |state: State, is_vetoed: bool| {
        records.iter().any(|(known, _, _, record)| {
            *known == state && (says(record) == Some(false)) == is_vetoed
        })
    };
    records.iter().find_map(|(_, _, _, record)| says(record))?;
    if has_unrecorded {
        return Some(true);
    }
    let runs = any(State::Runs, false);
    let is_vetoed = if any(State::Runs, true) {
        !runs
    } else {
        any(State::Over, true) && !runs && !any(State::Ahead, false) && !any(State::Ahead, true)
    };
    Some(!is_vetoed)
}
