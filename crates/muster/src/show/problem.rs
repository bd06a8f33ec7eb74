//! Problems as a person reads them: rejected records first, then warnings. What occurs often is counted.

use super::text::{count, origin};
use crate::text;
use anstream::println;
use muster_core::{
    model::{
        code::Code,
        origin::DeliveredFile,
        problem::{Problem, Severity},
    },
    read::reading::Problems,
};
use owo_colors::OwoColorize;
use std::collections::BTreeMap;

/// The number of rejected records that are printed.
const MAX_REJECTED: u64 = 200;
/// The number of warnings with the same code that are printed.
const MAX_WARNINGS: u64 = 10;

/// Prints rejected records under their heading.
pub(crate) fn rejected(problems: &Problems, records: u64, files: &[DeliveredFile]) {
    let found: Vec<&Problem> = problems
        .kept()
        .iter()
        .filter(|problem| problem.severity != Severity::Warning)
        .collect();
    if found.is_empty() {
        return;
    }
    let records = count(records, "record", "records");
    println!("{}", format!("Rejected: {records}").bold());
    print(&found, problems, files, MAX_REJECTED);
}

/// Prints warnings under their heading.
pub(crate) fn warnings(problems: &[&Problems], files: &[DeliveredFile]) {
    let is_warning = |problem: &&Problem| problem.severity == Severity::Warning;
    let found = |problems: &Problems| problems.kept().iter().filter(is_warning).count() as u64;
    let total: u64 = problems.iter().map(|problems| found(problems)).sum();
    if total == 0 {
        return;
    }
    println!("{}", format!("Warnings: {total}").bold());
    for problems in problems {
        let found: Vec<&Problem> = problems.kept().iter().filter(is_warning).collect();
        print(&found, problems, files, MAX_WARNINGS);
    }
}

/// Prints all problems without headings, for commands that have no plan.
pub(crate) fn problems(problems: &Problems, files: &[DeliveredFile]) {
    let found: Vec<&Problem> = problems.kept().iter().collect();
    print(&found, problems, files, MAX_WARNINGS);
}

fn print(found: &[&Problem], all: &Problems, files: &[DeliveredFile], max: u64) {
    let mut printed: BTreeMap<Code, u64> = BTreeMap::new();
    for problem in found {
        let times = printed.entry(problem.code).or_default();
        *times += 1;
        if *times <= max {
            println!("{}", problem_line(problem, files));
        }
    }
    let counts = all.counts();
    for code in printed.keys() {
        let total = counts.get(code).copied().unwrap_or_default();
        if total > max {
            println!(
                "         ... {total} problems {code} in all (showing {max}): {}",
                code.meaning()
            );
        }
    }
}

/// One problem: severity, origin, field, what is wrong, and what to do.
pub(crate) fn problem_line(problem: &Problem, files: &[DeliveredFile]) -> String {
    let sign = match problem.severity {
        Severity::Warning => "! warning:".yellow().to_string(),
        Severity::Rejected => "! rejected:".red().to_string(),
        Severity::Refused => "! refused:".red().bold().to_string(),
    };
    let at = problem
        .origin
        .map(|at| format!("{}: ", origin(at, files)))
        .unwrap_or_default();
    let field = problem
        .field
        .as_ref()
        .map(|field| format!("{field}: "))
        .unwrap_or_default();
    let mut line = format!(
        "{sign} {at}{field}{} ({})",
        text::message(problem),
        problem.code
    );
    let help = text::help(problem);
    if !help.is_empty() {
        line.push_str(&format!("\n         {} {help}", "help:".bold()));
    }
    line
}
