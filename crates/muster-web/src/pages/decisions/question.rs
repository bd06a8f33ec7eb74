//! What a held operation asks a person, and what each answer does.

use muster_core::model::plan::{Operation, OperationKind, Reason};

/// The keys of the texts of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    /// What is true if the operation is approved, and what follows.
    pub(super) yes: &'static str,
    pub(super) yes_text: &'static str,
    /// What else may be true, and what to do then.
    pub(super) no: &'static str,
    pub(super) no_text: &'static str,
    pub(super) next: Next,
}

/// Where something is done about a record that is not approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Only the source can do it.
    Nowhere,
    /// The page of the employee.
    Employee,
    /// The employee is unlinked from the record.
    Unlink,
    /// All held records of the run.
    Run,
}

const fn question(
    [title, text, yes, yes_text, no, no_text]: [&'static str; 6],
    next: Next,
) -> Question {
    Question {
        title,
        text,
        yes,
        yes_text,
        no,
        no_text,
        next,
    }
}

const EMAIL: Question = question(
    [
        "decision-email",
        "decision-email-text",
        "decision-same-person",
        "decision-email-yes",
        "decision-other-person",
        "decision-email-no",
    ],
    Next::Employee,
);
const ID: Question = question(
    [
        "decision-id",
        "decision-id-text",
        "decision-same-corrected",
        "decision-all-values",
        "decision-other-person",
        "decision-id-no",
    ],
    Next::Unlink,
);
const REHIRE: Question = question(
    [
        "decision-rehire",
        "decision-rehire-text",
        "decision-rehire-yes",
        "decision-rehire-yes-text",
        "decision-other-address",
        "decision-rehire-no",
    ],
    Next::Unlink,
);
const ADDRESS: Question = question(
    [
        "decision-address",
        "decision-address-text",
        "decision-same-corrected",
        "decision-all-values",
        "decision-other-address",
        "decision-address-no",
    ],
    Next::Unlink,
);
const NEW_ID: Question = question(
    [
        "decision-new-id",
        "decision-new-id-text",
        "decision-new-id-yes",
        "decision-new-id-yes-text",
        "decision-other-person",
        "decision-new-id-no",
    ],
    Next::Nowhere,
);
const TAKE_OVER: Question = question(
    [
        "decision-take-over",
        "decision-take-over-text",
        "decision-take-over-yes",
        "decision-take-over-yes-text",
        "decision-take-over-no",
        "decision-take-over-no-text",
    ],
    Next::Employee,
);
const SELECTION: Question = question(
    [
        "decision-selection",
        "decision-selection-text",
        "decision-selection-yes",
        "decision-selection-yes-text",
        "decision-selection-no",
        "decision-selection-no-text",
    ],
    Next::Nowhere,
);
const START: Question = question(
    [
        "decision-start",
        "decision-start-text",
        "decision-start-yes",
        "decision-start-yes-text",
        "decision-start-no",
        "decision-start-no-text",
    ],
    Next::Employee,
);
const DATES: Question = question(
    [
        "decision-dates",
        "decision-dates-text",
        "decision-dates-yes",
        "decision-dates-yes-text",
        "decision-dates-no",
        "decision-dates-no-text",
    ],
    Next::Nowhere,
);
const DAMAGED: Question = question(
    [
        "decision-damaged",
        "decision-damaged-text",
        "decision-record-right",
        "decision-as-shown",
        "decision-damaged-no",
        "decision-damaged-no-text",
    ],
    Next::Nowhere,
);
const END: Question = question(
    [
        "decision-end",
        "decision-end-text",
        "decision-end-yes",
        "decision-as-shown",
        "decision-end-no",
        "decision-dates-no-text",
    ],
    Next::Nowhere,
);
/// It needs a key that another held operation gives up.
const DEPENDENT: Question = question(
    [
        "decision-dependent",
        "decision-dependent-text",
        "decision-record-right",
        "decision-dependent-yes",
        "decision-dependent-no",
        "decision-dependent-no-text",
    ],
    Next::Run,
);
const OTHER: Question = question(
    [
        "decision-question-other",
        "decision-question-other-text",
        "decision-record-right",
        "decision-as-shown",
        "decision-record-wrong",
        "decision-dates-no-text",
    ],
    Next::Nowhere,
);

impl Question {
    pub(super) fn of(operation: &Operation) -> Self {
        let reason = operation.held.unwrap_or(operation.reason);
        let is_new = operation.kind == OperationKind::Create;
        match reason {
            Reason::DateOrderInDoubt => DATES,
            Reason::FileInDoubt | Reason::RecordInDoubt => DAMAGED,
            Reason::ProbableEmailChange
            | Reason::IdReused
            | Reason::RehireOrRecycledAddress
            | Reason::RecycledAddress
            | Reason::NewExternalId
            | Reason::TakeOver
                if is_new =>
            {
                DEPENDENT
            }
            Reason::ProbableEmailChange => EMAIL,
            Reason::IdReused => ID,
            Reason::RehireOrRecycledAddress => REHIRE,
            Reason::RecycledAddress => ADDRESS,
            Reason::NewExternalId => NEW_ID,
            Reason::TakeOver => TAKE_OVER,
            Reason::NewSelectionValue => SELECTION,
            Reason::StartUnconfirmed => START,
            Reason::EndBeforeStart | Reason::StartCancelled => END,
            _ => OTHER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::frame::Frame;
    use muster_core::model::plan::Who;

    fn operation(reason: Reason, kind: OperationKind) -> Operation {
        Operation {
            kind,
            employee: None,
            revision: 0,
            draft: None,
            origin: None,
            reason,
            changes: Vec::new(),
            who: Who::default(),
            held: Some(reason),
            fingerprint: None,
            takes_ownership: false,
        }
    }

    #[test]
    fn every_reason_to_hold_a_record_has_a_question_and_texts() {
        let words = Frame::words();
        for reason in Reason::ALL {
            for kind in OperationKind::ALL {
                let asked = Question::of(&operation(*reason, kind));
                let keys = [
                    asked.title,
                    asked.text,
                    asked.yes,
                    asked.yes_text,
                    asked.no,
                    asked.no_text,
                ];
                for key in keys {
                    assert_ne!(words.t(key), key, "{reason:?} {kind:?}");
                }
            }
        }
        let reused = Question::of(&operation(Reason::IdReused, OperationKind::Update));
        assert_eq!((reused, reused.next), (ID, Next::Unlink));
        let dependent = Question::of(&operation(Reason::IdReused, OperationKind::Create));
        assert_eq!(dependent, DEPENDENT);
    }
}
