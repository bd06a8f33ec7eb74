//! The problems of matching.

use crate::model::{
    code::Code,
    employee::Employee,
    facts::FactsRef,
    field::canonical,
    ids::IntegrationId,
    origin::Origin,
    problem::{
        Problem, Severity,
        matching::{Detail, Holder, Remedy},
        shown,
    },
};
use crate::read::roster::Roster;

/// An employee as messages name them.
pub(crate) fn holder(employee: &Employee) -> Holder {
    Holder {
        name: shown(&employee.name()),
        external_id: employee.external_id().map(shown),
        email: employee.value(canonical::EMAIL).map(shown),
        is_employed: employee.status.is_employed(),
    }
}

/// A rejection of a record, which is named by its id, else by its address.
fn rejected(facts: FactsRef<'_>, code: Code, detail: Detail, remedy: Remedy) -> Problem {
    about(
        facts,
        Problem::new(code, Severity::Rejected, detail, remedy),
    )
}

pub(crate) fn about(facts: FactsRef<'_>, mut problem: Problem) -> Problem {
    problem.subject = facts
        .value(canonical::EXTERNAL_ID)
        .or(facts.value(canonical::EMAIL))
        .map(shown);
    problem
}

fn value(facts: FactsRef<'_>, field: crate::model::field::FieldNumber) -> Option<String> {
    facts.value(field).map(shown)
}

pub(super) fn other_integration(
    facts: FactsRef<'_>,
    employee: &Employee,
    owner: IntegrationId,
    roster: &Roster,
) -> Problem {
    let name = |id: IntegrationId| roster.names.get(&id).map(|name| shown(name));
    let detail = Detail::OtherIntegration {
        holder: holder(employee),
        owner: name(owner),
        integration: roster.integration.and_then(name),
    };
    rejected(facts, Code::MatchOwner, detail, Remedy::RemoveFromOneSource)
}

/// The address belongs to another employee who keeps it; `is_new`: nobody has the record's id.
pub(super) fn address_taken(facts: FactsRef<'_>, employee: &Employee, is_new: bool) -> Problem {
    let id = facts.value(canonical::EXTERNAL_ID);
    let code = if is_new {
        Code::MatchConflict
    } else {
        Code::AddressTaken
    };
    let is_spreadsheet = is_new
        && id
            .zip(employee.external_id())
            .is_some_and(|(ours, theirs)| same_but_for_spreadsheets(ours, theirs));
    let remedy = if is_spreadsheet {
        Remedy::ExportIdsAsText
    } else {
        Remedy::CorrectKeys
    };
    let detail = Detail::AddressTaken {
        address: value(facts, canonical::EMAIL).unwrap_or_default(),
        external_id: id.map(shown),
        holder: holder(employee),
    };
    rejected(facts, code, detail, remedy)
}

/// The same as a warning: the record ends the employment, for which its address is not needed.
pub(crate) fn address_ignored(facts: FactsRef<'_>, employee: &Employee) -> Problem {
    let detail = Detail::AddressIgnored {
        address: value(facts, canonical::EMAIL).unwrap_or_default(),
        holder: holder(employee),
    };
    let problem = Problem::new(
        Code::AddressTaken,
        Severity::Warning,
        detail,
        Remedy::CorrectKeys,
    );
    about(facts, problem)
}

/// Whether two ids are the same before and after a spreadsheet read one as a number, or as text by an apostrophe.
pub(super) fn same_but_for_spreadsheets(one: &str, other: &str) -> bool {
    let bare = |id: &'_ str| {
        id.trim_start_matches(['\'', '0'])
            .trim_end_matches(".0")
            .to_owned()
    };
    !bare(one).is_empty() && bare(one) == bare(other)
}

/// The id belongs to another employee who keeps it.
pub(super) fn id_taken(facts: FactsRef<'_>, employee: &Employee) -> Problem {
    let detail = Detail::IdTaken {
        external_id: value(facts, canonical::EXTERNAL_ID).unwrap_or_default(),
        holder: holder(employee),
    };
    rejected(facts, Code::MatchConflict, detail, Remedy::CorrectKeys)
}

/// Two records about one employee with different content.
pub(super) fn duplicate(
    facts: FactsRef<'_>,
    (line, other): (Origin, Origin),
    fields: Vec<String>,
) -> Problem {
    let detail = Detail::Duplicate {
        line,
        other,
        key: None,
        fields,
    };
    rejected(facts, Code::RecordDuplicate, detail, Remedy::KeepOneRecord)
}

/// Another record about the same employee was rejected.
pub(super) fn blocked(
    facts: FactsRef<'_>,
    (line, other): (Origin, Origin),
    employee: &Employee,
) -> Problem {
    let detail = Detail::Blocked {
        line,
        other,
        holder: holder(employee),
    };
    rejected(
        facts,
        Code::RecordDuplicate,
        detail,
        Remedy::CorrectOtherRecord,
    )
}
