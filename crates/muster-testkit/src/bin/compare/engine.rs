//! The programs that Muster is compared with, and where both keep their data.

use super::Outcome;
use muster_testkit::{people::COLUMNS, postgresql::Postgresql};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What Muster is compared with.
pub(crate) struct Engine {
    path: PathBuf,
    kind: Kind,
    ours: String,
}

enum Kind {
    /// A script for the sqlite3 shell.
    Shell,
    /// A script for psql, and databases with these numbers on a server.
    Server(Postgresql, u32),
    Program,
}

impl Engine {
    pub(crate) fn new(path: &Path, on_server: bool) -> Self {
        let is_script = path.extension().is_some_and(|extension| extension == "sql");
        let kind = match is_script {
            true if on_server => Kind::Server(Postgresql::start(), 0),
            true => Kind::Shell,
            false => Kind::Program,
        };
        Self {
            path: path.to_owned(),
            kind,
            ours: "sqlite:m.db".to_owned(),
        }
    }

    /// Empties both databases; files in the folder are gone already.
    pub(crate) fn begin(&mut self) -> Outcome<()> {
        if let Kind::Server(server, number) = &mut self.kind {
            *number += 1;
            server.run(&format!(
                "CREATE DATABASE m{number}; CREATE DATABASE e{number};"
            ))?;
            self.ours = server.url(&format!("m{number}"));
        }
        Ok(())
    }

    /// The address of the database of Muster.
    pub(crate) fn ours(&self) -> &str {
        &self.ours
    }

    /// Bytes.
    pub(crate) fn size_of_ours(&self, folder: &Path) -> Outcome<u64> {
        match &self.kind {
            Kind::Server(server, number) => {
                let text = format!("SELECT pg_database_size('m{number}')");
                Ok(server.run(&text)?.trim().parse()?)
            }
            Kind::Shell | Kind::Program => Ok(fs::metadata(folder.join("m.db"))?.len()),
        }
    }

    /// The other program, once.
    pub(crate) fn command(&self) -> Command {
        match &self.kind {
            Kind::Program => Command::new(&self.path),
            Kind::Shell => {
                let mut shell = Command::new("sqlite3");
                let script = format!(".read \"{}\"", self.path.display());
                shell.args(["-bail", "e.db", &script]);
                shell
            }
            Kind::Server(server, number) => {
                let mut psql = psql(server, &format!("e{number}"));
                psql.arg("--file").arg(&self.path);
                psql
            }
        }
    }

    /// Both directories must have the same active people with the same values. A program keeps its own.
    pub(crate) fn agree(&self, folder: &Path) -> Outcome<()> {
        let (ours, theirs) = match &self.kind {
            Kind::Program => return Ok(()),
            Kind::Shell => {
                let shell = |database: &str, table: &str| {
                    let mut shell = Command::new("sqlite3");
                    shell.current_dir(folder);
                    shell.args(["-csv", database, &active(table)]);
                    said(&mut shell)
                };
                (shell("m.db", "employee")?, shell("e.db", "people")?)
            }
            Kind::Server(server, number) => {
                let ask = |database: &str, table: &str| {
                    let mut psql = psql(server, &format!("{database}{number}"));
                    psql.args(["--csv", "--command", &active(table)]);
                    said(&mut psql)
                };
                (ask("m", "employee")?, ask("e", "people")?)
            }
        };
        if ours == theirs {
            Ok(())
        } else {
            Err(format!("muster has {ours:?}, the other {theirs:?}").into())
        }
    }
}

/// The statement that lists the values of active people.
fn active(table: &str) -> String {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|column| match *column {
            "group" if table == "employee" => "group_name",
            other => other,
        })
        .map(|column| format!("coalesce(\"{column}\", '')"))
        .collect();
    format!(
        "SELECT {} FROM {table} WHERE status = 'active' ORDER BY external_id",
        columns.join(", ")
    )
}

/// How many rows a command prints, and their hash.
fn said(command: &mut Command) -> Outcome<(usize, blake3::Hash)> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok((
        output.stdout.iter().filter(|byte| **byte == b'\n').count(),
        blake3::hash(&output.stdout),
    ))
}

fn psql(server: &Postgresql, database: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only"])
        .args(["--username=muster", "--dbname", database])
        .arg("--host")
        .arg(&server.socket);
    psql
}
