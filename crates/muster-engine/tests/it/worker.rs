//! The worker when something is in its way: a job that is canceled, that panics, or that is under way when the process is to end.

mod spans;

use muster_connectors::{
    format::csv::CsvSettings,
    transport::{Credentials, Location, SourceSettings},
};
use muster_core::{
    alert::AlertItem,
    issue::{InstallationFacts, IntegrationWatch},
    model::{
        actor::Actor,
        field::canonical,
        ids::{IntegrationId, RunId, WorkspaceId},
        job::{JobEnd, JobKind},
        run::RunStatus,
        workspace::{Workspace, WorkspaceSettings},
    },
    setup::{
        integration::{Rules, Setup},
        mapping::{FieldMapping, Mapping, Source as Column},
        policy::{Approve, Policy},
    },
};
use muster_engine::{
    AlertText, AlertTexts, Clock, Deps, FileSource, Integration, Integrations, Mode, NamedItem,
    Progress, RunError, Source, Surveyed, SystemClock, Worker, WorkerEvent, WorkerSettings, sync,
};
use muster_store::{JobStatus, Keyring, Lease, ListedJob, NewJob, Options, ScheduledWork, Store};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// The integrations that are read from a folder, one for each number.
struct Installed {
    store: Arc<Store>,
    folder: TempDir,
    /// Accepts connections, and never answers.
    silent: TcpListener,
    /// Integrations that are read from the silent server.
    stuck: Mutex<BTreeSet<i64>>,
    /// Integrations whose job panics.
    broken: Mutex<BTreeSet<i64>>,
    /// How many times issues are looked for in vain.
    panics_of_watch: AtomicUsize,
    seen: Mutex<Vec<String>>,
}

