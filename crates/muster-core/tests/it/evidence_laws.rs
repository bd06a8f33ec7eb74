//! What no delivery may do against the evidence, over random deliveries.

use crate::{
    directory::Fixture,
    laws::{delivery, file, fixture},
};
use muster_core::{
    model::{employee::Status, plan::OperationKind, problem::Severity},
    read::reading::Completeness,
    setup::policy::{MatchBy, Missing},
};
use proptest::prelude::*;

/// A cell of a leaver's row: as it should be, blank, or spoiled in some way.
fn cell(good: &'static str) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        good,
        good,
        "",
        "<null>",
        "<unreadable>",
        "x\u{202e}y",
        "#REF!",
        "99/99",
    ])
}

crate::for_every_seed! {
    cases: 200;

    #[test]
    fn a_departure_stated_by_a_record_ends_the_employment_or_is_held(
        email in cell("p1@x.nl"),
        names in (cell("First1"), cell("Last1")),
        born in cell("1990-01-01"),
        start in cell("2020-01-01"),
        other in (cell("Sales"), cell("nl"), cell("0612345678")),
        end in proptest::sample::select(vec!["2026-04-01", "2020-01-01", "2026-04-30"]),
    ) {
        let mut fixture = Fixture::crowd(20).with(|policy| policy.missing = Missing::Deactivate);
        let others: String = (2..=20)
            .map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},1990-01-01,,,,,\n"))
            .collect();
        let row = format!(
            "1,{email},{},{},{born},{start},{end},{},{},{}",
            names.0, names.1, other.0, other.1, other.2
        );
        let text = format!("id,email,first,last,born,start,end,group,language,phone\n{others}{row}");
        let proposal = fixture.propose(&[&text]);
        let is_held = proposal.views().any(|view| view.held.is_some() && view.kind == OperationKind::Deactivate);
        fixture.settle(&proposal);
        let has_left = fixture.person("1").status == Status::Inactive;
        prop_assert!(has_left || is_held, "{row}: {:?}", fixture.story(&proposal));
    }

    #[test]
    fn no_scheduled_employee_starts_who_is_missing_from_a_complete_delivery(
        fixture in fixture(),
        rows in delivery(),
    ) {
        let proposal = fixture.propose(&[&file(&rows)]);
        if proposal.reading.completeness == Completeness::Complete {
            for view in proposal.views().filter(|view| view.kind == OperationKind::Activate && view.held.is_none()) {
                let names = |cell: Option<&str>, key: Option<&str>| key.is_some() && cell == key;
                let is_named = rows.iter().any(|row| {
                    let cells: Vec<&str> = row.split(',').collect();
                    let email = view.who.email.as_deref().map(str::to_lowercase);
                    names(cells.first().copied(), view.who.external_id.as_deref())
                        || cells.get(1).map(|cell| cell.to_lowercase()) == email
                        // A record that is rejected may be theirs if only the names say so.
                        || cells.get(2..4).is_some_and(|name| name.join(" ") == view.who.name)
                });
                prop_assert!(is_named, "{view:?} starts without a record");
            }
        }
    }

    #[test]
    fn an_employee_whose_record_is_rejected_is_changed_by_no_record(
        fixture in fixture(),
        rows in delivery(),
    ) {
        if fixture.setup.rules.policy.match_by == MatchBy::Email {
            return Ok(());
        }
        let proposal = fixture.propose(&[&file(&rows)]);
        let rejected = proposal.problems.kept().iter().filter(|problem| problem.severity == Severity::Rejected);
        for origin in rejected.filter_map(|problem| problem.origin) {
            let row = &rows[origin.line as usize - 2];
            let id = row.split(',').next().filter(|id| !id.is_empty());
            let changed = proposal.views().find(|view| {
                view.held.is_none() && view.origin.is_some() && id.is_some()
                    && view.kind != OperationKind::Create && view.who.external_id.as_deref() == id
            });
            prop_assert!(changed.is_none(), "{changed:?} although {row} is rejected");
        }
    }
}
