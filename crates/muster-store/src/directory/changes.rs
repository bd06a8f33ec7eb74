//! The stored form of changes and values. A field is stored under its first key, which stays valid
//! after a new schema and after a rename.

use crate::db::error::{DbError, corrupt};
use muster_core::{
    decide::shared_change::SharedChange,
    model::{
        field::{FieldNumber, Schema},
        plan::{Change, Changed, Reason},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The key under which a change of status is stored; no field may have it.
pub(crate) const STATUS: &str = "status";

/// The key under which a change of the managing integration is stored; field keys have no `@`.
const OWNER: &str = "@managed_by";

#[derive(Serialize)]
struct Written<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
    reason: &'a str,
}

#[derive(Deserialize)]
struct Stored {
    key: String,
    old: Option<String>,
    new: Option<String>,
    reason: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenShared<'a> {
    Same {
        key: &'a str,
        old: Option<&'a str>,
        new: Option<&'a str>,
    },
    Field {
        key: &'a str,
    },
}

/// The old and the new value are both there, as `null` if there is none, or both are not.
#[derive(Deserialize)]
struct StoredShared {
    key: String,
    #[serde(default, deserialize_with = "present")]
    old: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    new: Option<Option<String>>,
}

fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// The stored form of a shared change.
pub(crate) fn write_shared_change(shared: &SharedChange, schema: &Schema) -> String {
    let key = stored_key(shared.what(), schema);
    json(&match shared {
        SharedChange::SameChange { old, new, .. } => WrittenShared::Same {
            key,
            old: old.as_deref(),
            new: new.as_deref(),
        },
        SharedChange::SameField { .. } => WrittenShared::Field { key },
    })
}

/// Reads a stored shared change; none: its field was removed.
pub(crate) fn read_shared_change(
    text: &str,
    schema: &Schema,
) -> Result<Option<SharedChange>, DbError> {
    let stored: StoredShared =
        serde_json::from_str(text).map_err(|_| corrupt("operation", "shared_change", text))?;
    Ok(
        found(&stored.key, schema).map(|what| match (stored.old, stored.new) {
            (Some(old), Some(new)) => SharedChange::SameChange { what, old, new },
            _ => SharedChange::SameField { what },
        }),
    )
}

fn stored_key(what: Changed, schema: &Schema) -> &str {
    match what {
        Changed::Status => STATUS,
        Changed::Owner => OWNER,
        Changed::Field(field) => schema.stored_key(field),
    }
}

/// What a stored key stands for; none: its field was removed.
fn found(key: &str, schema: &Schema) -> Option<Changed> {
    match key {
        STATUS => Some(Changed::Status),
        OWNER => Some(Changed::Owner),
        key => schema.find_stored(key).map(Changed::Field),
    }
}

/// The stored form of changes.
pub(crate) fn write(changes: &[Change], schema: &Schema) -> String {
    let written: Vec<_> = changes
        .iter()
        .map(|change| Written {
            key: stored_key(change.what, schema),
            old: change.old.as_deref(),
            new: change.new.as_deref(),
            reason: change.reason.as_str(),
        })
        .collect();
    json(&written)
}

/// Reads stored changes. Those of removed fields are skipped.
pub(crate) fn read(text: &str, schema: &Schema) -> Result<Vec<Change>, DbError> {
    let unreadable = || corrupt("change", "changes", text);
    let stored: Vec<Stored> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut changes = Vec::with_capacity(stored.len());
    for Stored {
        key,
        old,
        new,
        reason,
    } in stored
    {
        let Some(what) = found(&key, schema) else {
            continue;
        };
        changes.push(Change {
            what,
            old,
            new,
            reason: Reason::parse(&reason).ok_or_else(unreadable)?,
        });
    }
    Ok(changes)
}

/// The stored form of values.
pub(crate) fn write_values<'v>(
    values: impl Iterator<Item = (FieldNumber, &'v str)>,
    schema: &Schema,
) -> String {
    json(
        &values
            .map(|(field, value)| (schema.stored_key(field), value))
            .collect::<BTreeMap<_, _>>(),
    )
}

/// Reads stored values. Those of removed fields are skipped.
pub(crate) fn read_values(
    text: &str,
    schema: &Schema,
) -> Result<Vec<(FieldNumber, String)>, DbError> {
    let stored: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| corrupt("operation", "payload", text))?;
    let mut values: Vec<_> = stored
        .into_iter()
        .filter_map(|(key, value)| Some((schema.find_stored(&key)?, value)))
        .collect();
    values.sort_unstable_by_key(|(field, _)| *field);
    Ok(values)
}

/// JSON of one of this crate's own types, which can always be serialized.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
