//! Why an employee has the values that they have: history, problems and groups, read together.

use crate::{
    db::{connection::Store, error::StoreError},
    directory::{history::HistoryEntry, smart_group::MembershipMove},
};
use jiff::civil::Date;
use muster_core::model::{
    employee::Employee,
    ids::RunId,
    pin::Pin,
    plan::{Changed, OperationKind},
    problem::Problem,
    response::{self, Explanation, ReportedProblem},
    workspace::Workspace,
};

/// What explains the values of one employee.
pub struct Explained {
    /// Of the employee, and of those who were merged into them.
    pub history: Vec<HistoryEntry>,
    /// Problems with records that name the employee.
    pub problems: Vec<(RunId, Problem)>,
    pub groups: Vec<MembershipMove>,
}

impl Store {
    pub fn explained(
        &self,
        workspace: &Workspace,
        employee: &Employee,
    ) -> Result<Explained, StoreError> {
        let external = employee.external_id().into_iter();
        let subjects: Vec<&str> = external.chain([employee.email()]).collect();
        Ok(Explained {
            history: self.history_with_merged(workspace, employee.id)?,
            problems: self.problems_about(workspace.id, &subjects)?,
            groups: self.smart_groups_of(workspace, employee.id)?,
        })
    }
}

impl Explained {
    /// The entries about one value, and always the creation; `None`: about all values.
    pub fn entries(&self, wanted: Option<Changed>) -> impl Iterator<Item = &HistoryEntry> {
        self.history.iter().filter(move |entry| {
            wanted.is_none_or(|what| {
                entry.kind == OperationKind::Create
                    || entry.changes.iter().any(|change| change.what == what)
            })
        })
    }

    /// The pins on one value; `None`: all of them.
    pub fn pins(employee: &Employee, wanted: Option<Changed>) -> impl Iterator<Item = &Pin> {
        let pins = employee.pins.iter();
        pins.filter(move |pin| wanted.is_none_or(|what| what == Changed::Field(pin.field)))
    }

    /// The form in which programs get it. The front end words the problems.
    pub fn answer(
        &self,
        workspace: &Workspace,
        employee: &Employee,
        wanted: Option<Changed>,
        today: Date,
        in_words: impl Fn(&Problem) -> response::Problem,
    ) -> Explanation {
        let schema = &workspace.schema;
        let values = schema.iter().map(|(field, definition)| {
            let value = employee.value(field).map(str::to_owned);
            (definition.key.clone(), value)
        });
        let problems = self.problems.iter().map(|(run, problem)| ReportedProblem {
            run: *run,
            problem: in_words(problem),
        });
        Explanation {
            employee: employee.id,
            status: employee.status,
            values: values.collect(),
            protected: employee.protected,
            pins: Self::pins(employee, wanted)
                .map(|pin| response::Pin::new(employee, pin, schema, today))
                .collect(),
            field: wanted.map(|what| schema.changed(what).to_owned()),
            history: self
                .entries(wanted)
                .map(|entry| entry.answer(schema))
                .collect(),
            problems: problems.collect(),
            smart_groups: self.groups.iter().map(MembershipMove::answer).collect(),
        }
    }
}
