//! What the demo has to show. It is made at a fixed time here; `muster serve --demo` makes it now.

use super::Demo;
use muster_core::{
    derive::insight::{Evidence, LikelyCause, insight},
    model::{audit::Act, field::canonical, plan::OperationKind, run::RunStatus},
};
use muster_store::{AuditQuery, GroupsQuery, Options, PlanStatus, RunsQuery, Store};

#[test]
fn demo_has_a_held_plan_with_departures_rejected_records_and_a_history() {
    let demo = Demo::new("2026-11-27T09:00:00Z".parse().unwrap()).unwrap();
    let store = Store::open(&demo.arguments.database, Options::default()).unwrap();
    assert_eq!(
        store.workspaces().unwrap(),
        ["fjordmarked", "zorggroep-de-linden"]
    );
    let stores = store.workspace("fjordmarked").unwrap().unwrap();
    let care = store.workspace("zorggroep-de-linden").unwrap().unwrap();
    let employed = |workspace| store.people_counts(workspace).unwrap().employed;
    assert_eq!((employed(&stores), employed(&care)), (201, 40));

    let plans = store.open_plans(stores.id).unwrap();
    let held: Vec<_> = plans
        .iter()
        .filter(|plan| plan.status == PlanStatus::Held)
        .collect();
    let [held] = held.as_slice() else {
        panic!("one plan is held: {plans:?}");
    };
    let query = GroupsQuery::default();
    let groups = store
        .operation_groups(&stores, held.id.run, &query)
        .unwrap();
    let count = |kind| -> u64 {
        let of_kind = groups.iter().filter(|group| group.sort.kind == kind);
        of_kind.map(|group| group.count).sum()
    };
    assert_eq!(count(OperationKind::Deactivate), 49);
    assert_eq!(count(OperationKind::Create), 4);
    assert!(count(OperationKind::Update) >= 30, "{groups:?}");
    assert!(store.open_plans(care.id).unwrap().is_empty());
    let evidence = store.departure_evidence(&stores, held.id.run, held.integration.unwrap());
    let evidence = evidence.unwrap();
    let found = insight(&Evidence {
        departures: evidence.departures,
        staying: evidence.staying,
        values: evidence.values,
        ..Evidence::default()
    });
    let cause = LikelyCause::PartMissing {
        field: canonical::COUNTRY,
        value: "NL".to_owned(),
    };
    assert_eq!(found.cause, Some(cause), "{found:?}");

    let query = RunsQuery {
        statuses: &[],
        is_waiting: false,
        integration: None,
        before: None,
        limit: 100,
    };
    let runs = store.runs_page(stores.id, &query).unwrap();
    let of = |status| runs.iter().filter(|run| run.status == status).count();
    assert!(of(RunStatus::Applied) >= 15, "{runs:?}");
    assert_eq!((of(RunStatus::Failed), of(RunStatus::Refused)), (0, 0));
    let rejected: Vec<u64> = runs.iter().map(|run| run.counts.rejected).collect();
    assert!(rejected.contains(&3), "{rejected:?}");
    assert_eq!(store.smart_groups(&stores).unwrap().len(), 3);
    assert_eq!(store.held_operation_count(&stores).unwrap(), 1);

    let query = AuditQuery {
        act: Some(Act::PlanApproved),
        limit: 100,
        ..AuditQuery::default()
    };
    let approvals = store.audit_page(&query).unwrap();
    assert!(!approvals.is_empty());
    assert!(
        approvals.iter().all(|entry| entry.actor == "user 1"),
        "{approvals:?}"
    );
}
