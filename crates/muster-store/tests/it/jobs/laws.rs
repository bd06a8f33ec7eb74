//! Laws of leases under any order of what workers do: one valid lease a job, one job an integration, one end a job.

use super::{AT_ONCE, job};
use crate::ground::{at, store};
use jiff::SignedDuration;
use muster_core::model::{ids::IntegrationId, job::JobEnd};
use muster_store::{ClaimLimits, ClaimedJob, JobStatus, Lease, Store};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Event {
    Add(i64),
    /// With a lease that expires at once, or that holds.
    Claim {
        expires: bool,
        jobs: usize,
    },
    /// With one of the leases ever given out, also a lost one.
    Renew(usize),
    End(usize),
    Retry(usize),
    Cancel(usize),
    ReleaseAll,
}

fn event() -> impl Strategy<Value = Event> {
    let pick = |make: fn(usize) -> Event| {
        any::<proptest::sample::Index>().prop_map(move |at| make(at.index(64)))
    };
    prop_oneof![
        4 => (1..4i64).prop_map(Event::Add),
        5 => (any::<bool>(), 1..4usize).prop_map(|(expires, jobs)| Event::Claim { expires, jobs }),
        2 => pick(Event::Renew),
        3 => pick(Event::End),
        2 => pick(Event::Retry),
        1 => pick(Event::Cancel),
        1 => Just(Event::ReleaseAll),
    ]
}

/// What the test knows of the queue.
#[derive(Default)]
struct Model {
    given_out: Vec<ClaimedJob>,
    /// The latest fence of each job, and whether it can still commit.
    valid: BTreeMap<i64, i64>,
    added: BTreeSet<i64>,
    ended: BTreeSet<i64>,
}

impl Model {
    fn is_valid(&self, lease: Lease) -> bool {
        self.valid.get(&lease.job) == Some(&lease.fence)
    }

    fn pick(&self, at: usize) -> Option<ClaimedJob> {
        self.given_out
            .get(at % self.given_out.len().max(1))
            .cloned()
    }

    fn happens(&mut self, store: &Store, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Add(integration) => {
                let id = store.enqueue(&job(1, *integration)).unwrap().unwrap();
                prop_assert!(self.added.insert(id), "job {} was given out twice", id);
            }
            Event::Claim { expires, jobs } => self.claim(store, *expires, *jobs)?,
            Event::Renew(at) => {
                if let Some(job) = self.pick(*at) {
                    let renewed = store.renew_lease(job.lease, Lease::LENGTH).unwrap();
                    prop_assert_eq!(renewed, self.is_valid(job.lease));
                }
            }
            Event::End(at) => {
                if let Some(job) = self.pick(*at) {
                    let is_valid = self.is_valid(job.lease);
                    let ended = store
                        .end_job(job.lease, JobEnd::Done, None, None, at_end())
                        .unwrap();
                    prop_assert_eq!(ended, is_valid);
                    if ended {
                        self.valid.remove(&job.lease.job);
                        prop_assert!(self.ended.insert(job.lease.job));
                    }
                }
            }
            Event::Retry(at) => {
                // A worker ends a job that has no attempt left.
                let has_another = |job: &ClaimedJob| job.attempt < job.max_attempts;
                if let Some(job) = self.pick(*at).filter(has_another) {
                    let waits = store
                        .retry_job(job.lease, SignedDuration::ZERO, at_end())
                        .unwrap();
                    prop_assert_eq!(waits, self.is_valid(job.lease));
                    if waits {
                        self.valid.remove(&job.lease.job);
                    }
                }
            }
            Event::Cancel(at) => {
                if let Some(job) = self.pick(*at) {
                    let is_live = !self.ended.contains(&job.lease.job);
                    prop_assert_eq!(store.cancel_job(job.lease.job, at_end()).unwrap(), is_live);
                    if is_live && !self.valid.contains_key(&job.lease.job) {
                        self.ended.insert(job.lease.job);
                    }
                }
            }
            Event::ReleaseAll => {
                let released = store.release_jobs_of("worker", at_end()).unwrap();
                prop_assert_eq!(released, self.valid.len());
                self.valid.clear();
            }
        }
        Ok(())
    }

    fn claim(&mut self, store: &Store, expires: bool, jobs: usize) -> Result<(), TestCaseError> {
        let limits = ClaimLimits {
            jobs,
            ..if expires {
                AT_ONCE
            } else {
                ClaimLimits::default()
            }
        };
        let claimed = store.claim_jobs("worker", limits, at_end()).unwrap();
        // What expired was taken back before: those jobs wait again, or have ended without an attempt left.
        let running: BTreeSet<i64> = store
            .live_jobs(1_000)
            .unwrap()
            .iter()
            .filter(|job| matches!(job.status, JobStatus::Running { .. }))
            .map(|job| job.id)
            .collect();
        let live: BTreeSet<i64> = store
            .live_jobs(1_000)
            .unwrap()
            .iter()
            .map(|job| job.id)
            .collect();
        self.valid.retain(|job, _| running.contains(job));
        self.ended.extend(self.added.difference(&live).copied());
        for job in claimed {
            let before = self.given_out.iter().any(|other| other.lease == job.lease);
            prop_assert!(
                !before,
                "the same lease was given out twice: {:?}",
                job.lease
            );
            prop_assert!(job.attempt <= job.max_attempts);
            self.valid.insert(job.lease.job, job.lease.fence);
            self.given_out.push(job);
        }
        let integrations: Vec<IntegrationId> = self
            .given_out
            .iter()
            .filter(|job| self.is_valid(job.lease))
            .filter_map(|job| job.integration)
            .collect();
        let distinct: BTreeSet<_> = integrations.iter().collect();
        prop_assert_eq!(
            distinct.len(),
            integrations.len(),
            "two jobs of one integration run"
        );
        Ok(())
    }
}

fn at_end() -> jiff::Timestamp {
    at(9)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn leases_are_exclusive_and_jobs_end_once(events in proptest::collection::vec(event(), 1..60)) {
        let (store, mut model) = (store(), Model::default());
        for event in &events {
            model.happens(&store, event)?;
        }
        let live: BTreeSet<i64> = store.live_jobs(1_000).unwrap().iter().map(|job| job.id).collect();
        let ended: Vec<i64> = store.ended_jobs(1_000).unwrap().iter().map(|job| job.id).collect();
        let distinct: BTreeSet<i64> = ended.iter().copied().collect();
        prop_assert_eq!(distinct.len(), ended.len());
        prop_assert!(live.is_disjoint(&distinct));
        prop_assert_eq!(live.len() + distinct.len(), model.added.len(), "no job is lost");
    }
}
