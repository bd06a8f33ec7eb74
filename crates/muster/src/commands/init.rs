//! `muster init`: asks for a source, tests it, proposes the mapping, and writes the integration file.

mod answers;
mod questions;

use super::{say, test, test_system};
use crate::{
    arguments::{Arguments, Init},
    config::{self, Configuration},
    error::CommandError,
    show::{count, safe},
    wiring::Wiring,
};
use answers::Answers;
use muster_core::{
    model::{code::Code, problem::Problem, response::ConnectionTest},
    setup::settings::Purpose,
};
use muster_engine::Source;
use questions::Questions;
use std::{fs, io::Write, path::Path, process::ExitCode};

pub(super) fn init(arguments: &Arguments, init: &Init) -> Result<ExitCode, CommandError> {
    let file = &init.file;
    refuse_existing(file)?;
    let mut questions = Questions::new();
    let mut answers = answers::ask(arguments, init, &mut questions)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let tested = loop {
        let text = answers.text();
        let configured = config::parse_for(Purpose::Connection, &text, folder)?;
        match connect(arguments, &configured) {
            Ok(tested) => break Ok(tested),
            Err(Failed::HostKey(fingerprint)) => {
                if !is_accepted(&mut questions, &fingerprint)? {
                    return Err(CommandError::usage(
                        "the host key was not accepted; nothing was written",
                        "ask the operator of the server for its fingerprint",
                    ));
                }
                answers.put("source.host_key", &fingerprint);
            }
            Err(Failed::Other(error)) => break Err(error),
        }
    };
    match tested {
        Ok(tested) => {
            write(file, &with_mapping(&answers, &tested))?;
            tell(file, &tested);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            write(file, &answers.text())?;
            let exit = error.report(arguments.json);
            say(format!(
                "wrote {} without a mapping, because the connection test failed\n  help: correct the file; then `muster test {}` proposes the mapping",
                file.display(),
                file.display()
            ));
            Ok(exit)
        }
    }
}

/// Why the connection test stopped.
enum Failed {
    /// The server has a key that nobody has accepted: its fingerprint.
    HostKey(String),
    Other(CommandError),
}

fn connect(
    arguments: &Arguments,
    configured: &Configuration,
) -> Result<ConnectionTest<Problem>, Failed> {
    let wiring = Wiring::open(arguments)?;
    let integration = wiring.integration(configured)?;
    let tested = match &integration.source {
        Source::Files(source) => test::sampled(&wiring, &integration, source, test::RECORDS)?,
        Source::System(source) => {
            test_system::read(&wiring, &integration, source, test_system::RECORDS)?
        }
    };
    tested.map_err(|error| match error.fingerprint.clone() {
        Some(fingerprint) if error.code == Code::HostKeyUnknown => Failed::HostKey(fingerprint),
        _ => Failed::Other(CommandError::of_delivery(error)),
    })
}

impl From<CommandError> for Failed {
    fn from(error: CommandError) -> Self {
        Self::Other(error)
    }
}

fn is_accepted(questions: &mut Questions, fingerprint: &str) -> Result<bool, CommandError> {
    say(format!(
        "the server has the host key {fingerprint}\nCompare it with the fingerprint that its operator gave you: a wrong server would learn the password."
    ));
    let answer = questions.ask(
        "source.host_key",
        "Accept this key? (yes or no)",
        Some("no"),
    )?;
    Ok(matches!(answer.as_str(), "yes" | "y") || answer == fingerprint)
}

/// The file with a mapping; an HR system has a default mapping.
fn with_mapping(answers: &Answers, tested: &ConnectionTest<Problem>) -> String {
    let text = answers.text();
    match &tested.files {
        Some(files) => format!("{text}\n{}", config::mapping(&files.suggestions)),
        None => text,
    }
}

fn refuse_existing(file: &Path) -> Result<(), CommandError> {
    if !file.exists() {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("`{}` exists already; nothing was changed", file.display()),
        "choose another name, or run `muster test` on this file",
    ))
}

fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    let created = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        CommandError::usage(
            format!("`{}` cannot be written: {error}", file.display()),
            "check the path",
        )
    })
}

fn tell(file: &Path, tested: &ConnectionTest<Problem>) {
    let name = file.display();
    match &tested.files {
        Some(files) => {
            let columns = count(tested.columns.len() as u64, "column", "columns");
            say(format!(
                "connected: {} in the newest file, {columns}",
                count(tested.records, "record", "records")
            ));
            for file in &files.matching {
                say(format!("  {} {} bytes", safe(&file.name), file.bytes));
            }
            say(format!(
                "wrote {name}\n  help: read the mapping in it, then run `muster plan {name}` to see what a sync would do"
            ));
        }
        None => say(format!(
            "connected: {} read\nwrote {name}\n  help: `muster test {name}` lists the fields; map more of them, and select employees, in the file; then run `muster plan {name}`",
            count(tested.records, "employee", "employees")
        )),
    }
}
