//! The profile of a plan: how many people it changes in each field, and the first of them. Shown before a
//! changed mapping, matching, selection or rule is used.

use crate::{
    decide::proposal::OperationView,
    model::{
        field::Schema,
        plan::{Changed, OperationKind},
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a plan does to one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldProfile {
    /// Key of the field, or `status`.
    pub field: String,
    /// People whose value changes.
    pub people: u64,
    pub first: Vec<Example>,
}

/// One change of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Example {
    pub who: String,
    /// The value until now.
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What a plan does to people, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Profile {
    /// People who change in any way.
    pub people: u64,
    pub created: u64,
    /// Employees that are deactivated or deleted.
    pub removed: u64,
    /// Of these, employees that are deleted with all their values.
    pub deleted: u64,
    /// The fields, those that change most first.
    pub fields: Vec<FieldProfile>,
}

/// How many examples are kept a field.
const FIRST: usize = 3;

/// Counts the operations of a plan.
pub fn profile<'v>(
    operations: impl Iterator<Item = OperationView<'v>>,
    schema: &Schema,
) -> Profile {
    let mut profile = Profile::default();
    let mut fields: BTreeMap<Changed, FieldProfile> = BTreeMap::new();
    // A record that waits for a person by itself says nothing of the settings.
    for operation in operations.filter(|operation| operation.held.is_none()) {
        profile.people += 1;
        profile.removed += u64::from(operation.kind.is_removal());
        if operation.kind == OperationKind::Delete {
            // All values go: listing one of them as a change would hide that.
            profile.deleted += 1;
            continue;
        }
        if operation.kind == OperationKind::Create {
            profile.created += 1;
            continue;
        }
        // A pin that is released leaves the value as it is.
        for change in operation
            .changes
            .iter()
            .filter(|change| change.old != change.new)
        {
            let field = fields.entry(change.what).or_insert_with(|| FieldProfile {
                field: schema.changed(change.what).to_owned(),
                people: 0,
                first: Vec::new(),
            });
            field.people += 1;
            if field.first.len() < FIRST {
                let who = operation.who.to_string();
                field.first.push(Example {
                    who,
                    old: change.old.clone(),
                    new: change.new.clone(),
                });
            }
        }
    }
    profile.fields = fields.into_values().collect();
    profile
        .fields
        .sort_by_key(|field| std::cmp::Reverse(field.people));
    profile
}
