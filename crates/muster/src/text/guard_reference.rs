//! The reference page of guards: what each looks at, its default and an example. Limits and examples come from the
//! code, so that the page cannot differ from it.

use super::guard::{help, message};
use jiff::Timestamp;
use muster_core::{
    decide::guard::{Evidence, Finding, Guard},
    model::ids::RunId,
    setup::policy::{GuardLimits, Limit},
};
use std::path::Path;

const PAGE: &str = "../../docs/reference/guards.md";

const START: &str = "<!-- Generated from the code: UPDATE_DOCS=1 cargo test -p muster guards_page -->

# Guards

A guard compares a plan with the directory before anything is written. If it trips, the plan is held for review:
`muster approve` applies exactly what was shown, `muster reject` discards it. `on_guard = \"hold_removals\"` holds only the
departures if nothing but the guards on departures trips. Limits are set under [`[guard]`](../integration-file.md) in the
integration file. \"More than 10% and more than 3\" means that
both must be exceeded: in a company of 20, 3 departures are allowed, and in one of 500, 50 are.

";

/// What a guard looks at.
fn looks_at(guard: Guard) -> &'static str {
    match guard {
        Guard::Removals => {
            "Departures in one run, whatever the cause: missing from the file, end date, status, selection, replaced id. A \
             departure on an end date that was stored more than 7 days ago does not count. Everyone at once is always held."
        }
        Guard::RemovalsWeek => {
            "Departures of the workspace in the last 7 days, including those of the plan."
        }
        Guard::Deletions => {
            "Employees that `missing = \"delete\"` would delete with all personal data. Every such plan is held, even with \
             `approve = \"never\"`."
        }
        Guard::PassedOn => {
            "With `on_guard = \"hold_removals\"`: an address or external id that moves from a departing employee to another. \
             The departures and the other operations then depend on each other, so the whole plan is held."
        }
        Guard::Shrunk => "The number of records, compared with the last successful run.",
        Guard::KeyChanges => {
            "Employees that would get another e-mail address or external id. A change between upper and lower case does not count."
        }
        Guard::Rejected => "Rejected records of the delivery.",
        Guard::Fill => {
            "A column that is blank in nearly all records, although most had a value in the last successful run; \
             or an onboarding or offboarding date that no record has."
        }
        Guard::OneValue => {
            "A column with one value in all records, although it had several before."
        }
        Guard::FirstColumn => {
            "The first of several columns of a field (`first_of`) that is in no record, although it had values before, if \
             another column would change a stored value. The stored values stay; the rest of the plan is held."
        }
        Guard::FieldChanges => {
            "Employees of which one field would change. Keys, names, the status and dates have the smaller limit. A field \
             with `volatile = true` in its mapping never trips it."
        }
        Guard::NewGroups => {
            "Groups that `unknown_group = \"create\"` would create, compared with the existing groups."
        }
        Guard::Sentinel => {
            "Assertions about the employees of the integration: `headcount between 190 and 240`, `E-001 is never deactivated` \
             and `E-001 is never changed`, with an external id or an address. Every plan of the integration must keep them; \
             manual edits and due dates outside a run are not checked."
        }
        Guard::Older => {
            "The date of the newest file of the delivery, compared with that of the last successful run."
        }
        Guard::OldContent => {
            "A delivery with the same content as an earlier one, after a different one was applied. It is a warning, and \
             held if it would deactivate or reactivate an employee or change more than 3."
        }
        Guard::BudgetTotal => {
            "The total of one monthly budget, over the employees that are employed before and after the run."
        }
        Guard::SecondOneOff => {
            "A one-off budget for an employee who was granted another of the same category recently."
        }
        Guard::FirstRun => "The first run of an integration (`approve = \"first\"`).",
        Guard::SetupChanged => {
            "The first run after mapping, matching or selection changed (`approve = \"first\"`)."
        }
        Guard::ApproveAlways => "Every plan, with `approve = \"always\"`.",
        Guard::IntegrationHeld => "A plan of the same integration that is still pending.",
    }
}

fn default(guard: Guard, limits: &GuardLimits) -> String {
    let setting = |key: &str, limit: Limit| {
        format!(
            "`{key}`: more than {}% and more than {}",
            limit.percent, limit.number
        )
    };
    match guard {
        Guard::Removals => format!(
            "{}; `removals_number`: {}",
            setting("removals", limits.removals),
            limits.removals_number
        ),
        Guard::RemovalsWeek => setting("removals_week", limits.removals_week),
        Guard::Shrunk => setting("shrunk", limits.shrunk),
        Guard::KeyChanges => setting("key_changes", limits.key_changes),
        Guard::Rejected => setting("rejected", limits.rejected),
        Guard::Fill => format!(
            "`fill_from`: {}%; `fill_to`: {}%",
            limits.fill_from, limits.fill_to
        ),
        Guard::OneValue => format!(
            "more than {} records (the number of `field_changes`)",
            limits.field_changes.number
        ),
        Guard::FieldChanges => format!(
            "{}; {}",
            setting("core_field_changes", limits.core_field_changes),
            setting("field_changes", limits.field_changes)
        ),
        Guard::NewGroups => setting("new_groups", limits.new_groups),
        Guard::Sentinel => "`sentinels`: none".to_owned(),
        Guard::BudgetTotal => setting("budget_total", limits.budget_total),
        Guard::SecondOneOff => {
            format!("`one_off_days`: {}; 0 switches it off", limits.one_off_days)
        }
        Guard::Deletions
        | Guard::PassedOn
        | Guard::FirstColumn
        | Guard::Older
        | Guard::OldContent
        | Guard::FirstRun
        | Guard::SetupChanged
        | Guard::ApproveAlways
        | Guard::IntegrationHeld => "no setting".to_owned(),
    }
}

