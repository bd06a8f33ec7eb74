//! Turns one raw record into what it says of a person: selection, mapping, normalising and the checks
//! that need nothing but the record itself.

use crate::{
    model::{
        calendar::Calendar,
        code::Code,
        company::{self, Company},
        employment::{self, Employment},
        facts::Fact,
        field::{FieldNumber, FieldOrigin, canonical},
        problem::{Problem, Severity},
    },
    read::{
        formula,
        normalise::{self, Context, DateFormat, FieldKind, GroupNames, Invalid},
        reading::DraftState,
        record::{Cell, Record},
    },
    setup::{
        integration::Setup,
        mapping::{BlankPolicy, FieldMapping, InvalidPolicy, Source},
        policy::{MatchBy, UnknownGroup},
        selection::{self, CompiledRules, Verdict},
    },
};
use jiff::civil::Date;
use std::{borrow::Cow, cell::RefCell, collections::BTreeMap};

mod refusal;

use refusal::{required, unreadable};

/// What a record says of one field, still on loan from it where it could be.
pub(crate) enum Said<'r> {
    Cleared,
    Set(Cow<'r, str>),
}

impl Said<'_> {
    pub(crate) fn as_fact(&self) -> Fact<'_> {
        match self {
            Said::Cleared => Fact::Cleared,
            Said::Set(value) => Fact::Set(value),
        }
    }
}

/// One record after mapping and checking.
pub(crate) struct Drafted<'r> {
    pub(crate) state: DraftState,
    pub(crate) facts: Vec<(FieldNumber, Said<'r>)>,
    pub(crate) problems: Vec<Problem>,
    /// No key could be read: the record could be anybody.
    pub(crate) unknown: bool,
    /// What a record would need that the selection takes, and this one does not need.
    waived: Vec<Problem>,
    /// There is an external id, but it cannot be read.
    id_lost: bool,
    /// The record is taken and there is an address, but it cannot be read.
    pub(crate) address_lost: bool,
    /// The record has the columns that the selection looks at.
    pub(crate) gate_present: bool,
}

/// Drafts the records of one delivery.
pub(crate) struct Drafter<'a> {
    setup: &'a Setup,
    calendar: Calendar,
    entries: Vec<Entry<'a>>,
    rules: CompiledRules,
    groups: GroupNames,
    new_groups: Vec<String>,
    /// Records that each rule left out.
    left_out: Vec<u64>,
}

/// A field mapping with what is looked up once a delivery or once a file.
struct Entry<'a> {
    mapping: &'a FieldMapping,
    kind: FieldKind,
    format: DateFormat,
    required: bool,
    columns: Vec<Option<usize>>,
    /// The last raw value and what it means, of kinds with few values that follow each other in most files.
    last: RefCell<Option<(String, String)>>,
}

/// A raw value after its source was resolved.
enum Raw<'r> {
    Absent,
    Null,
    Unreadable,
    Blank,
    Text(Cow<'r, str>),
}

