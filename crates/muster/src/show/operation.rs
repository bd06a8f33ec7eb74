//! One operation as a person reads it, and operations sorted by how much attention they need.

use super::text::{count, origin, safe, value_of};
use crate::text::reason;
use anstream::println;
use muster_core::{
    decide::proposal::{OperationView, Proposal},
    model::{
        field::Schema,
        origin::DeliveredFile,
        plan::{Changed, OperationKind},
    },
};
use owo_colors::OwoColorize;
use std::fmt::Write;

/// Departures and held operations are what a reviewer must not miss: they are printed in full up to this number.
const MAX_IMPORTANT: usize = 2_000;
/// The number of changes, and of new employees, that are printed.
const MAX_OTHERS: usize = 100;

/// Whether operations are proposed or were applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tense {
    Proposed,
    Applied,
}

impl Tense {
    /// `would be deactivated`, or `deactivated` once it was applied.
    pub(crate) fn passive(self, participle: &str) -> String {
        match self {
            Self::Proposed => format!("would be {participle}"),
            Self::Applied => participle.to_owned(),
        }
    }
}

/// The operations of a run in the order in which they are printed.
pub(crate) struct Sections<'a> {
    schema: &'a Schema,
    files: &'a [DeliveredFile],
    departures: Section,
    deleted: u64,
    held: Section,
    changes: Section,
    created: Section,
}

struct Section {
    lines: Vec<String>,
    count: u64,
    max: usize,
}

impl Section {
    fn new(max: usize) -> Self {
        Self {
            lines: Vec::new(),
            count: 0,
            max,
        }
    }

    fn add(&mut self, line: impl FnOnce() -> String) {
        self.count += 1;
        if self.lines.len() < self.max {
            self.lines.push(line());
        }
    }

    fn print(&self, heading: &str) {
        if self.count == 0 {
            return;
        }
        println!("{}", heading.bold());
        self.lines.iter().for_each(|line| println!("{line}"));
        let more = self.count - self.lines.len() as u64;
        if more > 0 {
            println!("  ... and {more} more; --json, or --all of `muster runs`, lists all of them");
        }
    }
}

impl<'a> Sections<'a> {
    pub(crate) fn new(schema: &'a Schema, files: &'a [DeliveredFile]) -> Self {
        Self {
            schema,
            files,
            departures: Section::new(MAX_IMPORTANT),
            deleted: 0,
            held: Section::new(MAX_IMPORTANT),
            changes: Section::new(MAX_OTHERS),
            created: Section::new(MAX_OTHERS),
        }
    }

    /// Sections that print every operation.
    pub(crate) fn with_all(schema: &'a Schema, files: &'a [DeliveredFile]) -> Self {
        let all = || Section::new(usize::MAX);
        Self {
            departures: all(),
            held: all(),
            changes: all(),
            created: all(),
            ..Self::new(schema, files)
        }
    }

    /// Sorts the operations of a proposal. Of new employees only the first are looked at: a first load has a million.
    pub(crate) fn of_proposal(
        proposal: &Proposal,
        schema: &'a Schema,
        files: &'a [DeliveredFile],
    ) -> Self {
        let mut sections = Self::new(schema, files);
        for view in proposal.create_views().take(MAX_OTHERS) {
            sections.add(&view);
        }
        sections.created.count = proposal.plan.creates.len() as u64;
        for view in proposal.operation_views() {
            sections.add(&view);
        }
        sections
    }

    pub(crate) fn add(&mut self, view: &OperationView<'_>) {
        self.add_with(view, "");
    }

    /// Adds an operation with a note under it.
    pub(crate) fn add_with(&mut self, view: &OperationView<'_>, note: &str) {
        let line = || format!("{}{note}", operation_line(view, self.schema, self.files));
        if view.held.is_some() {
            self.held.add(line);
        } else if view.kind.is_removal() {
            self.departures.add(line);
            self.deleted += u64::from(view.kind == OperationKind::Delete);
        } else if view.kind == OperationKind::Create {
            self.created.add(line);
        } else {
            self.changes.add(line);
        }
    }

