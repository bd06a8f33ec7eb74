//! Questions on the terminal. Answers come from standard input, one a line.

use crate::error::CommandError;
use anstream::eprint;
use std::io::{BufRead, Write};

pub(super) struct Questions {
    /// Whether standard input has ended.
    is_over: bool,
}

impl Questions {
    pub(super) fn new() -> Self {
        Self { is_over: false }
    }

    /// Asks for the value of a setting. An empty answer is the default; without one, the question is asked again.
    pub(super) fn ask(
        &mut self,
        setting: &str,
        question: &str,
        default: Option<&str>,
    ) -> Result<String, CommandError> {
        loop {
            match default {
                Some("") => eprint!("{question} [none]: "),
                Some(default) => eprint!("{question} [{default}]: "),
                None => eprint!("{question}: "),
            }
            let _ = std::io::stderr().flush();
            match (self.line(), default) {
                (Some(answer), _) if !answer.is_empty() => return Ok(answer),
                (Some(_), Some(default)) => return Ok(default.to_owned()),
                (Some(_), None) => {}
                (None, _) => return Err(unanswered(setting)),
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        if self.is_over {
            return None;
        }
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(read) if read > 0 => Some(line.trim().to_owned()),
            _ => {
                self.is_over = true;
                None
            }
        }
    }
}

fn unanswered(setting: &str) -> CommandError {
    CommandError::usage(
        format!(
            "standard input ended before there was an answer for `{setting}`; nothing was written"
        ),
        match setting {
            "workspace" => "run the command on a terminal, or add `--workspace NAME`".to_owned(),
            "source.url" => {
                "run the command on a terminal, or add `--source SYSTEM|ADDRESS`".to_owned()
            }
            _ => format!("run the command on a terminal, or add `--set {setting}=VALUE`"),
        },
    )
}
