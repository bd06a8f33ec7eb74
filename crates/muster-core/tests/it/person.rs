//! One person that runs change, one after the other, and their ledger of budgets.

use jiff::{Timestamp, ToSpan, civil::Date};
use muster_core::{
    derive::budget::{BudgetKind, GrantState, Ledger, Occasion, follow},
    model::{
        employee::{Employee, Status},
        facts::{Fact, Facts},
        field::{
            CANONICAL_FIELDS, FieldDefinition, FieldNumber, FieldOrigin, Schema, canonical as c,
        },
        ids::{EmployeeId, RunId, WorkspaceId},
        pin::Pin,
        plan::{Changed, Reason},
        workspace::{Workspace, WorkspaceSettings},
    },
    read::normalise::FieldKind,
};

pub(crate) const MONTHLY: FieldNumber = FieldNumber(CANONICAL_FIELDS);
pub(crate) const ONE_OFF: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);

fn workspace() -> Workspace {
    let budget = |key: &str| FieldDefinition {
        key: key.to_owned(),
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    };
    Workspace {
        companies: Vec::new(),
        id: WorkspaceId(1),
        name: "acme".to_owned(),
        settings: WorkspaceSettings::default(),
        schema: Schema::new([
            budget("x_monthly_all_budget"),
            budget("x_oneoff_all_budget"),
        ]),
        groups: Vec::new(),
        fingerprint_key: [7; 32],
    }
}

type Values = Vec<(Changed, Option<String>, Option<String>)>;

/// What a run did: its number, whether it made the person, and the values it changed.
type Done = (i64, bool, Values);

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) today: Date,
    pub(crate) now: Option<Employee>,
    pub(crate) ledger: Ledger,
    pub(crate) runs: Vec<Done>,
    /// Fields that files do not change.
    pinned: Vec<FieldNumber>,
    /// Whether an undo or a pin set the one-off amount.
    pub(crate) by_hand: bool,
    workspace: Workspace,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {:?} {:?}", self.today, self.now, self.ledger.seen)?;
        self.ledger
            .grants
            .iter()
            .try_for_each(|grant| writeln!(f, "  {grant:?}"))
    }
}

impl Person {
    pub(crate) fn on(today: &str) -> Self {
        let today = today.parse().unwrap();
        Self {
            today,
            now: None,
            ledger: Ledger::default(),
            runs: Vec::new(),
            pinned: Vec::new(),
            by_hand: false,
            workspace: workspace(),
        }
    }

    pub(crate) fn day(&mut self, today: &str) -> &mut Self {
        self.today = today.parse().unwrap();
        self
    }

    pub(crate) fn later(&mut self, days: u8) -> &mut Self {
        self.today = self.today.checked_add(i64::from(days).days()).unwrap();
        self
    }

    pub(crate) fn status(&self) -> Option<Status> {
        self.now.as_ref().map(|now| now.status)
    }

    pub(crate) fn value(&self, field: FieldNumber) -> Option<&str> {
        self.now.as_ref()?.value(field)
    }

    /// A record: blank cells say nothing. Whoever is not leaving works here, or will from their onboarding date.
    pub(crate) fn file(
        &mut self,
        monthly: &str,
        one_off: &str,
        onboarding: &str,
        leaves: bool,
    ) -> &mut Self {
        // A departure whose day is over comes first; whoever is delivered after it comes back.
        self.depart();
        let ahead =
            |day: Option<&str>| day.is_some_and(|day| day.parse::<Date>().unwrap() > self.today);
        let active = self.status() == Some(Status::Active);
        let mut values = Vec::new();
        for (field, said) in [
            (MONTHLY, monthly),
            (ONE_OFF, one_off),
            (c::ONBOARDING_DATE, onboarding),
        ] {
            let ignored = field == c::ONBOARDING_DATE
                && active
                && ahead(Some(said).filter(|said| !said.is_empty()));
            if !said.is_empty()
                && !ignored
                && !self.pinned.contains(&field)
                && self.value(field) != Some(said)
            {
                let old = self.value(field).map(str::to_owned);
                values.push((Changed::Field(field), old, Some(said.to_owned())));
            }
        }
        let said = Some(onboarding).filter(|said| !said.is_empty());
        let onboarding = said.or(self.value(c::ONBOARDING_DATE));
        let status = match self.status() {
            _ if leaves => Status::Inactive,
            Some(Status::Active) => Status::Active,
            _ if ahead(onboarding) => Status::Scheduled,
            _ => Status::Active,
        };
        if self.now.is_none() && leaves {
            return self;
        }
        self.status_to(status, &mut values);
        let back = status.is_employed() && !self.status().is_some_and(Status::is_employed);
        if let Some(left) = self.value(c::OFFBOARDING_DATE).filter(|_| back) {
            values.push((
                Changed::Field(c::OFFBOARDING_DATE),
                Some(left.to_owned()),
                None,
            ));
        }
        self.run(
            values,
            if self.now.is_none() {
                Reason::NewPerson
            } else {
                Reason::SameExternalId
            },
            None,
        )
    }

