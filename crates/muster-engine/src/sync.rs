//! The main run in its stages: fetch, which waits for the network and is asynchronous; decide,
//! which reads, computes the plan and applies it, and blocks; and finish, which cleans up at the
//! source.

use crate::{
    erase, files,
    keeper::LeaseKeeper,
    outcome::{Deps, Outcome, Progress, RunError},
    source::{FileSource, Source},
    system, unused,
    work::{Begun, Work},
};
use muster_connectors::{
    connector::{Extent, Records},
    transport::{self, TransportError},
};
use muster_core::{
    model::{
        ids::IntegrationId,
        run::{RunKind, RunStatus},
    },
    read::reading::PartialReason,
    setup::integration::Setup,
};
use tracing::Instrument;

#[derive(Clone, Debug)]
pub struct Integration {
    /// The workspace, the mapping, the selection rules and the policies.
    pub setup: Setup,
    pub source: Source,
}

/// What happens to the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The plan is applied unless a guard holds it.
    Apply,
    /// The plan is applied even if a guard trips.
    Approve,
    /// The plan is only saved.
    PlanOnly,
}

/// A run with its fetched delivery. It owns its data, so that another thread can continue it.
pub struct Fetched {
    integration: Integration,
    begun: Begun,
    content: Content,
    /// The run has its lease until it is decided.
    keeper: Option<LeaseKeeper>,
}

/// What a source delivered.
pub(crate) enum Content {
    Files(Box<FileSource>, transport::Delivery),
    Records(Box<(Records, Extent)>),
    NoFiles(Box<FileSource>, TransportError),
    /// The source could not be read, or must not be read.
    Unread(RunStatus, PartialReason, Box<RunError>),
}

/// The result of a delivery, and what remains to do at the source.
pub struct Decided {
    outcome: Outcome,
    applied: Option<(Box<FileSource>, transport::Delivery)>,
}

/// Runs an integration once. An error means that the run could not be begun. Later errors are in
/// the outcome and recorded with the run.
pub async fn sync(
    integration: &Integration,
    mode: Mode,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    let fetched = fetch(integration, mode, deps, progress).await?;
    Ok(decide(deps, fetched, progress)?.finish().await)
}

/// Begins a run and fetches its delivery. Errors of the source are part of the result.
pub async fn fetch(
    integration: &Integration,
    mode: Mode,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Fetched, RunError> {
    let kind = if mode == Mode::PlanOnly {
        RunKind::Plan
    } else {
        RunKind::Sync
    };
    let begun = Begun::begin(&integration.setup, mode, kind, None, deps)?;
    fetch_for(integration, begun, deps, progress).await
}

/// Computes the plan of a delivery and applies or holds it. Blocks until the directory is written.
pub fn decide(
    deps: &Deps,
    fetched: Fetched,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Decided, RunError> {
    let Fetched {
        integration,
        begun,
        content,
        keeper: _keeper,
    } = fetched;
    let _span = tracing::info_span!("decide", run = begun.run.0).entered();
    let work = Work::new(&integration, begun, deps);
    let mut applied = None;
    let mut outcome = match content {
        Content::Files(source, delivery) => {
            let mut outcome = files::decide(&work, &source, &delivery, progress)?;
            if work.is_finished(&outcome) {
                applied = Some((source, delivery));
            } else if outcome.error.is_none() {
                let warnings = delivery.warnings.into_iter();
                warnings.for_each(|warning| outcome.warnings.push(warning));
            }
            outcome
        }
        Content::NoFiles(source, error) => files::without_files(&work, &source, error)?,
        Content::Records(read) => system::decide(&work, &read.0, &read.1, progress)?,
        Content::Unread(status, reason, error) => {
            work.conclude(status, reason, *error, Vec::new())?
        }
    };
    if begun.replaces.is_none() {
        unused::remember(&integration, begun.integration, &deps.store);
        erase::pending(deps)
            .into_iter()
            .for_each(|warning| outcome.warnings.push(warning));
    }
    Ok(Decided { outcome, applied })
}

impl Decided {
    /// Cleans up the files at the source, if the run has applied everything.
    pub async fn finish(self) -> Outcome {
        let mut outcome = self.outcome;
        if let Some((source, delivery)) = self.applied {
            let cleared = transport::finish(&source.settings, &delivery.files).await;
            let warnings = delivery.warnings.into_iter().chain(cleared);
            warnings.for_each(|warning| outcome.warnings.push(warning));
        }
        outcome
    }
}

/// Compares a new source with the employees of the one that it replaces, and saves the plan of the
/// succession.
pub async fn succeed(
    integration: &Integration,
    replaces: IntegrationId,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    let begun = Begun {
        replaces: Some(replaces),
        ..Begun::begin(
            &integration.setup,
            Mode::PlanOnly,
            RunKind::Plan,
            None,
            deps,
        )?
    };
    let fetched = fetch_for(integration, begun, deps, progress).await?;
    Ok(decide(deps, fetched, progress)?.finish().await)
}

async fn fetch_for(
    integration: &Integration,
    begun: Begun,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Fetched, RunError> {
    let keeper = begun.keep_lease(&integration.setup, deps)?;
    let work = Work::new(integration, begun, deps);
    let content = async {
        match &integration.source {
            Source::Files(source) => files::fetch(&work, source, progress).await,
            Source::System(source) => system::fetch(&work, source, progress).await,
        }
    };
    let span = tracing::info_span!("fetch", run = begun.run.0);
    let content = content.instrument(span).await?;
    Ok(Fetched {
        integration: integration.clone(),
        begun,
        content,
        keeper,
    })
}
