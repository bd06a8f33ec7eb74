//! `muster drill`: which guards hold a damaged delivery.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{self, count, moment, safe},
    text,
    wiring::{Wiring, integration_file},
};
use muster_core::model::response::{DrillReport, DrillResult, DrilledDamage};
use muster_engine::Drill;
use std::{path::Path, process::ExitCode};

pub(super) fn drill(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let file = integration_file(arguments, path)?;
    let wiring = Wiring::unchecked(arguments)?;
    let integration = wiring.at_rest(&file)?;
    let drill = muster_engine::drill(&integration, &wiring.deps())?;
    let report = show::drill_report(&drill);
    if arguments.json {
        print_json(&report);
    } else {
        tell(&drill, &report, path);
    }
    Ok(match report.is_passed {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn tell(drill: &Drill, report: &DrillReport, path: &Path) {
    say(format!(
        "the delivery of run {} ({}), {} of {}, damaged and read on {} with the current settings:",
        report.run,
        moment(report.at),
        count(report.records, "record", "records"),
        count(report.employees, "employee", "employees"),
        moment(report.drilled)
    ));
    for (damage, drilled) in report.damages.iter().zip(&drill.damages) {
        let sign = if damage.result == DrillResult::Applied {
            '!'
        } else {
            ' '
        };
        say(format!(
            "{sign} {}: {}",
            text::drill::damage(drilled.damage),
            result(damage)
        ));
    }
    say("nothing was changed");
    if !report.is_passed {
        say(format!(
            "  help: set lower limits under `[guard]` in {}; docs/reference/guards.md lists the guards",
            path.display()
        ));
    }
}

fn result(damage: &DrilledDamage) -> String {
    let employees = |number| count(number, "employee", "employees");
    match (&damage.result, &damage.refused) {
        (DrillResult::Refused, Some(refusal)) => {
            format!("refused: {} ({})", safe(&refusal.message), refusal.code)
        }
        (DrillResult::NotPossible | DrillResult::Refused, _) => {
            "not tried: the delivery has nothing to damage like this".to_owned()
        }
        (DrillResult::Held, _) => {
            let by = match damage.guards.is_empty() {
                true => "single operations".to_owned(),
                false => damage.guards.join(", "),
            };
            format!(
                "held ({by}); it would change {}",
                employees(damage.employees)
            )
        }
        (DrillResult::Harmless, _) if damage.rejected > 0 => format!(
            "harmless: {} rejected, and {} changed",
            count(damage.rejected, "record is", "records are"),
            match damage.applied {
                0 => "nobody is".to_owned(),
                1 => "1 employee is".to_owned(),
                more => format!("{more} employees are"),
            }
        ),
        (DrillResult::Harmless, _) => format!(
            "harmless: it changes {}, as the undamaged delivery does",
            match damage.applied {
                0 => "nobody".to_owned(),
                more => employees(more),
            }
        ),
        (DrillResult::Applied, _) => format!(
            "applied without a review: it changes {}",
            employees(damage.applied)
        ),
    }
}
