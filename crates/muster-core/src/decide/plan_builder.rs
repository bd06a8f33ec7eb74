//! Collects what each record does into the plan, with its counts and problems.

mod held;

use crate::{
    decide::{
        candidates::Candidates,
        changes::{self, AmendContext, Amendment},
        correction,
        date_order::InDoubt,
        departures, guard,
        matching::{MatchContext, Matches, RecordMatch},
        proposal::{Counts, Proposal, Verdict},
        propose::protected,
        undecided_selection::{self, Says, Undecided},
    },
    model::{
        calendar::Calendar,
        employee::Employee,
        facts::{Fact, Facts, FactsRef},
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        origin::Origin,
        pin::{Pin, PinNotice},
        plan::{Changed, Create, Operation, OperationKind, Plan, Reason, Who},
        problem::{Problem, lifecycle::UnconfirmedStart, shown},
    },
    privacy::tombstone,
    read::{
        reading::{Completeness, DraftState, PartialReason, Reading},
        roster::{Fingerprint, Roster},
    },
    setup::{integration::Setup, policy::Deselected},
};
use std::collections::HashSet;

/// A proposal under construction.
pub(crate) struct PlanBuilder<'a> {
    setup: &'a Setup,
    roster: &'a Roster,
    candidates: &'a Candidates,
    calendar: Calendar,
    /// Whether removals that records ask for are held, because the delivery is damaged.
    damaged: RecordsInDoubt,
    pub(crate) date_order: InDoubt,
    pub(crate) undecided: Undecided,
    pub(crate) plan: Plan,
    pub(crate) counts: Counts,
    pub(crate) problems: Vec<Problem>,
    /// Employees whose record was compared with them, so that their dates are decided.
    pub(crate) amended: HashSet<EmployeeId>,
    pub(crate) unconfirmed_starts: Vec<(EmployeeId, Option<UnconfirmedStart>)>,
    ignored_starts: Vec<(EmployeeId, Option<String>)>,
    refreshed: Vec<(EmployeeId, Fingerprint)>,
    pins: Vec<PinNotice>,
    /// Employees with a value that stays as stored although another column would replace it, because the first column of
    /// the field is withheld.
    kept_values: Vec<Who>,
}

/// Which records of an incomplete delivery may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordsInDoubt {
    None,
    /// The last record of each file.
    Last,
    All,
}

impl RecordsInDoubt {
    pub(crate) fn of(completeness: &Completeness) -> Self {
        match completeness {
            Completeness::Partial(PartialReason::Truncated) => Self::Last,
            Completeness::Partial(
                PartialReason::ChangedWhileReading | PartialReason::SuspiciousRows,
            ) => Self::All,
            _ => Self::None,
        }
    }

    pub(crate) fn has(self, record: Origin, reading: &Reading) -> bool {
        match self {
            Self::None => false,
            Self::Last => reading.last_records.contains(&record),
            Self::All => true,
        }
    }
}

/// What a record says of a known employee: nothing of fields whose first column is withheld, so that stored values stay.
fn without_withheld<'r>(
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

/// Whether a record has another value than the stored one for a field whose first column is withheld.
fn keeps_withheld(employee: &Employee, facts: FactsRef<'_>, reading: &Reading) -> bool {
    reading.withheld_first.iter().any(|field| {
        let said = facts.get(*field);
        said.is_some_and(|said| said.value() != employee.value(*field))
    })
}

impl<'a> PlanBuilder<'a> {
    pub(crate) fn new(
        setup: &'a Setup,
        roster: &'a Roster,
        context: &MatchContext<'a>,
        reading: &Reading,
    ) -> Self {
        Self {
            setup,
            roster,
            candidates: context.candidates,
            calendar: context.calendar,
            damaged: RecordsInDoubt::of(&reading.completeness),
            date_order: InDoubt::default(),
            undecided: Undecided::default(),
            plan: Plan::default(),
            counts: correction::counts(reading),
            problems: Vec::new(),
            amended: HashSet::new(),
            unconfirmed_starts: Vec::new(),
            ignored_starts: Vec::new(),
            refreshed: Vec::new(),
            pins: Vec::new(),
            kept_values: Vec::new(),
        }
    }

