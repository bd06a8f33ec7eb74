//! Each employee may be the subject of one record of a delivery only, whichever key it used; and an employee whose
//! record was rejected stays exactly as stored.

use super::{MatchContext, Matches, RecordMatch, evidence, problems};
use crate::{
    decide::duplicates::differing_fields,
    model::{
        employee::Employee,
        facts::FactsRef,
        field::{FieldNumber, Schema, canonical},
        ids::EmployeeId,
        origin::Origin,
        plan::Reason,
        problem::Problem,
    },
    read::{
        normalise::fold_email,
        reading::{DraftState, Reading, repeated},
    },
    setup::policy::MatchBy,
};
use std::collections::{HashMap, HashSet};

/// How a record of a delivery speaks of an employee.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// By the match key, and it can be used.
    Own,
    /// By the match key, but it was rejected.
    Rejected,
    /// By the address, but names or birthday are those of another.
    Doubtful,
    /// The same, and it was rejected: it matters only where it is in an older file.
    RejectedDoubtful,
}

/// The records that name one employee.
type Voices = HashMap<EmployeeId, Vec<(usize, Voice)>>;

/// The employee that a rejected record is about, and not merely like: by its id, or by its address where it has no id
/// and nothing in it speaks against them.
pub(crate) fn rejected_subject<'k>(
    facts: FactsRef<'_>,
    context: &MatchContext<'k>,
) -> Option<&'k Employee> {
    let id = facts.value(canonical::EXTERNAL_ID);
    let email = facts.value(canonical::EMAIL);
    let by_email = email.and_then(|email| context.candidates.by_email(email));
    let by_id = id.and_then(|id| context.candidates.by_external_id(id));
    match context.policy.match_by {
        MatchBy::Email => by_email.or(by_id.filter(|_| email.is_none())),
        _ if id.is_some() => by_id,
        _ => by_email.filter(|employee| evidence::could_be_the_same(facts, employee)),
    }
}

fn voices(reading: &Reading, context: &MatchContext<'_>, matches: &Matches) -> Voices {
    let mut voices = Voices::with_capacity(matches.records.len());
    for (at, found) in matches.records.iter().enumerate() {
        let voice = match found {
            RecordMatch::Known(id, _) | RecordMatch::Held(Reason::IdReused, Some(id)) => {
                Some((*id, Voice::Own))
            }
            RecordMatch::Held(Reason::RecycledAddress, Some(id)) => Some((*id, Voice::Doubtful)),
            RecordMatch::Rejected(named) => {
                let facts = reading.drafts.facts(at as u32);
                let has_id = facts.value(canonical::EXTERNAL_ID).is_some();
                let by_address = named.filter(|_| !has_id);
                rejected_subject(facts, context)
                    .map(|employee| (employee.id, Voice::Rejected))
                    .or(by_address.map(|id| (id, Voice::RejectedDoubtful)))
            }
            _ => None,
        };
        if let Some((id, voice)) = voice {
            voices.entry(id).or_default().push((at, voice));
        }
    }
    voices
}

/// Leaves each employee one record at most. Returns the employees who have one, used or not.
pub(super) fn settle(
    reading: &mut Reading,
    context: &MatchContext<'_>,
    matches: &mut Matches,
    problems: &mut Vec<Problem>,
) -> HashSet<EmployeeId> {
    let voices = voices(reading, context, matches);
    let mut subjects: HashSet<EmployeeId> = HashSet::with_capacity(voices.len());
    let mut withdrawn = HashSet::new();
    // In the order of the delivery, so that the same delivery gives the same problems in the same order.
    let mut in_order: Vec<_> = voices.into_iter().collect();
    in_order.sort_by_key(|(_, of)| of.first().map(|(at, _)| *at));
    for (id, of) in in_order {
        if of
            .iter()
            .any(|(_, voice)| matches!(voice, Voice::Own | Voice::Rejected))
        {
            subjects.insert(id);
        }
        let unchanged = context
            .roster
            .position(id)
            .and_then(|position| reading.seen[position]);
        if of.len() == 1 && unchanged.is_none() {
            continue;
        }
        let Some(employee) = context.candidates.get(id) else {
            continue;
        };
        let mut group = Group {
            reading,
            matches,
            problems,
            withdrawn: &mut withdrawn,
            employee,
            schema: context.schema,
        };
        group.settle(of, unchanged);
    }
    reading.problems.withdraw(&withdrawn);
    subjects
}

/// The records that name one employee, among them one that is unchanged, perhaps.
struct Group<'g> {
    reading: &'g mut Reading,
    matches: &'g mut Matches,
    problems: &'g mut Vec<Problem>,
    /// Records whose rejection no longer matters.
    withdrawn: &'g mut HashSet<Origin>,
    employee: &'g Employee,
    schema: &'g Schema,
}

