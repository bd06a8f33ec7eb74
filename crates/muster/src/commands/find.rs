//! Finds the employee that a command names, by external id, address, number or name.

use crate::{error::CommandError, show::safe, wiring::Wiring};
use muster_core::model::{code::Code, employee::Employee, workspace::Workspace};

/// How many matching employees are listed.
const MAX_LISTED: usize = 10;

pub(super) fn employee(
    wiring: &Wiring,
    workspace: &Workspace,
    who: &str,
) -> Result<Employee, CommandError> {
    let mut people = wiring.store.find(workspace, who)?;
    match people.as_slice() {
        [_] => Ok(people.remove(0)),
        [] => Err(not_found(workspace, who, "")),
        several => Err(ambiguous(who, several)),
    }
}

/// No employee matches; `besides` is appended to the message.
pub(super) fn not_found(workspace: &Workspace, who: &str, besides: &str) -> CommandError {
    let message = format!(
        "no employee in workspace `{}` has the external id, e-mail address, number or name `{}`{besides}",
        workspace.name,
        safe(who)
    );
    CommandError::unknown(
        Code::EmployeeUnknown,
        message,
        "run `muster employees` to list all employees",
    )
}

/// Several employees match.
pub(super) fn ambiguous(who: &str, people: &[Employee]) -> CommandError {
    let one = |person: &Employee| {
        let id = person
            .external_id()
            .map_or_else(|| person.id.to_string(), safe);
        format!(
            "\n    {} ({id}) {}",
            safe(&person.name()),
            safe(person.email())
        )
    };
    let listed: String = people.iter().take(MAX_LISTED).map(one).collect();
    let more = if people.len() > MAX_LISTED {
        "\n    ... and more"
    } else {
        ""
    };
    let message = format!("`{}` matches several employees:{listed}{more}", safe(who));
    CommandError::unknown(
        Code::EmployeeAmbiguous,
        message,
        "use the external id, the e-mail address or the employee number",
    )
}
