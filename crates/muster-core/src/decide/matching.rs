//! Decides which person of the directory each draft is about: the matching table of the rules.

use crate::{
    decide::{amend, known::Known},
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        facts::FactsRef,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        origin::Place,
        plan::Reason,
        problem::{Problem, Severity, shown},
    },
    read::{
        normalise::fold_email,
        reading::{DraftState, Reading},
        roster::Roster,
    },
    setup::policy::{EmailChange, MatchBy, Policy},
};
use std::collections::{HashMap, HashSet};

/// What was decided about one draft.
#[derive(Debug)]
pub(crate) enum Pair {
    /// About a known person.
    Known(EmployeeId, Reason),
    /// About somebody new.
    New,
    /// A person must decide; the employee is who it may be about.
    Held(Reason, Option<EmployeeId>),
    /// Cannot be used; it still proves that the employee is present.
    Rejected(Option<EmployeeId>),
    Dropped,
}

/// Pairs, by position of the draft.
pub(crate) struct Pairing {
    pub(crate) pairs: Vec<Pair>,
    /// Roster entries whose unchanged record turned out to be a duplicate.
    pub(crate) unchanged_lost: u64,
    pub(crate) unchanged_superseded: u64,
}

/// What pairing looks at.
pub(crate) struct Sides<'a> {
    pub(crate) known: &'a Known,
    pub(crate) roster: &'a Roster,
    pub(crate) policy: &'a Policy,
    pub(crate) calendar: Calendar,
}

/// Pairs every draft. Drafts that are rejected here get a problem in the reading.
pub(crate) fn pair(reading: &mut Reading, sides: &Sides<'_>) -> Pairing {
    let mut pairing = Pairing {
        pairs: Vec::with_capacity(reading.drafts.len()),
        unchanged_lost: 0,
        unchanged_superseded: 0,
    };
    let mut problems = Vec::new();
    for (position, draft) in reading.drafts.iter() {
        let facts = reading.drafts.facts(position);
        let pair = match draft.state {
            DraftState::Superseded => Pair::Dropped,
            DraftState::Candidate if sides.known.is_empty() => Pair::New,
            DraftState::Rejected => Pair::Rejected(find(facts, sides).map(|employee| employee.id)),
            DraftState::NotSelected | DraftState::Undecided => match find_own(facts, sides) {
                Some(employee) => Pair::Known(employee.id, Reason::Deselected),
                None => Pair::New,
            },
            DraftState::Candidate => decide(facts, sides).unwrap_or_else(|(employee, problem)| {
                problems.push(problem.at(draft.place));
                Pair::Rejected(employee)
            }),
        };
        pairing.pairs.push(pair);
    }
    if sides.known.is_empty() {
        return pairing;
    }
    one_record_each(reading, sides, &mut pairing, &mut problems);
    returning_holders(&mut pairing);
    claims(&ADDRESSES, reading, sides, &mut pairing, &mut problems);
    if sides.policy.match_by == MatchBy::Email {
        claims(&IDS, reading, sides, &mut pairing, &mut problems);
    }
    probable_email_changes(reading, sides, &mut pairing);
    for problem in problems {
        reading.problems.push(problem);
    }
    pairing
}

/// Whom a record names, whatever it says: by id, else by address.
fn find<'k>(facts: FactsRef<'_>, sides: &Sides<'k>) -> Option<&'k Employee> {
    let by_id = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| sides.policy.match_by != MatchBy::Email);
    let by_email = facts
        .value(canonical::EMAIL)
        .filter(|_| sides.policy.match_by != MatchBy::ExternalId);
    by_id
        .and_then(|id| sides.known.by_external_id(id))
        .or_else(|| by_email.and_then(|email| sides.known.by_email(email)))
        .filter(|employee| employee.status != Status::Erased)
}

/// The same among people of this integration, but never by the address of somebody with another id.
fn find_own<'k>(facts: FactsRef<'_>, sides: &Sides<'k>) -> Option<&'k Employee> {
    let said = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| sides.policy.match_by != MatchBy::Email);
    find(facts, sides).filter(|employee| {
        let same_id =
            said.is_none() || employee.external_id().is_none() || said == employee.external_id();
        same_id && employee.owner.is_some() && employee.owner == sides.roster.integration
    })
}

