//! Compares what a record says with what is stored of its person: which values change, and whether the
//! person comes, stays or leaves.

use crate::{
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        employment,
        facts::{Fact, FactsRef},
        field::canonical,
        pin::{self, Pin},
        plan::{Change, Changed, OperationKind, Reason},
        problem::{Problem, Severity, value},
    },
    read::{normalise, reading::BlankDates},
};
use jiff::civil::Date;

/// What one record does to one person; no kind: nothing.
#[derive(Debug)]
pub(crate) struct Amendment {
    pub(crate) kind: Option<OperationKind>,
    pub(crate) reason: Reason,
    pub(crate) changes: Vec<Change>,
    pub(crate) warnings: Vec<Problem>,
    /// Pinned fields with what the record says instead.
    pub(crate) pinned: Vec<(Pin, Option<String>)>,
    /// The person leaves before they come back: the next run must look at the same record again.
    pub(crate) leaves_first: bool,
}

/// Compares a selected record with its person.
pub(crate) fn amend(
    employee: &Employee,
    facts: FactsRef<'_>,
    matched: Reason,
    calendar: Calendar,
) -> Amendment {
    let mut warnings = Vec::new();
    let end_is_pinned = employee
        .pin(canonical::OFFBOARDING_DATE, calendar.today)
        .is_some();
    let rehire = if end_is_pinned {
        Rehire::None
    } else {
        rehire(employee, facts, calendar)
    };
    let rehired = rehire == Rehire::Now;
    let mut changes = Vec::new();
    let mut pinned = Vec::new();
    let departure = between_employments(employee, facts, calendar);
    for (field, fact) in facts.iter() {
        let old = employee.value(field);
        let fact = match (field, &departure) {
            (canonical::ONBOARDING_DATE, Some((first, _))) => Fact::Set(first),
            (canonical::OFFBOARDING_DATE, Some((_, last))) => Fact::Set(last),
            _ => fact,
        };
        if let Some(pin) = employee.pin(field, calendar.today) {
            match fact.value() {
                said if said == pin.value.as_deref() => {
                    changes.push(pin::ended(employee, field, Reason::PinReleased))
                }
                said => pinned.push((pin.clone(), said.map(str::to_owned))),
            }
            continue;
        }
        if old == fact.value() {
            continue;
        }
        if field == canonical::ONBOARDING_DATE
            && is_ignored_onboarding(employee, fact, calendar)
            && !rehired
        {
            if rehire == Rehire::None {
                warnings.push(onboarding_ignored(fact.value().unwrap_or_default()));
            }
            continue;
        }
        let reason = match field {
            canonical::EXTERNAL_ID if old.is_none() => Reason::IdAdopted,
            // Whatever pin there is does not hold any more.
            field if employee.pins.iter().any(|pin| pin.field == field) => Reason::PinExpired,
            _ => Reason::Record,
        };
        changes.push(Change {
            what: Changed::Field(field),
            old: old.map(str::to_owned),
            new: fact.value().map(str::to_owned),
            reason,
        });
    }
    if rehired && facts.value(canonical::OFFBOARDING_DATE).is_none() {
        changes.retain(|change| change.what != Changed::Field(canonical::OFFBOARDING_DATE));
        changes.push(Change {
            what: Changed::Field(canonical::OFFBOARDING_DATE),
            old: employee
                .value(canonical::OFFBOARDING_DATE)
                .map(str::to_owned),
            new: None,
            reason: Reason::CameBack,
        });
    }
    let told: Vec<Changed> = changes.iter().map(|change| change.what).collect();
    changes.extend(pin::expired(employee, calendar.today, |field| {
        told.contains(&Changed::Field(field))
    }));
    let after = |field| match changes
        .iter()
        .find(|change| change.what == Changed::Field(field))
    {
        Some(change) => change.new.as_deref().and_then(day),
        None => employee.value(field).and_then(day),
    };
    let (onboarding, offboarding) = (
        after(canonical::ONBOARDING_DATE),
        after(canonical::OFFBOARDING_DATE),
    );
    let offboarding_is_new = changes.iter().any(|change| {
        change.what == Changed::Field(canonical::OFFBOARDING_DATE) && change.old != change.new
    });
    let (status, moved) = next_status(employee.status, onboarding, offboarding, calendar);
    if moved == Some(Reason::OffboardingDate)
        && offboarding_is_new
        && offboarding.is_some_and(|day| day < calendar.today)
    {
        warnings.push(offboarding_past(offboarding));
    }
    let kind = kind_of(employee.status, status, !changes.is_empty());
    if status != employee.status {
        changes.push(Change {
            what: Changed::Status,
            old: Some(employee.status.as_str().to_owned()),
            new: Some(status.as_str().to_owned()),
            reason: moved.unwrap_or(Reason::Record),
        });
    }
    let leaves_first = rehire == Rehire::OnceLeft;
    Amendment {
        kind,
        reason: moved.unwrap_or(matched),
        changes,
        warnings,
        pinned,
        leaves_first,
    }
}

