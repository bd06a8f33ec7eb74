//! Which columns an integration reads, and which of them decide something: all that a connector may ask for.

use muster_core::{
    model::field::canonical,
    setup::{integration::Setup, mapping::Source, selection::Rule},
};

/// What an integration wants of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The columns that mapping and selection read, each once. Nothing else is asked for.
    pub columns: Vec<String>,
    /// What decides who an employee is, and who is selected, starts or leaves: of each group at least one column must be
    /// readable, or the delivery is partial.
    pub deciding: Vec<Vec<String>>,
    /// The columns that the external id is taken from: by them it is known who is missing.
    pub identity: Vec<String>,
    /// What stands between them where the external id is put together of all; none: one of them has it.
    pub joined: Option<String>,
    /// The selection, so that a connection test can say which employees it would take.
    pub selection: Vec<Rule>,
    /// How many employees the sample of a connection test has, if it is more than a few.
    pub sample: usize,
}

impl Wanted {
    /// What a configured integration wants.
    pub fn of(setup: &Setup) -> Self {
        use canonical::{EMAIL, EMPLOYMENTS, EXTERNAL_ID, OFFBOARDING_DATE, ONBOARDING_DATE};
        let mut wanted = Self {
            selection: setup.rules.selection.clone(),
            ..Self::default()
        };
        let decides = [
            EXTERNAL_ID,
            EMAIL,
            ONBOARDING_DATE,
            OFFBOARDING_DATE,
            EMPLOYMENTS,
        ];
        for entry in &setup.rules.mapping.entries {
            let columns = entry.source.columns();
            columns.iter().for_each(|column| wanted.add(column));
            if entry.field == EXTERNAL_ID {
                wanted.identity = columns.to_vec();
                wanted.joined = match &entry.source {
                    Source::Join { with, .. } => Some(with.clone()),
                    Source::Column(_) | Source::FirstOf(_) | Source::Constant(_) => None,
                };
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::{
        model::{
            field::Schema,
            ids::WorkspaceId,
            workspace::{Workspace, WorkspaceSettings},
        },
        setup::{
            integration::Rules,
            mapping::{FieldMapping, Mapping},
            selection::Test,
        },
    };

    fn setup(mapping: &[(&str, &[&str])], selection: &[&str]) -> Setup {
        let schema = Schema::new([]);
        let entry = |(field, columns): &(&str, &[&str])| {
            FieldMapping::new(
                schema.find(field).unwrap(),
                Source::FirstOf(columns.iter().map(|column| (*column).to_owned()).collect()),
            )
        };
        let entries = mapping.iter().map(entry).collect();
        let rule = |column: &&str| Rule::new((*column).to_owned(), Test::Is(true));
        let selection = selection.iter().map(rule).collect();
        Setup {
            workspace: Workspace {
                companies: Vec::new(),
                id: WorkspaceId(1),
                name: "acme".into(),
                settings: WorkspaceSettings::default(),
                schema,
                groups: Vec::new(),
                fingerprint_key: [0; 32],
            },
            name: "hr".into(),
            rules: Rules {
                mapping: Mapping { entries },
                selection,
                ..Rules::default()
            },
        }
    }

    #[test]
    fn each_column_is_asked_for_once_and_keys_dates_names_and_selections_decide() {
        let mapping: &[(&str, &[&str])] = &[
            ("external_id", &["id"]),
            ("email", &["work", "home"]),
            ("title", &["job"]),
            ("last_name", &["name"]),
        ];
        let wanted = Wanted::of(&setup(mapping, &["gate", "job"]));
        assert_eq!(
            wanted.columns,
            ["id", "work", "home", "job", "name", "gate"]
        );
        let deciding: Vec<String> = wanted.deciding.iter().map(|any| any.join("|")).collect();
        assert_eq!(deciding, ["id", "work|home", "name", "gate", "job"]);
        assert_eq!(
            (wanted.identity, wanted.selection.len()),
            (vec!["id".to_owned()], 2)
        );
    }

    #[test]
    fn an_id_that_is_put_together_stands_in_no_column() {
        let mut setup = setup(&[("external_id", &["company", "number"])], &[]);
        assert_eq!(Wanted::of(&setup).joined, None);
        let columns = vec!["company".to_owned(), "number".to_owned()];
        setup.rules.mapping.entries[0].source = Source::Join {
            columns,
            with: "-".to_owned(),
        };
        let wanted = Wanted::of(&setup);
        assert_eq!(
            (wanted.identity.join("|"), wanted.joined),
            ("company|number".to_owned(), Some("-".to_owned()))
        );
    }
}
