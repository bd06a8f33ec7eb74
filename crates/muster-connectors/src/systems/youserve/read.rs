//! One whole read: employees, employments and companies, put together at the end.

use super::{
    NAME, Rules,
    column::{Column, Seen, permit},
    company::Companies,
    lookup::{Asking, check_companies, check_employments},
    pages::{All, List, Lists},
    person::{Human, People, View},
};
use crate::{
    connector::{
        Collected, ConnectorError, Extent, Offered, Records, Step, UnconfirmedAbsence, Value,
        Wanted, deliver, missing, unidentified, unreadable,
    },
    systems::salary,
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Detail, Remedy, YouServeRemedy},
            shown,
        },
    },
    read::{reading::PartialReason, record::Sink},
};

/// The most employees that a problem names.
const MAX_NAMED: usize = 3;

/// The lists of one read.
struct Read {
    employees: All,
    employments: All,
    companies: All,
}

pub(super) async fn read(
    lists: &Lists<'_>,
    rules: Rules,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    salary::check(&wanted.columns)?;
    let (api, today) = (lists.api, lists.api.session.today);
    let columns: Vec<Column> = wanted.columns.iter().map(|name| Column::of(name)).collect();
    let mut read = Read {
        employees: lists.all(List::Employees).await?,
        ..Read::none()
    };
    (api.session.progress)(Step::Read(read.employees.items.len() as u64));
    let has_employments =
        columns.iter().any(Column::is_of_employment) && !read.employees.items.is_empty();
    if has_employments {
        read.companies = lists.whole(List::Companies).await?;
        if !rules.has_records_alone {
            read.employments = lists.whole(List::Employments).await?;
        }
    }
    let companies = Companies::of(&read.companies.items, today);
    let view = View {
        rules,
        companies: &companies,
        today,
    };
    if !view
        .people(&read.employees.items, &read.employments.items)
        .strays
        .is_empty()
    {
        // An employee was added while the lists were read.
        read.employees = lists.all(List::Employees).await?;
    }
    if has_employments {
        check_companies(lists, &companies, &read.employees, &read.employments)?;
    }
    let people = view.people(&read.employees.items, &read.employments.items);
    if has_employments && !rules.has_records_alone {
        check_employments(lists, &read.employments, &people.bereft).await?;
    }
    let mut partial = None;
    let mut problems = companies.problems();
    for (list, all) in read.lists() {
        if let Some((reason, problem)) = all.partial(list) {
            partial = Some(reason);
            problems.push(problem);
        }
    }
    if !people.strays.is_empty() {
        partial = partial.or(Some(PartialReason::ChangedWhileReading));
        problems.push(unreconciled(&people.strays));
    }
    problems.extend(undecided(&people, has_employments));
    let seen = Seen::of(
        &read.employees.items,
        &read.employments.items,
        &columns,
        today,
    );
    let mut records = records(&people, wanted, &columns, &seen);
    if partial.is_none() {
        let asking = Asking::of(lists, rules, wanted);
        let listed = asking.listed(&read.employees);
        let missing = missing(&records, wanted, api.session, |id| listed.contains(id));
        let absence = asking.absence(&read.employees, today);
        let unconfirmed = absence.confirm(&missing, wanted, &mut records).await?;
        let shortfall = unconfirmed.map(UnconfirmedAbsence::shortfall);
        partial = shortfall.as_ref().map(|(reason, _)| *reason);
        problems.extend(shortfall.map(|(_, problem)| problem));
    }
    problems.extend(api.notices());
    let collected = Collected {
        records,
        announced: None,
        partial,
        problems,
        endpoint: "GET /iam/v1.0/employees",
        bytes: api.bytes(),
        permit: &permit,
    };
    let extent = deliver(collected, wanted, sink)?;
    Ok(Extent {
        companies: companies.all,
        ..extent
    })
}

/// What the first pages of employees and employments have.
pub(super) async fn offered(
    lists: &Lists<'_>,
    rules: Rules,
) -> Result<Vec<Offered>, ConnectorError> {
    let employees = lists.first(List::Employees).await?;
    let employments = match rules.has_records_alone {
        true => Vec::new(),
        false => lists.first(List::Employments).await?,
    };
    let today = lists.api.session.today;
    let columns = Seen::of(&employees, &employments, &[], today).columns();
    Ok(columns
        .into_iter()
        .map(|column| Offered {
            column,
            label: None,
        })
        .collect())
}

impl Read {
    fn none() -> Self {
        Self {
            employees: All::default(),
            employments: All::default(),
            companies: All::default(),
        }
    }

    fn lists(&self) -> [(List, &All); 3] {
        [
            (List::Employees, &self.employees),
            (List::Employments, &self.employments),
            (List::Companies, &self.companies),
        ]
    }
}

fn records(people: &People<'_>, wanted: &Wanted, columns: &[Column], seen: &Seen) -> Records {
    let mut records = Records::new(&wanted.columns);
    (0..people.unidentified).for_each(|_| records.put_unknown(unidentified(NAME)));
    for human in &people.humans {
        let Human { id: Some(id), .. } = human else {
            records.put_unknown(unidentified(NAME));
            continue;
        };
        let values: Vec<Value> = columns
            .iter()
            .map(|column| column.value(human, seen))
            .collect();
        let broken = values.iter().position(|value| *value == Value::Unreadable);
        records.put(
            id,
            &values,
            broken.map(|position| unreadable(NAME, &wanted.columns[position], id)),
        );
    }
    records
}

/// The warning for employees without an employment in either list, although others have some.
fn undecided(people: &People<'_>, has_employments: bool) -> Option<Problem> {
    let (without, with): (Vec<&Human<'_>>, Vec<&Human<'_>>) =
        people.humans.iter().partition(|human| human.is_unemployed);
    if !has_employments || without.is_empty() || with.is_empty() {
        return None;
    }
    let ids = without.iter().filter_map(|human| human.id.as_deref());
    let detail = Detail::NoEmployment {
        system: NAME.to_owned(),
        count: without.len() as u64,
        ids: ids.take(MAX_NAMED).map(shown).collect(),
    };
    let remedy = Remedy::YouServe(YouServeRemedy::CompleteEmployments);
    Some(Problem::new(
        Code::ApiContradiction,
        Severity::Warning,
        detail,
        remedy,
    ))
}

fn unreconciled(strays: &[String]) -> Problem {
    let first = strays.iter().take(MAX_NAMED);
    let detail = Detail::Strays {
        count: strays.len() as u64,
        codes: first.map(|code| shown(code)).collect(),
    };
    let remedy = Remedy::YouServe(YouServeRemedy::AskWhyNotDelivered);
    Problem::new(Code::ApiUnreconciled, Severity::Warning, detail, remedy)
}
