//! The one person whom a command is about, by external id, address, number or name.

use crate::{complain::Complaint, show::safe, wiring::Wiring};
use muster_core::model::{employee::Employee, workspace::Workspace};

/// How many people of one name are listed.
const LISTED: usize = 10;

/// The one person who is meant.
pub(super) fn find(
    wiring: &Wiring,
    workspace: &Workspace,
    who: &str,
) -> Result<Employee, Complaint> {
    let mut people = wiring.store.find(workspace, who)?;
    match people.as_slice() {
        [_] => Ok(people.remove(0)),
        [] => Err(nobody(workspace, who, "")),
        several => Err(ambiguous(who, several)),
    }
}

/// Nobody is; `besides` goes on with the sentence.
pub(super) fn nobody(workspace: &Workspace, who: &str, besides: &str) -> Complaint {
    let message = format!(
        "nobody in workspace `{}` has the external id, address, number or name `{}`{besides}",
        workspace.name,
        safe(who)
    );
    Complaint::usage(message, "`muster employees` lists everybody")
}

/// Several people have this name.
pub(super) fn ambiguous(who: &str, people: &[Employee]) -> Complaint {
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
    let listed: String = people.iter().take(LISTED).map(one).collect();
    let more = if people.len() > LISTED {
        "\n    ... and more"
    } else {
        ""
    };
    let message = format!("`{}` may be any of:{listed}{more}", safe(who));
    Complaint::usage(message, "use the external id, the address or the number")
}
