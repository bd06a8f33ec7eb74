//! `muster companies`: where people are employed.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::model::{calendar::Calendar, company::Company};
use serde_json::json;
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
        let object = |company: &Company| {
            json!({
                "external_id": company.external_id, "short_name": company.short_name, "full_name": company.full_name,
                "valid_from": company.valid_from, "valid_to": company.valid_to,
                "valid_today": company.is_valid_on(today), "people": people_of(company),
            })
        };
        let others: Vec<_> = others
            .map(|(id, people)| json!({ "external_id": id, "people": people }))
            .collect();
        print_json(
            &json!({ "companies": known.iter().map(object).collect::<Vec<_>>(), "not_listed": others }),
        );
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
            standing(company, today).to_owned(),
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
            "no companies yet: list them as [[company]] in the integration file, or map `employments`",
        );
    } else {
        say(table(
            &["id", "name", "full name", "from", "until", "people", ""],
            rows,
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// What is to be known of a company on a day, besides its dates.
fn standing(company: &Company, today: Date) -> &'static str {
    match (
        company.is_valid_on(today),
        company.valid_from.is_some_and(|from| from > today),
    ) {
        (true, _) => "",
        (false, true) => "not yet",
        (false, false) => "no longer",
    }
}
