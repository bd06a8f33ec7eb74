//! `muster companies`: companies with their dates and number of employees.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::model::{calendar::Calendar, company::Company, response};
use std::process::ExitCode;

pub(super) fn companies(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let today = Calendar::at(wiring.now(), &workspace.settings).today;
    let people = wiring.store.people_by_company(workspace.id)?;
    let known = &workspace.companies;
    let people_of = |company: &Company| {
        people
            .iter()
            .find(|(id, _)| *id == company.external_id)
            .map_or(0, |(_, people)| *people)
    };
    let others = people
        .iter()
        .filter(|(id, _)| known.iter().all(|company| company.external_id != *id));
    if arguments.json {
        let answer = |company: &Company| response::Company {
            external_id: company.external_id.clone(),
            short_name: company.short_name.clone(),
            full_name: company.full_name.clone(),
            valid_from: company.valid_from,
            valid_to: company.valid_to,
            valid_today: company.is_valid_on(today),
            people: people_of(company),
        };
        print_json(&response::Companies {
            companies: known.iter().map(answer).collect(),
            not_listed: others
                .map(|(id, people)| response::UnlistedCompany {
                    external_id: id.clone(),
                    people: *people,
                })
                .collect(),
        });
        return Ok(ExitCode::SUCCESS);
    }
    let row = |company: &Company| {
        vec![
            safe(&company.external_id),
            safe(&company.short_name),
            safe(company.full_name.as_deref().unwrap_or_default()),
            day(company.valid_from),
            day(company.valid_to),
            people_of(company).to_string(),
            validity(company, today).to_owned(),
        ]
    };
    let mut rows: Vec<_> = known.iter().map(row).collect();
    rows.extend(others.map(|(id, people)| {
        let blank = String::new;
        vec![
            safe(id),
            blank(),
            blank(),
            blank(),
            blank(),
            people.to_string(),
            "not in the list".to_owned(),
        ]
    }));
    if rows.is_empty() {
        say(
            "there are no companies\n  help: define them as [[company]] in the integration file, or map `employments`",
        );
    } else {
        say(table(
            &["id", "name", "full name", "from", "until", "employees", ""],
            rows,
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Whether a company is valid on a day.
fn validity(company: &Company, today: Date) -> &'static str {
    match (
        company.is_valid_on(today),
        company.valid_from.is_some_and(|from| from > today),
    ) {
        (true, _) => "",
        (false, true) => "not valid yet",
        (false, false) => "no longer valid",
    }
}