impl Installed {
    /// Two integrations, as their first runs left them.
    fn new() -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("muster.db").display());
        let url = muster_testkit::postgresql::database().unwrap_or(file);
        let options = Options {
            readers: 2,
            ..Options::default()
        };
        let store = Store::open(&url, options).unwrap();
        store.unlock(Keyring::generate().unwrap()).unwrap();
        let installed = Arc::new(Self {
            store: Arc::new(store),
            folder,
            silent: TcpListener::bind("127.0.0.1:0").unwrap(),
            stuck: Mutex::default(),
            broken: Mutex::default(),
            panics_of_watch: AtomicUsize::new(0),
            seen: Mutex::default(),
        });
        for number in [1, 2] {
            installed.deliver(number, "Old");
            let integration = installed.integration(number);
            let deps = installed.deps();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let progress: &mut (dyn FnMut(Progress<'_>) + Send) = &mut |_| {};
            let run = sync(&integration, Mode::Apply, &deps, progress);
            assert_eq!(runtime.block_on(run).unwrap().status, RunStatus::Applied);
        }
        installed
    }

    fn deliver(&self, number: i64, last: &str) {
        let row = format!("E-{number},p{number}@acme.example,Ann,{last}");
        let file = self.folder.path().join(format!("{number}.csv"));
        fs::write(file, format!("id,mail,first,last\n{row}\n")).unwrap();
    }

    fn workspace(&self) -> Workspace {
        self.store
            .ensure_workspace("acme", &WorkspaceSettings::default(), &[], &[], [7; 32])
            .unwrap()
    }

    fn integration(&self, number: i64) -> Integration {
        let columns = [
            (canonical::EXTERNAL_ID, "id"),
            (canonical::EMAIL, "mail"),
            (canonical::FIRST_NAME, "first"),
            (canonical::LAST_NAME, "last"),
        ];
        let entry = |(field, column): (_, &str)| {
            FieldMapping::new(field, Column::Column(column.to_owned()))
        };
        let rules = Rules {
            mapping: Mapping {
                entries: columns.into_iter().map(entry).collect(),
            },
            selection: Vec::new(),
            policy: Policy {
                approve: Approve::Never,
                ..Policy::default()
            },
        };
        let url = if self.stuck.lock().unwrap().contains(&number) {
            format!("sftp://{}/in.csv", self.silent.local_addr().unwrap())
        } else {
            format!("file:{}/{number}.csv", self.folder.path().display())
        };
        Integration {
            setup: Setup {
                workspace: self.workspace(),
                name: format!("people-{number}"),
                rules,
            },
            source: Source::Files(Box::new(FileSource {
                settings: SourceSettings {
                    settle: Duration::ZERO,
                    credentials: Credentials {
                        user: Some("eva".to_owned()),
                        password: Some("secret".into()),
                        ..Credentials::default()
                    },
                    ..SourceSettings::new(Location::parse(&url, Path::new("")).unwrap())
                },
                csv: CsvSettings::default(),
            })),
        }
    }

    fn deps(&self) -> Deps {
        Deps {
            store: Arc::clone(&self.store),
            clock: Arc::new(SystemClock),
            system: Arc::new(SystemClock),
            process: i64::from(std::process::id()),
            owner: "tests".to_owned(),
            lease: None,
            actor: Actor::Schedule,
            rehearsal: false,
        }
    }

    fn enqueue(&self, integration: i64) -> i64 {
        let job = NewJob {
            kind: JobKind::Sync,
            workspace: WorkspaceId(1),
            integration: Some(IntegrationId(integration)),
            slot: None,
            priority: 0,
            run_at: None,
            max_attempts: 4,
            host: None,
            dedupe_key: None,
            decision: None,
            request: None,
        };
        self.store.enqueue(&job).unwrap().unwrap()
    }

    fn worker(self: &Arc<Self>, grace: Duration) -> Worker {
        let seen = Arc::clone(self);
        Worker {
            deps: self.deps(),
            integrations: Arc::<Self>::clone(self),
            surveyed: Arc::<Self>::clone(self),
            alerts: Arc::new(NoTexts),
            observer: Arc::new(move |event| {
                let name = match event {
                    WorkerEvent::Crashed => "crashed",
                    WorkerEvent::Watched { .. } => "watched",
                    WorkerEvent::Finished { .. } => "finished",
                    _ => return,
                };
                seen.seen.lock().unwrap().push(name.to_owned());
            }),
            wake: Arc::default(),
            backups: None,
            settings: WorkerSettings {
                poll: Duration::from_millis(20),
                watch: Duration::from_millis(20),
                grace,
                ..WorkerSettings::default()
            },
        }
    }

    fn job(&self, job: i64) -> ListedJob {
        self.store.job(WorkspaceId(1), job).unwrap().unwrap()
    }

    async fn ended(&self, job: i64) -> JobEnd {
        wait_for("the job ends", || match self.job(job).status {
            JobStatus::Ended { end, .. } => Some(end),
            _ => None,
        })
        .await
    }

    /// The run that begins when there were so many.
    async fn run_after(&self, last: usize) -> RunId {
        wait_for("a run begins", || {
            let runs = self.store.runs(WorkspaceId(1), 100).unwrap();
            (runs.len() > last).then(|| runs[0].id)
        })
        .await
    }

    fn runs(&self) -> usize {
        self.store.runs(WorkspaceId(1), 100).unwrap().len()
    }

    fn status(&self, run: RunId) -> RunStatus {
        let run = self.store.run(WorkspaceId(1), run).unwrap();
        run.unwrap().status
    }

    fn last_name(&self, number: i64) -> String {
        let id = format!("E-{number}");
        let found = self
            .store
            .employees_by_external_ids(&self.workspace(), &[&id])
            .unwrap();
        let name = found[0].value(canonical::LAST_NAME);
        name.unwrap_or_default().to_owned()
    }

    fn has_seen(&self, event: &str) -> Option<()> {
        let seen = self.seen.lock().unwrap();
        seen.iter().any(|one| one == event).then_some(())
    }
}

impl Integrations for Installed {
    fn scheduled(&self) -> Result<(Vec<Workspace>, Vec<ScheduledWork>), RunError> {
        Ok((Vec::new(), Vec::new()))
    }

