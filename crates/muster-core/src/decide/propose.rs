//! Turns a reading into a proposal: pairs, amendments, departures, dates that came due, verdict.
//!
//! Pure: the same reading, people and calendar give the same proposal, byte for byte.

use crate::{
    decide::{
        amend::{self, Amendment},
        date_order::{self, InDoubt},
        depart, duplicates, guard,
        known::Known,
        matching::{self, Pair, Sides},
        proposal::{Counts, Proposal, Verdict},
        swallowed,
        undecided::{self, Says, Undecided},
        unidentified,
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Employee,
        facts::{Fact, Facts, FactsRef},
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        origin::Place,
        pin::{Pin, PinNotice},
        plan::{Change, Changed, Create, Operation, OperationKind, Plan, Reason, Who},
        problem::{Problem, Severity, lifecycle},
    },
    privacy::tombstone::{self, Tombstones},
    read::{
        reading::{Completeness, DraftState, PartialReason, Problems, Reading},
        roster::{Fingerprint, Roster},
    },
    setup::{
        integration::Setup,
        policy::{Deselected, EmailChange, Policy},
    },
};
use std::collections::HashSet;

/// The keys of people that [`propose`] must be able to look up.
pub struct Wanted<'r> {
    /// External ids named by drafts.
    pub external_ids: Vec<&'r str>,
    /// Addresses named by drafts.
    pub emails: Vec<&'r str>,
    /// Employed people whom no unchanged record named: they may be missing.
    pub unseen: Vec<EmployeeId>,
    /// Somebody whom nobody owns may be who a record without external id is about, under an older address.
    pub unowned: bool,
}

/// Tells whom to load before proposing.
pub fn wanted<'r>(reading: &'r Reading, roster: &Roster, policy: &Policy) -> Wanted<'r> {
    let values = |field| {
        reading
            .drafts
            .iter()
            .filter_map(move |(position, _)| reading.drafts.facts(position).value(field))
            .collect()
    };
    let nobody = roster.workspace_people == 0;
    let unseen = roster.entries().iter().zip(&reading.seen);
    Wanted {
        external_ids: if nobody {
            Vec::new()
        } else {
            values(canonical::EXTERNAL_ID)
        },
        emails: if nobody {
            Vec::new()
        } else {
            values(canonical::EMAIL)
        },
        unseen: unseen
            .filter(|(entry, seen)| entry.employed && seen.is_none())
            .map(|(entry, _)| entry.employee)
            .collect(),
        unowned: policy.email_change == EmailChange::Hold
            && roster.workspace_people > roster.entries().len() as u64
            && reading.drafts.iter().any(|(position, draft)| {
                let facts = reading.drafts.facts(position);
                let has = |field| facts.value(field).is_some();
                draft.state == DraftState::Candidate
                    && !has(canonical::EXTERNAL_ID)
                    && has(canonical::BIRTHDAY)
            }),
    }
}

/// The proposal under construction.
struct Draughtsman<'a> {
    setup: &'a Setup,
    known: &'a Known,
    calendar: Calendar,
    plan: Plan,
    counts: Counts,
    problems: Vec<Problem>,
    refreshed: Vec<(EmployeeId, Fingerprint)>,
    pins: Vec<PinNotice>,
    concerned: HashSet<EmployeeId>,
    in_doubt: InDoubt,
    undecided: Undecided,
    tombstones: &'a Tombstones,
}

