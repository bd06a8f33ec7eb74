//! The exact list of operations that a run wants to do, and why.

use crate::{
    model::{
        employee::{Employee, Status},
        facts::FactsRef,
        field::{FieldNumber, canonical},
        ids::{EmployeeId, RunId},
        origin::Origin,
    },
    read::roster::Fingerprint,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an operation does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    Create,
    /// Other values of a known person.
    Update,
    /// An inactive person works here again; values may change with it.
    Reactivate,
    /// A scheduled person's day has come.
    Activate,
    /// A person has left; values may change with it.
    Deactivate,
    /// A person has left and their values are removed.
    Delete,
}

impl OperationKind {
    /// All kinds, in the order of the enumeration.
    pub const ALL: [Self; 6] = [
        Self::Create,
        Self::Update,
        Self::Reactivate,
        Self::Activate,
        Self::Deactivate,
        Self::Delete,
    ];

    /// The kind as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Reactivate => "reactivate",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
        }
    }

    /// Reads a stored kind.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether the person leaves; guards count these.
    pub fn is_removal(self) -> bool {
        matches!(self, Self::Deactivate | Self::Delete)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// Why an operation or a change is in the plan: the rule that caused it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[$doc])* $variant,)* }

        impl Reason {
            /// All reasons, in the order of the enumeration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The reason as stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a stored reason; version 0.1.0 stored manual edits under another name.
            pub fn parse(text: &str) -> Option<Self> {
                if text == "by_hand" {
                    return Some(Self::ManualEdit);
                }
                Self::ALL.iter().copied().find(|reason| reason.as_str() == text)
            }
        }
    };
}

reasons! {
    /// Neither id nor address is known.
    NewPerson = "new_person";
    /// The external id is this person's.
    SameExternalId = "same_external_id";
    /// The address is this person's, and there is no id in the record.
    SameEmail = "same_email";
    /// The address is this person's, who had no external id yet.
    IdAdopted = "id_adopted";
    /// The same key came back.
    CameBack = "came_back";
    /// A date came.
    OnboardingDate = "onboarding_date";
    /// A date came or has passed.
    OffboardingDate = "offboarding_date";
    /// Not in a complete delivery.
    Missing = "missing";
    /// The selection no longer takes the record.
    Deselected = "deselected";
    /// The source says that the person does not work here.
    SourceStatus = "source_status";
    /// A record said so.
    Record = "record";
    /// The workspace's default.
    WorkspaceDefault = "workspace_default";
    /// On request.
    Erased = "erased";
    /// A run is undone.
    Undo = "undo";
    /// A manual edit.
    #[serde(alias = "by_hand")]
    ManualEdit = "manual_edit";
    /// The field was pinned to this value.
    Pinned = "pinned";
    /// The pin was removed.
    Unpinned = "unpinned";
    /// The source says what the field was pinned to.
    PinReleased = "pin_released";
    /// The pin's last day is over.
    PinExpired = "pin_expired";
    /// The employee was protected.
    Protected = "protected";
    /// The protection was removed.
    Unprotected = "unprotected";
    /// The new address would be held: names and birthday of an employee who is not in the delivery.
    ProbableEmailChange = "probable_email_change";
    /// Rehire or recycled address.
    RehireOrRecycledAddress = "rehire_or_recycled_address";
    /// An employee was attached to a record of a source.
    Linked = "linked";
    /// An employee was detached from their source.
    Unlinked = "unlinked";
    /// Two employees became one.
    Merged = "merged";
    /// The duplicate of a merge.
    MergedInto = "merged_into";
    /// Another source took the place of the one before.
    Succession = "succession";
    /// The owner no longer delivers the employee.
    TakeOver = "take_over";
    /// Day and month may be exchanged.
    DateOrderInDoubt = "date_order_in_doubt";
    /// A selection rule has a value that nobody has classified.
    NewSelectionValue = "new_selection_value";
    /// Rows of the file may be missing or garbled.
    FileInDoubt = "file_in_doubt";
    /// The id may belong to another employee now.
    IdReused = "id_reused";
    /// The address may belong to another employee now.
    RecycledAddress = "recycled_address";
    /// An employed employee may have a new id.
    NewExternalId = "new_external_id";
    /// The end in the record lies before the stored start.
    EndBeforeStart = "end_before_start";
    /// A record ends the employment on or before its start.
    StartCancelled = "start_cancelled";
    /// Evidence against the start of a scheduled employee.
    #[serde(rename = "start_doubted")]
    StartUnconfirmed = "start_doubted";
    /// What the record says may be wrong, because its file is damaged.
    RecordInDoubt = "record_in_doubt";
}

