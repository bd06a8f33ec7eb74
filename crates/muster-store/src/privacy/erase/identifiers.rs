//! What a person is known by: everything to look for when their values are removed.

use crate::db::sql::Connection;
use crate::{
    db::error::{DbError, corrupt},
    directory::changes,
};
use muster_core::{
    model::{
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::{Changed, Who},
        problem::shown,
        workspace::Workspace,
    },
    privacy::file_erasure::Keys,
    read::normalise::fold_email,
};
use std::collections::BTreeSet;

/// One person's keys and names, of today and of the past.
#[derive(Debug)]
pub(in crate::privacy) struct Identifiers {
    pub(super) employee: EmployeeId,
    /// Keys that are this person's alone: what another employee has by now is left out.
    pub(in crate::privacy) keys: Keys,
    pub(super) names: BTreeSet<String>,
    /// Smart groups that the person belonged to: with the status the memberships end, before rows are counted.
    pub(super) memberships: u64,
}

/// Shorter names would be found in the middle of words.
const SHORTEST: usize = 5;

impl Identifiers {
    pub(in crate::privacy) fn collect(
        connection: &Connection,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<Self, DbError> {
        let person = crate::directory::employee::by_id(connection, workspace, employee)?
            .ok_or_else(|| corrupt("employee", "id", employee))?;
        let memberships: i64 = connection
            .prepare_cached("SELECT count(*) FROM smart_group_member WHERE workspace_id = ?1 AND employee_id = ?2")?
            .scalar((workspace.id.0, employee.0))?;
        let names = BTreeSet::from([person.name()]);
        let mut identifiers = Self {
            employee,
            keys: Keys::default(),
            names,
            memberships: memberships.unsigned_abs(),
        };
        for (field, value) in [
            canonical::EXTERNAL_ID,
            canonical::EMAIL,
            canonical::PRIVATE_EMAIL,
        ]
        .into_iter()
        .filter_map(|field| Some((field, person.value(field)?)))
        {
            identifiers.add(field, value);
        }
        let key = (workspace.id.0, employee.0);
        let mut history = connection.prepare_cached(
            "SELECT changes FROM change WHERE workspace_id = ?1 AND employee_id = ?2",
        )?;
        for text in history.values::<String, Vec<_>>(key)? {
            for change in changes::read(&text, &workspace.schema)? {
                let Changed::Field(field) = change.what else {
                    continue;
                };
                change
                    .old
                    .iter()
                    .chain(&change.new)
                    .for_each(|value| identifiers.add(field, value));
            }
        }
        let mut plans = connection.prepare_cached(
            "SELECT who FROM operation WHERE workspace_id = ?1 AND employee_id = ?2",
        )?;
        for text in plans.values::<String, Vec<_>>(key)? {
            let who: Who =
                serde_json::from_str(&text).map_err(|_| corrupt("operation", "who", employee))?;
            identifiers.names.insert(who.name);
        }
        identifiers
            .names
            .retain(|name| name.len() >= SHORTEST && name.contains(' '));
        identifiers.leave_to_others(connection, workspace)?;
        Ok(identifiers)
    }

    fn add(&mut self, field: FieldNumber, value: &str) {
        match field {
            canonical::EXTERNAL_ID => self.keys.ids.insert(value.to_owned()),
            canonical::EMAIL | canonical::PRIVATE_EMAIL => {
                self.keys.emails.insert(fold_email(value).into_owned())
            }
            _ => false,
        };
    }

    fn leave_to_others(
        &mut self,
        connection: &Connection,
        workspace: &Workspace,
    ) -> Result<(), DbError> {
        let other = |condition: &str, key: &str| -> Result<bool, DbError> {
            let text = format!(
                "SELECT EXISTS (SELECT 1 FROM employee WHERE workspace_id = ?1 AND id <> ?2 AND {condition} = ?3 \
                 AND status <> 'erased')"
            );
            let mut statement = connection.prepare_cached(&text)?;
            statement.scalar((workspace.id.0, self.employee.0, key))
        };
        let mut shared = Vec::new();
        for id in &self.keys.ids {
            shared.extend(other("external_id", id)?.then(|| id.clone()));
        }
        for email in &self.keys.emails {
            shared.extend(other("lower(email)", email)?.then(|| email.clone()));
        }
        self.keys.ids.retain(|id| !shared.contains(id));
        self.keys.emails.retain(|email| !shared.contains(email));
        Ok(())
    }

    /// Whether a problem's subject is this person; subjects are shortened for showing.
    pub(super) fn is_subject(&self, subject: &str) -> bool {
        self.keys
            .ids
            .iter()
            .any(|id| id == subject || shown(id) == subject)
            || self.keys.emails.iter().any(|email| {
                email.eq_ignore_ascii_case(subject) || shown(email).eq_ignore_ascii_case(subject)
            })
    }

    /// Whether a plan's operation is about this person.
    pub(super) fn is_who(&self, who: &Who) -> bool {
        who.external_id
            .as_ref()
            .is_some_and(|id| self.keys.ids.contains(id))
            || who
                .email
                .as_ref()
                .is_some_and(|email| self.keys.emails.contains(fold_email(email).as_ref()))
    }

    /// Whether a value of another person is one of this person's keys: an address, or the id of a manager.
    pub(super) fn has_value(&self, key: &str, value: &str) -> bool {
        (key == "manager_external_id" && self.keys.ids.contains(value))
            || self.keys.emails.contains(fold_email(value).as_ref())
    }

    /// A text without this person; none if it does not name them.
    pub(super) fn redact(&self, text: &str) -> Option<String> {
        let mut redacted = text.to_owned();
        for email in &self.keys.emails {
            while let Some(at) = redacted.to_ascii_lowercase().find(email.as_str()) {
                redacted.replace_range(at..at + email.len(), GONE);
            }
        }
        for name in &self.names {
            redacted = redacted.replace(name.as_str(), GONE);
        }
        for id in &self.keys.ids {
            redacted = without_id(&redacted, id);
        }
        (redacted != text).then_some(redacted)
    }
}

/// What stands where a person was mentioned.
const GONE: &str = "(erased)";

/// A text without an external id. One that could be any number is only taken for the id where ids stand: in quotes,
/// in brackets or in a list.
fn without_id(text: &str, id: &str) -> String {
    let distinct = id.len() >= SHORTEST || id.chars().any(char::is_alphabetic);
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(id).filter(|_| !id.is_empty()) {
        let (before, found) = rest.split_at(at);
        let after = &found[id.len()..];
        out.push_str(before);
        let word =
            |character: char| character.is_alphanumeric() || character == '-' || character == '_';
        let whole = !out.ends_with(word) && !after.starts_with(word);
        let listed = out.ends_with(['`', '(', '"']) || out.ends_with(", ");
        let listed = listed && after.starts_with(['`', ')', '"', ',']);
        out.push_str(if whole && (distinct || listed) {
            GONE
        } else {
            id
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_removed_and_similar_text_is_kept() {
        let keys = Keys {
            ids: ["E-1".to_owned(), "10".to_owned()].into(),
            emails: ["a@b.c".to_owned()].into(),
        };
        let identifiers = Identifiers {
            employee: EmployeeId(1),
            keys,
            names: BTreeSet::from(["Eva Jansen".to_owned()]),
            memberships: 0,
        };
        for (text, wanted) in [
            (
                "taken by Eva Jansen (E-1)",
                Some("taken by (erased) ((erased))"),
            ),
            (
                "`A@B.C` belongs to E-1",
                Some("`(erased)` belongs to (erased)"),
            ),
            ("a cycle (9, 10, 9)", Some("a cycle (9, (erased), 9)")),
            ("lines 10 and 11, E-12, XE-1", None),
            ("10 of 20 people; `100`", None),
        ] {
            assert_eq!(identifiers.redact(text).as_deref(), wanted, "{text}");
        }
    }
}
