//! Decisions on plans travel with their jobs: from the queue to the worker, and to the history with what became of them.

use super::{claim, job};
use crate::ground::{at, store};
use muster_core::model::{
    actor::Actor,
    code::Code,
    ids::{RunId, WorkspaceId},
    job::{JobEnd, JobKind},
    plan::{OperationKind, PlanId},
    problem::{Problem, Severity, edit},
};
use muster_store::{Choice, DecisionState, NewJob, PlanDecision};

fn decision(choice: Choice) -> PlanDecision {
    PlanDecision {
        plan: PlanId {
            run: RunId(4),
            hash: "0a1b2c3d".to_owned(),
        },
        choice,
        note: "They \"moved\"; Søren said so".to_owned(),
        actor: Actor::User("schedule".to_owned()),
    }
}

fn new(decision: &PlanDecision) -> NewJob {
    NewJob {
        kind: JobKind::Approve,
        integration: None,
        dedupe_key: Some("plan 1/4".to_owned()),
        decision: Some(decision.clone()),
        ..job(1, 0)
    }
}

#[test]
fn decision_reaches_the_worker_and_the_history_as_it_was_made() {
    let (store, workspace) = (store(), WorkspaceId(1));
    for choice in [
        Choice::All,
        Choice::Numbers([2, 3, 70_000].into()),
        Choice::Kinds(vec![OperationKind::Create]),
    ] {
        let made = decision(choice);
        store.enqueue(&new(&made)).unwrap().unwrap();
        assert_eq!(store.enqueue(&new(&made)).unwrap(), None, "one at a time");
        let waiting = store.plan_decision(workspace, RunId(4)).unwrap().unwrap();
        assert_eq!(
            (waiting.kind, &waiting.decision, waiting.state),
            (JobKind::Approve, &made, DecisionState::Pending)
        );
        let claimed = claim(&store, 1).remove(0);
        assert_eq!(claimed.decision.as_ref(), Some(&made));
        let problem = Problem::new(
            Code::PlanVoid,
            Severity::Refused,
            edit::Detail::EndPassed,
            edit::Remedy::Nothing,
        );
        let run = Some(RunId(9));
        assert!(
            store
                .end_decision(claimed.lease, &problem, run, at(3))
                .unwrap()
        );
        assert!(
            !store
                .end_decision(claimed.lease, &problem, run, at(3))
                .unwrap()
        );
        let ended = store.plan_decision(workspace, RunId(4)).unwrap().unwrap();
        assert_eq!(ended.decision, made);
        assert_eq!(
            ended.state,
            DecisionState::Ended {
                at: at(3),
                end: JobEnd::Failed,
                run,
                problem: Some(Box::new(problem)),
            }
        );
    }
    assert_eq!(store.plan_decision(workspace, RunId(5)).unwrap(), None);
    assert_eq!(store.plan_decision(WorkspaceId(2), RunId(4)).unwrap(), None);
}

#[test]
fn decisions_are_kept_when_ended_jobs_are_forgotten() {
    let store = store();
    store.enqueue(&new(&decision(Choice::All))).unwrap();
    store.enqueue(&job(1, 1)).unwrap();
    for claimed in claim(&store, 2) {
        store
            .end_job(claimed.lease, JobEnd::Done, None, None, at(3))
            .unwrap();
    }
    assert_eq!(store.forget_jobs(at(9)).unwrap(), 1);
    assert!(
        store
            .plan_decision(WorkspaceId(1), RunId(4))
            .unwrap()
            .is_some()
    );
}
