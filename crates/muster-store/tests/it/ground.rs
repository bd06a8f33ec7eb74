//! A workspace with an integration, and the short ways to make proposals for it.

use jiff::Timestamp;
use muster_core::{
    decide::proposal::{Counts, Proposal},
    model::{
        employee::{Employee, Status},
        facts::Fact,
        field::{CANONICAL_FIELDS, FieldDefinition, FieldNumber, FieldOrigin, canonical},
        ids::{EmployeeId, IntegrationId, RunId},
        origin::{DeliveredFile, Origin},
        plan::{Change, Changed, Create, Operation, OperationKind, Plan, PlanId, Reason, Who},
        run::{RunKind, RunStatus},
        workspace::{Workspace, WorkspaceSettings},
    },
    read::{
        normalise::FieldKind,
        reading::{DraftState, Drafts, Problems, Reading},
    },
};
use muster_store::{
    Approval, Choice, Hold, Keyring, NewRun, Options, RunLease, Settled, Settlement, Store,
    StoreError,
};
use muster_testkit::postgresql;

pub(crate) struct Ground {
    pub(crate) store: Store,
    pub(crate) workspace: Workspace,
    pub(crate) integration: IntegrationId,
}

/// A lease that another run may take at once. Until one does, its run can settle.
pub(crate) const EXPIRED: RunLease<'static> = RunLease::Taken {
    owner: "tester",
    length: std::time::Duration::ZERO,
};

/// A lease as a process has it.
pub(crate) const LEASED: RunLease<'static> = RunLease::Taken {
    owner: "another",
    length: muster_store::Lease::LENGTH,
};

pub(crate) fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + hour * 3600).unwrap()
}

pub(crate) fn files() -> Vec<DeliveredFile> {
    vec![DeliveredFile {
        name: "employees.csv".to_owned(),
        bytes: 10,
        modified: Some(at(0)),
        sha256: "ab".repeat(32),
        final_line_break: Some(true),
    }]
}

pub(crate) fn budget() -> FieldDefinition {
    FieldDefinition {
        key: "monthly_all_budget".to_owned(),
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    }
}

/// The number of the workspace's own field.
pub(crate) const BUDGET: FieldNumber = FieldNumber(CANONICAL_FIELDS);

/// A store on a new database: in memory, or on the server that the whole suite runs on.
pub(crate) fn store() -> Store {
    let Some(url) = postgresql::database() else {
        return Store::open("sqlite::memory:", Options::default()).unwrap();
    };
    let store = Store::open(&url, Options::default()).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    store
}

