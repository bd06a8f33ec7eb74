//! `muster integration succeed`: the comparison of two sources, and the plan that moves the
//! employees.

use super::{block_on, print_json, recorded, say};
use crate::{
    arguments::Arguments,
    error::{CommandError, HELD, exit_code},
    progress::ProgressDisplay,
    show::{self, count, safe},
    wiring::{Wiring, integration_file},
};
use muster_core::{
    decide::succession::{Comparison, Pair, PairedBy},
    model::{
        code::Code,
        field::Schema,
        plan::Who,
        response::{ReplacedId, Succession, SuccessionPair, SuccessionReport},
        run::RunStatus,
    },
};
use muster_engine::succeed as run;
use std::{path::Path, process::ExitCode};

/// The number of employees that are named on each side.
const MAX_NAMES: usize = 20;

pub(super) fn succeed(
    arguments: &Arguments,
    old: &str,
    file: &Path,
) -> Result<ExitCode, CommandError> {
    let file = integration_file(arguments, file)?;
    let wiring = Wiring::open(arguments)?;
    let integration = wiring.integration(&file)?;
    let setup = &integration.setup;
    if setup.name == old {
        return Err(CommandError::usage(
            format!("`{}` cannot replace itself", safe(old)),
            "give the new source another `name` in its integration file",
        ));
    }
    let Some(replaces) = wiring.store.integration(setup.workspace.id, old)? else {
        return Err(CommandError::unknown(
            Code::IntegrationUnknown,
            format!(
                "workspace `{}` has no integration `{}`",
                setup.workspace.name,
                safe(old)
            ),
            "`muster runs` lists the integrations that have run",
        ));
    };
    let mut display = ProgressDisplay::new();
    let done = block_on(run(
        &integration,
        replaces,
        &wiring.deps(),
        &mut |progress| display.show(&progress),
    ))?;
    display.end();
    let outcome = done?;
    let schema = &setup.workspace.schema;
    if arguments.json {
        let recorded = recorded(&wiring, &setup.workspace, &outcome);
        print_json(&SuccessionReport {
            report: show::report(&outcome, &recorded, schema, None),
            succession: outcome
                .comparison
                .as_ref()
                .map(|found| answer(found, schema)),
        });
    } else {
        show::outcome(&outcome, schema, true);
        outcome
            .comparison
            .iter()
            .for_each(|comparison| print(comparison, old, &setup.name, schema));
    }
    Ok(match outcome.status {
        RunStatus::Planned => ExitCode::from(HELD),
        status => exit_code(status),
    })
}

fn print(comparison: &Comparison, old: &str, new: &str, schema: &Schema) {
    let by = |by| {
        comparison
            .pairs
            .iter()
            .filter(|pair| pair.paired_by == by)
            .count()
    };
    let employees = |number: usize| count(number as u64, "employee", "employees");
    say(format!(
        "{} in both sources ({} by e-mail address, {} by names and birthday)",
        employees(comparison.pairs.len()),
        by(PairedBy::Address),
        by(PairedBy::NamesAndBirthday),
    ));
    for (field, pairs) in comparison.differences() {
        say(format!(
            "  {} differs for {}; the first run of `{new}` will change it",
            schema.key(field),
            employees(pairs as usize)
        ));
    }
    side(
        &format!("only in `{}`: they stay there", safe(old)),
        &comparison.only_old,
    );
    side(
        &format!("only in `{}`: its first run will create them", safe(new)),
        &comparison.only_new,
    );
}

fn side(title: &str, people: &[Who]) {
    if people.is_empty() {
        return;
    }
    say(format!("{} {title}", people.len()));
    for who in people.iter().take(MAX_NAMES) {
        say(format!("    {}", safe(&who.to_string())));
    }
    if people.len() > MAX_NAMES {
        say(format!("    ... and {} more", people.len() - MAX_NAMES));
    }
}

fn answer(comparison: &Comparison, schema: &Schema) -> Succession {
    let pair = |pair: &Pair| SuccessionPair {
        employee: pair.employee,
        name: pair.who.name.clone(),
        external_id: ReplacedId {
            old: pair.who.external_id.clone(),
            new: pair.external_id.clone(),
        },
        paired_by: match pair.paired_by {
            PairedBy::Address => "email",
            PairedBy::NamesAndBirthday => "names_and_birthday",
        },
        differs: pair
            .differs
            .iter()
            .map(|field| schema.key(*field).to_owned())
            .collect(),
    };
    Succession {
        pairs: comparison.pairs.iter().map(pair).collect(),
        only_old: comparison.only_old.clone(),
        only_new: comparison.only_new.clone(),
    }
}