/// Decides what a delivery does to the directory.
///
/// `known` has the people that [`wanted`] names, and those on whom a date came due.
pub fn propose(
    mut reading: Reading,
    setup: &Setup,
    roster: &Roster,
    known: &Known,
    calendar: Calendar,
) -> Proposal {
    let policy = &setup.rules.policy;
    swallowed::reject(&mut reading, known, roster, policy.match_by);
    duplicates::resolve(&mut reading, policy.match_by);
    let sides = Sides {
        known,
        roster,
        policy,
        calendar,
    };
    let in_doubt = date_order::resolve(&mut reading, known, policy.match_by);
    let mut pairing = matching::pair(&mut reading, &sides);
    let held = hold_new(&in_doubt, &reading, &mut pairing);
    undecided::adopt(&mut reading, known, &pairing);
    let unidentified = unidentified::find(&reading, &sides, &pairing);
    if !unidentified.is_empty() {
        reading.completeness = Completeness::Partial(PartialReason::UnknownPeople);
    }
    let mut work = Draughtsman {
        setup,
        known,
        calendar,
        plan: Plan::default(),
        counts: Counts {
            read: reading.read,
            superseded: reading.superseded,
            rejected: reading.unreadable,
            ..Counts::default()
        },
        problems: unidentified,
        refreshed: Vec::new(),
        pins: Vec::new(),
        concerned: HashSet::new(),
        in_doubt,
        undecided: Undecided::default(),
        tombstones: &roster.tombstones,
    };
    work.counts.unchanged =
        reading.unchanged - pairing.unchanged_lost - pairing.unchanged_superseded;
    work.counts.rejected += pairing.unchanged_lost;
    work.counts.superseded += pairing.unchanged_superseded;
    for (position, pair) in (0..).zip(&pairing.pairs) {
        work.take(&reading, position, pair);
    }
    work.problems.extend(work.in_doubt.problems(&reading, held));
    work.problems.extend(work.undecided.problems(&reading));
    work.undecided.keep_pending(&mut reading);
    let missed = if reading.completeness == Completeness::Complete {
        let mut present = matching::present(&reading, &sides, &pairing);
        work.problems
            .extend(unidentified::kept(&reading, &sides, &pairing, &present));
        work.problems.extend(unidentified::keep_namesakes(
            &reading,
            &sides,
            &pairing,
            &mut present,
        ));
        depart::missing(
            &mut work.plan,
            roster,
            known,
            policy,
            |employee, position| present.at(position) || present.named(employee),
            &mut work.problems,
        )
    } else {
        Vec::new()
    };
    work.counts.missing = work
        .plan
        .operations
        .iter()
        .filter(|operation| operation.reason == Reason::Missing)
        .count() as u64;
    work.counts.due = depart::due(
        &mut work.plan,
        roster.integration,
        known,
        &work.concerned,
        calendar,
        &mut work.problems,
    );
    work.finish(reading, roster, missed)
}

/// Holds the records of new employees whose dates are in doubt, and counts them.
fn hold_new(in_doubt: &InDoubt, reading: &Reading, pairing: &mut matching::Pairing) -> u64 {
    let mut held = 0;
    for position in &in_doubt.new {
        let is_candidate = reading.drafts.get(*position).state == DraftState::Candidate;
        let pair = &mut pairing.pairs[*position as usize];
        if is_candidate && matches!(pair, Pair::New) {
            *pair = Pair::Held(Reason::DateOrderInDoubt, None);
            held += 1;
        }
    }
    held
}

/// What a record says of a known employee: nothing of fields whose first column is withheld, so that stored values stay.
fn known_facts<'r>(
    facts: FactsRef<'r>,
    reading: &Reading,
    kept: &'r mut Option<Facts>,
) -> FactsRef<'r> {
    if reading.withheld_first.is_empty() {
        return facts;
    }
    let is_kept = |(field, _): &(FieldNumber, Fact<'_>)| !reading.withheld_first.contains(field);
    kept.insert(Facts::new(facts.iter().filter(is_kept)))
        .as_ref()
}

