//! Budgets: what people are granted because of their budget fields, as a ledger.
//!
//! The field says what a person should have; the ledger says what they were granted, from when until when, and
//! what caused it. It follows from where the person stood before and after a run, by the rules of [`follow`].
//! Nothing in it is ever removed: a grant that was replaced before it began is kept as cancelled.

mod due;
mod monthly;
mod one_off;

pub use due::{Month, Totals};

use crate::model::{
    employee::{Employee, Status},
    field::{FieldNumber, FieldOrigin, Schema, budget_key, canonical},
    ids::RunId,
    plan::Reason,
    workspace::Workspace,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a budget is paid.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum BudgetKind {
    /// In full for every month that the grant touches.
    Monthly,
    /// Once, in the month in which it starts.
    OneOff,
}

impl BudgetKind {
    /// The kind as stored, printed and written in field keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::OneOff => "oneoff",
        }
    }

    /// Reads a stored kind.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Monthly, Self::OneOff]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// The days of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Span {
    pub starts: Date,
    /// The last day; none: it continues. A one-off ends on the day it starts.
    pub ends: Option<Date>,
    /// It was replaced or taken back before it began, so it counts for nothing.
    #[serde(default)]
    pub cancelled: bool,
}

/// What happened to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Granted,
    /// It got its last day.
    Ends,
    /// It was taken back before it began.
    Cancelled,
    /// It begins on another day.
    Moved,
    /// An undo on the same day put it back to what it was.
    Restored,
    /// The run that granted it was undone, but what is granted once stays granted.
    Kept,
}

impl Effect {
    /// The effect as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Ends => "ends",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
            Self::Restored => "restored",
            Self::Kept => "kept",
        }
    }
}

/// One entry in the story of a grant: its cause, and how it stood afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GrantStep {
    /// The run that did it.
    pub run: RunId,
    /// The day in the workspace's time zone.
    pub on: Date,
    pub reason: Reason,
    pub effect: Effect,
    /// The field's value until then.
    pub old: Option<String>,
    /// The field's value from then on.
    pub new: Option<String>,
    /// The days from then on.
    #[serde(flatten)]
    pub span: Span,
}

/// An amount that an employee has, had or will have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its number in the workspace; 0: not stored yet.
    pub number: i64,
    /// How it is paid.
    pub kind: BudgetKind,
    /// The category, as in the field's key.
    pub category: String,
    /// The amount, each month or once.
    pub amount: Decimal,
    /// The workspace's ISO 4217 currency on the day it was granted.
    pub currency: String,
    /// Its days, as the last step left them.
    #[serde(flatten)]
    pub span: Span,
    /// Its story; the first step is the cause. Empty once its person was erased.
    pub steps: Vec<GrantStep>,
}

/// Where a grant stands on a day, in the order in which lists show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Paid month by month.
    Active,
    /// Will begin.
    Waiting,
    /// A one-off that was given.
    Granted,
    Ended,
    /// Never began.
    Cancelled,
}

impl GrantState {
    /// The state as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Granted => "granted",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Grant {
    /// Where it stands on a day.
    pub fn state(&self, today: Date) -> GrantState {
        match self.span {
            Span {
                cancelled: true, ..
            } => GrantState::Cancelled,
            Span { starts, .. } if starts > today => GrantState::Waiting,
            _ if self.kind == BudgetKind::OneOff => GrantState::Granted,
            Span {
                ends: Some(ends), ..
            } if ends < today => GrantState::Ended,
            _ => GrantState::Active,
        }
    }

    fn is(&self, kind: BudgetKind, category: &str) -> bool {
        self.kind == kind && self.category == category && !self.span.cancelled
    }
}

/// What was last acted on of a one-off field, so that the same value never pays twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub category: String,
    /// The value acted on; an undo leaves it alone.
    pub value: Option<Decimal>,
    /// A value that came while the person did not work here, or whose grant was cancelled because they left before
    /// it began: granted if they come back with it.
    pub waits: Option<Decimal>,
}

