//! Whole jobs against an emulator: a directory as an earlier run left it, and runs over it. Waits take no time.

use crate::{
    directory::{Directory, directory},
    first_run::{FirstRun, Stored, file_in, opened},
    hurried_timer::HurriedTimer,
    rules::{own_fields, rules},
};
use jiff::{Timestamp, civil::Date};
use muster_connectors::{
    catalogue,
    connector::{Network, NetworkLimits, Settings},
};
use muster_core::{
    derive::budget::Grant,
    model::{
        actor::Actor,
        field::{FieldDefinition, canonical},
        ids::EmployeeId,
        plan::{Changed, Operation, Reason},
        problem::Problem,
        run::RunStatus,
        workspace::{Workspace, WorkspaceSettings},
    },
    read::reading::{Completeness, PartialReason},
    setup::{integration::Setup, policy::Policy},
};
use muster_engine::{
    Deps, FixedClock, Integration, Mode, Outcome, Source, SystemClock, SystemSource, approve,
    sweep, sync,
};
use muster_store::{Choice, Keyring, PersonGrant, Store};
use muster_testkit::{
    emulator::{Emulator, Options, Product, Switch},
    postgresql,
};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    fs,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};
use tempfile::TempDir;

/// The instant of most runs: the emulated company's first day.
pub(crate) const NOW: &str = "2026-11-02T08:00:00Z";

/// YouServe's humans, not their records, are people.
const BY_CODE: (&str, &str) = ("external_id", "personCode");
/// Its list of employments is not to be had.
pub(crate) const RECORDS: (&str, &str) = ("employments", "records");

/// What is read, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SystemSetup {
    pub(crate) product: Product,
    pub(crate) people: usize,
    /// Settings beside those that the emulator gives.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// The field by which the customer selects people.
    pub(crate) selection_field: Option<&'static str>,
    /// Whether a budget is mapped.
    pub(crate) has_budgets: bool,
}

impl SystemSetup {
    pub(crate) fn connector(&self) -> &'static str {
        match self.product {
            Product::Personio => "personio",
            Product::BambooHr => "bamboohr",
            Product::YouServe => "youserve",
        }
    }

    /// The company, whose persons 3, 4 and 5 play the parts and are all to be taken over.
    pub(crate) fn start(&self) -> Emulator {
        let options = Options {
            people: Some(self.people),
            speed: f64::from(SPEED),
            ..Options::default()
        };
        let emulator = Emulator::start(self.product, &options).unwrap();
        emulator.change(|company| {
            for person in company
                .people
                .iter_mut()
                .filter(|person| (3..=5).contains(&person.number))
            {
                (person.private_email, person.access) =
                    (Some(format!("lead{}@home.example", person.number)), true);
            }
        });
        emulator
    }

    /// The same with settings that are right.
    fn usual(self) -> Self {
        let is_api = |name: &str| self.settings.contains(&("api", name));
        let settings: &[(&str, &str)] = match self.product {
            Product::Personio => self.settings,
            Product::BambooHr if is_api("datasets") => {
                &[("company_domain", "acme"), ("api", "datasets")]
            }
            Product::BambooHr => &[("company_domain", "acme"), ("api", "report")],
            Product::YouServe if self.settings.contains(&BY_CODE) => {
                &[("login", "secret"), BY_CODE]
            }
            Product::YouServe if self.settings.contains(&RECORDS) => {
                &[("login", "secret"), RECORDS]
            }
            Product::YouServe => &[("login", "secret")],
        };
        Self { settings, ..self }
    }

    fn answers(&self, emulator: &Emulator) -> Settings {
        let (plain, secret): (&[&str], &[&str]) = match self.product {
            Product::Personio => (&["client_id"], &["client_secret"]),
            Product::BambooHr => (&[], &["api_key"]),
            Product::YouServe => (&["client_id"], &["client_secret", "private_key"]),
        };
        let mut settings = Settings::default().with("base_url", &emulator.url());
        settings = plain.iter().fold(settings, |settings, key| {
            settings.with(key, &emulator.credential(key))
        });
        let secret = secret
            .iter()
            .map(|key| (key, SecretString::from(emulator.credential(key))));
        settings = secret.fold(settings, |settings, (key, value)| {
            settings.with_secret(key, value)
        });
        self.settings
            .iter()
            .fold(settings, |settings, (key, value)| settings.with(key, value))
    }
}

/// How many times faster than life the emulators are.
const SPEED: u32 = 1_000;
/// A directory and an emulated company.
pub(crate) struct Harness {
    pub(crate) emulator: Emulator,
    pub(crate) setup: SystemSetup,
    pub(crate) now: Timestamp,
    pub(crate) limits: NetworkLimits,
    pub(crate) policy: Policy,
    /// Secrets in place of those that the emulator gives.
    pub(crate) secrets: Vec<(&'static str, String)>,
    /// Whether the operator lets base URLs name other hosts than the vendors'.
    pub(crate) any_host: bool,
    pub(crate) store: Arc<Store>,
    _folder: TempDir,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    /// Everything that is said of it.
    pub(crate) said: String,
}

impl Ended {
    pub(crate) fn status(&self) -> RunStatus {
        self.outcome.status
    }

