//! Which columns an integration reads, and which of them decide something: all that a connector may ask for.

use muster_core::{field::canonical, integration::Setup, selection::Rule};

/// What an integration wants of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The columns that mapping and selection read, each once. Nothing else is asked for.
    pub columns: Vec<String>,
    /// What decides who somebody is, who is selected, comes or leaves: of each group at least one column must be
    /// readable, or the delivery is partial.
    pub deciding: Vec<Vec<String>>,
    /// The selection, so that a connection test can tell whom it would take.
    pub selection: Vec<Rule>,
}

impl Wanted {
    /// What a configured integration wants.
    pub fn of(setup: &Setup) -> Self {
        let mut wanted = Self { selection: setup.rules.selection.clone(), ..Self::default() };
        let decides =
            [canonical::EXTERNAL_ID, canonical::EMAIL, canonical::ONBOARDING_DATE, canonical::OFFBOARDING_DATE];
        for entry in &setup.rules.mapping.entries {
            let columns = entry.source.columns();
            columns.iter().for_each(|column| wanted.add(column));
            if !columns.is_empty() && (decides.contains(&entry.field) || setup.is_required(entry)) {
                wanted.deciding.push(columns.to_vec());
            }
        }
        for rule in &setup.rules.selection {
            wanted.add(&rule.column);
            wanted.deciding.push(vec![rule.column.clone()]);
        }
        wanted
    }

    fn add(&mut self, column: &str) {
        if !self.columns.iter().any(|known| known == column) {
            self.columns.push(column.to_owned());
        }
    }
}