    /// Adds what every record does.
    pub(crate) fn records(&mut self, reading: &Reading, matches: &Matches) {
        for (position, found) in (0..).zip(&matches.records) {
            if reading.may_act(reading.drafts.get(position).origin) {
                self.record(reading, matches, position, *found);
            }
        }
    }

    fn record(&mut self, reading: &Reading, matches: &Matches, position: u32, found: RecordMatch) {
        let draft = reading.drafts.get(position);
        let facts = reading.drafts.facts(position);
        match found {
            RecordMatch::Superseded => self.counts.superseded += 1,
            RecordMatch::Rejected(_) => self.counts.rejected += 1,
            RecordMatch::New if draft.state != DraftState::Candidate => self.counts.excluded += 1,
            RecordMatch::New | RecordMatch::Held(_, None)
                if self.roster.tombstones.names_address(facts) =>
            {
                self.counts.excluded += 1;
                self.problems.push(tombstone::left_out().at(draft.origin));
            }
            RecordMatch::New => match changes::first_status(facts, self.calendar) {
                Some(status) => {
                    self.counts.created += 1;
                    self.plan.creates.push(Create {
                        draft: position,
                        status,
                    });
                }
                None => {
                    self.counts.excluded += 1;
                    self.warn_of_dates(reading, position);
                }
            },
            RecordMatch::Held(reason, employee) => {
                let stored = employee.and_then(|id| self.candidates.get(id));
                let is_not_selected = draft.state == DraftState::NotSelected;
                if let Some(stored) = stored.filter(|_| is_not_selected)
                    && (!stored.status.is_employed() || stored.protected)
                {
                    return self.deselect(reading, matches, position, stored);
                }
                self.counts.held += 1;
                self.hold(reading, matches, position, reason, employee);
            }
            RecordMatch::Known(id, reason) => {
                let Some(employee) = self.candidates.get(id) else {
                    return;
                };
                if draft.state == DraftState::Candidate {
                    self.amend(reading, matches, position, employee, reason);
                } else {
                    self.deselect(reading, matches, position, employee);
                }
            }
        }
    }

    /// Nobody is created by a record whose end has come; a start after that end is probably a mistake in one of the two.
    fn warn_of_dates(&mut self, reading: &Reading, position: u32) {
        let facts = reading.drafts.facts(position);
        let start = facts.value(canonical::ONBOARDING_DATE);
        let dates = start.zip(facts.value(canonical::OFFBOARDING_DATE));
        // ISO dates compare as text.
        if let Some((start, end)) = dates.filter(|(start, end)| end < start) {
            let mut problem = changes::start_after_end(start, end);
            let id = facts.value(canonical::EXTERNAL_ID);
            problem.subject = id.or(facts.value(canonical::EMAIL)).map(shown);
            self.problems
                .push(problem.at(reading.drafts.get(position).origin));
        }
    }

    /// Compares a record with its employee. One that is not selected says no more than when the employment ends.
    fn compare(
        &self,
        reading: &Reading,
        matches: &Matches,
        position: u32,
        employee: &Employee,
        matched: Reason,
    ) -> Amendment {
        let facts = reading.drafts.facts(position);
        let end = undecided_selection::end_date(facts);
        let mut kept = None;
        let facts = match reading.drafts.get(position).state {
            DraftState::Candidate => facts,
            _ => end.as_ref(),
        };
        let facts = without_withheld(facts, reading, &mut kept);
        let ignored_start = self.roster.ignored_starts.get(&employee.id);
        let context = AmendContext {
            calendar: self.calendar,
            ignored_start: ignored_start.map(String::as_str),
            without_address: matches.without_address.contains(&position),
        };
        changes::amend(employee, facts, matched, context)
    }