impl<'a> Drafter<'a> {
    pub(crate) fn new(setup: &'a Setup, calendar: Calendar) -> Self {
        let schema = &setup.workspace.schema;
        // In order of field numbers, so that external id and address are packed first.
        let mut mappings: Vec<_> = setup.rules.mapping.entries.iter().collect();
        mappings.sort_by_key(|mapping| mapping.field);
        let entry = |mapping: &'a FieldMapping| Entry {
            mapping,
            kind: schema
                .get(mapping.field)
                .map_or(FieldKind::Text, |field| field.kind.clone()),
            format: mapping
                .format
                .as_deref()
                .and_then(|text| DateFormat::parse(text).ok())
                .unwrap_or_default(),
            required: setup.is_required(mapping),
            columns: Vec::new(),
            last: RefCell::new(None),
        };
        Self {
            setup,
            calendar,
            entries: mappings.into_iter().map(entry).collect(),
            rules: CompiledRules::default(),
            groups: GroupNames::new(setup.workspace.groups.clone()),
            new_groups: Vec::new(),
            left_out: vec![0; setup.rules.selection.len()],
        }
    }

    /// A file begins: columns are looked up by name once.
    pub(crate) fn begin(&mut self, columns: &[String]) -> Result<(), Problem> {
        for entry in &mut self.entries {
            let find = |name: &String| columns.iter().position(|column| column == name);
            entry.columns = entry.mapping.source.columns().iter().map(find).collect();
        }
        self.rules = selection::compile(&self.setup.rules.selection, columns)?;
        Ok(())
    }

    /// Records that were left out, by the column whose rule did it.
    pub(crate) fn left_out(&self) -> BTreeMap<String, u64> {
        let mut left_out = BTreeMap::new();
        for (rule, count) in self
            .setup
            .rules
            .selection
            .iter()
            .zip(&self.left_out)
            .filter(|(_, count)| **count > 0)
        {
            *left_out.entry(rule.column.clone()).or_default() += count;
        }
        left_out
    }

    pub(crate) fn into_new_groups(mut self) -> Vec<String> {
        self.new_groups.sort();
        self.new_groups.dedup();
        self.new_groups
    }

    pub(crate) fn draft<'r>(&mut self, record: &Record<'r>) -> Drafted<'r> {
        let mut drafted = Drafted {
            state: DraftState::Candidate,
            facts: Vec::with_capacity(self.entries.len()),
            problems: Vec::new(),
            unknown: false,
            waived: Vec::new(),
            id_lost: false,
            address_lost: false,
            gate_present: true,
        };
        let selected = selection::holds(
            &self.rules,
            |column| record.cell(column),
            self.calendar.today,
        );
        let is_taken = !matches!(selected, Verdict::NotSelected { .. });
        match selected {
            Verdict::Selected => {}
            Verdict::NotSelected { rule } => {
                drafted.state = DraftState::NotSelected;
                self.left_out[rule] += 1;
            }
            Verdict::Absent => {
                drafted.state = DraftState::Undecided;
                drafted.gate_present = false;
            }
            Verdict::Invalid(problem) => {
                drafted.state = DraftState::Rejected;
                drafted.problems.push(problem);
            }
        }
        let region = self.region(record);
        for position in 0..self.entries.len() {
            self.read_field(position, record, region.as_deref(), &mut drafted);
        }
        self.derive_from_employments(&mut drafted);
        self.check_dates(&mut drafted);
        self.check_key(&mut drafted);
        drafted.address_lost &= is_taken;
        drafted
    }

    /// The country that phone numbers of this record are in.
    fn region(&self, record: &Record<'_>) -> Option<String> {
        let country = self
            .entries
            .iter()
            .find(|entry| entry.mapping.field == canonical::COUNTRY);
        let said = country.and_then(|entry| match resolve(entry, record) {
            Raw::Text(text) => {
                let text = mapped_value(entry, text);
                self.normalise(entry, text, None).ok().map(Cow::into_owned)
            }
            _ => None,
        });
        said.or_else(|| self.setup.workspace.settings.region.clone())
    }

    fn normalise<'r>(
        &self,
        entry: &Entry<'_>,
        raw: Cow<'r, str>,
        region: Option<&str>,
    ) -> Result<Cow<'r, str>, Invalid> {
        let context = Context {
            region,
            languages: &self.setup.workspace.settings.languages,
            groups: &self.groups,
            date_format: &entry.format,
        };
        let is_identifier = [
            canonical::EXTERNAL_ID,
            canonical::PAYROLL_ID,
            canonical::MANAGER_EXTERNAL_ID,
        ]
        .contains(&entry.mapping.field);
        if matches!(
            entry.kind,
            FieldKind::Language | FieldKind::Country | FieldKind::Group
        ) {
            return self.normalise_again(entry, raw, &context);
        }
        match raw {
            Cow::Borrowed(raw) if is_identifier => normalise::identifier(raw),
            Cow::Borrowed(raw) => normalise::normalise(&entry.kind, raw, &context),
            Cow::Owned(raw) if is_identifier => {
                normalise::identifier(&raw).map(|text| Cow::Owned(text.into_owned()))
            }
            Cow::Owned(raw) => normalise::normalise(&entry.kind, &raw, &context)
                .map(|text| Cow::Owned(text.into_owned())),
        }
    }

    /// The same, unless the last record said the same.
    fn normalise_again<'r>(
        &self,
        entry: &Entry<'_>,
        raw: Cow<'r, str>,
        context: &Context<'_>,
    ) -> Result<Cow<'r, str>, Invalid> {
        let mut last = entry.last.borrow_mut();
        if let Some((before, value)) = last.as_ref().filter(|(before, _)| *before == raw) {
            return Ok(if before == value {
                raw
            } else {
                Cow::Owned(value.clone())
            });
        }
        let value = normalise::normalise(&entry.kind, &raw, context)?.into_owned();
        *last = Some((raw.into_owned(), value.clone()));
        Ok(Cow::Owned(value))
    }

    fn read_field<'r>(
        &mut self,
        position: usize,
        record: &Record<'r>,
        region: Option<&str>,
        drafted: &mut Drafted<'r>,
    ) {
        let entry = &self.entries[position];
        let field = entry.mapping.field;
        let text = match resolve(entry, record) {
            Raw::Text(text) => text,
            Raw::Unreadable => {
                drafted.id_lost |= field == canonical::EXTERNAL_ID;
                drafted.address_lost |= field == canonical::EMAIL;
                return drafted.reject(unreadable(entry));
            }
            // Who left may have no address any more: that says no less that they left.
            other if entry.required && drafted.state == DraftState::NotSelected => {
                return drafted
                    .waived
                    .push(required(entry, matches!(other, Raw::Absent)));
            }
            other if entry.required => {
                return drafted.reject(required(entry, matches!(other, Raw::Absent)));
            }
            Raw::Absent => return,
            Raw::Null => return drafted.clear(field),
            Raw::Blank => {
                if self.blank_clears(entry) {
                    drafted.clear(field);
                }
                return;
            }
        };
        let shown = text.clone();
        let raw = if entry.mapping.values.is_empty() {
            text
        } else {
            mapped_value(entry, text)
        };
        match self.normalise(&self.entries[position], raw, region) {
            Ok(value) if field == canonical::OFFBOARDING_DATE && value == "9999-12-31" => {
                drafted.clear(field)
            }
            Ok(value) => drafted.facts.push((field, Said::Set(value))),
            Err(invalid) => self.invalid(position, &shown, invalid, drafted),
        }
    }

    /// Blank ids and budgets never clear anything; other fields follow the mapping, then the policy.
    fn blank_clears(&self, entry: &Entry<'_>) -> bool {
        let field = entry.mapping.field;
        let schema = &self.setup.workspace.schema;
        let budget = schema
            .get(field)
            .is_some_and(|field| field.origin == FieldOrigin::Budget);
        let policy = entry.mapping.blank.unwrap_or(self.setup.rules.policy.blank);
        policy == BlankPolicy::Clear && !budget && field != canonical::EXTERNAL_ID
    }

    fn invalid(&mut self, position: usize, raw: &str, invalid: Invalid, drafted: &mut Drafted<'_>) {
        let entry = &self.entries[position];
        let field = entry.mapping.field;
        let policy = &self.setup.rules.policy;
        if invalid.code == Code::ValueGroup && policy.unknown_group == UnknownGroup::Create {
            let name = normalise::text(raw)
                .map(Cow::into_owned)
                .unwrap_or_default();
            self.new_groups.push(name.clone());
            drafted.facts.push((field, Said::Set(Cow::Owned(name))));
            return;
        }
        let decides_access =
            [canonical::ONBOARDING_DATE, canonical::OFFBOARDING_DATE].contains(&field);
        let rejects = entry.required
            || decides_access
            || (invalid.code == Code::ValueGroup && policy.unknown_group == UnknownGroup::Reject)
            || (invalid.code != Code::ValueGroup
                && entry.mapping.invalid.unwrap_or(policy.invalid_value) == InvalidPolicy::Reject)
            || field == canonical::EXTERNAL_ID;
        drafted.id_lost |= field == canonical::EXTERNAL_ID;
        drafted.address_lost |= field == canonical::EMAIL;
        let severity = if rejects {
            Severity::Rejected
        } else {
            Severity::Warning
        };
        let effect = if rejects {
            "the record is not used"
        } else {
            "the stored value stays"
        };
        let problem = Problem::new(
            invalid.code,
            severity,
            format!("{}; {effect}", invalid.message),
            invalid.advice,
        )
        .of(column_name(entry), raw);
        if rejects {
            drafted.reject(problem)
        } else {
            drafted.problems.push(problem)
        }
    }

    /// What a record says of employments decides the dates, payroll id, type and company that it does not map.
    fn derive_from_employments<'r>(&self, drafted: &mut Drafted<'r>) {
        let Some(text) = drafted.value(canonical::EMPLOYMENTS) else {
            return;
        };
        let Ok(mut employments) = employment::read(text) else {
            return;
        };
        if company::by_id(&mut employments, &self.setup.workspace.companies) {
            drafted
                .facts
                .retain(|(field, _)| *field != canonical::EMPLOYMENTS);
            drafted.facts.push((
                canonical::EMPLOYMENTS,
                Said::Set(Cow::Owned(employment::write(&employments))),
            ));
        }
        let today = self.calendar.today;
        let primary = employment::primary(&employments, today);
        let span = employment::span(&employments, today);
        let day = |day: jiff::civil::Date| day.to_string();
        let derived = [
            (
                canonical::ONBOARDING_DATE,
                span.map(|(first, _)| day(first)),
            ),
            (
                canonical::OFFBOARDING_DATE,
                span.and_then(|(_, last)| last.map(day)),
            ),
            (
                canonical::PAYROLL_ID,
                primary.and_then(|primary| primary.payroll_id.clone()),
            ),
            (
                canonical::EMPLOYMENT_TYPE,
                primary.and_then(|primary| primary.employment_type.clone()),
            ),
            (
                canonical::COMPANY,
                primary.and_then(|primary| primary.company.clone()),
            ),
        ];
        for (field, value) in derived {
            if self
                .entries
                .iter()
                .all(|entry| entry.mapping.field != field)
            {
                drafted.facts.push((
                    field,
                    value.map_or(Said::Cleared, |value| Said::Set(Cow::Owned(value))),
                ));
            }
        }
        drafted.problems.extend(self.company_problems(&employments));
    }

    /// Warns of running employments in companies that are not known, or not on this day.
    fn company_problems(&self, employments: &[Employment]) -> Vec<Problem> {
        let (companies, today) = (&self.setup.workspace.companies, self.calendar.today);
        let running = employments
            .iter()
            .filter(|employment| employment.runs_on(today));
        let named = running.filter_map(|employment| employment.company.as_deref());
        named
            .filter(|_| !companies.is_empty())
            .filter_map(|id| {
                let (code, what) = match companies.iter().find(|company| company.external_id == id)
                {
                    None => (
                        Code::CompanyUnknown,
                        "is not a company of this workspace".to_owned(),
                    ),
                    Some(company) => (Code::CompanyInvalid, invalid(company, today)?),
                };
                let message = format!(
                    "`{}` {what}; the employment is kept as it is",
                    crate::model::problem::shown(id)
                );
                let advice =
                    "correct the company of the employment in the source, or the list of companies";
                Some(Problem::new(code, Severity::Warning, message, advice).of("employments", id))
            })
            .collect()
    }

    fn check_dates(&self, drafted: &mut Drafted<'_>) {
        let onboarding = drafted.value(canonical::ONBOARDING_DATE).map(str::to_owned);
        let offboarding = drafted
            .value(canonical::OFFBOARDING_DATE)
            .map(str::to_owned);
        // ISO dates compare as text.
        if let (Some(onboarding), Some(offboarding)) = (onboarding, offboarding)
            && offboarding < onboarding
        {
            let message = format!(
                "the offboarding date `{offboarding}` lies before the onboarding date `{onboarding}`; the record is not used"
            );
            drafted.reject(
                Problem::new(
                    Code::DateOrder,
                    Severity::Rejected,
                    message,
                    "correct one of the two dates in the source",
                )
                .of("offboarding_date", &offboarding),
            );
        }
    }

    /// The match key decides whom a record is about; without one it could be anybody.
    fn check_key(&self, drafted: &mut Drafted<'_>) {
        let id = drafted.value(canonical::EXTERNAL_ID).is_some();
        let email = drafted.value(canonical::EMAIL).is_some();
        let known = match self.setup.rules.policy.match_by {
            // An unreadable id hides whom the record means although it has an address.
            MatchBy::ExternalIdThenEmail => id || (email && !drafted.id_lost),
            MatchBy::ExternalId => id,
            MatchBy::Email => email,
        };
        if drafted.state == DraftState::NotSelected && !known {
            std::mem::take(&mut drafted.waived)
                .into_iter()
                .for_each(|problem| drafted.reject(problem));
        }
        let subject = drafted
            .value(canonical::EXTERNAL_ID)
            .or(drafted.value(canonical::EMAIL))
            .map(str::to_owned);
        for problem in &mut drafted.problems {
            problem.subject = subject.as_deref().map(crate::model::problem::shown);
        }
        drafted.unknown = drafted.state == DraftState::Rejected && !known;
    }
}