impl Draughtsman<'_> {
    fn take(&mut self, reading: &Reading, position: u32, pair: &Pair) {
        let draft = reading.drafts.get(position);
        let facts = reading.drafts.facts(position);
        if let Pair::Known(id, _) | Pair::Held(_, Some(id)) | Pair::Rejected(Some(id)) = pair {
            self.concerned.insert(*id);
        }
        match pair {
            Pair::Dropped => self.counts.superseded += 1,
            Pair::Rejected(_) => self.counts.rejected += 1,
            Pair::New if draft.state != DraftState::Candidate => self.counts.excluded += 1,
            Pair::New | Pair::Held(_, None) if self.tombstones.names_address(facts) => {
                self.counts.excluded += 1;
                self.problems.push(tombstone::left_out().at(draft.place));
            }
            Pair::New => match amend::first_status(facts, self.calendar) {
                Some(status) => {
                    self.counts.created += 1;
                    self.plan.creates.push(Create {
                        draft: position,
                        status,
                    });
                }
                None => self.counts.excluded += 1,
            },
            Pair::Held(reason, employee) => {
                self.counts.held += 1;
                self.hold(reading, position, *reason, *employee);
            }
            Pair::Known(id, reason) => {
                let Some(employee) = self.known.get(*id) else {
                    return;
                };
                if draft.state != DraftState::Candidate {
                    self.deselect(reading, position, employee);
                } else {
                    self.amend(reading, position, employee, *reason);
                }
            }
        }
    }

    fn amend(&mut self, reading: &Reading, position: u32, employee: &Employee, matched: Reason) {
        let facts = reading.drafts.facts(position);
        self.amend_with(facts, reading, position, employee, matched);
    }

    /// The same with some of what the record says.
    fn amend_with(
        &mut self,
        facts: FactsRef<'_>,
        reading: &Reading,
        position: u32,
        employee: &Employee,
        matched: Reason,
    ) {
        let draft = reading.drafts.get(position);
        let mut kept = None;
        let facts = known_facts(facts, reading, &mut kept);
        let Amendment {
            mut kind,
            reason,
            mut changes,
            mut warnings,
            pinned,
            leaves_first,
        } = amend::amend(employee, facts, matched, self.calendar);
        warnings.extend(amend::blank_kept(employee, draft.blank_dates, &changes));
        let subject = employee
            .external_id()
            .unwrap_or(employee.email())
            .to_owned();
        self.problems
            .extend(warnings.into_iter().map(|warning| Problem {
                subject: Some(subject.clone()),
                ..warning.at(draft.place)
            }));
        let leaves = kind.is_some_and(OperationKind::is_removal) && !employee.protected;
        if leaves && reading.in_doubt.contains(&draft.place.file) {
            self.counts.held += 1;
            return self.hold(reading, position, Reason::FileInDoubt, Some(employee.id));
        }
        self.note_pins(employee, draft.place, pinned);
        if kind.is_some_and(OperationKind::is_removal) && employee.protected {
            self.problems.push(protected(employee).at(draft.place));
            changes.retain(|change| change.what != Changed::Status);
            kind = (!changes.is_empty()).then_some(OperationKind::Update);
        }
        let look_again = leaves_first
            || employee.is_pinned(self.calendar.today)
            || self.in_doubt.incomplete.contains(&position)
            || draft.state == DraftState::Undecided;
        let fingerprint = (!look_again).then_some(draft.fingerprint);
        let takes_ownership = employee.owner.is_none();
        let Some(kind) = kind.or(takes_ownership.then_some(OperationKind::Update)) else {
            self.counts.unchanged += 1;
            self.refreshed
                .extend(fingerprint.map(|fingerprint| (employee.id, fingerprint)));
            return;
        };
        match kind {
            OperationKind::Reactivate => self.counts.reactivated += 1,
            kind if kind.is_removal() => self.counts.deactivated += 1,
            _ => self.counts.updated += 1,
        }
        self.plan.operations.push(Operation {
            kind,
            employee: Some(employee.id),
            revision: employee.revision,
            draft: Some(position),
            place: Some(draft.place),
            reason,
            changes,
            who: who(employee),
            held: None,
            fingerprint,
            takes_ownership,
        });
    }

    /// Pinned fields of which the record says something else.
    fn note_pins(&mut self, employee: &Employee, place: Place, pinned: Vec<(Pin, Option<String>)>) {
        for (pin, said) in pinned {
            let notice = PinNotice {
                employee: employee.id,
                who: who(employee),
                pin,
                said,
                place: Some(place),
            };
            self.problems
                .push(notice.problem(&self.setup.workspace.schema));
            self.pins.push(notice);
        }
    }

    fn deselect(&mut self, reading: &Reading, position: u32, employee: &Employee) {
        let draft = reading.drafts.get(position);
        let policy = &self.setup.rules.policy;
        let withheld = draft.state == DraftState::Undecided
            || reading.completeness == Completeness::Partial(PartialReason::AttributeWithheld);
        let owned = employee.owner.is_some();
        if draft.state == DraftState::Undecided && owned && employee.status.is_employed() {
            return self.keep_undecided(reading, position, employee);
        }
        if policy.deselected == Deselected::Keep
            || withheld
            || !employee.status.is_employed()
            || !owned
        {
            self.counts.excluded += 1;
            return;
        }
        if employee.protected {
            self.problems.push(protected(employee).at(draft.place));
            self.counts.excluded += 1;
            return;
        }
        let mut operation =
            depart::removal(employee, OperationKind::Deactivate, Reason::Deselected);
        if reading.in_doubt.contains(&draft.place.file) {
            self.counts.held += 1;
            operation.held = Some(Reason::FileInDoubt);
        } else {
            self.counts.deactivated += 1;
        }
        operation.draft = Some(position);
        operation.place = Some(draft.place);
        self.plan.operations.push(operation);
    }

    /// The employee is kept, unless their record says when they leave. A new value is a decision.
    fn keep_undecided(&mut self, reading: &Reading, position: u32, employee: &Employee) {
        let draft = reading.drafts.get(position);
        let says = self.undecided.keep(reading, position);
        let end = undecided::end_date(reading.drafts.facts(position));
        let amended = amend::amend(employee, end.as_ref(), Reason::Record, self.calendar);
        if amended.kind.is_some() {
            return self.amend_with(end.as_ref(), reading, position, employee, Reason::Record);
        }
        let can_leave =
            self.setup.rules.policy.deselected == Deselected::Deactivate && !employee.protected;
        if says == Says::Nothing || !can_leave {
            self.counts.excluded += 1;
            return;
        }
        self.counts.held += 1;
        let reason = Reason::NewSelectionValue;
        let mut operation = depart::removal(employee, OperationKind::Deactivate, reason);
        operation.draft = Some(position);
        operation.place = Some(draft.place);
        operation.held = Some(reason);
        self.plan.operations.push(operation);
    }

    /// A record on which a person must decide. Approving it does what the record would have done.
    fn hold(
        &mut self,
        reading: &Reading,
        position: u32,
        reason: Reason,
        employee: Option<EmployeeId>,
    ) {
        let draft = reading.drafts.get(position);
        let facts = reading.drafts.facts(position);
        let known = employee.and_then(|id| self.known.get(id));
        let mut operation = match known {
            Some(employee) => {
                let mut kept = None;
                let facts = known_facts(facts, reading, &mut kept);
                let mut amendment = amend::amend(employee, facts, reason, self.calendar);
                self.note_pins(employee, draft.place, amendment.pinned);
                let mut kind = amendment.kind.unwrap_or(OperationKind::Update);
                if kind.is_removal() && employee.protected {
                    self.problems.push(protected(employee).at(draft.place));
                    amendment
                        .changes
                        .retain(|change| change.what != Changed::Status);
                    kind = OperationKind::Update;
                }
                Operation {
                    changes: amendment.changes,
                    kind,
                    ..depart::removal(employee, kind, reason)
                }
            }
            None => Operation {
                kind: OperationKind::Create,
                employee: None,
                revision: 0,
                draft: None,
                place: None,
                reason,
                changes: amend::first_status(facts, self.calendar)
                    .map(|status| Change {
                        what: Changed::Status,
                        old: None,
                        new: Some(status.as_str().to_owned()),
                        reason,
                    })
                    .into_iter()
                    .collect(),
                who: who_from(facts),
                held: None,
                fingerprint: None,
                takes_ownership: true,
            },
        };
        operation.draft = Some(position);
        operation.place = Some(draft.place);
        operation.held = Some(reason);
        let is_pinned = known.is_some_and(|employee| employee.is_pinned(self.calendar.today));
        operation.fingerprint = (!is_pinned).then_some(draft.fingerprint);
        operation.takes_ownership = known.is_none_or(|employee| employee.owner.is_none());
        self.plan.operations.push(operation);
    }

    fn finish(
        mut self,
        mut reading: Reading,
        roster: &Roster,
        missed: Vec<(EmployeeId, u16)>,
    ) -> Proposal {
        self.plan.operations.sort_by_key(|operation| {
            (
                operation.employee.is_none(),
                operation.employee,
                operation.draft,
            )
        });
        let mut problems = std::mem::take(&mut reading.problems);
        for problem in self.problems {
            problems.push(problem);
        }
        problems.sort();
        let language = self.setup.workspace.settings.language.as_str();
        let mut proposal = Proposal {
            announced: guard::announced(&self.plan, self.known),
            plan: self.plan,
            verdict: Verdict::Go,
            findings: Vec::new(),
            counts: self.counts,
            problems,
            fills: std::mem::take(&mut reading.fills),
            revision: roster.revision,
            refreshed: self.refreshed,
            pins: self.pins,
            new_pins: Vec::new(),
            missed,
            new_groups: std::mem::take(&mut reading.new_groups),
            company_ends: Vec::new(),
            reading,
            defaults: Facts::new([(canonical::LANGUAGE, Fact::Set(language))]),
        };
        proposal.findings = guard::findings(&proposal, self.setup, roster);
        proposal.verdict = guard::verdict(&proposal, self.setup.rules.policy.on_guard);
        proposal
    }
}

