//! `muster sync` and `muster plan`.

use super::{block_on, insight, print_report, recorded, say};
use crate::{
    arguments::Arguments,
    error::{CommandError, exit_code_of},
    progress::ProgressDisplay,
    show,
    wiring::{Wiring, integration_file},
};
use muster_engine::{Mode, sync as run};
use std::{path::Path, process::ExitCode};

pub(super) fn sync(
    arguments: &Arguments,
    file: &Path,
    approve: bool,
) -> Result<ExitCode, CommandError> {
    go(
        arguments,
        file,
        if approve { Mode::Approve } else { Mode::Apply },
    )
}

/// The same without applying.
pub(super) fn plan(arguments: &Arguments, file: &Path) -> Result<ExitCode, CommandError> {
    go(arguments, file, Mode::PlanOnly)
}

fn go(arguments: &Arguments, file: &Path, mode: Mode) -> Result<ExitCode, CommandError> {
    let file = integration_file(arguments, file)?;
    let wiring = Wiring::open(arguments)?;
    let created = wiring.created_fields(&file)?;
    let integration = wiring.integration(&file)?;
    if mode == Mode::Approve {
        wiring.refuse_own_approval(integration.setup.workspace.id)?;
    }
    let mut display = ProgressDisplay::new();
    let done = block_on(run(&integration, mode, &wiring.deps(), &mut |progress| {
        display.show(&progress)
    }))?;
    display.end();
    let mut outcome = done?;
    created
        .into_iter()
        .for_each(|field| outcome.warnings.push(field));
    let plan_only = mode == Mode::PlanOnly;
    if arguments.json {
        print_report(&wiring, &integration.setup.workspace, &outcome);
    } else {
        let workspace = &integration.setup.workspace;
        let recorded = recorded(&wiring, workspace, &outcome);
        let insight = insight(&wiring, workspace, &outcome, &recorded);
        show::outcome_with(&outcome, insight.as_ref(), &workspace.schema, plan_only);
        if let Some(fingerprint) = outcome
            .error
            .as_ref()
            .and_then(|error| error.fingerprint.as_deref())
        {
            say(format!(
                "  to trust the server's key: muster test FILE.toml --accept-host-key {fingerprint}"
            ));
        }
    }
    Ok(exit_code_of(&outcome))
}