    /// A file that says these amounts of an employee who works here.
    pub(crate) fn says(&mut self, monthly: &str, one_off: &str) -> &mut Self {
        self.file(monthly, one_off, "", false)
    }

    pub(crate) fn leave(&mut self) -> &mut Self {
        let mut values = Vec::new();
        if self.now.is_some() {
            self.status_to(Status::Inactive, &mut values);
        }
        self.run(values, Reason::Missing, None)
    }

    /// It is known that the person leaves on a day.
    pub(crate) fn leaves_on(&mut self, day: &str) -> &mut Self {
        let old = self.value(c::OFFBOARDING_DATE).map(str::to_owned);
        let is_news = self.status() == Some(Status::Active) && old.as_deref() != Some(day);
        let change = (
            Changed::Field(c::OFFBOARDING_DATE),
            old,
            Some(day.to_owned()),
        );
        self.run(
            if is_news { vec![change] } else { Vec::new() },
            Reason::SameExternalId,
            None,
        )
    }

    /// The person leaves if their last day is over.
    fn depart(&mut self) -> &mut Self {
        let last = self
            .value(c::OFFBOARDING_DATE)
            .and_then(|day| day.parse::<Date>().ok());
        let mut values = Vec::new();
        if self.status().is_some_and(Status::is_employed)
            && last.is_some_and(|day| day < self.today)
        {
            self.status_to(Status::Inactive, &mut values);
        }
        self.run(values, Reason::OffboardingDate, None)
    }

    /// Somebody holds a field at a value; nothing: it is blank.
    pub(crate) fn pin(&mut self, field: FieldNumber, value: &str) -> &mut Self {
        if let Some(now) = &mut self.now {
            now.pins.push(Pin {
                field,
                value: Some(value.to_owned()).filter(|value| !value.is_empty()),
                reason: String::new(),
                author: String::new(),
                created: Timestamp::UNIX_EPOCH,
                until: None,
            });
            self.pinned.push(field);
        }
        self.set(field, value, Reason::Pinned)
    }

    pub(crate) fn unpin(&mut self) -> &mut Self {
        self.pinned.clear();
        self.now.iter_mut().for_each(|now| now.pins.clear());
        self
    }

    /// A record clears a field.
    pub(crate) fn clear(&mut self, field: FieldNumber) -> &mut Self {
        if self.pinned.contains(&field) {
            self
        } else {
            self.set(field, "", Reason::SameExternalId)
        }
    }

    fn set(&mut self, field: FieldNumber, value: &str, reason: Reason) -> &mut Self {
        let (old, new) = (
            self.value(field).map(str::to_owned),
            Some(value.to_owned()).filter(|new| !new.is_empty()),
        );
        let is_news = self.now.is_some() && old != new;
        self.run(
            if is_news {
                vec![(Changed::Field(field), old, new)]
            } else {
                Vec::new()
            },
            reason,
            None,
        )
    }

    /// The person's day has come, if it has.
    pub(crate) fn sweep(&mut self) -> &mut Self {
        self.depart();
        let onboarding = self
            .value(c::ONBOARDING_DATE)
            .and_then(|day| day.parse::<Date>().ok());
        let mut values = Vec::new();
        if self.status() == Some(Status::Scheduled)
            && onboarding.is_none_or(|day| day <= self.today)
        {
            self.status_to(Status::Active, &mut values);
        }
        self.run(values, Reason::OnboardingDate, None)
    }

