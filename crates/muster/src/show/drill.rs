//! The report of a guard drill, for programs and pages.

use crate::text;
use muster_core::model::response::{DrillRefusal, DrillReport, DrillResult, DrilledDamage};
use muster_engine::{Drill, DrillEnd, Drilled};
use std::collections::BTreeSet;

pub(crate) fn drill_report(drill: &Drill) -> DrillReport {
    let damages = drill
        .damages
        .iter()
        .map(|drilled| of_damage(drill, drilled));
    DrillReport {
        run: drill.run,
        at: drill.at,
        drilled: drill.now,
        records: drill.records,
        employees: drill.employees,
        undamaged: drill.undamaged,
        is_passed: drill.is_passed(),
        damages: damages.collect(),
    }
}

fn of_damage(drill: &Drill, drilled: &Drilled) -> DrilledDamage {
    let mut damage = DrilledDamage {
        damage: drilled.damage.as_str(),
        result: DrillResult::NotPossible,
        refused: None,
        guards: Vec::new(),
        held: 0,
        rejected: 0,
        employees: 0,
        applied: 0,
    };
    match &drilled.end {
        DrillEnd::NotPossible => {}
        DrillEnd::Refused(error) => {
            damage.result = DrillResult::Refused;
            damage.refused = Some(DrillRefusal {
                code: error.code,
                message: text::run_error(error).0,
            });
        }
        DrillEnd::Read {
            findings,
            held,
            rejected,
            employees,
            applied,
        } => {
            let guards = findings
                .iter()
                .map(|finding| finding.guard.as_str().to_owned());
            damage.guards = guards.collect::<BTreeSet<_>>().into_iter().collect();
            (damage.held, damage.rejected) = (*held, *rejected);
            (damage.employees, damage.applied) = (*employees, *applied);
            damage.result = match applied < employees {
                _ if drill.is_applied(drilled) => DrillResult::Applied,
                true => DrillResult::Held,
                false => DrillResult::Harmless,
            };
        }
    }
    damage
}