type Refused = (Option<EmployeeId>, Problem);

/// The matching table.
fn decide(facts: FactsRef<'_>, sides: &Sides<'_>) -> Result<Pair, Refused> {
    let id = facts.value(canonical::EXTERNAL_ID);
    let email = facts.value(canonical::EMAIL).unwrap_or_default();
    let by_email = sides.known.by_email(email);
    let owned = |employee: &Employee| check_owner(employee, sides.roster, facts);
    if let (Some(id), true) = (id, sides.policy.match_by != MatchBy::Email) {
        if let Some(employee) = sides.known.by_external_id(id) {
            owned(employee)?;
            if is_somebody_else(facts, employee) {
                return Ok(Pair::Held(Reason::IdReused, Some(employee.id)));
            }
            return Ok(Pair::Known(employee.id, Reason::SameExternalId));
        }
        let Some(holder) = by_email else {
            return Ok(Pair::New);
        };
        return match holder.external_id() {
            None => {
                owned(holder)?;
                Ok(Pair::Known(holder.id, Reason::IdAdopted))
            }
            // Whether an employed holder gives the address up is known when all records are paired.
            Some(_) if holder.status.is_employed() => Ok(Pair::New),
            Some(_) => {
                owned(holder)?;
                Ok(Pair::Held(Reason::RehireOrRecycledAddress, Some(holder.id)))
            }
        };
    }
    // Whether somebody else who has the id gives it up is known when all records are paired.
    let Some(employee) = by_email else {
        return Ok(Pair::New);
    };
    owned(employee)?;
    Ok(Pair::Known(employee.id, Reason::SameEmail))
}

/// First name, last name, birthday and address all differ (a birthday that either side lacks proves nothing).
fn is_somebody_else(facts: FactsRef<'_>, employee: &Employee) -> bool {
    let differs = |field: FieldNumber| match (facts.value(field), employee.value(field)) {
        (Some(said), Some(stored)) => said != stored,
        _ => field == canonical::BIRTHDAY,
    };
    let address = match (
        facts.value(canonical::EMAIL),
        employee.value(canonical::EMAIL),
    ) {
        (Some(said), Some(stored)) => fold_email(said) != fold_email(stored),
        _ => false,
    };
    address
        && [
            canonical::FIRST_NAME,
            canonical::LAST_NAME,
            canonical::BIRTHDAY,
        ]
        .into_iter()
        .all(differs)
}

fn check_owner(employee: &Employee, roster: &Roster, facts: FactsRef<'_>) -> Result<(), Refused> {
    match employee.owner {
        Some(owner) if Some(owner) != roster.integration => {
            let named = |id| {
                roster
                    .names
                    .get(&id)
                    .map_or("another integration".to_owned(), |name| {
                        format!("`{}`", shown(name))
                    })
            };
            let ours = roster.integration.map_or("this one".to_owned(), named);
            let problem = about(
                facts,
                Code::MatchOwner,
                format!(
                    "{} belongs to {} of this workspace, which alone may change them; {ours} may not",
                    employee.name(),
                    named(owner)
                ),
                "take the person out of one of the two sources",
            );
            Err((Some(employee.id), problem))
        }
        _ => Ok(()),
    }
}