impl Group<'_> {
    fn origin(&self, at: usize) -> Origin {
        self.reading.drafts.get(at as u32).origin
    }

    fn settle(&mut self, of: Vec<(usize, Voice)>, unchanged: Option<Origin>) {
        let (of, unchanged) = self.newest(of, unchanged);
        let of = self.without_repetitions(of, unchanged);
        let with = |voice| {
            of.iter()
                .filter(move |(_, is)| *is == voice)
                .map(|(at, _)| *at)
        };
        let own: Vec<usize> = with(Voice::Own).collect();
        let rejected = with(Voice::Rejected).next();
        if let Some(unchanged) = unchanged
            && !own.is_empty()
        {
            self.matches.unchanged_lost += 1;
            for at in &own {
                let facts = self.reading.drafts.facts(*at as u32);
                let mut fields = differing_fields(facts, self.employee.facts.as_ref());
                // The employee also has values that no record states, such as the default language.
                fields.retain(|field| facts.iter().any(|(stated, _)| stated == *field));
                self.reject_duplicate(*at, unchanged, fields);
            }
        } else if let [first, others @ ..] = own.as_slice() {
            match (rejected, others) {
                (Some(other), _) => own.iter().for_each(|at| self.reject_blocked(*at, other)),
                (None, []) => {}
                (None, others) => {
                    let facts = |at: usize| self.reading.drafts.facts(at as u32);
                    let differing = |at| differing_fields(facts(*first), facts(at));
                    let all: Vec<_> = others.iter().map(|at| (*at, differing(*at))).collect();
                    self.reject_duplicate(*first, self.origin(others[0]), all[0].1.clone());
                    for (at, fields) in all {
                        self.reject_duplicate(at, self.origin(*first), fields);
                    }
                }
            }
        }
        for at in with(Voice::Doubtful) {
            if let Some(other) = rejected {
                self.reject_blocked(at, other);
            } else if unchanged.is_some() || !own.is_empty() {
                let facts = self.reading.drafts.facts(at as u32);
                let problem = problems::address_taken(facts, self.employee, false);
                self.reject(at, problem);
            }
        }
    }

    /// Only the newest file counts: the records of the others are superseded, also those that cannot be used.
    fn newest(
        &mut self,
        of: Vec<(usize, Voice)>,
        unchanged: Option<Origin>,
    ) -> (Vec<(usize, Voice)>, Option<Origin>) {
        let files = of.iter().map(|(at, _)| self.origin(*at).file);
        let Some(newest) = files.chain(unchanged.map(|origin| origin.file)).min() else {
            return (of, unchanged);
        };
        if unchanged.is_some_and(|origin| origin.file > newest) {
            self.matches.unchanged_superseded += 1;
        }
        let mut left = Vec::with_capacity(of.len());
        for (at, voice) in of {
            let origin = self.origin(at);
            if origin.file == newest {
                left.push((at, voice));
                continue;
            }
            if matches!(voice, Voice::Rejected | Voice::RejectedDoubtful) {
                self.withdrawn.insert(origin);
            }
            self.matches.records[at] = RecordMatch::Superseded;
        }
        (left, unchanged.filter(|origin| origin.file == newest))
    }

    /// A record that says, in another spelling, what the unchanged one says is a repetition of it.
    fn without_repetitions(
        &mut self,
        of: Vec<(usize, Voice)>,
        unchanged: Option<Origin>,
    ) -> Vec<(usize, Voice)> {
        let Some(unchanged) = unchanged else {
            return of;
        };
        let mut left = Vec::with_capacity(of.len());
        for (at, voice) in of {
            let draft = *self.reading.drafts.get(at as u32);
            let facts = self.reading.drafts.facts(at as u32);
            if voice == Voice::Own
                && draft.state == DraftState::Candidate
                && is_stored(facts, self.employee)
            {
                self.problems.push(repeated(draft.origin, unchanged));
                self.matches.records[at] = RecordMatch::Superseded;
            } else {
                left.push((at, voice));
            }
        }
        left
    }

    fn reject_duplicate(&mut self, at: usize, other: Origin, fields: Vec<FieldNumber>) {
        let facts = self.reading.drafts.facts(at as u32);
        let fields = fields
            .iter()
            .map(|field| self.schema.key(*field).to_owned());
        let problem = problems::duplicate(facts, (self.origin(at), other), fields.collect());
        self.reject(at, problem);
    }

    fn reject_blocked(&mut self, at: usize, other: usize) {
        let facts = self.reading.drafts.facts(at as u32);
        let lines = (self.origin(at), self.origin(other));
        let problem = problems::blocked(facts, lines, self.employee);
        self.reject(at, problem);
    }

    fn reject(&mut self, at: usize, problem: Problem) {
        self.problems.push(problem.at(self.origin(at)));
        self.matches.records[at] = RecordMatch::Rejected(Some(self.employee.id));
    }
}

/// Whether a record says nothing but what is stored, in whatever spelling of the address.
fn is_stored(facts: FactsRef<'_>, employee: &Employee) -> bool {
    facts.iter().all(
        |(field, fact)| match (fact.value(), employee.value(field)) {
            (Some(ours), Some(theirs)) if field == canonical::EMAIL => {
                fold_email(ours) == fold_email(theirs)
            }
            (ours, theirs) => ours == theirs,
        },
    )
}