    pub(crate) fn partial(&self) -> Option<PartialReason> {
        match self.outcome.completeness {
            Some(Completeness::Partial(reason)) => Some(reason),
            _ => None,
        }
    }

    #[track_caller]
    pub(crate) fn is(&self, status: RunStatus) -> &Self {
        assert_eq!(self.status(), status, "{}", self.said);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.said.contains(words), "no `{words}` in: {}", self.said);
        self
    }
}

static FIRST_RUNS: LazyLock<Mutex<HashMap<String, Arc<FirstRun>>>> = LazyLock::new(Mutex::default);

impl Harness {
    /// The directory as a first run leaves it that a person approved. The tokens that this run was given are of
    /// another server, so that a new one is asked for.
    pub(crate) fn after_first_run(setup: SystemSetup) -> Self {
        // The company is the same whoever asks, but not over every interface.
        let differs = setup
            .settings
            .iter()
            .filter(|(key, _)| ["api", BY_CODE.0, RECORDS.0].contains(key));
        let key = format!(
            "{:?} {:?} {} {:?}",
            setup.product,
            setup.selection_field,
            setup.has_budgets,
            differs.collect::<Vec<_>>()
        );
        let first_run = Arc::clone(
            FIRST_RUNS
                .lock()
                .unwrap()
                .entry(key)
                .or_insert_with(|| Arc::new(first_run(setup.usual()))),
        );
        let (emulator, folder) = (setup.start(), tempfile::tempdir().unwrap());
        let store = first_run.copy(folder.path());
        Self::with(setup, emulator, store, folder)
    }

    fn with(setup: SystemSetup, emulator: Emulator, store: Store, folder: TempDir) -> Self {
        let limits = NetworkLimits {
            connect: Duration::from_secs(5),
            between_bytes: Duration::from_secs(20),
            whole: Duration::from_secs(60),
            answer_bytes: 64 << 20,
            inflated_bytes: 64 << 20,
            ..NetworkLimits::default()
        };
        let policy = rules(
            &setup,
            &muster_core::model::field::Schema::new(own_fields()),
        )
        .policy;
        Self {
            emulator,
            setup,
            now: NOW.parse().unwrap(),
            limits,
            policy,
            any_host: true,
            secrets: Vec::new(),
            store: Arc::new(store),
            _folder: folder,
        }
    }

    /// Switches scenarios on, as in `name,after=1`.
    pub(crate) fn scenario(&self, scenario: &str) -> &Self {
        self.emulator
            .switch(&Switch::parse(scenario).unwrap())
            .unwrap();
        self
    }

    /// A server that does not answer is given up at once.
    pub(crate) fn impatient(&mut self) {
        (self.limits.between_bytes, self.limits.whole) =
            (Duration::from_millis(900), Duration::from_secs(3));
        self.limits.attempts = 1;
    }

    pub(crate) fn workspace(&self) -> Workspace {
        let own: Vec<FieldDefinition> = own_fields();
        self.store
            .ensure_workspace("acme", &WorkspaceSettings::default(), &[], &own, [7; 32])
            .unwrap()
    }

    pub(crate) fn directory(&self) -> Directory {
        directory(&self.store, &self.workspace())
    }

    /// What everybody was granted.
    pub(crate) fn grants(&self, today: Date) -> HashMap<EmployeeId, Vec<Grant>> {
        let mut all: HashMap<EmployeeId, Vec<Grant>> = HashMap::new();
        let mut keep = |found: &PersonGrant| {
            all.entry(found.employee.unwrap())
                .or_default()
                .push(found.grant.clone());
            true
        };
        self.store
            .grants_of(self.workspace().id, None, today, &mut keep)
            .unwrap();
        all
    }

    /// What is filled in.
    pub(crate) fn answers(&self) -> Settings {
        let secrets = self.secrets.iter();
        secrets.fold(
            self.setup.answers(&self.emulator),
            |answers, (key, secret)| answers.with_secret(key, SecretString::from(secret.clone())),
        )
    }

    pub(crate) fn integration(&self) -> Integration {
        let workspace = self.workspace();
        let connector = self.setup.connector();
        let mut rules = rules(&self.setup, &workspace.schema);
        rules.policy = self.policy.clone();
        let listing = catalogue::find(connector).unwrap();
        let source = SystemSource {
            connector: Arc::from((listing.open)(&self.answers()).unwrap()),
            title: listing.title,
            network: Network {
                any_host: self.any_host,
                limits: self.limits.clone(),
                ..Network::default()
            },
            seed: 1,
            timer: Arc::new(HurriedTimer::default()),
        };
        let setup = Setup {
            workspace,
            name: connector.to_owned(),
            rules,
        };
        Integration {
            setup,
            source: Source::System(Box::new(source)),
        }
    }