/// Each person may be spoken of by one record only, whichever key it used.
fn one_record_each(
    reading: &mut Reading,
    sides: &Sides<'_>,
    pairing: &mut Pairing,
    problems: &mut Vec<Problem>,
) {
    let mut spoken: HashMap<EmployeeId, usize> = HashMap::new();
    for at in 0..pairing.pairs.len() {
        let draft = *reading.drafts.get(at as u32);
        let Pair::Known(employee, _) = pairing.pairs[at] else {
            continue;
        };
        if let Some(&first) = spoken.get(&employee) {
            if reading.drafts.get(first as u32).place.file != draft.place.file {
                pairing.pairs[at] = Pair::Dropped;
                continue;
            }
            // The third of a kind is rejected alone: the first two were before.
            let both = [first, at];
            let fresh = if matches!(pairing.pairs[first], Pair::Rejected(_)) {
                &both[1..]
            } else {
                &both[..]
            };
            for &position in fresh {
                let place = reading.drafts.get(position as u32).place;
                let lines = (
                    reading.drafts.get(first as u32).place.line,
                    draft.place.line,
                );
                problems.push(twice(reading.drafts.facts(position as u32), lines).at(place));
                pairing.pairs[position] = Pair::Rejected(Some(employee));
            }
            continue;
        }
        let seen = sides
            .roster
            .position(employee)
            .and_then(|position| reading.seen[position]);
        if seen.is_some_and(|unchanged| unchanged.file < draft.place.file) {
            pairing.pairs[at] = Pair::Dropped;
            continue;
        }
        spoken.insert(employee, at);
        let Some(unchanged) = seen else { continue };
        if unchanged.file > draft.place.file {
            pairing.unchanged_superseded += 1;
        } else {
            problems.push(
                twice(
                    reading.drafts.facts(at as u32),
                    (unchanged.line, draft.place.line),
                )
                .at(draft.place),
            );
            pairing.pairs[at] = Pair::Rejected(Some(employee));
            pairing.unchanged_lost += 1;
        }
    }
}

fn twice(facts: FactsRef<'_>, (first, second): (u32, u32)) -> Problem {
    about(
        facts,
        Code::RecordDuplicate,
        format!("lines {first} and {second} are about the same person but say different things"),
        "keep the right one of the two in the source",
    )
}

/// An inactive person who has a record of their own is not the newcomer who wants their address.
fn returning_holders(pairing: &mut Pairing) {
    let spoken: HashSet<EmployeeId> = pairing
        .pairs
        .iter()
        .filter_map(|pair| match pair {
            Pair::Known(id, reason) if *reason != Reason::Deselected => Some(*id),
            _ => None,
        })
        .collect();
    for pair in &mut pairing.pairs {
        if matches!(pair, Pair::Held(Reason::RehireOrRecycledAddress, Some(holder)) if spoken.contains(holder))
        {
            *pair = Pair::New;
        }
    }
}

/// A value that only one person may have.
struct Claim {
    field: FieldNumber,
    holder: for<'k> fn(&'k Known, &str) -> Option<&'k Employee>,
    /// What is said where the holder keeps it; the last is whether the record is about somebody new.
    refused: fn(FactsRef<'_>, &Employee, bool) -> Problem,
}

const ADDRESSES: Claim = Claim {
    field: canonical::EMAIL,
    holder: |known, email| known.by_email(email),
    refused: taken,
};

/// Only where addresses decide who is who: else the id says it, and nobody's changes.
const IDS: Claim = Claim {
    field: canonical::EXTERNAL_ID,
    holder: |known, id| known.by_external_id(id),
    refused: |facts, holder, _| conflict(facts, holder),
};

/// A value may be taken over only from somebody who gives it up in the same plan. Rejecting one record
/// may keep a value where it is and so reject the next: repeated until nothing moves.
fn claims(
    claim: &Claim,
    reading: &Reading,
    sides: &Sides<'_>,
    pairing: &mut Pairing,
    problems: &mut Vec<Problem>,
) {
    // Who wants a value that somebody else has; few, so that the rounds below are short.
    let mut wanting: Vec<(usize, EmployeeId)> = Vec::new();
    let mut moving: HashSet<EmployeeId> = HashSet::new();
    for (at, pair) in pairing.pairs.iter().enumerate() {
        let state = reading.drafts.get(at as u32).state;
        let me = match pair {
            Pair::Known(me, _) if state == DraftState::Candidate => Some(*me),
            Pair::New if state == DraftState::Candidate => None,
            _ => continue,
        };
        // A value that is held by hand neither moves nor wants another.
        let stays = |me| {
            sides
                .known
                .get(me)
                .is_some_and(|one| one.pin(claim.field, sides.calendar.today).is_some())
        };
        let Some(wanted) = reading
            .drafts
            .facts(at as u32)
            .value(claim.field)
            .filter(|_| !me.is_some_and(stays))
        else {
            continue;
        };
        match (claim.holder)(sides.known, wanted) {
            Some(holder) if Some(holder.id) != me => wanting.push((at, holder.id)),
            Some(_) => continue,
            None => {}
        }
        moving.extend(me);
    }
    loop {
        let before = wanting.len();
        wanting.retain(|&(at, holder)| {
            if moving.contains(&holder) {
                return true;
            }
            let me = match pairing.pairs[at] {
                Pair::Known(me, _) => Some(me),
                _ => None,
            };
            me.inspect(|me| {
                moving.remove(me);
            });
            let facts = reading.drafts.facts(at as u32);
            let problem = sides
                .known
                .get(holder)
                .map(|holder| (claim.refused)(facts, holder, me.is_none()));
            problems.extend(problem.map(|problem| problem.at(reading.drafts.get(at as u32).place)));
            // A record with a new id but a known address is about the holder as much as about anybody.
            pairing.pairs[at] = Pair::Rejected(me.or(Some(holder)));
            false
        });
        if wanting.len() == before {
            return;
        }
    }
}

