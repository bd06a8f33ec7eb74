//! What somebody does to people by hand: `pin`, `unpin`, `protect`, `unprotect` and `employee`.

use super::{pins, print_json, say, who};
use crate::{
    arguments::{Arguments, EmployeeCommand, HandCommand},
    complain::{Complaint, exit_code},
    show::{self, safe},
    wiring::Wiring,
};
use muster_core::{
    model::{
        employee::{Employee, Status},
        field::FieldNumber,
        run::RunStatus,
        workspace::Workspace,
    },
    setup::suggestion::nearest,
};
use muster_engine::{Deed, Outcome, by_hand};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(arguments: &Arguments, command: &HandCommand) -> Result<ExitCode, Complaint> {
    if matches!(command, HandCommand::Pins) {
        return pins::list(arguments);
    }
    let wiring = Wiring::look(arguments)?;
    let workspace = wiring.workspace()?;
    let hand = Hand {
        arguments,
        wiring,
        workspace,
    };
    match command {
        HandCommand::Pin {
            who,
            field,
            value,
            reason,
            until,
        } => {
            let deed = Deed::Pin(hand.person(who)?.id, (hand.field(field)?, value), *until);
            hand.does(deed, Some(reason))
        }
        HandCommand::Unpin { who, field } => {
            hand.does(Deed::Unpin(hand.person(who)?.id, hand.field(field)?), None)
        }
        HandCommand::Pins => Ok(ExitCode::SUCCESS),
        HandCommand::Protect { who, reason } => hand.protects(who, true, Some(reason)),
        HandCommand::Unprotect { who, reason } => hand.protects(who, false, reason.as_deref()),
        HandCommand::Employee(EmployeeCommand::Create { values, reason }) => {
            hand.does(Deed::Create(&hand.values(values)?), reason.as_deref())
        }
        HandCommand::Employee(EmployeeCommand::Edit {
            who,
            values,
            reason,
        }) => hand.does(
            Deed::Edit(hand.person(who)?.id, &hand.values(values)?),
            reason.as_deref(),
        ),
        HandCommand::Employee(EmployeeCommand::Deactivate { who, on, reason }) => hand.does(
            Deed::Deactivate(hand.person(who)?.id, *on),
            reason.as_deref(),
        ),
    }
}

struct Hand<'a> {
    arguments: &'a Arguments,
    wiring: Wiring,
    workspace: Workspace,
}

impl Hand<'_> {
    /// The one person who is meant.
    fn person(&self, who: &str) -> Result<Employee, Complaint> {
        who::find(&self.wiring, &self.workspace, who)
    }

    fn field(&self, key: &str) -> Result<FieldNumber, Complaint> {
        field(&self.workspace, key)
    }

    /// `title=Lead` as a field and its value.
    fn values<'v>(&self, given: &'v [String]) -> Result<Vec<(FieldNumber, &'v str)>, Complaint> {
        let pair = |text: &'v String| {
            let (key, value) = text.split_once('=').ok_or_else(|| {
                Complaint::usage(
                    format!("`{}` is not a field and its value", safe(text)),
                    "write it as in `title='Team lead'`",
                )
            })?;
            Ok((self.field(key)?, value))
        };
        given.iter().map(pair).collect()
    }

    fn does(&self, deed: Deed<'_>, note: Option<&str>) -> Result<ExitCode, Complaint> {
        let outcome = by_hand(&self.workspace, deed, note, &self.wiring.deps())?;
        if self.arguments.json {
            print_json(&show::object(&outcome, &self.workspace.schema));
        } else {
            self.tell(&outcome);
        }
        Ok(exit_code(outcome.status, false))
    }

    fn tell(&self, outcome: &Outcome) {
        for view in outcome
            .proposal
            .iter()
            .flat_map(|proposal| proposal.views())
        {
            say(show::operation_line(&view, &self.workspace.schema, &[]));
        }
        outcome
            .proposal
            .iter()
            .for_each(|proposal| show::problems(&proposal.problems, &[]));
        let done = match outcome.status {
            RunStatus::NothingToDo => "nothing to do; that is so already",
            _ => "applied by hand",
        };
        say(format!("run {}: {done}", outcome.run));
    }

    fn protects(
        &self,
        who: &str,
        protected: bool,
        note: Option<&str>,
    ) -> Result<ExitCode, Complaint> {
        let person = self.person(who)?;
        if person.status == Status::Erased {
            return Err(Complaint::usage(
                format!("employee {} was erased", person.id),
                "nothing can be changed",
            ));
        }
        let changed = muster_engine::protect(
            &self.workspace,
            person.id,
            protected,
            note,
            &self.wiring.deps(),
        )?;
        if self.arguments.json {
            print_json(
                &json!({ "employee": person.id, "protected": protected, "changed": changed }),
            );
            return Ok(ExitCode::SUCCESS);
        }
        let name = safe(&person.name());
        say(match (changed, protected) {
            (false, true) => format!("{name} is protected already"),
            (false, false) => format!("{name} is not protected"),
            (true, true) => format!("{name} is protected: no sync, sweep or undo removes them"),
            (true, false) => format!("{name} is not protected any more"),
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// The number of a field, or what it may be called.
pub(super) fn field(workspace: &Workspace, key: &str) -> Result<FieldNumber, Complaint> {
    let schema = &workspace.schema;
    if let Some(number) = schema.find(key) {
        return Ok(number);
    }
    if let Some(number) = schema.formerly(key) {
        let new = schema.key(number);
        return Err(Complaint::usage(
            format!("the field `{key}` is called `{new}` now"),
            format!("write `{new}`"),
        ));
    }
    let near = nearest(key, schema.iter().map(|(_, field)| field.key.as_str()));
    let advice = near.map_or(
        "`muster fields` lists the workspace's own".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Complaint::usage(
        format!("there is no field `{}`", safe(key)),
        advice,
    ))
}
