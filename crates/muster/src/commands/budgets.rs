//! `muster budgets`: all grants with their dates and reasons, or what is due in a month.

use super::{find, say};
use crate::{
    arguments::{Arguments, Budgets},
    error::CommandError,
    show::{count, safe, table, value},
    text::reason,
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::{
    derive::budget::{self, BudgetKind, Effect, Grant, GrantStep, Month, Totals},
    model::{calendar::Calendar, response, workspace::Workspace},
};
use muster_store::PersonGrant;
use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

pub(super) fn budgets(arguments: &Arguments, wanted: &Budgets) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let person = wanted
        .employee
        .as_deref()
        .map(|name| find::employee(&wiring, &workspace, name))
        .transpose()?;
    let today = Calendar::at(wiring.now(), &workspace.settings).today;
    let id = person.as_ref().map(|person| person.id);
    let mut list = List::new(arguments.json, wanted.month, today, person.is_some());
    match wanted.month {
        Some(month) => wiring
            .store
            .due_in_month(workspace.id, id, month, &mut |found| list.add(found))?,
        None => wiring
            .store
            .grants_of(workspace.id, id, today, &mut |found| list.add(found))?,
    }
    list.end(&workspace);
    Ok(ExitCode::SUCCESS)
}

/// Prints grants one by one. Only the table waits for all of them, because it is aligned.
struct List {
    json: bool,
    month: Option<Month>,
    today: Date,
    with_story: bool,
    rows: Vec<Vec<String>>,
    stories: Vec<String>,
    totals: Totals,
    out: BufWriter<std::io::StdoutLock<'static>>,
    count: u64,
    broken: bool,
}

impl List {
    fn new(json: bool, month: Option<Month>, today: Date, with_story: bool) -> Self {
        let mut list = Self {
            json,
            month,
            today,
            with_story: with_story && month.is_none(),
            rows: Vec::new(),
            stories: Vec::new(),
            totals: Totals::default(),
            out: BufWriter::new(std::io::stdout().lock()),
            count: 0,
            broken: false,
        };
        if json {
            let start = month.map_or("[".to_owned(), |month| {
                format!("{{\"month\": \"{month}\", \"entries\": [")
            });
            list.write(&start);
        }
        list
    }

    fn write(&mut self, text: &str) {
        self.broken |= self.out.write_all(text.as_bytes()).is_err();
    }

    /// Returns false if the reader of the output has closed it.
    fn add(&mut self, found: &PersonGrant) -> bool {
        self.count += 1;
        self.totals.add(&found.grant);
        if self.json {
            let start = if self.count == 1 { "\n" } else { ",\n" };
            self.write(start);
            let answer = found.answer(self.today);
            self.broken |= serde_json::to_writer(&mut self.out, &answer).is_err();
        } else {
            self.rows.push(self.row(found));
            if self.with_story {
                self.stories
                    .push(format!("{} of {}", title(&found.grant), name(found)));
                self.stories.extend(found.grant.steps.iter().map(line));
            }
        }
        !self.broken
    }

    fn row(&self, found: &PersonGrant) -> Vec<String> {
        let grant = &found.grant;
        let mut row = vec![
            name(found),
            grant.kind.as_str().to_owned(),
            safe(&grant.category),
        ];
        row.extend([budget::shown(grant.amount), grant.currency.clone()]);
        if self.month.is_none() {
            let ends = grant
                .span
                .ends
                .filter(|_| grant.kind == BudgetKind::Monthly);
            row.push(grant.span.starts.to_string());
            row.push(ends.map(|ends| ends.to_string()).unwrap_or_default());
            row.push(grant.state(self.today).as_str().to_owned());
        }
        row
    }

    fn end(mut self, workspace: &Workspace) {
        if self.json {
            let totals = response::Total::all(&self.totals);
            let totals = serde_json::to_string(&totals).unwrap_or_default();
            let end = self.month.map_or("\n]\n".to_owned(), |_| {
                format!("\n], \"totals\": {totals}}}\n")
            });
            self.write(&end);
            // A closed output (`| head`) is not an error.
            let _ = self.out.flush();
            return;
        }
        drop(self.out);
        if self.rows.is_empty() {
            return say(nothing(self.month, workspace));
        }
        let mut header = vec!["employee", "kind", "category", "amount", "currency"];
        if self.month.is_none() {
            header.extend(["from", "to", "state"]);
        }
        say(table(&header, self.rows));
        self.stories.iter().for_each(say);
        if let Some(month) = self.month {
            for (currency, category, entries, sum) in self.totals.iter() {
                let entries = count(entries, "entry", "entries");
                say(format!(
                    "{month} {}: {} {currency} in {entries}",
                    safe(category),
                    budget::shown(sum)
                ));
            }
        }
    }
}

/// The text for an empty list.
fn nothing(month: Option<Month>, workspace: &Workspace) -> String {
    if budget::budgets(&workspace.schema).next().is_none() {
        return "this workspace has no budgets: map a column to a field such as `monthly_all_budget` and run `muster sync`"
            .to_owned();
    }
    month.map_or("no budget has been granted yet".to_owned(), |month| {
        format!("no budget is due in {month}")
    })
}

fn name(found: &PersonGrant) -> String {
    if found.employee.is_none() {
        "(erased)".to_owned()
    } else {
        safe(&found.who.to_string())
    }
}

fn title(grant: &Grant) -> String {
    let kind = grant.kind.as_str();
    format!(
        "{kind} {} {} {}",
        safe(&grant.category),
        budget::shown(grant.amount),
        grant.currency
    )
}

/// One step in the history of a grant.
fn line(step: &GrantStep) -> String {
    let span = step.span;
    let what = match (step.effect, span.ends) {
        (Effect::Granted, _) => format!("granted from {}", span.starts),
        (Effect::Ends, Some(ends)) => format!("ends with {ends}"),
        (Effect::Moved, _) => format!("begins on {} instead", span.starts),
        (Effect::Restored, Some(ends)) => format!("restored: from {} to {ends}", span.starts),
        (Effect::Restored, None) => format!("restored: from {} on", span.starts),
        (Effect::Cancelled, _) => "cancelled before it began".to_owned(),
        (Effect::Kept, _) => "stays granted, although its run was undone".to_owned(),
        (Effect::Ends, None) => step.effect.as_str().to_owned(),
    };
    let change = if step.old == step.new {
        String::new()
    } else {
        format!(
            ", value {} -> {}",
            value(step.old.as_deref()),
            value(step.new.as_deref())
        )
    };
    format!(
        "  {} run {}: {what}{change}, because {}",
        step.on,
        step.run,
        reason::sentence(step.reason)
    )
}
