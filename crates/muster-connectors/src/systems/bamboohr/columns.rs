//! Which fields are asked for, and which wanted column each of them fills.

use super::{
    fields::find,
    wire::{Field, Head, SetField, canonical, id, is_number},
};
use crate::{
    connector::ConnectorError,
    systems::salary::{bare, is_salary, refused as salary},
};
use muster_core::model::problem::{
    api::{Fault, SettingRemedy},
    shown,
};
use std::collections::HashMap;

/// The most fields that one request may have.
const MOST: usize = 400;

/// How the values of a field are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Day,
    /// An amount with its currency behind it.
    Amount,
}

/// What is asked for. The first is always the id.
#[derive(Debug)]
pub(super) struct Asked {
    /// What each field is called in the request, each once.
    pub(super) names: Vec<String>,
    /// How each is written.
    pub(super) kinds: Vec<Kind>,
    /// For each wanted column the field that fills it; none: there is no such field.
    pub(super) of_column: Vec<Option<usize>>,
}

impl Asked {
    fn new(id: &str) -> Self {
        Self {
            names: vec![id.to_owned()],
            kinds: vec![Kind::Text],
            of_column: Vec::new(),
        }
    }

    fn add(&mut self, field: Option<(String, Kind)>) {
        let position = field.map(|(name, kind)| {
            let known = self
                .names
                .iter()
                .position(|known| canonical(known) == canonical(&name));
            known.unwrap_or_else(|| {
                self.names.push(name);
                self.kinds.push(kind);
                self.names.len() - 1
            })
        });
        self.of_column.push(position);
    }

    fn checked(self) -> Result<Self, ConnectorError> {
        if self.names.len() <= MOST {
            return Ok(self);
        }
        let fault = Fault::TooManyFields {
            fields: self.names.len() as u64,
            limit: MOST as u64,
        };
        Err(ConnectorError::setting(
            "mapping",
            fault,
            SettingRemedy::MapFewer,
        ))
    }

    /// What a report is asked for. `catalogue` are the account's fields; none: they are not known.
    pub(super) fn of_report(
        columns: &[String],
        catalogue: Option<&[Field]>,
    ) -> Result<Self, ConnectorError> {
        let mut asked = Self::new("id");
        for column in columns {
            let is_day = find(column).is_some_and(|known| known.is_day);
            let kind = if is_day { Kind::Day } else { Kind::Text };
            asked.add(Some((
                report_name(column, catalogue.unwrap_or_default())?,
                kind,
            )));
        }
        asked.checked()
    }

    /// What the dataset is asked for: only what it says that it has, since it breaks on all else.
    pub(super) fn of_set(
        columns: &[String],
        catalogue: &[SetField],
    ) -> Result<Self, ConnectorError> {
        let mut asked = Self::new("eeid");
        for column in columns {
            let field = set_field(column, catalogue)?;
            asked.add(field.map(|field| (field.name.clone(), set_kind(column, field))));
        }
        if let Some(eeid) = columns.iter().position(|column| column == "id") {
            asked.of_column[eeid] = Some(0);
        }
        asked.checked()
    }

    /// Where the value of each key of a row goes. Of a report only listed fields count: rows may have keys that
    /// were neither asked for nor listed, and those say nothing.
    pub(super) fn keys(
        &mut self,
        listed: Option<&[Head]>,
    ) -> Result<HashMap<String, usize>, ConnectorError> {
        let mut keys = HashMap::from([(self.names[0].clone(), 0)]);
        for (position, name) in self.names.iter().enumerate().skip(1) {
            let Some(heads) = listed else {
                keys.insert(name.clone(), position);
                continue;
            };
            let is_it =
                |head: &&Head| id(head.id.as_ref()).is_some_and(|listed| listed == canonical(name));
            let Some(head) = heads.iter().find(is_it) else {
                continue;
            };
            if head.name.as_deref().is_some_and(is_salary) {
                return Err(salary(name));
            }
            match head.kind.as_deref() {
                Some("date") => self.kinds[position] = Kind::Day,
                Some("currency") => self.kinds[position] = Kind::Amount,
                // An account that names no types still writes amounts with their currency.
                None if find(name).is_none() => self.kinds[position] = Kind::Amount,
                _ => {}
            }
            keys.insert(canonical(name).to_owned(), position);
        }
        Ok(keys)
    }
}

