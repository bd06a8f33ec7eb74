//! What must change so that the stored settings of a workspace become those of a set of files.

use super::{
    raw::RawSettings,
    stored::{Difference, difference},
};
use schemars::JsonSchema;
use serde::Serialize;

/// The stored settings of one integration.
#[derive(Clone, Copy, Debug)]
pub struct KnownSettings<'a> {
    pub integration: &'a str,
    pub settings: &'a RawSettings,
    /// The file that manages them.
    pub managed_by: Option<&'a str>,
}

/// The settings of one integration in a file.
#[derive(Clone, Copy, Debug)]
pub struct WantedSettings<'a> {
    pub integration: &'a str,
    pub settings: &'a RawSettings,
    /// The name of the file.
    pub file: &'a str,
}

/// What happens to the settings of an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Create,
    Change,
    Remove,
}

/// A change of the settings of one integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IntegrationChange {
    pub integration: String,
    pub kind: ChangeKind,
    /// The file that manages the integration from now on; none: it is removed.
    pub file: Option<String>,
    /// Setting by setting; values that may be secret are hidden.
    pub differences: Vec<Difference>,
}

/// The changes, by integration. Integrations that no file manages are not removed.
pub fn compare(
    known: &[KnownSettings<'_>],
    wanted: &[WantedSettings<'_>],
) -> Vec<IntegrationChange> {
    let change = |wanted: &WantedSettings<'_>| {
        let stored = known
            .iter()
            .find(|known| known.integration == wanted.integration);
        let differences = difference(stored.map(|known| known.settings), Some(wanted.settings));
        let is_same = stored.is_some_and(|known| known.managed_by == Some(wanted.file));
        (!is_same || !differences.is_empty()).then(|| IntegrationChange {
            integration: wanted.integration.to_owned(),
            kind: match stored {
                Some(_) => ChangeKind::Change,
                None => ChangeKind::Create,
            },
            file: Some(wanted.file.to_owned()),
            differences,
        })
    };
    let is_gone = |known: &&KnownSettings<'_>| {
        known.managed_by.is_some()
            && !wanted
                .iter()
                .any(|wanted| wanted.integration == known.integration)
    };
    let removal = |known: &KnownSettings<'_>| IntegrationChange {
        integration: known.integration.to_owned(),
        kind: ChangeKind::Remove,
        file: None,
        differences: difference(Some(known.settings), None),
    };
    let removals = known.iter().filter(is_gone).map(removal);
    let mut changes: Vec<_> = wanted.iter().filter_map(change).chain(removals).collect();
    changes.sort_by(|one, other| one.integration.cmp(&other.integration));
    changes
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;
    use crate::setup::settings::from_json;

    fn settings(url: &str) -> RawSettings {
        from_json(&format!(r#"{{"source":{{"url":"{url}"}}}}"#)).unwrap()
    }

    #[test]
    fn integrations_are_created_changed_and_removed_unless_no_file_manages_them() {
        let (old, new) = (settings("file:/old"), settings("file:/new"));
        let known = |integration, settings, managed_by| KnownSettings {
            integration,
            settings,
            managed_by,
        };
        let wanted = |integration, settings, file| WantedSettings {
            integration,
            settings,
            file,
        };
        let changes = compare(
            &[
                known("changed", &old, Some("c.toml")),
                known("gone", &old, Some("g.toml")),
                known("same", &old, Some("s.toml")),
                known("taken_over", &old, None),
                known("unmanaged", &old, None),
            ],
            &[
                wanted("changed", &new, "c.toml"),
                wanted("new", &new, "n.toml"),
                wanted("same", &old, "s.toml"),
                wanted("taken_over", &old, "t.toml"),
            ],
        );
        let found: Vec<_> = changes
            .iter()
            .map(|change| {
                (
                    change.integration.as_str(),
                    change.kind,
                    change.differences.len(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("changed", ChangeKind::Change, 1),
                ("gone", ChangeKind::Remove, 1),
                ("new", ChangeKind::Create, 1),
                ("taken_over", ChangeKind::Change, 0),
            ]
        );
    }
}