fn taken(facts: FactsRef<'_>, holder: &Employee, new: bool) -> Problem {
    let email = facts.value(canonical::EMAIL).map(shown).unwrap_or_default();
    let state = if holder.status.is_employed() {
        ""
    } else {
        ", who is inactive"
    };
    let theirs = holder
        .external_id()
        .map_or("no external id".to_owned(), |id| {
            format!("external id `{}`", shown(id))
        });
    let ours = facts
        .value(canonical::EXTERNAL_ID)
        .map_or("no external id".to_owned(), |id| format!("`{}`", shown(id)));
    let (code, what) = if new {
        (Code::MatchConflict, "conflict")
    } else {
        (Code::AddressTaken, "address taken")
    };
    let said = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| new)
        .unwrap_or_default();
    let advice = if holder
        .external_id()
        .is_some_and(|stored| same_but_for_spreadsheets(said, stored))
    {
        "the ids differ only in what spreadsheets drop or add, such as leading zeros: export them as text"
    } else {
        "correct the address or the id of one of the two in the source"
    };
    let message = format!(
        "{what}: the address `{email}` of {ours} belongs to {}{state}, with {theirs}",
        holder.name()
    );
    about(facts, code, message, advice)
}

/// Whether two ids are one before and after a spreadsheet took it for a number, or for text by an apostrophe.
fn same_but_for_spreadsheets(one: &str, other: &str) -> bool {
    let bare = |id: &'_ str| {
        id.trim_start_matches(['\'', '0'])
            .trim_end_matches(".0")
            .to_owned()
    };
    !bare(one).is_empty() && bare(one) == bare(other)
}

fn conflict(facts: FactsRef<'_>, other: &Employee) -> Problem {
    let id = facts
        .value(canonical::EXTERNAL_ID)
        .map(shown)
        .unwrap_or_default();
    about(
        facts,
        Code::MatchConflict,
        format!(
            "conflict: the external id `{id}` belongs to {} (`{}`), the address does not",
            other.name(),
            shown(other.email())
        ),
        "correct the id or the address in the source",
    )
}

fn about(facts: FactsRef<'_>, code: Code, message: String, advice: &str) -> Problem {
    let mut problem = Problem::new(
        code,
        Severity::Rejected,
        format!("{message}; the record is not used"),
        advice,
    );
    problem.subject = facts
        .value(canonical::EXTERNAL_ID)
        .or(facts.value(canonical::EMAIL))
        .map(shown);
    problem
}

