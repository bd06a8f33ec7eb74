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
    /// Whether a list objects to their being employed.
    pub(super) activity: Activity,
    /// Neither list has an employment of them.
    pub(super) is_unemployed: bool,
}

/// What both lists say of `isActive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// Nothing objects to an employment of theirs.
    Active,
    /// What they are employed by is not active.
    Vetoed,
    /// Neither list says.
    Unknown,
}

impl Human<'_> {
    /// Whether all employments ended before a day.
    pub(super) fn has_left(&self, today: Date) -> bool {
        let ended = |all: &Vec<Employment>| {
            !all.is_empty() && all.iter().all(|it| it.end.is_some_and(|end| end < today))
        };
        self.employments.as_ref().is_some_and(ended)
    }
}

/// All employees, and employments without one.
#[derive(Debug, Default)]
pub(super) struct People<'a> {
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
    /// All employees of both lists.
    pub(super) fn people<'a>(
        &self,
        employees: &'a [Record],
        employments: &'a [Record],
    ) -> People<'a> {
        let mut people = People::default();
        let (slices, unidentified) = by_id(employees);
        people.unidentified = unidentified.len();
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
                None if own.is_not_over(self.today) => people.strays.push(code.unwrap_or_default()),
                None => {}
            }
        }
        for group in groups {
            let code = group.code.clone();
            let (human, is_bereft) = self.human(group);
            people.humans.push(human);
            people.bereft.extend(code.filter(|_| is_bereft));
        }
        people
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
        let known = contracts.iter().zip(&read).filter_map(|(contract, read)| {
            let employment = read.as_ref().ok()?.as_ref()?;
            let record = contract.entry.map(|entry| records[entry]);
            let says = [
                contract.is_active(),
                record.and_then(|it| slice::flag(&it.says, "isActive")),
            ];
            Some(Unit::of(self.state(employment.start, employment.end), says))
        });
        let mut units: Vec<Unit> = known.collect();
        for (entry, record) in records.iter().enumerate() {
            if !contracts.iter().any(|it| it.entry == Some(entry)) {
                let (state, _) = state(entry);
                units.push(Unit::of(
                    state,
                    [slice::flag(&record.says, "isActive"), None],
                ));
            }
        }
        let activity = activity(&units);
        let is_unemployed = contracts.is_empty();
        let vetoed = |record: &Record| slice::flag(&record.says, "isActive") == Some(false);
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
                activity,
                is_unemployed,
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

/// An employment, or a record without one, and what both lists say of it.
#[derive(Clone, Copy)]
struct Unit {
    state: State,
    /// An objection in either list counts.
    is_active: Option<bool>,
}

impl Unit {
    fn of(state: State, says: [Option<bool>; 2]) -> Self {
        let is_active = match says {
            [Some(false), _] | [_, Some(false)] => Some(false),
            [one, other] => one.or(other),
        };
        Self { state, is_active }
    }
}

/// Dates decide who works; `isActive` only objects, each time to its own employment. What it says of an employment to come
/// is not documented, so that it is not looked at.
fn activity(units: &[Unit]) -> Activity {
    let says = |state: State| {
        let of_state = units.iter().filter(move |unit| unit.state == state);
        of_state.map(|unit| unit.is_active)
    };
    let running = || says(State::Runs);
    if running().any(|it| it == Some(true)) {
        return Activity::Active;
    }
    if running().next().is_some() {
        return match running().all(|it| it == Some(false)) {
            true => Activity::Vetoed,
            false => Activity::Unknown,
        };
    }
    if says(State::Ahead).next().is_some() {
        return match units.iter().any(|unit| unit.is_active.is_some()) {
            true => Activity::Active,
            false => Activity::Unknown,
        };
    }
    match () {
        () if says(State::Over).any(|it| it == Some(false)) => Activity::Vetoed,
        () if says(State::Over).any(|it| it == Some(true)) => Activity::Active,
        () => Activity::Unknown,
    }
}
