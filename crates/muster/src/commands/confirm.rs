//! A question before something is changed that was not shown yet.

use super::Arguments;
use crate::error::CommandError;
use anstream::eprint;
use std::io::{self, BufRead, IsTerminal, Write};

/// Asks on a terminal. Programs are not asked.
pub(super) fn confirm(arguments: &Arguments, question: &str) -> Result<(), CommandError> {
    if arguments.json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(());
    }
    eprint!("{question} [y/N]: ");
    let _ = io::stderr().flush();
    if is_yes(&mut io::stdin().lock()) {
        return Ok(());
    }
    Err(CommandError::usage(
        "the question was not answered with yes; nothing was changed",
        "`--plan` shows what would change, and `--yes` answers the question",
    ))
}

fn is_yes(input: &mut dyn BufRead) -> bool {
    let mut line = String::new();
    let is_read = input.read_line(&mut line).is_ok();
    is_read && ["y", "yes"].contains(&line.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_yes_is_yes() {
        for (answer, expected) in [
            ("y\n", true),
            ("YES\n", true),
            (" y", true),
            ("\n", false),
            ("", false),
            ("n\ny\n", false),
            ("yesterday\n", false),
        ] {
            assert_eq!(is_yes(&mut answer.as_bytes()), expected, "{answer:?}");
        }
    }
}
