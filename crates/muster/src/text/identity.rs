//! Linking, unlinking and merging employees, and replacing one source by another.

use muster_core::model::problem::identity::{Detail, Remedy};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::IdOfAnother { id, holder, number } => {
            format!("the external id `{id}` belongs to {holder} (employee {number})")
        }
        Detail::NotLinked { name } => {
            format!("{name} has no external id and is not managed by an integration")
        }
        Detail::AddressInUse { name } => {
            format!("{name} still works here, so the e-mail address is in use")
        }
        Detail::SameEmployee { name } => format!("both arguments name {name}"),
        Detail::FieldPinned { name, field } => format!("`{field}` of {name} is pinned"),
        Detail::Erased { number } => format!("employee {number} was erased"),
        Detail::Ambiguous { name, candidates } => format!(
            "{name} matches {} records of the new source: {}",
            candidates.len(),
            candidates.join(", ")
        ),
        Detail::NothingToReplace { integration } => {
            format!("`{integration}` manages no employees")
        }
        Detail::SameIntegration { integration } => {
            format!("`{integration}` cannot replace itself")
        }
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Merge {
            survivor,
            duplicate,
        } => format!(
            "if both are one person, merge them: muster employee merge {survivor} {duplicate}"
        ),
        Remedy::Nothing => "no action is needed".to_owned(),
        Remedy::DeactivateFirst => {
            "deactivate the employee first, or omit `--free-address`".to_owned()
        }
        Remedy::NameAnother => "name two different employees".to_owned(),
        Remedy::Unpin { field } => {
            format!("remove the pin first with `muster unpin EMPLOYEE {field}`")
        }
        Remedy::LinkManually => {
            "link the right record with `muster employee link EMPLOYEE EXTERNAL_ID`".to_owned()
        }
        Remedy::SetIdPrefix => {
            "set `id_prefix` in the `[mapping]` of the new source, so that its ids \
            differ from those of the old one"
                .to_owned()
        }
        Remedy::CheckIntegration => "`muster runs` lists the integrations that have run".to_owned(),
    }
}
