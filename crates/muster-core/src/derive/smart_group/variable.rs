//! What a rule may name of a person: every field of the workspace, and the status.

use crate::{
    model::{
        employee::Employee,
        field::{FieldNumber, Schema},
        problem::rule::Remedy,
    },
    read::normalise::FieldKind,
    setup::suggestion::nearest,
};

/// The key under which rules name a person's status.
pub(super) const STATUS: &str = "status";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Status,
    Field(FieldNumber),
    /// A field that the workspace no longer has: nobody has a value in it.
    Gone,
}

impl Variable {
    pub(super) fn find(key: &str, schema: &Schema) -> Option<Self> {
        if key == STATUS {
            return Some(Self::Status);
        }
        schema.find(key).map(Self::Field)
    }

    /// The value that a person has; empty if none.
    pub(super) fn of(self, person: &Employee) -> &str {
        match self {
            Self::Status => person.status.as_str(),
            Self::Field(field) => person.value(field).unwrap_or_default(),
            Self::Gone => "",
        }
    }

    /// How its values are read; none for the status, whose values are texts.
    pub(super) fn kind(self, schema: &Schema) -> Option<&FieldKind> {
        match self {
            Self::Field(field) => schema.get(field).map(|field| &field.kind),
            Self::Status | Self::Gone => None,
        }
    }
}

/// What to write instead of a name that is unknown, among `others` and the fields.
pub(super) fn instead(unknown: &str, schema: &Schema, others: &[&'static str]) -> Remedy {
    if let Some(field) = schema.formerly(unknown) {
        let key = schema.key(field).to_owned();
        return Remedy::UseNewKey { key };
    }
    let fields = schema.iter().map(|(_, field)| field.key.as_str());
    let near = nearest(
        unknown,
        fields.chain([STATUS]).chain(others.iter().copied()),
    );
    near.map_or(Remedy::UseField, |near| Remedy::UseNearest {
        name: near.to_owned(),
    })
}