/// Warns of a stored date that decides access and still takes effect although its cell is blank now.
pub(crate) fn blank_kept(
    employee: &Employee,
    blank: BlankDates,
    changes: &[Change],
) -> Vec<Problem> {
    // The onboarding date of somebody who is active decides nothing any more.
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
        Problem::typed(
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

/// The status a new person gets; none for somebody who has left already.
pub(crate) fn first_status(facts: FactsRef<'_>, calendar: Calendar) -> Option<Status> {
    let offboarding = facts.value(canonical::OFFBOARDING_DATE).and_then(day);
    if offboarding.is_some_and(|day| has_left(day, calendar)) {
        return None;
    }
    let onboarding = facts.value(canonical::ONBOARDING_DATE).and_then(day);
    Some(if onboarding.is_some_and(|day| day > calendar.today) {
        Status::Scheduled
    } else {
        Status::Active
    })
}

/// Where a person with these dates stands, and why if that is elsewhere than before.
pub(crate) fn next_status(
    now: Status,
    onboarding: Option<Date>,
    offboarding: Option<Date>,
    calendar: Calendar,
) -> (Status, Option<Reason>) {
    let left = offboarding.is_some_and(|day| has_left(day, calendar));
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

/// The hour of this offboarding date has come, or the day has passed.
pub(crate) fn has_left(offboarding: Date, calendar: Calendar) -> bool {
    offboarding <= calendar.offboarded_through || offboarding < calendar.today
}

/// A stored day, which is canonical.
pub(crate) fn day(text: &str) -> Option<Date> {
    normalise::iso_day(text)
}

/// Whether a record brings somebody back who left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rehire {
    None,
    Now,
    /// They are still to leave, on a day that has passed, and come back on one ahead.
    OnceLeft,
}

/// A person who left, or whose departure came due, and whose record brings an onboarding date after the offboarding
/// date that is stored has been hired again, even where a blank cell does not clear that old date.
fn rehire(employee: &Employee, facts: FactsRef<'_>, calendar: Calendar) -> Rehire {
    let stored = employee.value(canonical::OFFBOARDING_DATE);
    let said = facts.get(canonical::OFFBOARDING_DATE);
    let (Some(left), Some(back)) = (stored, facts.value(canonical::ONBOARDING_DATE)) else {
        return Rehire::None;
    };
    if matches!(said, Some(Fact::Set(day)) if day == left) || back <= left {
        return Rehire::None;
    }
    let is_due = day(left).is_some_and(|day| has_left(day, calendar));
    let is_ahead = day(back).is_some_and(|day| day > calendar.today);
    match employee.status {
        Status::Inactive => Rehire::Now,
        Status::Active if is_due && is_ahead && said.is_none() => Rehire::OnceLeft,
        Status::Scheduled if is_due => Rehire::Now,
        Status::Active if is_due && !is_ahead => Rehire::Now,
        _ => Rehire::None,
    }
}

/// Somebody who works here, but of whose employments none runs today, leaves first; with the next one they come
/// back, which is looked at once they have left.
fn between_employments(
    employee: &Employee,
    facts: FactsRef<'_>,
    calendar: Calendar,
) -> Option<(String, String)> {
    let employments = employment::read(facts.value(canonical::EMPLOYMENTS)?).ok()?;
    let (first, last) = employment::span_over(&employments, calendar.today)?;
    (employee.status == Status::Active).then(|| (first.to_string(), last.to_string()))
}

/// Somebody who works here cannot be onboarded in the future.
fn is_ignored_onboarding(employee: &Employee, fact: Fact<'_>, calendar: Calendar) -> bool {
    employee.status == Status::Active
        && fact
            .value()
            .and_then(day)
            .is_some_and(|day| day > calendar.today)
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

fn onboarding_ignored(day: &str) -> Problem {
    Problem::new(
        Code::OnboardingIgnored,
        Severity::Warning,
        format!("the onboarding date `{day}` lies ahead, but the person is active already; it is ignored"),
        "correct the date in the source, or offboard the person first",
    )
    .of("onboarding_date", day)
}

fn offboarding_past(offboarding: Option<Date>) -> Problem {
    let day = offboarding.map(|day| day.to_string()).unwrap_or_default();
    Problem::new(
        Code::OffboardingPast,
        Severity::Warning,
        format!("the offboarding date `{day}` has passed; the person leaves today"),
        "nothing, if that is right; send offboarding dates before they come to have people leave on their day",
    )
    .of("offboarding_date", &day)
}