    pub(crate) fn deps(&self) -> Deps {
        Deps {
            store: Arc::clone(&self.store),
            clock: Arc::new(FixedClock(self.now)),
            system: Arc::new(SystemClock),
            process: i64::from(std::process::id()),
            owner: "tests".to_owned(),
            lease: None,
            actor: Actor::User("eva".to_owned()),
            rehearsal: false,
        }
    }

    /// A person says yes to what waits: somebody with another id, here still or again, is the same human.
    #[track_caller]
    pub(crate) fn approve_held(&self, ended: &Ended) {
        let Some(plan) = &ended.outcome.plan else {
            return;
        };
        let operations = ended
            .outcome
            .proposal
            .iter()
            .flat_map(|proposal| &proposal.plan.operations);
        let held: Vec<_> = operations.filter_map(|operation| operation.held).collect();
        assert!(
            held.iter()
                .all(|why| [Reason::RehireOrRecycledAddress, Reason::NewExternalId].contains(why)),
            "{held:?} {}",
            ended.said
        );
        let approved = approve(
            &self.workspace(),
            plan,
            &Choice::All,
            &self.deps(),
            &mut |_| {},
        )
        .unwrap();
        assert_eq!(
            (approved.status, approved.error),
            (RunStatus::Applied, None)
        );
    }

    /// Does what dates of the workspace ask for.
    #[track_caller]
    pub(crate) fn sweep(&self) {
        let swept = sweep(&self.workspace(), false, &self.deps()).unwrap();
        assert!(
            matches!(swept.status, RunStatus::Applied | RunStatus::NothingToDo),
            "{:?}",
            swept.status
        );
    }

    /// Runs the whole job. Nothing may be written at the provider, nothing sent elsewhere, no secret reported.
    #[track_caller]
    pub(crate) fn run(&self, mode: Mode) -> Ended {
        let deps = self.deps();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcome = runtime
            .block_on(sync(&self.integration(), mode, &deps, &mut |_| {}))
            .unwrap();
        assert!(self.emulator.writes().is_empty(), "a connector only reads");
        assert!(
            self.emulator.stranger_requests().is_empty(),
            "nothing goes to another host"
        );
        let said = reported(&outcome);
        let given =
            ["client_secret", "private_key", "api_key"].map(|key| self.emulator.credential(key));
        for secret in given
            .iter()
            .chain(self.secrets.iter().map(|(_, secret)| secret))
        {
            assert!(secret.is_empty() || !said.contains(secret), "{said}");
        }
        Ended { outcome, said }
    }
}

fn first_run(setup: SystemSetup) -> FirstRun {
    let keyring = Keyring::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = keyring.to_text().to_string();
    let server = postgresql::database();
    let url = server.clone().unwrap_or_else(|| file_in(folder.path()));
    let harness = Harness::with(
        setup,
        setup.start(),
        opened(&url, keyring),
        tempfile::tempdir().unwrap(),
    );
    let first = harness.run(Mode::Approve);
    assert_eq!(
        (first.status(), first.partial()),
        (RunStatus::Applied, None),
        "{}",
        first.said
    );
    let again = harness.run(Mode::Apply);
    assert_eq!(again.status(), RunStatus::NothingToDo, "{}", again.said);
    drop(harness);
    let database = match server {
        None => Stored::File(fs::read(folder.path().join("muster.db")).unwrap()),
        Some(url) => Stored::Server(url),
    };
    FirstRun { database, key }
}

/// What a person must decide on: why, about whom, and the external id that they would have.
fn held(operation: &Operation) -> Option<String> {
    let (why, who) = (operation.held?, &operation.who);
    let id = operation
        .changes
        .iter()
        .find(|change| change.what == Changed::Field(canonical::EXTERNAL_ID))
        .and_then(|change| change.new.as_deref());
    let is = who.external_id.as_deref().unwrap_or(&who.name);
    Some(format!("held {why:?}: `{is}` as `{}`", id.unwrap_or(is)))
}

/// The error, the findings and the problems, with their advice, and what is held of the plan.
fn reported(outcome: &Outcome) -> String {
    let mut said: Vec<String> = Vec::new();
    let error = outcome.error.as_ref();
    said.extend(error.map(|error| format!("{error}; {:?}", error.remedy)));
    // A problem has no text here: its column, value and arguments are looked at.
    let one = |problem: &Problem| {
        let Problem {
            severity,
            detail,
            remedy,
            ..
        } = problem;
        let field = problem.field.as_deref().unwrap_or_default();
        let value = problem.value.as_deref().unwrap_or_default();
        format!("{field}: `{value}` {severity:?} {detail:?} {remedy:?}")
    };
    said.extend(outcome.warnings.kept().iter().map(one));
    if let Some(proposal) = &outcome.proposal {
        said.extend(proposal.findings.iter().map(|finding| {
            let guard = finding.guard.as_str();
            format!(
                "{guard} {} of {} {:?}",
                finding.count, finding.of, finding.evidence
            )
        }));
        said.extend(proposal.problems.kept().iter().map(one));
        said.extend(proposal.plan.operations.iter().filter_map(held));
    }
    said.join("\n")
}