/// A new database that several stores can open: a file, or on the server that the whole suite runs on.
pub(crate) struct Database {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    pub(crate) fn new() -> Self {
        if let Some(url) = postgresql::database() {
            return Self { url, _folder: None };
        }
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite:{}", folder.path().join("muster.db").display()),
            _folder: Some(folder),
        }
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.url, Options::default()).unwrap()
    }
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::on(store())
    }

    pub(crate) fn on(store: Store) -> Self {
        Self::of(store, "acme")
    }

    /// The workspace of this name.
    pub(crate) fn of(store: Store, name: &str) -> Self {
        let workspace = store
            .ensure_workspace(
                name,
                &WorkspaceSettings::default(),
                &["Sales".to_owned()],
                &[budget()],
                [7; 32],
            )
            .unwrap();
        let ground = Self {
            store,
            workspace,
            integration: IntegrationId(1),
        };
        // The first run gives the integration its number.
        let run = ground.begin(RunKind::Sync);
        ground
            .settle(run, &ground.proposal(Plan::default(), Drafts::default()))
            .unwrap();
        ground
    }

    pub(crate) fn begin(&self, kind: RunKind) -> RunId {
        let new = NewRun {
            kind,
            integration: Some("hr"),
            started: at(1),
            process: 1,
            lease: EXPIRED,
            of: None,
            actor: Some("tester"),
        };
        self.store.begin_run(self.workspace.id, &new).unwrap().0
    }

    /// A run that undoes or approves another.
    pub(crate) fn begin_about(&self, kind: RunKind, of: RunId) -> RunId {
        let new = NewRun {
            kind,
            integration: None,
            started: at(1),
            process: 1,
            lease: EXPIRED,
            of: Some(of),
            actor: Some("tester"),
        };
        self.store.begin_run(self.workspace.id, &new).unwrap().0
    }

    pub(crate) fn proposal(&self, plan: Plan, drafts: Drafts) -> Proposal {
        let revision = self
            .store
            .roster(self.workspace.id, Some(self.integration), at(1))
            .unwrap()
            .revision;
        let counts = Counts {
            read: 3,
            ..Counts::default()
        };
        Proposal {
            reading: Reading {
                read: 3,
                drafts,
                ..Reading::empty()
            },
            ..Proposal::of_plan(plan, counts, Problems::default(), revision)
        }
    }

    /// A proposal that creates people with these names, as `name@acme.test` and external id `E-name`.
    pub(crate) fn joiners(&self, names: &[&str]) -> Proposal {
        let mut drafts = Drafts::default();
        for (name, line) in names.iter().zip(2u32..) {
            let (id, email) = (format!("E-{name}"), format!("{name}@Acme.test"));
            let origin = Origin { file: 0, line };
            drafts.push(
                origin,
                DraftState::Candidate,
                [line as u8; 16],
                [
                    (canonical::EXTERNAL_ID, Fact::Set(id.as_str())),
                    (canonical::EMAIL, Fact::Set(email.as_str())),
                    (canonical::FIRST_NAME, Fact::Set(name)),
                    (canonical::LAST_NAME, Fact::Set("Jansen")),
                    (canonical::TITLE, Fact::Cleared),
                    (BUDGET, Fact::Set("12.50")),
                ],
            );
        }
        let creates = (0..names.len() as u32)
            .map(|draft| Create {
                draft,
                status: Status::Active,
            })
            .collect();
        self.proposal(
            Plan {
                creates,
                operations: Vec::new(),
            },
            drafts,
        )
    }

    /// A proposal of operations on known people.
    pub(crate) fn operations(&self, operations: Vec<Operation>) -> Proposal {
        self.proposal(
            Plan {
                creates: Vec::new(),
                operations,
            },
            Drafts::default(),
        )
    }

    pub(crate) fn settle(&self, run: RunId, proposal: &Proposal) -> Result<Settled, StoreError> {
        self.settle_by("setup-1", run, proposal)
    }

    /// The same under the rules of a stamp.
    pub(crate) fn settle_by(
        &self,
        setup: &str,
        run: RunId,
        proposal: &Proposal,
    ) -> Result<Settled, StoreError> {
        self.settle_in(setup, run, proposal, &mut |_| {})
    }

    /// Tells how many operations are done, now and then.
    pub(crate) fn settle_with(
        &self,
        run: RunId,
        proposal: &Proposal,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Settled, StoreError> {
        self.settle_in("setup-1", run, proposal, progress)
    }

    fn settle_in(
        &self,
        setup: &str,
        run: RunId,
        proposal: &Proposal,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Settled, StoreError> {
        let files = files();
        let settlement = Settlement {
            workspace: &self.workspace,
            integration: Some(self.integration),
            run,
            proposal,
            apply_removals: true,
            setup,
            files: &files,
            now: at(2),
            expires: at(170),
            approved_by: None,
            held_plan_hash: Some("0a1b2c3d"),
        };
        self.store.settle(&settlement, progress)
    }

    pub(crate) fn hold(&self, proposal: &Proposal) -> PlanId {
        self.hold_as(self.begin(RunKind::Sync), proposal)
    }

    pub(crate) fn hold_as(&self, run: RunId, proposal: &Proposal) -> PlanId {
        self.hold_of(Some(self.integration), run, proposal)
    }

    /// The plan of a sweep, which has no integration.
    pub(crate) fn hold_sweep(&self, proposal: &Proposal) -> PlanId {
        self.hold_of(None, self.begin(RunKind::Sweep), proposal)
    }

    fn hold_of(
        &self,
        integration: Option<IntegrationId>,
        run: RunId,
        proposal: &Proposal,
    ) -> PlanId {
        let files = files();
        let hold = Hold {
            workspace: &self.workspace,
            integration,
            run,
            proposal,
            setup: "setup-2",
            files: &files,
            now: at(2),
            expires: at(170),
            hash: "0a1b2c3d",
            status: RunStatus::Held,
        };
        self.store.hold(&hold).unwrap()
    }

    pub(crate) fn approve(
        &self,
        plan: &PlanId,
        choice: &Choice,
        hour: i64,
    ) -> Result<Settled, StoreError> {
        let run = self.begin_about(RunKind::Approve, plan.run);
        let approval = Approval {
            workspace: &self.workspace,
            plan,
            choice,
            run,
            approved_by: Some("Eva"),
            now: at(hour),
        };
        self.store.apply_plan(&approval, &mut |_| {})
    }

    /// A directory of these people.
    pub(crate) fn with(names: &[&str]) -> Self {
        let ground = Self::new();
        let run = ground.begin(RunKind::Sync);
        ground.settle(run, &ground.joiners(names)).unwrap();
        ground
    }

    pub(crate) fn person(&self, id: i64) -> Employee {
        self.store
            .employees_by_ids(&self.workspace, &[EmployeeId(id)])
            .unwrap()
            .remove(0)
    }
}

pub(crate) fn change(field: FieldNumber, old: &str, new: &str) -> Change {
    let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Change {
        what: Changed::Field(field),
        old: value(old),
        new: value(new),
        reason: Reason::Record,
    }
}

pub(crate) fn operation(kind: OperationKind, person: &Employee, changes: Vec<Change>) -> Operation {
    Operation {
        kind,
        employee: Some(person.id),
        revision: person.revision,
        draft: None,
        origin: Some(Origin { file: 0, line: 9 }),
        reason: Reason::SameExternalId,
        changes,
        who: Who {
            external_id: person.external_id().map(str::to_owned),
            email: None,
            name: person.name(),
        },
        held: None,
        fingerprint: Some([9; 16]),
        takes_ownership: false,
    }
}