/// A finding of each guard.
fn example(guard: Guard, limits: &GuardLimits) -> Finding {
    let time = |text: &str| text.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
    let text = str::to_owned;
    let run = RunId(12);
    let (count, of, evidence) = match guard {
        Guard::Removals => (
            60,
            500,
            Evidence::Removals {
                limit: limits.removals,
                at_most: limits.removals_number,
                missing: 60,
                deselected: 0,
                rules: Vec::new(),
            },
        ),
        Guard::RemovalsWeek => (
            28,
            125,
            Evidence::RemovalsWeek {
                now: 3,
                earlier: 25,
                limit: limits.removals_week,
            },
        ),
        Guard::Deletions => (2, 40, Evidence::Deletions),
        Guard::PassedOn => (
            1,
            20,
            Evidence::PassedOn {
                value: text("ann@acme.example"),
            },
        ),
        Guard::Shrunk => (
            30,
            100,
            Evidence::Shrunk {
                records: 70,
                limit: limits.shrunk,
            },
        ),
        Guard::KeyChanges => (
            18,
            40,
            Evidence::KeyChanges {
                limit: limits.key_changes,
            },
        ),
        Guard::Rejected => (
            33,
            120,
            Evidence::Rejected {
                limit: limits.rejected,
            },
        ),
        Guard::Fill => (
            0,
            40,
            Evidence::Fill {
                field: text("department"),
                filled_before: 39,
                records_before: 40,
            },
        ),
        Guard::OneValue => (
            40,
            40,
            Evidence::OneValue {
                field: text("department"),
            },
        ),
        Guard::FirstColumn => (
            9,
            120,
            Evidence::FirstColumn {
                fields: vec![text("work_anniversary")],
            },
        ),
        Guard::FieldChanges => (
            14,
            15,
            Evidence::FieldChanges {
                field: text("last_name"),
                limit: limits.core_field_changes,
                is_core: true,
            },
        ),
        Guard::NewGroups => (
            6,
            7,
            Evidence::NewGroups {
                groups: ["Lyon", "Lille", "Nice", "Metz", "Brest", "Nancy"]
                    .map(text)
                    .to_vec(),
                limit: limits.new_groups,
            },
        ),
        Guard::Sentinel => (
            187,
            212,
            Evidence::Sentinel {
                sentinel: text("headcount between 190 and 240"),
                is_headcount: true,
            },
        ),
        Guard::Older => (
            0,
            0,
            Evidence::Older {
                file: text("staff-april.csv"),
                modified: time("2026-04-30T22:00:00Z"),
                last_file: text("staff-may.csv"),
                last_modified: time("2026-05-31T22:00:00Z"),
                run,
            },
        ),
        Guard::OldContent => (
            24,
            24,
            Evidence::OldContent {
                run,
                at: time("2026-05-04T02:45:00Z"),
            },
        ),
        Guard::BudgetTotal => (
            20,
            20,
            Evidence::BudgetTotal {
                field: text("monthly_all_budget"),
                before: text("1000"),
                after: text("100000"),
                currency: text("EUR"),
                limit: limits.budget_total,
            },
        ),
        Guard::SecondOneOff => (
            1,
            1,
            Evidence::SecondOneOff {
                field: text("oneoff_health_budget"),
                first: text("1"),
                second: text("1000"),
                currency: text("EUR"),
                days: limits.one_off_days,
            },
        ),
        Guard::FirstRun => (0, 0, Evidence::FirstRun),
        Guard::SetupChanged => (0, 0, Evidence::SetupChanged { run }),
        Guard::ApproveAlways => (0, 0, Evidence::ApproveAlways),
        Guard::IntegrationHeld => (0, 0, Evidence::IntegrationHeld { run }),
    };
    Finding::new(guard, evidence, count, of)
}

fn page() -> String {
    let limits = GuardLimits::default();
    let mut page = START.to_owned();
    for guard in Guard::ALL {
        let example = example(*guard, &limits);
        page.push_str(&format!(
            "## `{}`\n\n{}\n\nDefault: {}.\n\n```text\n! guard: {}\n         help: {}\n```\n\n",
            guard.as_str(),
            looks_at(*guard),
            default(*guard, &limits),
            message(&example),
            help(&example)
        ));
    }
    page.trim_end().to_owned() + "\n"
}

#[test]
fn guards_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::vars().any(|(name, _)| name == "UPDATE_DOCS") {
        std::fs::write(&path, page()).unwrap_or_default();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/reference/guards.md is not current: UPDATE_DOCS=1 cargo test -p muster guards_page"
    );
}