impl<'r> Drafted<'r> {
    fn reject(&mut self, problem: Problem) {
        self.state = DraftState::Rejected;
        self.problems.push(problem);
    }

    fn clear(&mut self, field: FieldNumber) {
        // Address, names and id are never cleared: a record without them is rejected or silent.
        let kept = [
            canonical::EXTERNAL_ID,
            canonical::EMAIL,
            canonical::FIRST_NAME,
            canonical::LAST_NAME,
        ];
        if !kept.contains(&field) {
            self.facts.push((field, Said::Cleared));
        }
    }

    fn value(&self, field: FieldNumber) -> Option<&str> {
        self.facts
            .iter()
            .find(|(number, _)| *number == field)
            .and_then(|(_, said)| match said {
                Said::Set(value) => Some(value.as_ref()),
                Said::Cleared => None,
            })
    }
}

#[inline] // once for every mapped field of every new record
fn resolve<'r>(entry: &Entry<'_>, record: &Record<'r>) -> Raw<'r> {
    let cell =
        |column: &Option<usize>| match column.map_or(Cell::Absent, |column| record.cell(column)) {
            Cell::Absent => Raw::Absent,
            Cell::Null => Raw::Null,
            Cell::Unreadable => Raw::Unreadable,
            Cell::Text(text) if normalise::is_blank(text) => Raw::Blank,
            Cell::Text(text) => Raw::Text(Cow::Borrowed(formula::unguarded(text))),
        };
    match &entry.mapping.source {
        Source::Constant(value) => Raw::Text(Cow::Owned(value.clone())),
        Source::Column(_) => entry.columns.first().map_or(Raw::Absent, cell),
        Source::FirstOf(_) => {
            let mut last = Raw::Absent;
            for column in &entry.columns {
                match cell(column) {
                    found @ (Raw::Text(_) | Raw::Unreadable) => return found,
                    Raw::Absent => {}
                    nothing => last = nothing,
                }
            }
            last
        }
        Source::Join { with, .. } => join(entry.columns.iter().map(cell), with),
    }
}

