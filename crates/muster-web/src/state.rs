//! What every request works with. The binary makes it once.

use crate::{
    accounts::{demo::DemoUser, password::Hasher, throttle::Throttle},
    api::RateLimits,
};
use jiff::Timestamp;
use muster_core::{
    alert::SendFailure,
    decide::guard::Finding,
    derive::{
        insight::Insight,
        smart_group::{MoveReason, RuleProblem, SmartGroup},
    },
    issue::IssueDetail,
    model::{
        actor::Actor,
        edit_request::{CorrectedRecord, ManualEdit},
        field::Schema,
        ids::{IntegrationId, RunId, WorkspaceId},
        origin::Origin,
        plan::Reason,
        problem,
        response::{AlertLine, DrillReport, Operation, PlanInsight, Problem, RunProgress},
        run::Run,
        workspace::Workspace,
    },
    read::reading::PartialReason,
    setup::{listing::Catalogue, settings::SettingError},
};
use muster_store::{AlertChannel, GroupMoves, ListedAlert, Store, StoreError};
use std::{collections::BTreeSet, net::IpAddr, sync::Arc};
use zeroize::Zeroizing;

/// A message and what to do about it; an empty help says that there is nothing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pub message: String,
    pub help: String,
}

/// Problems, findings and reasons in words: the same as on the command line.
#[derive(Clone, Copy)]
pub struct Sentences {
    pub problem: fn(&problem::Problem) -> Sentence,
    pub finding: fn(&Finding) -> Sentence,
    /// Why a delivery is incomplete.
    pub incomplete: fn(PartialReason) -> String,
    pub issue: fn(&IssueDetail) -> Sentence,
    pub insight: fn(&Insight, &Schema) -> PlanInsight,
    /// What is wrong with a rule of a smart group.
    pub rule: fn(&RuleProblem) -> Sentence,
    /// Why a message was not sent.
    pub send_failure: fn(&SendFailure) -> Sentence,
    /// Why an operation or a change is in a plan, as it reads after "because".
    pub reason: fn(Reason) -> &'static str,
    /// The rule of a smart group.
    pub group: fn(&SmartGroup) -> String,
    /// Why an employee joined a smart group or left it, as it reads after "because".
    pub membership: fn(&MoveReason) -> String,
}

/// A new secret with which messages are signed.
pub struct NewSigningSecret {
    pub bytes: Zeroizing<Vec<u8>>,
    /// As its receiver needs it.
    pub text: Zeroizing<String>,
}

/// What integrations can be made of, and why their settings are refused.
#[derive(Clone, Copy)]
pub struct SetupForms {
    pub catalogue: &'static Catalogue,
    pub problem: fn(&SettingError) -> Sentence,
}

/// How messages leave the installation; the binary knows.
#[derive(Clone)]
pub struct Outgoing {
    /// Refuses URLs that messages are not posted to.
    pub check_url: fn(&str) -> Result<(), Sentence>,
    pub check_mail_address: fn(&str) -> Result<(), Sentence>,
    /// None: the system gives no random numbers.
    pub new_secret: fn() -> Option<NewSigningSecret>,
    /// An alert with its subject in words.
    pub alert: fn(&Store, ListedAlert) -> Result<AlertLine, StoreError>,
    /// Sends a test message through a channel, and waits for what becomes of it.
    pub test_channel: Arc<TestChannel>,
    /// Mails a password link to an address; it works until the given time.
    pub mail_password_link: Arc<MailPasswordLink>,
}

/// It is called on a thread that may block.
pub type MailPasswordLink = dyn Fn(&str, &str, Timestamp) + Send + Sync;

/// Why a test message was not sent; no sentence: the database does not answer.
pub type TestChannel = dyn Fn(AlertChannel) -> Result<(), Option<Sentence>> + Send + Sync;

/// A record of a delivery as the source wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredRecord {
    pub origin: Origin,
    pub columns: Arc<[String]>,
    /// One for each column.
    pub cells: Vec<String>,
}

/// Some records of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveredRecords {
    /// The character between values in its files, where it is known.
    pub delimiter: Option<u8>,
    /// The columns that the mapping or the selection uses.
    pub used: BTreeSet<String>,
    pub records: Vec<DeliveredRecord>,
}

/// Reads the records at some places of the delivery of a run; none: it is not archived.
pub type ReadRecords =
    fn(&Workspace, &Run, &BTreeSet<Origin>, &Store) -> Result<Option<DeliveredRecords>, StoreError>;

