//! The fields of an employee: the canonical ones, which every workspace has, and the custom fields and
//! budgets that a workspace adds.
//!
//! A field is known by its key outside and by its number in a schema inside; canonical numbers never
//! change, the others are positions in the workspace's own list.

use crate::read::normalise::FieldKind;
use serde::{Deserialize, Serialize};

mod former_keys;
pub use former_keys::Past;

/// A field's position in a [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldNumber(pub u16);

/// Where a field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldOrigin {
    /// Every workspace has it.
    Canonical,
    /// Defined by the workspace.
    Custom,
    /// A budget, named `{monthly|oneoff}_{category}_budget`.
    Budget,
}

/// One field of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDefinition {
    /// Snake-case key, as in configuration, API and exports.
    pub key: String,
    /// How its values are read.
    pub kind: FieldKind,
    /// Where it comes from.
    pub origin: FieldOrigin,
    /// Whether a record without it is rejected.
    pub required: bool,
}

macro_rules! canonical {
    ($($number:literal $name:ident $key:literal $kind:ident;)*) => {
        /// Numbers of the canonical fields, the same in every workspace.
        pub mod canonical {
            use super::FieldNumber;
            $(
                #[doc = concat!("`", $key, "`")]
                pub const $name: FieldNumber = FieldNumber($number);
            )*
        }

        /// Key and kind of the canonical fields, in order of their numbers.
        const CANONICAL: &[(&str, FieldKind)] = &[$(($key, FieldKind::$kind),)*];
    };
}

canonical! {
    0 EXTERNAL_ID "external_id" Text;
    1 EMAIL "email" Email;
    2 PRIVATE_EMAIL "private_email" Email;
    3 FIRST_NAME "first_name" Text;
    4 LAST_NAME "last_name" Text;
    5 PREFIX "prefix" Text;
    6 ONBOARDING_DATE "onboarding_date" Date;
    7 OFFBOARDING_DATE "offboarding_date" Date;
    8 PROBATION_END_DATE "probation_end_date" Date;
    9 BIRTHDAY "birthday" Date;
    10 WORK_ANNIVERSARY "work_anniversary" Date;
    11 MARRIAGE_DATE "marriage_date" Date;
    12 LANGUAGE "language" Language;
    13 GROUP "group" Group;
    14 TITLE "title" Text;
    15 JOB_FUNCTION "job_function" Text;
    16 DEPARTMENT "department" Text;
    17 LOCATION "location" Text;
    18 PAYROLL_ID "payroll_id" Text;
    19 EMPLOYMENT_TYPE "employment_type" Text;
    20 PHONE "phone" Phone;
    21 COUNTRY "country" Country;
    22 MANAGER_EXTERNAL_ID "manager_external_id" Text;
    23 COMPANY "company" Text;
    24 EMPLOYMENTS "employments" Employments;
}

/// How many canonical fields there are; numbers from here on are the workspace's own.
pub const CANONICAL_FIELDS: u16 = 25;

/// The fields of one workspace, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    fields: Vec<FieldDefinition>,
    /// Own fields that were renamed or removed: few, and none in most workspaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    past: Vec<Past>,
}

impl Schema {
    /// The canonical fields followed by the workspace's own, in the order given.
    pub fn new(own: impl IntoIterator<Item = FieldDefinition>) -> Self {
        use canonical::{EMAIL, FIRST_NAME, LAST_NAME};
        let canonical = CANONICAL
            .iter()
            .zip(0..)
            .map(|((key, kind), number)| FieldDefinition {
                key: (*key).to_owned(),
                kind: kind.clone(),
                origin: FieldOrigin::Canonical,
                required: [EMAIL, FIRST_NAME, LAST_NAME].contains(&FieldNumber(number)),
            });
        Self {
            fields: canonical.chain(own).collect(),
            past: Vec::new(),
        }
    }

    /// The number of the field with a key.
    pub fn find(&self, key: &str) -> Option<FieldNumber> {
        self.iter()
            .find(|(_, field)| field.key == key)
            .map(|(number, _)| number)
    }

    /// The definition of a field; none for one that was removed, or a number of another schema.
    pub fn get(&self, number: FieldNumber) -> Option<&FieldDefinition> {
        self.fields
            .get(usize::from(number.0))
            .filter(|_| !self.is_removed(number))
    }

    /// Whether problems show no more than the shape of the field's values: days of a private life, and pay.
    pub fn is_masked(&self, number: FieldNumber) -> bool {
        const WORDS: [&str; 4] = ["salary", "wage", "birth", "marriage"];
        number == canonical::BIRTHDAY
            || number == canonical::MARRIAGE_DATE
            || (number.0 >= CANONICAL_FIELDS
                && WORDS.iter().any(|word| self.key(number).contains(word)))
    }

    /// The key of a field, or `?` for a number of another schema.
    pub fn key(&self, number: FieldNumber) -> &str {
        self.get(number).map_or("?", |field| &field.key)
    }

    /// The key of what a change is about: a field, or `status`.
    pub fn changed(&self, what: crate::model::plan::Changed) -> &str {
        match what {
            crate::model::plan::Changed::Status => "status",
            crate::model::plan::Changed::Field(number) => self.key(number),
            crate::model::plan::Changed::Owner => "managed_by",
        }
    }

    /// All fields with their numbers, canonical ones first; removed ones leave their numbers unused.
    pub fn iter(&self) -> impl Iterator<Item = (FieldNumber, &FieldDefinition)> {
        let all = self
            .fields
            .iter()
            .zip(0..)
            .map(|(field, number)| (FieldNumber(number), field));
        all.filter(|(number, _)| !self.is_removed(*number))
    }

    /// The workspace's own fields with their numbers.
    pub fn own(&self) -> impl Iterator<Item = (FieldNumber, &FieldDefinition)> {
        self.iter().skip(usize::from(CANONICAL_FIELDS))
    }
}

/// Reads a budget field's key: whether it is monthly, and its category.
///
/// Any prefix is allowed before `monthly_` or `oneoff_` (`alleo_monthly_all_budget`).
pub fn budget_key(key: &str) -> Option<(bool, &str)> {
    let body = key.strip_suffix("_budget")?;
    [("monthly_", true), ("oneoff_", false)]
        .into_iter()
        .find_map(|(word, monthly)| {
            let start = body.find(word)?;
            let at_word = start == 0 || body[..start].ends_with('_');
            let category = &body[start + word.len()..];
            (at_word && !category.is_empty()).then_some((monthly, category))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_numbers_are_positions() {
        assert_eq!(CANONICAL.len(), usize::from(CANONICAL_FIELDS));
        let schema = Schema::new([]);
        assert_eq!(
            schema.find("manager_external_id"),
            Some(canonical::MANAGER_EXTERNAL_ID)
        );
        assert_eq!(schema.key(canonical::EMAIL), "email");
    }

    #[test]
    fn budget_keys_have_a_kind_and_a_category() {
        assert_eq!(budget_key("alleo_monthly_all_budget"), Some((true, "all")));
        assert_eq!(
            budget_key("oneoff_mental_health_budget"),
            Some((false, "mental_health"))
        );
        assert_eq!(budget_key("monthly_budget"), None);
        assert_eq!(budget_key("bimonthly_all_budget"), None);
    }
}
