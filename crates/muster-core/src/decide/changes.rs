//! Compares a record with what is stored of its employee: which values change, and whether the employee starts, stays
//! or leaves.

use crate::{
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        employment,
        facts::{Fact, FactsRef},
        field::{FieldNumber, canonical},
        pin::{self, Pin},
        plan::{Change, Changed, OperationKind, Reason},
        problem::{
            Problem, Severity,
            lifecycle::{Detail, Remedy},
            value,
        },
    },
    read::{normalise, reading::BlankDates},
};
use jiff::civil::Date;

/// What one record does to one employee; no kind: nothing.
#[derive(Debug)]
pub(crate) struct Amendment {
    pub(crate) kind: Option<OperationKind>,
    pub(crate) reason: Reason,
    pub(crate) changes: Vec<Change>,
    pub(crate) warnings: Vec<Problem>,
    /// Pinned fields with what the record says instead.
    pub(crate) pinned: Vec<(Pin, Option<String>)>,
    /// The onboarding date that is ignored because the employee was active when it came.
    pub(crate) ignored_start: Option<String>,
    /// The next run must look at the same record again.
    pub(crate) look_again: bool,
}

/// What an amendment rests on beside the record and the employee.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AmendContext<'a> {
    pub(crate) calendar: Calendar,
    /// The onboarding date of the employee that was ignored in an earlier run.
    pub(crate) ignored_start: Option<&'a str>,
    /// The record's address belongs to another employee, and is not used.
    pub(crate) without_address: bool,
}

/// A selected record beside its employee.
struct Comparison<'a> {
    employee: &'a Employee,
    facts: FactsRef<'a>,
    context: AmendContext<'a>,
    rehire: Rehire,
    amendment: Amendment,
}

/// Compares a selected record with its employee.
pub(crate) fn amend(
    employee: &Employee,
    facts: FactsRef<'_>,
    matched: Reason,
    context: AmendContext<'_>,
) -> Amendment {
    let end_is_pinned = employee
        .pin(canonical::OFFBOARDING_DATE, context.calendar.today)
        .is_some();
    let rehire = if end_is_pinned {
        Rehire::None
    } else {
        rehire(employee, facts, context.calendar)
    };
    let mut comparison = Comparison {
        employee,
        facts,
        context,
        rehire,
        amendment: Amendment {
            kind: None,
            reason: matched,
            changes: Vec::new(),
            warnings: Vec::new(),
            pinned: Vec::new(),
            ignored_start: None,
            look_again: rehire == Rehire::OnceLeft,
        },
    };
    comparison.fields();
    comparison.status();
    comparison.amendment
}