/// One person's grants and what was seen of their one-off fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// In the order in which they were granted.
    pub grants: Vec<Grant>,
    pub seen: Vec<Seen>,
}

/// One person before and after a run.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// None: the person is new.
    pub before: Option<&'a Employee>,
    /// As they are now.
    pub after: &'a Employee,
    /// Why; [`Reason::Undo`] where an earlier run is undone.
    pub reason: Reason,
    pub run: RunId,
    /// The run that it undoes, if it does.
    pub undone: Option<RunId>,
    /// The day in the workspace's time zone.
    pub today: Date,
    /// For its currency and fields.
    pub workspace: &'a Workspace,
}

impl Occasion<'_> {
    /// Whether budgets depend on what happened: another value, status or onboarding date.
    pub fn concerns_budgets(&self) -> bool {
        let differs =
            |field| self.before.and_then(|before| before.value(field)) != self.after.value(field);
        self.before.is_none()
            || self.moves()
            || budgets(&self.workspace.schema).any(|(field, ..)| differs(field))
    }

    /// Whether a known employee gets another status or first day.
    fn moves(&self) -> bool {
        let first = |person: &Employee| person.value(canonical::ONBOARDING_DATE).map(str::to_owned);
        self.before.is_some_and(|before| {
            before.status != self.after.status || first(before) != first(self.after)
        })
    }
}

/// The budget fields of a workspace with kind and category.
pub fn budgets(schema: &Schema) -> impl Iterator<Item = (FieldNumber, BudgetKind, &str)> {
    schema
        .own()
        .filter(|(_, field)| field.origin == FieldOrigin::Budget)
        .filter_map(|(number, field)| {
            let (monthly, category) = budget_key(&field.key)?;
            Some((
                number,
                if monthly {
                    BudgetKind::Monthly
                } else {
                    BudgetKind::OneOff
                },
                category,
            ))
        })
}

/// Two fields that set the same budget of a person, which only one may.
pub fn same_budget<'k>(keys: impl IntoIterator<Item = &'k str>) -> Option<(&'k str, &'k str)> {
    let mut known = std::collections::BTreeMap::new();
    keys.into_iter().find_map(|key| {
        Some((
            known
                .insert(budget_key(key)?, key)
                .filter(|other| *other != key)?,
            key,
        ))
    })
}

/// The ledger after a run.
///
/// Monthly: a new amount starts today or on the onboarding date, another one on the 1st of the next month, none ends
/// today; no month of a category is covered twice. One-off: granted once for each change of the value that is no
/// undo and no return from a pin. Whoever leaves keeps what has begun: a monthly budget ends with their last day, what
/// has not begun is cancelled.
pub fn follow(occasion: &Occasion<'_>, mut ledger: Ledger) -> Ledger {
    if !occasion.concerns_budgets() {
        return ledger;
    }
    for (field, kind, category) in budgets(&occasion.workspace.schema) {
        let case = Case {
            occasion,
            category,
            old: occasion.before.and_then(|before| before.value(field)),
            new: occasion.after.value(field),
            is_pinned: occasion.after.pin(field, occasion.today).is_some(),
        };
        match kind {
            BudgetKind::Monthly => monthly::follow(&case, &mut ledger.grants),
            BudgetKind::OneOff => one_off::follow(&case, &mut ledger),
        }
    }
    ledger
}

/// An amount as stored in a field or in the ledger.
pub fn amount(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

/// An amount for people: a fraction has at least two digits.
pub fn shown(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() == 1 {
        amount.rescale(2);
    }
    amount.to_string()
}

/// One budget of one person on one occasion.
struct Case<'a> {
    occasion: &'a Occasion<'a>,
    category: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
    /// Whether the field is pinned.
    is_pinned: bool,
}

