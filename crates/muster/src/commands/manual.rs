//! Manual edits of employees: `pin`, `unpin`, `protect`, `unprotect` and `employee`.

use super::{employee_export, find, pins, print_json, print_report, say};
use crate::{
    arguments::{Arguments, EmployeeCommand, ManualCommand},
    error::{CommandError, exit_code},
    show::{self, safe},
    wiring::Wiring,
};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        code::Code,
        employee::{Employee, Status},
        field::FieldNumber,
        response::{EditPreview, Operation, Protection},
        run::RunStatus,
        workspace::Workspace,
    },
    setup::suggestion::nearest,
};
use muster_engine::{Edit, Outcome, edit_manually, preview_edit};
use std::process::ExitCode;

pub(super) fn run(
    arguments: &Arguments,
    command: &ManualCommand,
) -> Result<ExitCode, CommandError> {
    match command {
        ManualCommand::Pins => return pins::list(arguments),
        ManualCommand::Employee(EmployeeCommand::Export { employee }) => {
            return employee_export::export(arguments, employee);
        }
        _ => {}
    }
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let edits = ManualEdits {
        arguments,
        wiring,
        workspace,
    };
    match command {
        ManualCommand::Pin {
            employee,
            field,
            value,
            reason,
            until,
        } => {
            let edit = Edit::Pin(
                edits.person(employee)?.id,
                (edits.field(field)?, value),
                *until,
            );
            edits.apply(edit, Some(reason))
        }
        ManualCommand::Unpin { employee, field } => edits.apply(
            Edit::Unpin(edits.person(employee)?.id, edits.field(field)?),
            None,
        ),
        ManualCommand::Pins | ManualCommand::Employee(EmployeeCommand::Export { .. }) => {
            Ok(ExitCode::SUCCESS)
        }
        ManualCommand::Protect { employee, reason } => edits.protect(employee, true, Some(reason)),
        ManualCommand::Unprotect { employee, reason } => {
            edits.protect(employee, false, reason.as_deref())
        }
        ManualCommand::Employee(EmployeeCommand::Create { values, reason }) => {
            edits.apply(Edit::Create(&edits.values(values)?), reason.as_deref())
        }
        ManualCommand::Employee(EmployeeCommand::Edit {
            employee,
            values,
            reason,
        }) => edits.apply(
            Edit::Edit(edits.person(employee)?.id, &edits.values(values)?),
            reason.as_deref(),
        ),
        ManualCommand::Employee(EmployeeCommand::Link {
            employee,
            external_id,
            integration,
            plan,
            reason,
        }) => {
            let edit = Edit::Link(
                edits.person(employee)?.id,
                external_id,
                integration.as_deref(),
            );
            edits.plan_or_apply(*plan, edit, reason.as_deref())
        }
        ManualCommand::Employee(EmployeeCommand::Unlink {
            employee,
            free_address,
            plan,
            reason,
        }) => {
            let edit = Edit::Unlink(edits.person(employee)?.id, *free_address);
            edits.plan_or_apply(*plan, edit, reason.as_deref())
        }
        ManualCommand::Employee(EmployeeCommand::Merge {
            survivor,
            duplicate,
            take,
            plan,
            reason,
        }) => {
            let take: Vec<FieldNumber> = take
                .iter()
                .map(|key| edits.field(key))
                .collect::<Result<_, _>>()?;
            let edit = Edit::Merge(
                edits.person(survivor)?.id,
                edits.person(duplicate)?.id,
                &take,
            );
            edits.plan_or_apply(*plan, edit, reason.as_deref())
        }
        ManualCommand::Employee(EmployeeCommand::Deactivate {
            employee,
            on,
            reason,
        }) => edits.apply(
            Edit::Deactivate(edits.person(employee)?.id, *on),
            reason.as_deref(),
        ),
    }
}

struct ManualEdits<'a> {
    arguments: &'a Arguments,
    wiring: Wiring,
    workspace: Workspace,
}