/// Whether the account's fields must be looked at to know what a column is.
pub(super) fn needs_catalogue(columns: &[String]) -> bool {
    columns.iter().any(|column| find(column).is_none())
}

/// What a report calls a column: its number, an alias, or the number of the one field with that name. What
/// BambooHR does not know is asked for as it is, since the answer leaves it out.
fn report_name(column: &str, catalogue: &[Field]) -> Result<String, ConnectorError> {
    let number = canonical(column);
    let by_number = || {
        catalogue
            .iter()
            .find(|field| id(field.id.as_ref()).as_deref() == Some(number))
    };
    let by_alias = || {
        catalogue
            .iter()
            .find(|field| field.alias.as_deref() == Some(column))
    };
    let is_paid = |field: &Field| {
        [&field.alias, &field.name]
            .into_iter()
            .flatten()
            .any(|name| is_salary(name))
    };
    if is_salary(column) {
        return Err(salary(column));
    }
    if find(column).is_some() {
        return Ok(column.to_owned());
    }
    if let Some(field) = by_alias().or_else(|| by_number().filter(|_| is_number(number))) {
        return if is_paid(field) {
            Err(salary(column))
        } else {
            Ok(number.to_owned())
        };
    }
    let named = catalogue.iter().filter(|field| {
        field
            .name
            .as_deref()
            .is_some_and(|name| name.trim() == column.trim())
    });
    let mut numbers: Vec<String> = named.filter_map(|field| id(field.id.as_ref())).collect();
    numbers.dedup();
    match numbers.as_slice() {
        [] => Ok(number.to_owned()),
        [one] => Ok(one.clone()),
        several => Err(ambiguous(column, several)),
    }
}

/// The dataset's field of a column: by the name that it has there, by its own name, or by the name of the one field.
fn set_field<'c>(
    column: &str,
    catalogue: &'c [SetField],
) -> Result<Option<&'c SetField>, ConnectorError> {
    if is_salary(column) {
        return Err(salary(column));
    }
    if let Some(known) = find(column) {
        let is_exact = |field: &&SetField| known.set == Some(field.name.as_str());
        let is_alike =
            |field: &&SetField| known.set.is_some_and(|set| bare(set) == bare(&field.name));
        let exact = catalogue.iter().find(is_exact);
        return Ok(exact.or_else(|| catalogue.iter().find(is_alike)));
    }
    let is_label = |field: &&SetField| {
        field
            .label
            .as_deref()
            .is_some_and(|label| label.trim() == column.trim())
    };
    let is_alike = |field: &&SetField| bare(&field.name) == bare(column);
    let exact = catalogue.iter().find(|field| field.name == column);
    let found: Vec<&SetField> = match exact {
        Some(exact) => vec![exact],
        None => catalogue
            .iter()
            .filter(|field| is_label(field) || is_alike(field))
            .collect(),
    };
    match found.as_slice() {
        [] => Ok(None),
        [one] if is_salary(&one.name) || one.label.as_deref().is_some_and(is_salary) => {
            Err(salary(column))
        }
        [one] => Ok(Some(one)),
        several => {
            let names: Vec<String> = several.iter().map(|field| field.name.clone()).collect();
            Err(ambiguous(column, &names))
        }
    }
}

fn set_kind(column: &str, field: &SetField) -> Kind {
    match field.kind.as_deref() {
        _ if find(column).is_some_and(|known| known.is_day) => Kind::Day,
        Some("date") => Kind::Day,
        Some("currency") => Kind::Amount,
        // Lists of some accounts have no types.
        None if find(column).is_none() => Kind::Amount,
        _ => Kind::Text,
    }
}

fn ambiguous(column: &str, several: &[String]) -> ConnectorError {
    let fault = Fault::Ambiguous {
        column: shown(column),
        of: several.iter().map(|name| shown(name)).collect(),
    };
    ConnectorError::setting("mapping", fault, SettingRemedy::UseNumberOfField)
}
