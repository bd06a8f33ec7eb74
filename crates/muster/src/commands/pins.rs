//! `muster pins`: all pinned fields.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{moment, safe, table, value_of},
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::model::{
    calendar::Calendar, employee::Employee, pin::Pin, plan::Changed, response,
};
use std::process::ExitCode;

pub(super) fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let today = Calendar::at(wiring.now(), &workspace.settings).today;
    let pins = wiring.store.pins(&workspace)?;
    let mut people: Vec<_> = pins.iter().map(|(id, _)| *id).collect();
    people.dedup();
    let people = wiring.store.employees_by_ids(&workspace, &people)?;
    let all = people
        .iter()
        .flat_map(|person| person.pins.iter().map(move |pin| (person, pin)));
    if arguments.json {
        let all: Vec<_> = all
            .map(|(person, pin)| response::Pin::new(person, pin, &workspace.schema, today))
            .collect();
        print_json(&all);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |(person, pin): (&Employee, &Pin)| {
        vec![
            person.id.to_string(),
            safe(&person.name()),
            workspace.schema.key(pin.field).to_owned(),
            value_of(Changed::Field(pin.field), pin.value.as_deref()),
            until(pin, today),
            safe(&pin.author),
            moment(pin.created),
            safe(&pin.reason),
        ]
    };
    let rows: Vec<_> = all.map(row).collect();
    if rows.is_empty() {
        say("no fields are pinned");
    } else {
        say(table(
            &[
                "#",
                "name",
                "field",
                "pinned to",
                "until",
                "author",
                "since",
                "reason",
            ],
            rows,
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn until(pin: &Pin, today: Date) -> String {
    let over = if pin.holds(today) { "" } else { " (expired)" };
    pin.until
        .map(|day| format!("{day}{over}"))
        .unwrap_or_default()
}