impl ManualEdits<'_> {
    fn person(&self, who: &str) -> Result<Employee, CommandError> {
        find::employee(&self.wiring, &self.workspace, who)
    }

    fn field(&self, key: &str) -> Result<FieldNumber, CommandError> {
        field(&self.workspace, key)
    }

    /// `title=Lead` as a field and its value.
    fn values<'v>(&self, given: &'v [String]) -> Result<Vec<(FieldNumber, &'v str)>, CommandError> {
        let pair = |text: &'v String| {
            let (key, value) = text.split_once('=').ok_or_else(|| {
                CommandError::usage(
                    format!("`{}` is not of the form FIELD=VALUE", safe(text)),
                    "write it like `title='Team lead'`",
                )
            })?;
            Ok((self.field(key)?, value))
        };
        given.iter().map(pair).collect()
    }

    fn apply(&self, edit: Edit<'_>, note: Option<&str>) -> Result<ExitCode, CommandError> {
        let outcome = edit_manually(&self.workspace, edit, note, &self.wiring.deps())?;
        if self.arguments.json {
            print_report(&self.wiring, &self.workspace, &outcome);
        } else {
            self.tell(&outcome);
        }
        Ok(exit_code(outcome.status))
    }

    fn plan_or_apply(
        &self,
        plan_only: bool,
        edit: Edit<'_>,
        note: Option<&str>,
    ) -> Result<ExitCode, CommandError> {
        if !plan_only {
            return self.apply(edit, note);
        }
        let proposal = preview_edit(&self.workspace, edit, &self.wiring.deps())?;
        if self.arguments.json {
            let schema = &self.workspace.schema;
            let operations: Vec<_> = proposal
                .views()
                .map(|view| Operation::new(&view, schema, &[]))
                .collect();
            print_json(&EditPreview { operations });
        } else {
            self.print_operations(&proposal);
            say("nothing was changed; run the command without --plan to apply this");
        }
        Ok(ExitCode::SUCCESS)
    }

    fn print_operations(&self, proposal: &Proposal) {
        for view in proposal.views() {
            say(show::operation_line(&view, &self.workspace.schema, &[]));
        }
        show::problems(&proposal.problems, &[]);
    }

    fn tell(&self, outcome: &Outcome) {
        outcome
            .proposal
            .iter()
            .for_each(|proposal| self.print_operations(proposal));
        let done = match outcome.status {
            RunStatus::NothingToDo => "nothing to do; the directory already has these values",
            _ => "applied",
        };
        say(format!("run {}: {done}", outcome.run));
    }

    fn protect(
        &self,
        who: &str,
        protected: bool,
        note: Option<&str>,
    ) -> Result<ExitCode, CommandError> {
        let person = self.person(who)?;
        if person.status == Status::Erased {
            return Err(CommandError::usage(
                format!("employee {} was erased", person.id),
                "an erased employee cannot be changed",
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
            print_json(&Protection {
                employee: person.id,
                protected,
                changed,
            });
            return Ok(ExitCode::SUCCESS);
        }
        let name = safe(&person.name());
        say(match (changed, protected) {
            (false, true) => format!("{name} is already protected"),
            (false, false) => format!("{name} is not protected"),
            (true, true) => format!("{name} is protected from removal by a sync, sweep or undo"),
            (true, false) => format!("{name} is no longer protected"),
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// The number of a field, or an error with the nearest key.
pub(super) fn field(workspace: &Workspace, key: &str) -> Result<FieldNumber, CommandError> {
    let schema = &workspace.schema;
    if let Some(number) = schema.find(key) {
        return Ok(number);
    }
    if let Some(number) = schema.formerly(key) {
        let new = schema.key(number);
        return Err(CommandError::unknown(
            Code::FieldUnknown,
            format!("the field `{key}` was renamed to `{new}`"),
            format!("use `{new}`"),
        ));
    }
    let near = nearest(key, schema.iter().map(|(_, field)| field.key.as_str()));
    let advice = near.map_or(
        "run `muster fields` to list the custom fields".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(CommandError::unknown(
        Code::FieldUnknown,
        format!("there is no field `{}`", safe(key)),
        advice,
    ))
}