/// The operations of a manual edit, or the problem for which it is refused; no problem: the database does not answer.
pub type Preview =
    dyn Fn(&Workspace, &ManualEdit) -> Result<Vec<Operation>, Option<Problem>> + Send + Sync;

/// A change of the smart groups of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// A checked rule.
    Save(SmartGroup),
    /// By name.
    Remove(String),
}

/// What a change of smart groups did.
#[derive(Clone, Debug)]
pub struct ChangedGroups {
    pub run: RunId,
    /// Who joined and left the groups whose rules were saved.
    pub moves: Vec<GroupMoves>,
    /// How many members the removed group had.
    pub left: u64,
}

/// Carries out a change of smart groups; the problem for which it is refused, or no problem: the database does not answer.
pub type ChangeGroups =
    dyn Fn(&Workspace, &GroupChange, Actor) -> Result<ChangedGroups, Option<Problem>> + Send + Sync;

/// What corrected records of a delivery, or undoing a run, would change.
#[derive(Clone, Debug)]
pub struct Previewed {
    pub operations: Vec<Operation>,
    /// Why the plan would be held; none: it would be applied.
    pub findings: Vec<Finding>,
    /// What would not be done, and why.
    pub problems: Vec<problem::Problem>,
}

/// What undoing a run would change, or the problem for which it is refused; no problem: the database does not answer.
pub type PreviewUndo =
    dyn Fn(&Workspace, RunId) -> Result<Previewed, Option<Problem>> + Send + Sync;

/// Checks corrected records of the delivery of a run; refused with what is still wrong. No problem: the database does not
/// answer.
pub type CheckRepair = dyn Fn(&Workspace, RunId, &[CorrectedRecord]) -> Result<Previewed, Vec<problem::Problem>>
    + Send
    + Sync;

/// The phases of a run so far with how much was done in each, the current one last; empty: nothing is known.
/// Damages the last delivery of an integration, and reads it with the current settings; the reason if that is not possible.
pub type RunDrill = dyn Fn(&Workspace, &str) -> Result<DrillReport, Sentence> + Send + Sync;

pub type LiveProgress = dyn Fn(WorkspaceId, IntegrationId) -> Vec<RunProgress> + Send + Sync;

/// What the binary hands to the pages.
#[derive(Clone)]
pub struct WebState {
    /// A connection of its own, so that pages are read while a run writes.
    pub store: Arc<Store>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Called when a job was written, so that a worker of this process does it at once.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    pub sentences: Sentences,
    pub outgoing: Outgoing,
    pub setup: SetupForms,
    pub records: ReadRecords,
    /// How far the run of an integration is, if this process runs it.
    pub progress: Arc<LiveProgress>,
    /// What a manual edit would change; the engine knows.
    pub preview: Arc<Preview>,
    pub change_groups: Arc<ChangeGroups>,
    pub check_repair: Arc<CheckRepair>,
    pub drill: Arc<RunDrill>,
    pub preview_undo: Arc<PreviewUndo>,
    /// Where browsers reach the pages, for links that leave the browser: `https://muster.acme.example`.
    pub address: String,
    /// Whether browsers reach the pages over HTTPS: cookies are sent over nothing else then.
    pub is_https: bool,
    /// Reverse proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpAddr>,
    /// Shown at the bottom of every page.
    pub version: &'static str,
    /// The user of a demo, who may sign in once with a link.
    pub demo: Option<DemoUser>,
}

/// [`WebState`] with what lives as long as the server.
#[derive(Clone)]
pub(crate) struct App {
    inside: Arc<Inside>,
    /// The database; while a page is read, one state of it.
    pub(crate) store: Arc<Store>,
}

pub(crate) struct Inside {
    pub(crate) web: WebState,
    pub(crate) hasher: Hasher,
    pub(crate) throttle: Throttle,
    /// Requests for password links, which lock nobody out.
    pub(crate) resets: Throttle,
    pub(crate) rates: RateLimits,
}

impl App {
    pub(crate) fn new(web: WebState) -> Self {
        Self {
            store: Arc::clone(&web.store),
            inside: Arc::new(Inside {
                web,
                hasher: Hasher::default(),
                throttle: Throttle::default(),
                resets: Throttle::default(),
                rates: RateLimits::default(),
            }),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.inside.web.now)()
    }

    /// Reads everything from one state of the database, so that the parts of a page never contradict each other.
    pub(crate) fn snapshot<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.store.snapshot(|store| {
            read(&Self {
                inside: Arc::clone(&self.inside),
                store,
            })
        })
    }
}

impl std::ops::Deref for App {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.inside
    }
}
