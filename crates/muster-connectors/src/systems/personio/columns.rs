//! What Personio calls the columns that are wanted, and what a customer must tick so that they can be read.

use super::wire::AttributeV1;
use crate::{
    connector::ConnectorError,
    systems::{
        attributes::Attributes,
        salary::{self, is_salary},
    },
};
use muster_core::model::problem::{
    api::{Access, Fault, PersonioRemedy, Remedy, SettingRemedy},
    shown,
};

/// Attributes that every account has, and what the customer's pages call them.
const SYSTEM: &[(&str, &str)] = &[
    ("id", "ID"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("preferred_name", "Preferred name"),
    ("email", "Email"),
    ("gender", "Gender"),
    ("status", "Status"),
    ("position", "Position"),
    ("supervisor", "Supervisor"),
    ("employment_type", "Employment type"),
    ("weekly_working_hours", "Weekly hours"),
    ("hire_date", "Hire date"),
    ("contract_end_date", "Contract ends"),
    ("termination_date", "Termination date"),
    ("termination_type", "Termination type"),
    ("probation_period_end", "Probation period end"),
    ("last_working_day", "Last day of work"),
    ("created_at", "Created at"),
    ("last_modified_at", "Last modified"),
    ("department", "Department"),
    ("team", "Team"),
    ("office", "Office"),
    ("subcompany", "Subcompany"),
    ("cost_centers", "Cost centers"),
];

/// The attributes that are calendar days.
const DAYS: &[&str] = &[
    "hire_date",
    "contract_end_date",
    "termination_date",
    "probation_period_end",
    "last_working_day",
];

/// What the birthday is called: a custom attribute that carries this mark.
pub(super) const BIRTHDAY: &str = "date_of_birth";
/// What accounts whose attributes carry no marks call it.
const BIRTHDAY_LABELS: &[&str] = &[
    "birthday",
    "date of birth",
    "geburtstag",
    "geburtsdatum",
    "geboortedatum",
    "verjaardag",
    "fødselsdato",
];

/// Whether a key is one of Personio's own.
pub(super) fn is_system(key: &str) -> bool {
    SYSTEM.iter().any(|(system, _)| *system == key)
}

/// Whether a key of Personio's own is a calendar day.
pub(super) fn is_day(key: &str) -> bool {
    DAYS.contains(&key)
}

/// Whether an attribute is pay, by its key, its mark or its label.
pub(super) fn is_paid(attribute: &AttributeV1) -> bool {
    [
        Some(&attribute.key),
        attribute.universal_id.as_ref(),
        attribute.label.as_ref(),
    ]
    .into_iter()
    .flatten()
    .any(|name| is_salary(name))
}

/// The attribute key of a wanted column; none if nothing says which attribute it is.
///
/// A column is an attribute's key, else its mark, else the name of a custom attribute. Names of Personio's own
/// attributes are in the account's language and are never looked at. The list of attributes is a hint: an attribute that
/// it does not name, such as `id`, is requested all the same, because records may carry it.
pub(super) fn resolve(
    column: &str,
    offered: Option<&[AttributeV1]>,
) -> Result<Option<String>, ConnectorError> {
    if is_salary(column) {
        return Err(salary::refused(column));
    }
    let is_key = is_system(column) || column.starts_with("dynamic_");
    let offered = offered.unwrap_or_default();
    let by_key = offered.iter().find(|attribute| attribute.key == column);
    let by_mark = || {
        offered
            .iter()
            .find(|attribute| attribute.universal_id.as_deref() == Some(column))
    };
    match by_key.or_else(by_mark) {
        Some(found) if is_paid(found) => Err(salary::refused(column)),
        Some(found) => Ok(Some(found.key.clone())),
        None if is_key => Ok(Some(column.to_owned())),
        None if column == BIRTHDAY => Ok(unmarked_birthday(offered)),
        None => by_name(column, offered),
    }
}

/// The key of the attribute of a record that a column means, where the list of attributes does not say: by its mark, or
/// by the label of a custom attribute. Several such attributes could mean either.
pub(super) fn find_in_record<'r>(column: &str, record: &'r Attributes) -> Vec<&'r str> {
    let is_meant = |key: &&str| {
        let text = |member: &str| {
            record
                .get(key)
                .and_then(|envelope| envelope.get(member)?.as_str())
        };
        let is_labelled = || {
            key.starts_with("dynamic_")
                && column != BIRTHDAY
                && text("label").is_some_and(|label| label.trim() == column.trim())
        };
        !is_salary(key)
            && !text("label").is_some_and(is_salary)
            && (text("universal_id") == Some(column) || is_labelled())
    };
    record.keys().filter(is_meant).collect()
}

fn by_name(column: &str, offered: &[AttributeV1]) -> Result<Option<String>, ConnectorError> {
    let is_meant = |attribute: &&AttributeV1| {
        !is_system(&attribute.key)
            && !is_paid(attribute)
            && attribute
                .label
                .as_deref()
                .is_some_and(|label| label.trim() == column.trim())
    };
    let found: Vec<&AttributeV1> = offered.iter().filter(is_meant).collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.key.clone())),
        several => {
            let fault = Fault::Ambiguous {
                column: shown(column),
                of: several.iter().map(|it| shown(&it.key)).collect(),
            };
            let remedy = SettingRemedy::UseKeyOfAttribute;
            Err(ConnectorError::setting("mapping", fault, remedy))
        }
    }
}

/// Answers of old accounts carry no marks at all; there the name must do.
fn unmarked_birthday(offered: &[AttributeV1]) -> Option<String> {
    if offered
        .iter()
        .any(|attribute| attribute.universal_id.is_some())
    {
        return None;
    }
    let is_meant = |attribute: &&AttributeV1| {
        let label = attribute
            .label
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        attribute.key.starts_with("dynamic_") && BIRTHDAY_LABELS.contains(&label.as_str())
    };
    offered
        .iter()
        .find(is_meant)
        .map(|attribute| attribute.key.clone())
}

/// What to tick so that a column can be read.
pub(super) fn permit(column: &str) -> Remedy {
    let name = SYSTEM
        .iter()
        .find(|(key, _)| *key == column)
        .map(|(_, name)| *name);
    let name = name
        .or((column == BIRTHDAY).then_some("Birthday"))
        .unwrap_or(column);
    let attribute = shown(name);
    Remedy::Give(Access::PersonioAttribute { attribute })
}

/// The same for version 2, which gives some objects by id alone.
pub(super) fn permit_v2(column: &str) -> Remedy {
    match column {
        "office" | "subcompany" => Remedy::Personio(PersonioRemedy::UseVersion1 {
            column: column.to_owned(),
        }),
        _ => permit(column),
    }
}
