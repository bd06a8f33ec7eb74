//! `muster profile`: what changed settings would do to the last archived delivery.

use super::{print_json, replay::unread, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    progress::ProgressDisplay,
    show::{self, moment},
    wiring::{Wiring, integration_file},
};
use muster_core::{decide::profile::profile as profile_of, model::response::ProfileAnswer};
use std::{path::Path, process::ExitCode};

pub(super) fn profile(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let file = integration_file(arguments, path)?;
    let wiring = Wiring::unchecked(arguments)?;
    let integration = wiring.at_rest(&file)?;
    let mut display = ProgressDisplay::new();
    let rehearsed = muster_engine::rehearse(&integration, &wiring.deps(), &mut |progress| {
        display.show(&progress)
    });
    display.end();
    let rehearsed = rehearsed?;
    let found = profile_of(
        rehearsed.proposal.views(),
        &integration.setup.workspace.schema,
    );
    let counts = rehearsed.proposal.counts;
    if arguments.json {
        print_json(&ProfileAnswer {
            run: rehearsed.run,
            at: rehearsed.at,
            counts,
            unread: rehearsed.unread.to_vec(),
            profile: found,
        });
        return Ok(ExitCode::SUCCESS);
    }
    say(format!(
        "the delivery of run {} ({}), {} records:",
        rehearsed.run,
        moment(rehearsed.at),
        counts.read
    ));
    unread(rehearsed.unread.iter().map(String::as_str));
    show::profile(&found);
    for (number, what) in [
        (counts.rejected, "rejected"),
        (counts.excluded, "not selected"),
        (counts.held, "held for review"),
    ] {
        if number > 0 {
            say(format!("  {number} {what}"));
        }
    }
    say(format!(
        "nothing was changed\n  help: run `muster plan {}` for the plan from the source",
        path.display()
    ));
    Ok(ExitCode::SUCCESS)
}