fn join<'r>(cells: impl Iterator<Item = Raw<'r>>, with: &str) -> Raw<'r> {
    let mut joined: Option<String> = None;
    let mut present = false;
    for cell in cells {
        match cell {
            Raw::Unreadable => return Raw::Unreadable,
            Raw::Absent => {}
            Raw::Null | Raw::Blank => present = true,
            Raw::Text(text) => match &mut joined {
                None => joined = Some(text.trim().to_owned()),
                Some(joined) => {
                    joined.push_str(with);
                    joined.push_str(text.trim());
                }
            },
        }
    }
    match joined {
        Some(text) => Raw::Text(Cow::Owned(text)),
        None if present => Raw::Blank,
        None => Raw::Absent,
    }
}

/// Why nobody can be employed in a company on a day; none: they can.
fn invalid(company: &Company, today: Date) -> Option<String> {
    match (company.valid_from, company.valid_to) {
        _ if company.is_valid_on(today) => None,
        (Some(from), _) if from > today => Some(format!("is a company from {from} on only")),
        (_, until) => Some(format!("has not been a company since {}", until?)),
    }
}

/// Looks a value up in the mapping's value map; values that it does not list stay as they are.
fn mapped_value<'r>(entry: &Entry<'_>, raw: Cow<'r, str>) -> Cow<'r, str> {
    match entry.mapping.values.get(raw.trim()) {
        Some(value) => Cow::Owned(value.clone()),
        None => raw,
    }
}

fn column_name<'e>(entry: &'e Entry<'_>) -> &'e str {
    entry
        .mapping
        .source
        .columns()
        .first()
        .map_or("constant", String::as_str)
}