impl Reason {
    /// Whether a change for this reason takes the pin off its field. The value may stay the same.
    pub fn ends_pin(self) -> bool {
        matches!(self, Self::Unpinned | Self::PinReleased | Self::PinExpired)
    }
}

/// One value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub what: Changed,
    /// The value until now; none: there was none.
    pub old: Option<String>,
    /// The value from now on; none: there is none.
    pub new: Option<String>,
    pub reason: Reason,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    Status,
    Field(FieldNumber),
    /// The integration that manages the employee, by name; no value: nobody does.
    Owner,
}

/// A new person, as small as can be: the facts are the draft's, in the reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Create {
    /// Position of the draft.
    pub draft: u32,
    /// Active, or scheduled until the onboarding date.
    pub status: Status,
}

/// A change of a known employee, or a held change of an employee who may be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub kind: OperationKind,
    /// The person; none for a create.
    pub employee: Option<EmployeeId>,
    /// The revision of the person that this was computed from; 0 for a create.
    pub revision: i64,
    /// Position of the draft that causes it; none: a rule or a date does.
    pub draft: Option<u32>,
    /// Where that record is.
    pub origin: Option<Origin>,
    pub reason: Reason,
    /// Old and new values, status included. For a create: everything that is set.
    pub changes: Vec<Change>,
    /// Identity of the person for lists and messages.
    pub who: Who,
    /// A person must decide on this operation even if the rest of the plan is applied.
    pub held: Option<Reason>,
    /// What the integration has then said of the person; none: look in full next time.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the integration becomes the person's owner with this.
    pub takes_ownership: bool,
}

/// How a person is named in lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Who {
    /// The external id, if there is one.
    pub external_id: Option<String>,
    pub email: Option<String>,
    /// First name, prefix, last name.
    pub name: String,
}

/// All operations of a run. Numbers count from 1: creates first, then the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// New people, in the order of the delivery.
    pub creates: Vec<Create>,
    /// Everything else, in the order of employee, then delivery.
    pub operations: Vec<Operation>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.creates.is_empty() && self.operations.is_empty()
    }

    pub fn len(&self) -> usize {
        self.creates.len() + self.operations.len()
    }
}

/// A plan's identity: the run that made it and the hash of its operations. To approve an id is to
/// approve exactly these operations.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlanId {
    /// The run that made the plan.
    pub run: RunId,
    /// First eight hexadecimal digits of the hash.
    pub hash: String,
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.hash)
    }
}

/// The text does not have the form of a plan id, which is that of `12-3f9a2c1b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPlanId;

impl std::str::FromStr for PlanId {
    type Err = NotAPlanId;

    fn from_str(text: &str) -> Result<Self, NotAPlanId> {
        let (run, hash) = text.split_once('-').ok_or(NotAPlanId)?;
        let run = run.parse().map_err(|_| NotAPlanId)?;
        if hash.len() != 8 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAPlanId);
        }
        Ok(Self {
            run: RunId(run),
            hash: hash.to_owned(),
        })
    }
}

impl Who {
    /// How a known employee is named in lists.
    pub fn of_employee(employee: &Employee) -> Self {
        Self {
            external_id: employee.external_id().map(str::to_owned),
            email: Some(employee.email().to_owned()).filter(|email| !email.is_empty()),
            name: employee.name(),
        }
    }

    /// How the employee of a record is named in lists.
    pub fn of_record(facts: FactsRef<'_>) -> Self {
        let parts = [
            canonical::FIRST_NAME,
            canonical::PREFIX,
            canonical::LAST_NAME,
        ];
        let names: Vec<&str> = parts
            .iter()
            .filter_map(|field| facts.value(*field))
            .collect();
        Self {
            external_id: facts.value(canonical::EXTERNAL_ID).map(str::to_owned),
            email: facts.value(canonical::EMAIL).map(str::to_owned),
            name: names.join(" "),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.external_id.as_ref().or(self.email.as_ref());
        match (self.name.is_empty(), key) {
            (true, Some(key)) => f.write_str(key),
            (true, None) => f.write_str("an employee without a name"),
            (false, Some(key)) => write!(f, "{} ({key})", self.name),
            (false, None) => f.write_str(&self.name),
        }
    }
}