/// A new address with the names and birthday of exactly one active person who is not in the delivery.
fn probable_email_changes(reading: &Reading, sides: &Sides<'_>, pairing: &mut Pairing) {
    if sides.policy.email_change == EmailChange::Create {
        return;
    }
    let present = present(reading, sides, pairing);
    let person = |value: &dyn Fn(FieldNumber) -> Option<String>| {
        Some((
            value(canonical::FIRST_NAME)?,
            value(canonical::LAST_NAME)?,
            value(canonical::BIRTHDAY)?,
        ))
    };
    let mut absent: HashMap<_, Vec<EmployeeId>> = HashMap::new();
    for employee in sides
        .known
        .iter()
        .filter(|employee| is_active(employee, sides.calendar))
    {
        if employee.owner.is_some() && employee.owner != sides.roster.integration
            || present.has(employee.id)
        {
            continue;
        }
        if let Some(key) = person(&|field| employee.value(field).map(str::to_owned)) {
            absent.entry(key).or_default().push(employee.id);
        }
    }
    if absent.is_empty() {
        return;
    }
    for (at, pair) in pairing.pairs.iter_mut().enumerate() {
        let facts = reading.drafts.facts(at as u32);
        let is_new = matches!(pair, Pair::New)
            && reading.drafts.get(at as u32).state == DraftState::Candidate;
        if !is_new || facts.value(canonical::EXTERNAL_ID).is_some() {
            continue;
        }
        let Some(key) = person(&|field| facts.value(field).map(str::to_owned)) else {
            continue;
        };
        if let Some([one]) = absent.get(&key).map(Vec::as_slice) {
            *pair = Pair::Held(Reason::ProbableEmailChange, Some(*one));
        }
    }
}

/// Whether somebody is active, or becomes so in this very run: the next one would find the same people.
fn is_active(employee: &Employee, calendar: Calendar) -> bool {
    let day = |field| employee.value(field).and_then(amend::day);
    let dates = (
        day(canonical::ONBOARDING_DATE),
        day(canonical::OFFBOARDING_DATE),
    );
    match employee.status {
        Status::Active => true,
        Status::Scheduled => {
            amend::next_status(employee.status, dates.0, dates.1, calendar).0 == Status::Active
        }
        Status::Inactive | Status::Erased => false,
    }
}

/// Everybody whom some record of the delivery names. A record that is not used may be about whoever has its id
/// as much as about whoever has its address.
pub(crate) fn present<'r>(
    reading: &'r Reading,
    sides: &Sides<'r>,
    pairing: &Pairing,
) -> Present<'r> {
    let mut named: HashSet<EmployeeId> = HashSet::new();
    for (at, pair) in pairing.pairs.iter().enumerate() {
        match pair {
            Pair::Known(id, _) => {
                named.insert(*id);
            }
            Pair::Held(_, one) | Pair::Rejected(one) => {
                let facts = reading.drafts.facts(at as u32);
                named.extend(
                    keys(facts, sides.known)
                        .map(|employee| employee.id)
                        .chain(*one),
                );
            }
            Pair::New | Pair::Dropped => {}
        }
    }
    Present {
        roster: sides.roster,
        seen: &reading.seen,
        named,
    }
}

/// Whoever has the id of a record, and whoever has its address.
pub(crate) fn keys<'k>(
    facts: FactsRef<'_>,
    known: &'k Known,
) -> impl Iterator<Item = &'k Employee> {
    let by_id = facts
        .value(canonical::EXTERNAL_ID)
        .and_then(|id| known.by_external_id(id));
    let by_email = facts
        .value(canonical::EMAIL)
        .and_then(|email| known.by_email(email));
    by_id.into_iter().chain(by_email)
}

/// Who is in a delivery.
pub(crate) struct Present<'r> {
    roster: &'r Roster,
    seen: &'r [Option<Place>],
    named: HashSet<EmployeeId>,
}

impl Present<'_> {
    /// Whether the person at a position of the roster was named by a record that is as it was.
    pub(crate) fn at(&self, position: usize) -> bool {
        self.seen[position].is_some()
    }

    /// Whether a record that was looked at names the person.
    pub(crate) fn named(&self, employee: EmployeeId) -> bool {
        self.named.contains(&employee)
    }

    /// Takes the person for present although no record names them by a key.
    pub(crate) fn keep(&mut self, employee: EmployeeId) {
        self.named.insert(employee);
    }

    /// Whether any record does.
    pub(crate) fn has(&self, employee: EmployeeId) -> bool {
        self.named(employee)
            || self
                .roster
                .position(employee)
                .is_some_and(|position| self.at(position))
    }
}
