//! The raw value of a mapped field: its columns, its value map, and what counts as no value.

use crate::{
    model::field::canonical,
    read::{
        formula,
        normalise::{self, DateFormat, FieldKind},
        record::{Cell, Record},
    },
    setup::{
        integration::Setup,
        mapping::{FieldMapping, ManagerKey, Source},
    },
};
use jiff::civil::Date;
use regex::Regex;
use std::{borrow::Cow, cell::RefCell};

/// A field mapping with what is looked up once a delivery or once a file.
pub(super) struct Entry<'a> {
    pub(super) mapping: &'a FieldMapping,
    pub(super) kind: FieldKind,
    pub(super) format: DateFormat,
    extract: Option<Regex>,
    /// The last day that the field may have, if it is before the last of all fields.
    pub(super) latest: Option<Date>,
    pub(super) required: bool,
    /// Problems show only the shape of its values.
    pub(super) is_masked: bool,
    columns: Vec<Option<usize>>,
    no_date: Vec<&'a str>,
    /// The last raw value and what it means, of kinds whose few values follow each other in most files.
    pub(super) last: RefCell<Option<(String, String)>>,
}

/// A raw value after its source was resolved.
pub(super) enum Raw<'r> {
    Absent,
    /// The source says explicitly that there is no value.
    Null,
    Unreadable,
    Blank,
    /// The value does not match the pattern of its part that is used.
    NoPart(Cow<'r, str>),
    Text {
        /// As the record has it.
        said: Cow<'r, str>,
        /// The part of it that is used, or what the value map makes of it.
        mapped: Option<String>,
    },
}

/// The cell of a column.
enum Found<'r> {
    Absent,
    Null,
    Unreadable,
    Blank,
    Text(Cow<'r, str>),
}

impl<'a> Entry<'a> {
    pub(super) fn new(mapping: &'a FieldMapping, setup: &'a Setup, today: Date) -> Self {
        let schema = &setup.workspace.schema;
        let kind = match mapping.manager {
            ManagerKey::Email => FieldKind::Email,
            ManagerKey::ExternalId => schema
                .get(mapping.field)
                .map_or(FieldKind::Text, |field| field.kind.clone()),
        };
        let policy = &setup.rules.policy;
        let no_date = match kind {
            FieldKind::Date => mapping.no_date.iter().chain(&policy.no_date),
            _ => [].iter().chain(&[]),
        };
        Self {
            mapping,
            format: mapping.date_format().unwrap_or_default(),
            extract: mapping
                .extract
                .as_deref()
                .and_then(|pattern| Regex::new(pattern).ok()),
            latest: (mapping.field == canonical::BIRTHDAY).then_some(today),
            required: setup.is_required(mapping),
            is_masked: schema.is_masked(mapping.field),
            columns: Vec::new(),
            no_date: no_date.map(|value| value.trim()).collect(),
            last: RefCell::new(None),
            kind,
        }
    }

    /// A file begins.
    pub(super) fn begin(&mut self, columns: &[String]) {
        let find = |name: &String| columns.iter().position(|column| column == name);
        self.columns = self.mapping.source.columns().iter().map(find).collect();
    }

    /// The column, or the first of several, as the source names it.
    pub(super) fn column_name(&self) -> &str {
        self.mapping
            .source
            .columns()
            .first()
            .map_or("constant", String::as_str)
    }

    /// What a record has, after the value map; values that it does not list stay as they are.
    #[inline] // once for every mapped field of every new record
    pub(super) fn resolve<'r>(&self, record: &Record<'r>) -> Raw<'r> {
        let said = match self.find(record) {
            Found::Absent => return Raw::Absent,
            Found::Null => return Raw::Null,
            Found::Unreadable => return Raw::Unreadable,
            Found::Blank => return Raw::Blank,
            Found::Text(text) => text,
        };
        let part = match &self.extract {
            None => None,
            Some(pattern) => match pattern.captures(said.trim()) {
                None => return Raw::NoPart(said),
                Some(found) => Some(found.get(1).map_or("", |part| part.as_str())),
            },
        };
        let value = part.unwrap_or(&said);
        let mapped = if self.mapping.values.is_empty() {
            part
        } else {
            let replaced = self.mapping.values.get(value.trim());
            replaced.map(String::as_str).or(part)
        };
        let value = mapped.unwrap_or(&said);
        if mapped.is_some_and(normalise::is_blank) {
            return Raw::Blank;
        }
        if self.kind == FieldKind::Date && self.is_no_date(value) {
            return Raw::Null;
        }
        let mapped = mapped.map(str::to_owned);
        Raw::Text { said, mapped }
    }

    fn is_no_date(&self, value: &str) -> bool {
        let value = value.trim();
        self.no_date
            .iter()
            .any(|none| none.eq_ignore_ascii_case(value))
            || self.mapping.field == canonical::OFFBOARDING_DATE && self.format.is_never(value)
    }

    fn find<'r>(&self, record: &Record<'r>) -> Found<'r> {
        let cell = |column: &Option<usize>| match column
            .map_or(Cell::Absent, |column| record.cell(column))
        {
            Cell::Absent => Found::Absent,
            Cell::Null => Found::Null,
            Cell::Unreadable => Found::Unreadable,
            Cell::Text(text) if normalise::is_blank(text) => Found::Blank,
            Cell::Text(text) => Found::Text(Cow::Borrowed(formula::unguarded(text))),
        };
        match &self.mapping.source {
            Source::Constant(value) => Found::Text(Cow::Owned(value.clone())),
            Source::Column(_) => self.columns.first().map_or(Found::Absent, cell),
            Source::FirstOf(_) => {
                let mut last = Found::Absent;
                for column in &self.columns {
                    match cell(column) {
                        found @ (Found::Text(_) | Found::Unreadable) => return found,
                        Found::Absent => {}
                        nothing => last = nothing,
                    }
                }
                last
            }
            Source::Join { with, .. } => join(self.columns.iter().map(cell), with),
        }
    }
}

fn join<'r>(cells: impl Iterator<Item = Found<'r>>, with: &str) -> Found<'r> {
    let mut joined: Option<String> = None;
    let mut present = false;
    for cell in cells {
        match cell {
            Found::Unreadable => return Found::Unreadable,
            Found::Absent => {}
            Found::Null | Found::Blank => present = true,
            Found::Text(text) => match &mut joined {
                None => joined = Some(text.trim().to_owned()),
                Some(joined) => {
                    joined.push_str(with);
                    joined.push_str(text.trim());
                }
            },
        }
    }
    match joined {
        Some(text) => Found::Text(Cow::Owned(text)),
        None if present => Found::Blank,
        None => Found::Absent,
    }
}
