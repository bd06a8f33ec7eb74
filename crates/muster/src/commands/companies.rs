//! `muster companies`: companies with their dates and number of employees.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::model::{
    calendar::Calendar,
    response::{Companies, Company},
};
use std::process::ExitCode;

pub(super) fn companies(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let today = Calendar::at(wiring.now(), &workspace.settings).today;
    let people = wiring.store.people_by_company(workspace.id)?;
    let answer = Companies::of(&workspace.companies, &people, today);
    if arguments.json {
        print_json(&answer);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |company: &Company| {
        vec![
            safe(&company.external_id),
            safe(&company.short_name),
            safe(company.full_name.as_deref().unwrap_or_default()),
            day(company.valid_from),
            day(company.valid_to),
            company.people.to_string(),
            validity(company, today).to_owned(),
        ]
    };
    let mut rows: Vec<_> = answer.companies.iter().map(row).collect();
    rows.extend(answer.not_listed.iter().map(|other| {
        let blank = String::new;
        vec![
            safe(&other.external_id),
            blank(),
            blank(),
            blank(),
            blank(),
            other.people.to_string(),
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
        company.valid_today,
        company.valid_from.is_some_and(|from| from > today),
    ) {
        (true, _) => "",
        (false, true) => "not valid yet",
        (false, false) => "no longer valid",
    }
}
