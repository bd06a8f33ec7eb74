//! Pauses an integration whose server presents another host key than the accepted one. The server
//! may present the accepted key again later, so a user must decide before anything is sent.

use crate::{outcome::RunError, work::Work};
use muster_connectors::transport::{SourceSettings, TransportError};
use muster_core::model::{code::Code, problem::run};
use muster_store::Store;

/// Why the integration is paused. `None` if it is not. Accepting the key that caused the pause ends
/// it.
pub(crate) fn standing(
    work: &Work<'_>,
    settings: &SourceSettings,
) -> Result<Option<RunError>, RunError> {
    let workspace = work.setup.workspace.id;
    let Some(id) = work.id else { return Ok(None) };
    let Some(pause) = work.store().paused(workspace, id)? else {
        return Ok(None);
    };
    if settings.host_keys.contains(&pause.fingerprint) {
        work.store().resume(workspace, id)?;
        return Ok(None);
    }
    let detail = run::Detail::Paused {
        server: settings.location.server(),
        shown: pause.fingerprint.clone(),
        since: pause.since,
        accepted: settings.host_keys.join(", "),
    };
    let remedy = run::Remedy::ConfirmHostKey {
        shown: pause.fingerprint.clone(),
    };
    Ok(Some(RunError {
        fingerprint: Some(pause.fingerprint),
        ..RunError::new(Code::IntegrationPaused, detail, remedy)
    }))
}

/// Pauses the integration if a failed attempt requires it.
pub(crate) fn after(work: &Work<'_>, error: &TransportError) -> Result<(), RunError> {
    let (Some(id), Some(fingerprint)) = (work.id, &error.fingerprint) else {
        return Ok(());
    };
    if error.code != Code::HostKeyChanged {
        return Ok(());
    }
    let store: &Store = work.store();
    Ok(store.pause(
        work.setup.workspace.id,
        id,
        fingerprint,
        work.deps.clock.now(),
    )?)
}