    fn amend(
        &mut self,
        reading: &Reading,
        matches: &Matches,
        position: u32,
        employee: &Employee,
        matched: Reason,
    ) {
        self.amended.insert(employee.id);
        let draft = reading.drafts.get(position);
        let Amendment {
            mut kind,
            reason,
            mut changes,
            mut warnings,
            pinned,
            ignored_start,
            look_again,
        } = self.compare(reading, matches, position, employee, matched);
        warnings.extend(changes::blank_kept(employee, draft.blank_dates, &changes));
        self.warn(employee, draft.origin, warnings);
        self.note_pins(employee, draft.origin, pinned);
        if self.roster.ignored_starts.get(&employee.id) != ignored_start.as_ref() {
            self.ignored_starts.push((employee.id, ignored_start));
        }
        if kind.is_some_and(OperationKind::is_removal) && employee.protected {
            self.problems.push(protected(employee).at(draft.origin));
            changes.retain(|change| change.what != Changed::Status);
            kind = (!changes.is_empty()).then_some(OperationKind::Update);
        }
        let keeps_values = keeps_withheld(employee, reading.drafts.facts(position), reading);
        if keeps_values {
            self.kept_values.push(Who::of_employee(employee));
        }
        let look_again = look_again
            || keeps_values
            || employee.is_pinned(self.calendar.today)
            || self.date_order.incomplete.contains(&position)
            || draft.state == DraftState::Undecided;
        let fingerprint = (!look_again).then_some(draft.fingerprint);
        let takes_ownership = employee.owner.is_none();
        let Some(kind) = kind.or(takes_ownership.then_some(OperationKind::Update)) else {
            self.counts.unchanged += 1;
            self.refresh(employee, fingerprint);
            return;
        };
        let held = self.hold_in_doubt(kind, draft.origin, reading);
        if held.is_some() {
            self.amended.remove(&employee.id);
        }
        self.count(kind, held);
        self.plan.operations.push(Operation {
            kind,
            employee: Some(employee.id),
            revision: employee.revision,
            draft: Some(position),
            origin: Some(draft.origin),
            reason,
            changes,
            who: Who::of_employee(employee),
            held,
            fingerprint,
            takes_ownership,
        });
    }

    /// Why a person must decide on a removal that a record asks for.
    fn hold_in_doubt(
        &self,
        kind: OperationKind,
        record: Origin,
        reading: &Reading,
    ) -> Option<Reason> {
        if !kind.is_removal() {
            return None;
        }
        if reading.in_doubt.contains(&record.file) {
            return Some(Reason::FileInDoubt);
        }
        self.damaged
            .has(record, reading)
            .then_some(Reason::RecordInDoubt)
    }

    fn count(&mut self, kind: OperationKind, held: Option<Reason>) {
        match kind {
            _ if held.is_some() => self.counts.held += 1,
            OperationKind::Reactivate => self.counts.reactivated += 1,
            kind if kind.is_removal() => self.counts.deactivated += 1,
            _ => self.counts.updated += 1,
        }
    }

    /// Keeps the fingerprint of a record that changes nothing, unless it is kept already.
    fn refresh(&mut self, employee: &Employee, fingerprint: Option<Fingerprint>) {
        let position = self.roster.position(employee.id);
        let kept = position.and_then(|position| self.roster.entries()[position].fingerprint);
        let new = fingerprint.filter(|new| Some(*new) != kept);
        self.refreshed.extend(new.map(|new| (employee.id, new)));
    }

    fn warn(&mut self, employee: &Employee, origin: Origin, warnings: Vec<Problem>) {
        let subject = employee.external_id().unwrap_or(employee.email());
        self.problems
            .extend(warnings.into_iter().map(|warning| Problem {
                subject: Some(subject.to_owned()),
                ..warning.at(origin)
            }));
    }