    /// Undoes a run, as far as what it changed is still so.
    pub(crate) fn undo(&mut self, run: i64) -> &mut Self {
        let Some((_, created, did)) = self
            .runs
            .iter()
            .find(|(number, ..)| *number == run)
            .cloned()
        else {
            return self;
        };
        let mut values = Vec::new();
        if created && self.status().is_some_and(Status::is_employed) {
            self.status_to(Status::Inactive, &mut values);
        }
        let is_pinned =
            |what| matches!(what, Changed::Field(field) if self.pinned.contains(&field));
        for (what, old, new) in did
            .into_iter()
            .filter(|(what, ..)| !created && !is_pinned(*what))
        {
            let now = match what {
                Changed::Status => self.status().map(Status::as_str),
                Changed::Field(field) => self.value(field),
                Changed::Owner => None,
            };
            if now == new.as_deref() {
                values.push((what, new, old));
            }
        }
        self.run(values, Reason::Undo, Some(RunId(run)))
    }

    pub(crate) fn undo_last(&mut self) -> &mut Self {
        self.undo(self.runs.last().unwrap().0)
    }

    fn status_to(&self, status: Status, values: &mut Values) {
        let now = self.status().map(|now| now.as_str().to_owned());
        if now.as_deref() != Some(status.as_str()) {
            values.push((Changed::Status, now, Some(status.as_str().to_owned())));
        }
    }

    fn run(&mut self, values: Values, reason: Reason, undone: Option<RunId>) -> &mut Self {
        if values.is_empty() {
            return self;
        }
        let nobody = || Employee {
            id: EmployeeId(1),
            revision: 0,
            status: Status::Active,
            owner: None,
            protected: false,
            facts: Facts::default(),
            pins: Vec::new(),
        };
        let before = self.now.clone();
        let mut after = before.clone().unwrap_or_else(nobody);
        for (what, _, new) in &values {
            match what {
                Changed::Status => after.status = Status::parse(new.as_deref().unwrap()).unwrap(),
                Changed::Owner => {}
                Changed::Field(field) => {
                    after.facts = after
                        .facts
                        .with(*field, new.as_deref().map_or(Fact::Cleared, Fact::Set));
                    after.facts = Facts::of_values(
                        after
                            .facts
                            .as_ref()
                            .iter()
                            .filter_map(|(field, fact)| Some((field, fact.value()?))),
                    );
                }
            }
        }
        if values
            .iter()
            .any(|(what, ..)| *what == Changed::Field(ONE_OFF))
        {
            self.by_hand = undone.is_some() || reason == Reason::Pinned;
        }
        let number = self.runs.len() as i64 + 1;
        let ledger = std::mem::take(&mut self.ledger);
        let occasion = Occasion {
            before: before.as_ref(),
            after: &after,
            reason,
            run: RunId(number),
            undone,
            today: self.today,
            workspace: &self.workspace,
        };
        self.ledger = follow(&occasion, ledger);
        self.runs.push((number, before.is_none(), values));
        self.now = Some(after);
        self
    }

    /// Everything the same once more.
    pub(crate) fn again(&self) -> Ledger {
        let Some(now) = &self.now else {
            return self.ledger.clone();
        };
        let occasion = Occasion {
            before: Some(now),
            after: now,
            reason: Reason::SameExternalId,
            run: RunId(self.runs.len() as i64 + 1),
            undone: None,
            today: self.today,
            workspace: &self.workspace,
        };
        follow(&occasion, self.ledger.clone())
    }

    /// What counts of one kind: amount, first day, last day.
    pub(crate) fn counts(&self, kind: BudgetKind) -> Vec<String> {
        let counted = self
            .ledger
            .grants
            .iter()
            .filter(|grant| grant.kind == kind && !grant.span.cancelled);
        let mut lines: Vec<_> = counted
            .map(|grant| match (kind, grant.span.ends) {
                (BudgetKind::OneOff, _) => format!("{} on {}", grant.amount, grant.span.starts),
                (_, None) => format!("{} from {}", grant.amount, grant.span.starts),
                (_, Some(ends)) => format!("{} from {} to {ends}", grant.amount, grant.span.starts),
            })
            .collect();
        lines.sort();
        lines
    }

    #[track_caller]
    pub(crate) fn monthly(&mut self, wanted: &[&str]) -> &mut Self {
        assert_eq!(self.counts(BudgetKind::Monthly), wanted, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn one_off(&mut self, wanted: &[&str]) -> &mut Self {
        assert_eq!(self.counts(BudgetKind::OneOff), wanted, "{self:?}");
        self
    }

    pub(crate) fn cancelled(&self) -> usize {
        self.ledger
            .grants
            .iter()
            .filter(|grant| grant.state(self.today) == GrantState::Cancelled)
            .count()
    }
}