impl Comparison<'_> {
    fn fields(&mut self) {
        let today = self.context.calendar.today;
        let departure = between_employments(self.employee, self.facts, self.context.calendar);
        for (field, fact) in self.facts.iter() {
            let fact = match (field, &departure) {
                (canonical::ONBOARDING_DATE, Some((first, _))) => Fact::Set(first),
                (canonical::OFFBOARDING_DATE, Some((_, last))) => Fact::Set(last),
                (canonical::EMAIL, _) if self.context.without_address => continue,
                _ => fact,
            };
            if let Some(pin) = self.employee.pin(field, today) {
                match fact.value() {
                    said if said == pin.value.as_deref() => {
                        let ended = pin::ended(self.employee, field, Reason::PinReleased);
                        self.amendment.changes.push(ended);
                    }
                    said => {
                        let notice = (pin.clone(), said.map(str::to_owned));
                        self.amendment.pinned.push(notice);
                    }
                }
                continue;
            }
            self.field(field, fact);
        }
        if self.rehire == Rehire::Now && self.facts.value(canonical::OFFBOARDING_DATE).is_none() {
            let stored = self.employee.value(canonical::OFFBOARDING_DATE);
            self.amendment
                .changes
                .retain(|change| change.what != Changed::Field(canonical::OFFBOARDING_DATE));
            self.amendment.changes.push(Change {
                what: Changed::Field(canonical::OFFBOARDING_DATE),
                old: stored.map(str::to_owned),
                new: None,
                reason: Reason::CameBack,
            });
        }
        let changes = &mut self.amendment.changes;
        let changed: Vec<Changed> = changes.iter().map(|change| change.what).collect();
        changes.extend(pin::expired(self.employee, today, |field| {
            changed.contains(&Changed::Field(field))
        }));
    }

    fn field(&mut self, field: FieldNumber, fact: Fact<'_>) {
        let old = self.employee.value(field);
        if old == fact.value() {
            return;
        }
        if field == canonical::ONBOARDING_DATE && self.ignores_start(fact) {
            return;
        }
        let reason = match field {
            canonical::EXTERNAL_ID if old.is_none() => Reason::IdAdopted,
            // An expired pin no longer holds the field.
            field if self.employee.pins.iter().any(|pin| pin.field == field) => Reason::PinExpired,
            _ => Reason::Record,
        };
        self.amendment.changes.push(Change {
            what: Changed::Field(field),
            old: old.map(str::to_owned),
            new: fact.value().map(str::to_owned),
            reason,
        });
    }

    /// Whether the onboarding date of the record is not used, with the warning that says so.
    fn ignores_start(&mut self, fact: Fact<'_>) -> bool {
        let Some(start) = fact.value() else {
            return false;
        };
        let calendar = self.context.calendar;
        let end = self.facts.value(canonical::OFFBOARDING_DATE);
        let ended = end.filter(|end| day(end).is_some_and(|day| calendar.has_ended(day)));
        if let Some(end) = ended.filter(|end| *end < start)
            && self.employee.status != Status::Scheduled
        {
            self.amendment.warnings.push(start_after_end(start, end));
            self.amendment.look_again = true;
            return true;
        }
        let is_ahead = day(start).is_some_and(|day| day > calendar.today);
        let is_ignored = self.employee.status == Status::Active
            && (is_ahead || self.context.ignored_start == Some(start));
        if !is_ignored || self.rehire == Rehire::Now {
            return false;
        }
        if self.rehire == Rehire::None {
            self.amendment.warnings.push(onboarding_ignored(start));
            self.amendment.ignored_start = Some(start.to_owned());
            self.amendment.look_again = true;
        }
        true
    }

    fn status(&mut self) {
        let Amendment { changes, .. } = &self.amendment;
        let after = |field| {
            let change = changes
                .iter()
                .find(|change| change.what == Changed::Field(field));
            match change {
                Some(change) => change.new.as_deref().and_then(day),
                None => self.employee.value(field).and_then(day),
            }
        };
        let (onboarding, offboarding) = (
            after(canonical::ONBOARDING_DATE),
            after(canonical::OFFBOARDING_DATE),
        );
        let is_new = |field| {
            changes
                .iter()
                .any(|change| change.what == Changed::Field(field) && change.old != change.new)
        };
        let offboarding_is_new = is_new(canonical::OFFBOARDING_DATE);
        let dates_are_new = offboarding_is_new || is_new(canonical::ONBOARDING_DATE);
        let has_changes = !changes.is_empty();
        let (calendar, status) = (self.context.calendar, self.employee.status);
        let ends_first = onboarding
            .zip(offboarding)
            .is_some_and(|(start, end)| end <= start);
        let (next, moved) = match status {
            Status::Scheduled if ends_first && dates_are_new => {
                (Status::Inactive, Some(Reason::StartCancelled))
            }
            // The start of a protected employee is not cancelled, but it is not confirmed either.
            Status::Scheduled if ends_first && self.employee.protected => (status, None),
            // A start that was cancelled stays so until other dates come.
            Status::Inactive if ends_first && !dates_are_new => (Status::Inactive, None),
            _ => next_status(status, onboarding, offboarding, calendar),
        };
        if moved == Some(Reason::OffboardingDate)
            && offboarding_is_new
            && let Some(end) = offboarding.filter(|day| *day < calendar.today)
        {
            self.amendment.warnings.push(offboarding_past(end));
        }
        self.amendment.kind = kind_of(status, next, has_changes);
        self.amendment.reason = moved.unwrap_or(self.amendment.reason);
        if next != status {
            self.amendment.changes.push(Change {
                what: Changed::Status,
                old: Some(status.as_str().to_owned()),
                new: Some(next.as_str().to_owned()),
                reason: moved.unwrap_or(Reason::Record),
            });
        }
    }
}

/// Warns of a stored date that decides access and still takes effect although its cell is blank now.
pub(crate) fn blank_kept(
    employee: &Employee,
    blank: BlankDates,
    changes: &[Change],
) -> Vec<Problem> {
    // The onboarding date of an employee who is active decides nothing any more.
    let onboarding = blank.onboarding && employee.status == Status::Scheduled;
    let offboarding = blank.offboarding && employee.status.is_employed();
    let fields = [
        (canonical::ONBOARDING_DATE, "onboarding_date", onboarding),
        (canonical::OFFBOARDING_DATE, "offboarding_date", offboarding),
    ];
    let changes_too = |field| {
        changes
            .iter()
            .any(|change| change.what == Changed::Field(field))
    };
    let stored = fields
        .into_iter()
        .filter(|(field, _, is_blank)| *is_blank && !changes_too(*field))
        .filter_map(|(field, key, _)| Some((key, employee.value(field)?)));
    let problem = |(key, date): (&str, &str)| {
        Problem::new(
            Code::DateBlankKept,
            Severity::Warning,
            value::Detail::BlankKept {
                date: date.to_owned(),
            },
            value::Remedy::ClearBlankDates,
        )
        .of(key, "")
    };
    stored.map(problem).collect()
}

