//! Why an operation or a change is in a plan, as it reads after "because".

use muster_core::model::plan::Reason;

pub(crate) fn sentence(reason: Reason) -> &'static str {
    match reason {
        Reason::NewPerson => "no employee has this external id or e-mail address",
        Reason::SameExternalId => "the external id matches",
        Reason::SameEmail => "the e-mail address matches",
        Reason::IdAdopted => "the e-mail address matches, and the employee had no external id",
        Reason::CameBack => "the employee is in the delivery again",
        Reason::OnboardingDate => "the onboarding date was reached",
        Reason::OffboardingDate => "the offboarding date was reached",
        Reason::Missing => "the employee is missing from a complete delivery",
        Reason::Deselected => "the employee no longer matches the selection rules",
        Reason::SourceStatus => "the source lists the employee as not employed",
        Reason::Record => "the record has this value",
        Reason::WorkspaceDefault => {
            "the record has no value, so the default of the workspace applies"
        }
        Reason::Erased => "erasure of the personal data was requested",
        Reason::Undo => "an earlier run was undone",
        Reason::ManualEdit => "this change was made manually",
        Reason::Pinned => "the field was pinned to this value",
        Reason::Unpinned => "the pin was removed, so the value of the source applies",
        Reason::PinReleased => "the source delivers the pinned value, so the pin was released",
        Reason::PinExpired => "the pin has expired, so the value of the source applies",
        Reason::Protected => "the employee was protected: no sync, sweep or undo removes them",
        Reason::Unprotected => "the protection was removed",
        Reason::ProbableEmailChange => {
            "names and birthday are those of an active employee who is not in this delivery: probably a new e-mail address"
        }
        Reason::RehireOrRecycledAddress => {
            "the address belongs to an inactive employee with another external id: a rehire or a reused address"
        }
        Reason::Linked => "the employee was linked to this external id manually",
        Reason::Unlinked => "the employee was unlinked from their source manually",
        Reason::Merged => "another employee was merged into this one manually",
        Reason::MergedInto => "the employee was merged into another one manually",
        Reason::Succession => "this source replaces the one that managed the employee before",
        Reason::TakeOver => {
            "the integration that manages the employee no longer delivers a record for them, and this one does"
        }
        Reason::DateOrderInDoubt => {
            "dates of the delivery seem to have day and month exchanged, and this employee is new"
        }
        Reason::NewSelectionValue => "the record has a new value that is not in the selection rule",
        Reason::FileInDoubt => {
            "some rows of the file look damaged, so the departures in it are held for review"
        }
        Reason::IdReused => {
            "names, birthday or address are those of another employee: the external id may have been reassigned"
        }
        Reason::RecycledAddress => {
            "the names or the birthday differ: the address may have been reassigned"
        }
        Reason::NewExternalId => {
            "the address and the names are those of an employee with another external id: probably a new id for the same employee"
        }
        Reason::EndBeforeStart => {
            "the offboarding date was reached, but is before the stored onboarding date"
        }
        Reason::StartCancelled => "the record ends the employment on or before its start",
        Reason::StartUnconfirmed => {
            "the onboarding date was reached, but the source no longer confirms the start"
        }
        Reason::RecordInDoubt => "the delivery is damaged, so this record may be wrong",
    }
}