    /// Pinned fields for which the record has another value.
    fn note_pins(
        &mut self,
        employee: &Employee,
        origin: Origin,
        pinned: Vec<(Pin, Option<String>)>,
    ) {
        for (pin, said) in pinned {
            let notice = PinNotice {
                employee: employee.id,
                who: Who::of_employee(employee),
                pin,
                said,
                origin: Some(origin),
            };
            self.problems
                .push(notice.problem(&self.setup.workspace.schema));
            self.pins.push(notice);
        }
    }

    /// The record is not selected, or cannot be evaluated.
    fn deselect(
        &mut self,
        reading: &Reading,
        matches: &Matches,
        position: u32,
        employee: &Employee,
    ) {
        let draft = reading.drafts.get(position);
        if !employee.status.is_employed() || employee.owner.is_none() {
            self.counts.excluded += 1;
            return;
        }
        let withheld =
            reading.completeness == Completeness::Partial(PartialReason::AttributeWithheld);
        let is_kept = self.setup.rules.policy.deselected == Deselected::Keep || withheld;
        if draft.state == DraftState::Undecided || is_kept {
            return self.keep(reading, matches, position, employee);
        }
        if employee.protected {
            self.problems.push(protected(employee).at(draft.origin));
            self.counts.excluded += 1;
            return;
        }
        let held = self.hold_in_doubt(OperationKind::Deactivate, draft.origin, reading);
        self.count(OperationKind::Deactivate, held);
        self.plan.operations.push(Operation {
            draft: Some(position),
            origin: Some(draft.origin),
            held,
            ..departures::removal(employee, OperationKind::Deactivate, Reason::Deselected)
        });
    }

    /// The employee is kept, unless their record says when they leave. A new value of a selection rule is a decision.
    fn keep(&mut self, reading: &Reading, matches: &Matches, position: u32, employee: &Employee) {
        let draft = reading.drafts.get(position);
        let says = match draft.state {
            DraftState::Undecided => self.undecided.keep(reading, position),
            _ => Says::Nothing,
        };
        let amended = self.compare(reading, matches, position, employee, Reason::Record);
        if amended.kind.is_some() {
            return self.amend(reading, matches, position, employee, Reason::Record);
        }
        let can_leave =
            self.setup.rules.policy.deselected == Deselected::Deactivate && !employee.protected;
        if says == Says::Nothing || !can_leave {
            self.counts.excluded += 1;
            return;
        }
        self.counts.held += 1;
        let reason = Reason::NewSelectionValue;
        self.plan.operations.push(Operation {
            draft: Some(position),
            origin: Some(draft.origin),
            held: Some(reason),
            ..departures::removal(employee, OperationKind::Deactivate, reason)
        });
    }

    /// Ends the construction: order, guards and verdict.
    pub(crate) fn finish(
        mut self,
        mut reading: Reading,
        missed: Vec<(EmployeeId, u16)>,
    ) -> Proposal {
        self.plan.operations.sort_by_key(|operation| {
            (
                operation.employee.is_none(),
                operation.employee,
                // What is held rests on what is applied.
                operation.held.is_some(),
                operation.draft,
            )
        });
        let mut problems = std::mem::take(&mut reading.problems);
        for problem in self.problems {
            problems.push(problem);
        }
        problems.sort();
        let mut proposal = Proposal {
            announced: guard::announced(&self.plan, self.candidates),
            plan: self.plan,
            verdict: Verdict::Go,
            findings: Vec::new(),
            counts: self.counts,
            problems,
            fills: std::mem::take(&mut reading.fills),
            revision: self.roster.revision,
            refreshed: self.refreshed,
            pins: self.pins,
            new_pins: Vec::new(),
            missed,
            unconfirmed_starts: self.unconfirmed_starts,
            ignored_starts: self.ignored_starts,
            new_groups: std::mem::take(&mut reading.new_groups),
            company_ends: Vec::new(),
            reading,
            defaults: self.setup.defaults(),
        };
        proposal.findings = guard::findings(&proposal, &self.kept_values, self.setup, self.roster);
        proposal.verdict = guard::verdict(&proposal, self.setup.rules.policy.on_guard);
        proposal
    }
}