/// The status of a new employee; `None`: the employment has ended already.
pub(crate) fn first_status(facts: FactsRef<'_>, calendar: Calendar) -> Option<Status> {
    let offboarding = facts.value(canonical::OFFBOARDING_DATE).and_then(day);
    if offboarding.is_some_and(|day| calendar.has_ended(day)) {
        return None;
    }
    let onboarding = facts.value(canonical::ONBOARDING_DATE).and_then(day);
    Some(if onboarding.is_some_and(|day| day > calendar.today) {
        Status::Scheduled
    } else {
        Status::Active
    })
}

/// The status of an employee with these dates, and why it changes.
pub(crate) fn next_status(
    now: Status,
    onboarding: Option<Date>,
    offboarding: Option<Date>,
    calendar: Calendar,
) -> (Status, Option<Reason>) {
    let left = offboarding.is_some_and(|day| calendar.has_ended(day));
    let ahead = onboarding.is_some_and(|day| day > calendar.today);
    match now {
        Status::Scheduled | Status::Active if left => {
            (Status::Inactive, Some(Reason::OffboardingDate))
        }
        Status::Scheduled if !ahead => (Status::Active, Some(Reason::OnboardingDate)),
        Status::Inactive if !left => (
            if ahead {
                Status::Scheduled
            } else {
                Status::Active
            },
            Some(Reason::CameBack),
        ),
        same => (same, None),
    }
}

/// A stored day, which is canonical.
pub(crate) fn day(text: &str) -> Option<Date> {
    normalise::iso_day(text)
}

/// Whether a record brings an employee back who left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rehire {
    None,
    Now,
    /// The employee has yet to leave, on a day that has passed, and comes back on a day ahead.
    OnceLeft,
}

/// An employee who left, or whose departure is due, is hired again by a record with an onboarding date after the stored
/// offboarding date, even where a blank cell does not clear that old date.
fn rehire(employee: &Employee, facts: FactsRef<'_>, calendar: Calendar) -> Rehire {
    let stored = employee.value(canonical::OFFBOARDING_DATE);
    let said = facts.get(canonical::OFFBOARDING_DATE);
    let (Some(left), Some(back)) = (stored, facts.value(canonical::ONBOARDING_DATE)) else {
        return Rehire::None;
    };
    if matches!(said, Some(Fact::Set(day)) if day == left) || back <= left {
        return Rehire::None;
    }
    // A start that was cancelled is no rehire when it is said once more.
    if employee.value(canonical::ONBOARDING_DATE) == Some(back) {
        return Rehire::None;
    }
    let is_due = day(left).is_some_and(|day| calendar.has_ended(day));
    let is_ahead = day(back).is_some_and(|day| day > calendar.today);
    match employee.status {
        Status::Inactive => Rehire::Now,
        Status::Active if is_due && is_ahead && said.is_none() => Rehire::OnceLeft,
        Status::Scheduled if is_due => Rehire::Now,
        Status::Active if is_due && !is_ahead => Rehire::Now,
        _ => Rehire::None,
    }
}

/// An active employee without an employment today leaves first; the next employment brings them back in the run after.
fn between_employments(
    employee: &Employee,
    facts: FactsRef<'_>,
    calendar: Calendar,
) -> Option<(String, String)> {
    let employments = employment::read(facts.value(canonical::EMPLOYMENTS)?).ok()?;
    let (first, last) = employment::span_over(&employments, calendar.today)?;
    (employee.status == Status::Active).then(|| (first.to_string(), last.to_string()))
}

pub(crate) fn kind_of(before: Status, after: Status, changed: bool) -> Option<OperationKind> {
    match (before, after) {
        (Status::Scheduled | Status::Active, Status::Inactive) => Some(OperationKind::Deactivate),
        (Status::Inactive, Status::Scheduled | Status::Active) => Some(OperationKind::Reactivate),
        (Status::Scheduled, Status::Active) if !changed => Some(OperationKind::Activate),
        (before, after) if changed || before != after => Some(OperationKind::Update),
        _ => None,
    }
}

fn warning(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Warning, detail, remedy)
}

fn onboarding_ignored(date: &str) -> Problem {
    let detail = Detail::OnboardingIgnored {
        date: date.to_owned(),
    };
    warning(Code::OnboardingIgnored, detail, Remedy::CorrectStart).of("onboarding_date", date)
}

fn offboarding_past(offboarding: Date) -> Problem {
    let date = offboarding.to_string();
    let problem = warning(
        Code::OffboardingPast,
        Detail::OffboardingPast { date: date.clone() },
        Remedy::DeliverEndsInAdvance,
    );
    problem.of("offboarding_date", &date)
}

pub(crate) fn start_after_end(start: &str, end: &str) -> Problem {
    let detail = Detail::StartAfterEnd {
        start: start.to_owned(),
        end: end.to_owned(),
    };
    warning(Code::DateOrder, detail, Remedy::CorrectDates).of("onboarding_date", start)
}