impl Case<'_> {
    fn is_undo(&self) -> bool {
        self.occasion.reason == Reason::Undo
    }

    fn is_merge(&self) -> bool {
        self.occasion.reason == Reason::Merged
    }

    /// Whether the person worked here, or was to, before.
    fn was_employed(&self) -> bool {
        self.occasion
            .before
            .is_some_and(|before| before.status.is_employed())
    }

    fn is_employed(&self) -> bool {
        self.occasion.after.status.is_employed()
    }

    /// The first day on which something new may start: a scheduled person's waits for their first day.
    fn first_day(&self) -> Date {
        let Occasion { after, today, .. } = *self.occasion;
        let onboarding = after
            .value(canonical::ONBOARDING_DATE)
            .and_then(crate::decide::changes::day);
        onboarding
            .filter(|_| after.status == Status::Scheduled)
            .map_or(today, |day| day.max(today))
    }

    /// Whether a grant can no longer be replaced or moved. On the onboarding date itself the person stays scheduled
    /// until a run notices, and until then the date may still move; what an employee had before they left and were hired
    /// again has begun.
    fn has_begun(&self, span: Span) -> bool {
        let Occasion {
            before,
            after,
            today,
            ..
        } = *self.occasion;
        let waits_for = |person: &Employee| {
            person
                .value(canonical::ONBOARDING_DATE)
                .and_then(crate::decide::changes::day)
        };
        let waited = before.filter(|person| {
            person.status == Status::Scheduled && after.status == Status::Scheduled
        });
        let waits_still = waited.and_then(waits_for) == Some(span.starts)
            && span.starts >= today.first_of_month();
        span.starts <= today && !waits_still
    }

    /// The last day of what ends: today, or the day on which it was known before that the person would leave. The hour
    /// of that day comes when the next one has begun in many time zones, and a sweep may be late: neither pays a month
    /// in which nobody worked here. Months that are over stay as they were.
    fn last_day(&self) -> Date {
        let Occasion {
            before,
            after,
            today,
            ..
        } = *self.occasion;
        let leaves = |person: &Employee| {
            person
                .value(canonical::OFFBOARDING_DATE)
                .and_then(crate::decide::changes::day)
        };
        let known = before
            .and_then(leaves)
            .filter(|day| !self.is_employed() && leaves(after) == Some(*day));
        let settled = today.first_of_month().yesterday().unwrap_or(today);
        known.map_or(today, |day| day.max(settled).min(today))
    }

    fn grant(&self, kind: BudgetKind, amount: Decimal, starts: Date) -> Grant {
        let ends = (kind == BudgetKind::OneOff).then_some(starts);
        let span = Span {
            starts,
            ends,
            cancelled: false,
        };
        Grant {
            number: 0,
            kind,
            category: self.category.to_owned(),
            amount,
            currency: self.occasion.workspace.settings.currency.clone(),
            span,
            steps: vec![self.step(Effect::Granted, span)],
        }
    }

    /// Adds to a grant's story.
    fn set(&self, grant: &mut Grant, effect: Effect, span: Span) {
        if grant.span != span || effect == Effect::Kept {
            grant.span = span;
            grant.steps.push(self.step(effect, span));
        }
    }

    fn cancel(&self, grant: &mut Grant) {
        self.set(
            grant,
            Effect::Cancelled,
            Span {
                cancelled: true,
                ..grant.span
            },
        );
    }

    fn step(&self, effect: Effect, span: Span) -> GrantStep {
        let Occasion {
            run, today, reason, ..
        } = *self.occasion;
        // How the record found its person is no cause of an amount.
        let reason = match reason {
            _ if self.is_pinned && effect == Effect::Granted => Reason::Pinned,
            Reason::SameExternalId | Reason::SameEmail | Reason::IdAdopted => Reason::Record,
            reason => reason,
        };
        let own = |value: Option<&str>| value.map(str::to_owned);
        GrantStep {
            run,
            on: today,
            reason,
            effect,
            old: own(self.old),
            new: own(self.new),
            span,
        }
    }
}