    /// Prints departures, then what is held.
    pub(crate) fn print_important(&self, tense: Tense) {
        let deactivated = self.departures.count - self.deleted;
        let parts = [
            (deactivated, tense.passive("deactivated")),
            (self.deleted, tense.passive("deleted")),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{} {what}", count(*number, "employee", "employees")))
            .collect();
        self.departures
            .print(&format!("Departures: {}", parts.join(", ")));
        let held = count(self.held.count, "operation", "operations");
        self.held
            .print(&format!("Held for review: {held}; not applied"));
    }

    /// Prints changes, then new employees.
    pub(crate) fn print_others(&self, tense: Tense) {
        let changes = count(self.changes.count, "employee", "employees");
        self.changes
            .print(&format!("Changes: {changes} {}", tense.passive("changed")));
        let created = count(self.created.count, "employee", "employees");
        self.created.print(&format!(
            "New employees: {created} {}",
            tense.passive("created")
        ));
    }
}

/// One operation: sign, number, employee, old and new values, the reason and the origin.
pub(crate) fn operation_line(
    view: &OperationView<'_>,
    schema: &Schema,
    files: &[DeliveredFile],
) -> String {
    let mut line = head(view);
    match view.kind {
        OperationKind::Create => {
            let status = view.status.map_or("active", |status| status.as_str());
            let _ = write!(line, ": {status}");
            if let Some(email) = &view.who.email {
                let _ = write!(line, ", {}", safe(email));
            }
        }
        OperationKind::Delete => {}
        _ => changes(&mut line, view, schema),
    }
    let from = view
        .origin
        .map(|at| format!(" [{}]", origin(at, files)))
        .unwrap_or_default();
    let because = view.held.unwrap_or(view.reason);
    let held = if view.held.is_some() { "held: " } else { "" };
    let _ = write!(
        line,
        "\n         {}",
        format!("{held}{}{from}", reason::sentence(because)).dimmed()
    );
    line
}

fn head(view: &OperationView<'_>) -> String {
    let who = safe(&view.who.to_string());
    let number = if view.number == 0 {
        "    ".to_owned()
    } else {
        format!("{:>4}", view.number)
    };
    let sign = match (view.held, view.kind) {
        (Some(_), _) => "!".yellow().bold().to_string(),
        (None, OperationKind::Create | OperationKind::Reactivate | OperationKind::Activate) => {
            "+".green().bold().to_string()
        }
        (None, OperationKind::Update) => "~".cyan().bold().to_string(),
        (None, OperationKind::Deactivate) => "-".red().bold().to_string(),
        (None, OperationKind::Delete) => "x".red().bold().to_string(),
    };
    let word = match view.kind {
        OperationKind::Reactivate | OperationKind::Activate => {
            format!(" ({})", view.kind.as_str())
        }
        OperationKind::Delete => ": deleted, all personal data is removed".to_owned(),
        _ => String::new(),
    };
    format!("{sign} {number} {who}{word}")
}

fn changes(line: &mut String, view: &OperationView<'_>, schema: &Schema) {
    let listed = view
        .changes
        .iter()
        .filter(|change| change.what != Changed::Status || view.changes.len() == 1);
    for change in listed {
        let field = schema.changed(change.what);
        let (old, new) = (
            value_of(change.what, change.old.as_deref()),
            value_of(change.what, change.new.as_deref()),
        );
        let _ = match change.old == change.new {
            true if change.reason == view.reason => write!(line, "\n         {field}: {new}"),
            true => write!(
                line,
                "\n         {field}: {new}; {}",
                reason::sentence(change.reason)
            ),
            false => write!(line, "\n         {field}: {old} -> {new}"),
        };
    }
}