/// Decides what dates that came due do to a whole workspace, without a delivery.
pub fn sweep(known: &Known, roster: &Roster, calendar: Calendar) -> Proposal {
    let mut plan = Plan::default();
    let mut found = Vec::new();
    let due = depart::due_of_all(&mut plan, known, calendar, &mut found);
    let counts = Counts {
        due,
        ..Counts::default()
    };
    let mut problems = Problems::default();
    found.into_iter().for_each(|problem| problems.push(problem));
    let mut proposal = Proposal::of_plan(plan, counts, problems, roster.revision);
    proposal.announced = guard::announced(&proposal.plan, known);
    proposal.findings = guard::removal_findings(
        &proposal,
        &Default::default(),
        roster,
        roster.workspace_employed,
    );
    proposal.verdict = guard::verdict(&proposal, crate::setup::policy::OnGuard::HoldAll);
    proposal
}

/// How a known person is named in lists.
pub(crate) fn who(employee: &Employee) -> Who {
    Who {
        external_id: employee.external_id().map(str::to_owned),
        email: Some(employee.email().to_owned()).filter(|email| !email.is_empty()),
        name: employee.name(),
    }
}

/// How the person of a record is named in lists.
pub(crate) fn who_from(facts: FactsRef<'_>) -> Who {
    let parts = [
        canonical::FIRST_NAME,
        canonical::PREFIX,
        canonical::LAST_NAME,
    ];
    Who {
        external_id: facts.value(canonical::EXTERNAL_ID).map(str::to_owned),
        email: facts.value(canonical::EMAIL).map(str::to_owned),
        name: parts
            .iter()
            .filter_map(|field| facts.value(*field))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

pub(crate) fn protected(employee: &Employee) -> Problem {
    let mut problem = Problem::typed(
        Code::Protected,
        Severity::Warning,
        lifecycle::Detail::Protected {
            name: employee.name(),
        },
        lifecycle::Remedy::Unprotect,
    );
    problem.subject = employee
        .external_id()
        .or(employee.value(canonical::EMAIL))
        .map(crate::model::problem::shown);
    problem
}

/// Every value that a create sets, as changes from nothing; defaults fill what the record does not say.
pub(crate) fn create_changes(facts: FactsRef<'_>, defaults: FactsRef<'_>) -> Vec<Change> {
    let change = |(field, value): (_, &str), reason| Change {
        what: Changed::Field(field),
        old: None,
        new: Some(value.to_owned()),
        reason,
    };
    let said = facts
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)));
    let filled = defaults
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)))
        .filter(|(field, _)| facts.value(*field).is_none());
    let mut changes: Vec<Change> = said.map(|pair| change(pair, Reason::Record)).collect();
    changes.extend(filled.map(|pair| change(pair, Reason::WorkspaceDefault)));
    changes
}
