//! The guard drill for the pages: an integration of the database, without its secrets.

use crate::{config::Configuration, error::CommandError, show, text, wiring::Wiring};
use muster_core::model::{response::DrillReport, workspace::Workspace};
use muster_engine::RunError;
use muster_web::{RunDrill, Sentence};
use std::sync::Arc;

pub(crate) fn for_pages(wiring: &Arc<Wiring>) -> Arc<RunDrill> {
    let wiring = Arc::clone(wiring);
    Arc::new(
        move |workspace, name| match drill(&wiring, workspace, name) {
            Ok(Some(report)) => Ok(report),
            // It was removed a moment ago.
            Ok(None) => Err(Sentence::default()),
            Err(error) => {
                let (message, help) = text::run_error(&error);
                let help = super::in_a_browser(help);
                Err(Sentence { message, help })
            }
        },
    )
}

fn drill(
    wiring: &Wiring,
    workspace: &Workspace,
    name: &str,
) -> Result<Option<DrillReport>, RunError> {
    let Some(stored) = wiring.store.settings_of(workspace.id, name)? else {
        return Ok(None);
    };
    let configured = Configuration::stored(&stored)
        .map_err(|problems| CommandError::from(problems).into_run_error())?;
    let integration = wiring
        .at_rest(&configured)
        .map_err(CommandError::into_run_error)?;
    let drill = muster_engine::drill(&integration, &wiring.deps())?;
    Ok(Some(show::drill_report(&drill)))
}
