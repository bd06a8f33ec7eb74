//! `muster completions` and `muster man-pages`: files for shells and for `man`, made from the command line itself.

use super::say;
use crate::{arguments::Arguments, error::CommandError, show::count};
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use std::{io::Write, path::Path, process::ExitCode};

/// Prints the completions. A closed output is not an error.
pub(super) fn completions(shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "muster", &mut script);
    let _ = std::io::stdout().lock().write_all(&script);
    ExitCode::SUCCESS
}

pub(super) fn man_pages(folder: &Path) -> Result<ExitCode, CommandError> {
    let shown = folder.display();
    let failed = |error: std::io::Error| {
        CommandError::usage(
            format!("the manual pages cannot be written to `{shown}`: {error}"),
            "name a folder that this account can write",
        )
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
    let pages = std::fs::read_dir(folder).map_err(failed)?;
    let pages = count(pages.count() as u64, "file", "files");
    say(format!("wrote the manual pages to {shown} ({pages})"));
    Ok(ExitCode::SUCCESS)
}
