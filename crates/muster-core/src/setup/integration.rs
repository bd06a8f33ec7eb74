//! A configured connector as the core sees it: what it maps, selects and may do.

use crate::{
    model::{
        calendar::Calendar,
        facts::{Fact, Facts},
        field::canonical,
        workspace::{Workspace, WorkspaceSettings},
    },
    privacy::retention::Retention,
    setup::{
        mapping::{FieldMapping, ManagerKey, Mapping},
        policy::{MatchBy, Policy, UnknownGroup},
        selection::Rule,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What turns records into proposals.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The workspace that the integration belongs to.
    pub workspace: Workspace,
    pub name: String,
    /// Mapping, selection and policy.
    pub rules: Rules,
}

/// The settings of an integration that decide what a record does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    pub mapping: Mapping,
    /// Which records are taken: all of these must hold.
    pub selection: Vec<Rule>,
    /// What the integration may do.
    pub policy: Policy,
}

impl Setup {
    /// Whether a record in which this field is blank or invalid is rejected: the fields that every person
    /// needs, the match key, and what the mapping itself requires.
    pub fn is_required(&self, mapping: &FieldMapping) -> bool {
        let always = self
            .workspace
            .schema
            .get(mapping.field)
            .is_some_and(|field| field.required);
        let key = mapping.field == canonical::EXTERNAL_ID
            && self.rules.policy.match_by == MatchBy::ExternalId;
        always || key || mapping.required
    }

    /// What a created employee gets where the record has no value.
    pub(crate) fn defaults(&self) -> Facts {
        let language = self.workspace.settings.language.as_str();
        Facts::new([(canonical::LANGUAGE, Fact::Set(language))])
    }

    /// Names what a person must look at again when it changes: mapping, matching and selection.
    pub fn version(&self) -> String {
        let rules = &self.rules;
        let keys: Vec<&str> = rules
            .mapping
            .entries
            .iter()
            .map(|e| self.workspace.schema.stored_key(e.field))
            .collect();
        let seen = (
            &rules.mapping,
            keys,
            &rules.selection,
            rules.policy.match_by,
        );
        let mut text = serde_json::to_string(&seen).unwrap_or_default();
        text.push_str(&rules.policy.id_prefix);
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    /// What a good run leaves behind: [`Setup::version`], and after a dash the version of everything that decides
    /// what a record does, so that the same file under other rules is read again. Which of several employments counts, and
    /// who has the address of a manager, depends on the day: then the same file is read once a day, and a record of which nothing came due is unchanged.
    pub fn stamp(&self, calendar: Calendar) -> String {
        let mut all = blake3::Hasher::new();
        all.update(&self.fingerprint_key(calendar));
        let mut entries = self.rules.mapping.entries.iter();
        if entries.any(|entry| entry.field == canonical::EMPLOYMENTS)
            || self.names_managers_by_address()
        {
            all.update(calendar.today.to_string().as_bytes());
        }
        let stamp = format!("{}-{}", self.version(), &all.finalize().to_hex()[..16]);
        match self.rules.policy.id_prefix.as_str() {
            "" => stamp,
            prefix => format!("{stamp}-{prefix}"),
        }
    }

    /// Whether records name managers by address.
    pub fn names_managers_by_address(&self) -> bool {
        let mut entries = self.rules.mapping.entries.iter();
        entries.any(|entry| entry.manager == ManagerKey::Email)
    }

    /// Whether a person has seen this mapping, matching and selection in the run that left the stamp.
    pub fn is_reviewed(&self, stamp: &str) -> bool {
        reviewed(stamp) == self.version()
    }

    /// Keys the fingerprints with the workspace's secret and with everything but the record that decides what
    /// a record does, so that a change of any of it makes every record new.
    pub(crate) fn fingerprint_key(&self, calendar: Calendar) -> [u8; 32] {
        let workspace = &self.workspace;
        let groups =
            (self.rules.policy.unknown_group != UnknownGroup::Create).then_some(&workspace.groups);
        let relative = self
            .rules
            .selection
            .iter()
            .any(Rule::depends_on_today)
            .then_some(calendar.today);
        // How long something is kept, and who set what, decides nothing about a record.
        let settings = WorkspaceSettings {
            retention: Retention::default(),
            set_by: BTreeMap::new(),
            ..workspace.settings.clone()
        };
        let decides = (
            &self.name,
            &self.rules,
            &workspace.schema,
            &settings,
            groups,
            relative,
        );
        let text = serde_json::to_string(&decides).unwrap_or_default();
        *blake3::keyed_hash(&workspace.fingerprint_key, text.as_bytes()).as_bytes()
    }
}

/// The stamp of a run that had nothing to do: it rests on the rules of `stamp`, but there was no plan to look at, so
/// that what a person has seen is still what `last` says.
pub fn unreviewed(last: &str, stamp: &str) -> String {
    format!("{}-{}", reviewed(last), rules(stamp))
}

/// The stamp of a run whose delivery must be read again, although mapping, matching and selection are as reviewed as
/// they were.
pub fn outdated(last: &str) -> String {
    format!("{}-", reviewed(last))
}

/// Whether two stamps are of the same rules.
pub fn same_rules(one: &str, other: &str) -> bool {
    rules(one) == rules(other)
}

/// The prefix of external ids in the run that left the stamp.
pub(crate) fn id_prefix(stamp: &str) -> &str {
    stamp.splitn(3, '-').nth(2).unwrap_or_default()
}

fn reviewed(stamp: &str) -> &str {
    stamp.split_once('-').map_or(stamp, |(version, _)| version)
}

fn rules(stamp: &str) -> &str {
    stamp.split_once('-').map_or("", |(_, rules)| rules)
}