    fn load(
        &self,
        _: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError> {
        let is_broken = self.broken.lock().unwrap().remove(&integration.0);
        assert!(!is_broken, "the job panics, as the test wants");
        Ok(Some(self.integration(integration.0)))
    }

    fn load_draft(
        &self,
        _: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError> {
        Ok(Some(self.integration(integration.0)))
    }
}

impl Surveyed for Installed {
    fn watched(
        &self,
    ) -> Result<BTreeMap<(WorkspaceId, IntegrationId), IntegrationWatch>, RunError> {
        let left = self
            .panics_of_watch
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        assert!(
            left.is_err(),
            "looking for issues panics, as the test wants"
        );
        Ok(BTreeMap::new())
    }

    fn installation(&self) -> Option<InstallationFacts> {
        None
    }
}

struct NoTexts;

impl AlertTexts for NoTexts {
    fn alert(&self, items: &[NamedItem]) -> AlertText {
        let is_issue = |named: &NamedItem| matches!(named.item, AlertItem::Issue { .. });
        AlertText {
            subject: items
                .iter()
                .filter(|named| is_issue(named))
                .count()
                .to_string(),
            body: String::new(),
            data: serde_json::Value::Null,
        }
    }

    fn test(&self) -> AlertText {
        self.alert(&[])
    }
}

/// A worker that works until it is stopped.
struct Working {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Working {
    fn start(worker: Worker) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            worker
                .run(async {
                    let _ = stopped.await;
                })
                .await;
        });
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

async fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const LONG: Duration = Duration::from_secs(3_600);

fn in_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

#[test]
fn canceled_job_ends_and_its_integration_can_run_again() {
    let installed = Installed::new();
    installed.stuck.lock().unwrap().insert(1);
    in_runtime(async {
        let working = Working::start(installed.worker(LONG));
        let before = installed.runs();
        let job = installed.enqueue(1);
        let run = installed.run_after(before).await;
        let now = SystemClock.now();
        assert!(installed.store.cancel_job(job, now).unwrap());
        assert_eq!(installed.ended(job).await, JobEnd::Canceled);
        assert_eq!(installed.status(run), RunStatus::Interrupted);
        installed.stuck.lock().unwrap().clear();
        installed.deliver(1, "New");
        let next = installed.enqueue(1);
        assert_eq!(installed.ended(next).await, JobEnd::Done);
        working.stop().await;
    });
    assert_eq!(installed.last_name(1), "New");
}

/// P42.
#[test]
fn panic_in_a_job_costs_one_attempt_and_no_other_job() {
    let installed = Installed::new();
    installed.broken.lock().unwrap().insert(1);
    installed.deliver(1, "New");
    installed.deliver(2, "New");
    in_runtime(async {
        let working = Working::start(installed.worker(LONG));
        let broken = installed.enqueue(1);
        wait_for("the panic is reported", || installed.has_seen("crashed")).await;
        let other = installed.enqueue(2);
        assert_eq!(installed.ended(other).await, JobEnd::Done);
        let JobStatus::Running { .. } = installed.job(broken).status else {
            panic!("its lease has not expired: {:?}", installed.job(broken));
        };
        // As if 30 seconds had passed: nobody renews its lease.
        let lease = Lease {
            job: broken,
            fence: 1,
        };
        assert!(installed.store.renew_lease(lease, Duration::ZERO).unwrap());
        assert_eq!(installed.ended(broken).await, JobEnd::Done);
        assert_eq!(installed.job(broken).attempt, 2);
        working.stop().await;
    });
    assert_eq!(
        (installed.last_name(1), installed.last_name(2)),
        ("New".to_owned(), "New".to_owned())
    );
}

#[test]
fn panic_while_issues_are_looked_for_ends_nothing() {
    let installed = Installed::new();
    installed.panics_of_watch.store(2, Ordering::SeqCst);
    in_runtime(async {
        let working = Working::start(installed.worker(LONG));
        wait_for("issues are looked for again", || {
            installed.has_seen("watched")
        })
        .await;
        let crashes = {
            let seen = installed.seen.lock().unwrap();
            seen.iter().filter(|event| *event == "crashed").count()
        };
        assert_eq!(crashes, 2);
        working.stop().await;
    });
}

#[test]
fn job_that_outlasts_the_grace_period_waits_for_the_next_process() {
    let installed = Installed::new();
    installed.stuck.lock().unwrap().insert(1);
    in_runtime(async {
        let working = Working::start(installed.worker(Duration::ZERO));
        let before = installed.runs();
        let job = installed.enqueue(1);
        let run = installed.run_after(before).await;
        working.stop().await;
        assert_eq!(installed.status(run), RunStatus::Interrupted);
        let waiting = installed.job(job);
        assert!(
            matches!(waiting.status, JobStatus::Waiting(_)),
            "{waiting:?}"
        );
        assert_eq!(waiting.attempt, 0, "the attempt was not its fault");

        installed.stuck.lock().unwrap().clear();
        installed.deliver(1, "New");
        let working = Working::start(installed.worker(LONG));
        assert_eq!(installed.ended(job).await, JobEnd::Done);
        working.stop().await;
    });
    assert_eq!(installed.last_name(1), "New");
}

#[test]
fn worker_that_is_stopped_starts_no_job_that_waits() {
    let installed = Installed::new();
    installed.stuck.lock().unwrap().insert(1);
    in_runtime(async {
        let worker = Worker {
            settings: WorkerSettings {
                jobs: 1,
                ..installed.worker(Duration::ZERO).settings
            },
            ..installed.worker(Duration::ZERO)
        };
        let working = Working::start(worker);
        let before = installed.runs();
        installed.enqueue(1);
        installed.run_after(before).await;
        let second = installed.enqueue(2);
        working.stop().await;
        let waiting = installed.job(second);
        assert!(
            matches!(waiting.status, JobStatus::Waiting(_)),
            "{waiting:?}"
        );
        assert_eq!(installed.runs(), before + 1);
    });
}
