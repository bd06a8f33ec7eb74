//! One employment of a human, from two lists: within the employee's record, and among the employments. Neither
//! alone has everything.

use super::{End, Rules, company::Companies, slice, wire::Record};
use crate::{
    connector::Value,
    systems::{attributes::Attributes, leniency},
};
use jiff::civil::Date;
use muster_core::model::employment::Employment;

/// The properties of employments, which mappings name as `employments.PROPERTY`.
pub(super) const PROPERTIES: &[&str] = &[
    "contractId",
    "contractCode",
    "employmentCode",
    "employeeCode",
    "hireDate",
    "originalHireDate",
    "dischargeDate",
    "endDate",
    "company",
    "location",
    "site",
    "costCenter",
    "costAllocation",
    "classification",
    "employmentType",
    "jobProfile",
    "organizationUnit",
];
/// Those that are calendar days.
const DAYS: &[&str] = &["hireDate", "originalHireDate", "dischargeDate", "endDate"];

/// All slices of one record of the employments.
#[derive(Clone, Debug, Default)]
pub(super) struct Standalone<'a> {
    pub(super) slices: Vec<&'a Record>,
}

impl<'a> Standalone<'a> {
    fn chosen(&self, today: Date) -> Option<&'a Attributes> {
        slice::choose(&self.slices, today).map(|it| &it.says)
    }

    /// What a contract within an employee may call it.
    pub(super) fn ids(&self) -> impl Iterator<Item = String> {
        let keys = ["contractCode", "id"].into_iter();
        keys.flat_map(|key| {
            self.slices
                .iter()
                .filter_map(move |it| slice::text(&it.says, key))
        })
    }

    pub(super) fn person_code(&self) -> Option<String> {
        self.slices
            .iter()
            .find_map(|it| slice::text(&it.says, "personCode"))
    }

    /// Whether it runs on the day or later.
    pub(super) fn is_not_over(&self, today: Date) -> bool {
        let ends = |key| {
            self.chosen(today)
                .and_then(|it| slice::day(it, key))
                .is_some_and(|day| day < today)
        };
        let is_valid = self
            .slices
            .iter()
            .any(|it| slice::until(it).is_none_or(|day| day > today));
        is_valid && !ends("dischargeDate") && !ends("endDate")
    }
}

#[derive(Clone, Debug)]
pub(super) struct Contract<'a> {
    own: Option<Standalone<'a>>,
    nested: Option<&'a Attributes>,
    /// The employee's record that it is in, by number.
    pub(super) entry: Option<usize>,
    /// First valid day of that record.
    from: Option<Date>,
    today: Date,
}

/// Joins what both lists say of one human: the slices of the employee's records that count, and the employments.
pub(super) fn join<'a>(
    records: &[&'a Record],
    own: Vec<Standalone<'a>>,
    today: Date,
) -> Vec<Contract<'a>> {
    let mut contracts = Vec::new();
    for (entry, record) in records.iter().enumerate() {
        let from = slice::from(record);
        contracts.extend(record.employments.iter().map(|nested| Contract {
            own: None,
            nested: Some(nested),
            entry: Some(entry),
            from,
            today,
        }));
    }
    let mut left = Vec::new();
    for own in own {
        let same = |it: &&mut Contract<'_>| {
            it.own.is_none() && it.id().is_some_and(|id| own.ids().any(|own| own == id))
        };
        match contracts.iter_mut().find(same) {
            Some(contract) => contract.own = Some(own),
            None => left.push(own),
        }
    }
    // Some core systems number contracts differently in the two lists.
    for own in left {
        let like = |it: &&mut Contract<'_>| {
            let same = |key| {
                let theirs = own.chosen(today).and_then(|own| slice::text(own, key));
                theirs.is_some() && it.nested.and_then(|nested| slice::text(nested, key)) == theirs
            };
            it.own.is_none() && same("hireDate") && same("company")
        };
        match contracts.iter_mut().find(like) {
            Some(contract) => contract.own = Some(own),
            None => contracts.push(Contract {
                own: Some(own),
                nested: None,
                entry: None,
                from: None,
                today,
            }),
        }
    }
    assign(&mut contracts, records);
    contracts
}

/// Gives employments of the list of employments alone to the records that have no employments inside, so that what such a
/// record says of its employee counts for them: by first day, else in order as long as there are no more employments than
/// such records. The others belong to records that are not on the list of employees.
fn assign(contracts: &mut [Contract<'_>], records: &[&Record]) {
    let mut bare: Vec<usize> = (0..records.len())
        .filter(|entry| records[*entry].employments.is_empty())
        .collect();
    for contract in contracts.iter_mut().filter(|it| it.entry.is_none()) {
        let begins = |entry: &usize| {
            let from = slice::from(records[*entry]);
            from.is_some() && (contract.first_day() == from || contract.valid_from() == from)
        };
        if let Some(position) = bare.iter().position(begins) {
            contract.give_to(bare.remove(position), records);
        }
    }
    let is_open = |it: &&mut Contract<'_>| it.entry.is_none() && !it.is_over();
    let open = contracts.iter_mut().filter(is_open).count();
    if open > bare.len() {
        return;
    }
    for (contract, entry) in contracts.iter_mut().filter(is_open).zip(bare) {
        contract.give_to(entry, records);
    }
}

impl Contract<'_> {
    /// The contract's own number.
    fn id(&self) -> Option<String> {
        let nested = self.nested.and_then(|it| slice::text(it, "contractId"));
        let own = || self.own.as_ref().and_then(|own| own.chosen(self.today));
        nested.or_else(|| {
            own().and_then(|it| slice::text(it, "contractCode").or_else(|| slice::text(it, "id")))
        })
    }

    fn give_to(&mut self, entry: usize, records: &[&Record]) {
        self.entry = Some(entry);
        self.from = slice::from(records[entry]);
    }

    fn first_day(&self) -> Option<Date> {
        self.day("hireDate").ok().flatten()
    }

    /// First valid day of the employment.
    fn valid_from(&self) -> Option<Date> {
        let own = self.own.iter().flat_map(|own| &own.slices);
        own.filter_map(|it| slice::from(it)).min()
    }

    fn is_over(&self) -> bool {
        let own = self.own.as_ref();
        own.is_some_and(|own| !own.is_not_over(self.today))
    }

    /// Whether the list of employments says that it is active.
    pub(super) fn is_active(&self) -> Option<bool> {
        let own = self.own.as_ref()?.chosen(self.today)?;
        slice::flag(own, "isActive")
    }

    /// Whether the list of employments does not have it.
    pub(super) fn is_bereft(&self) -> bool {
        self.own.is_none()
    }

    /// What it says of a property.
    pub(super) fn value(&self, key: &str) -> Value {
        if key == "contractId" {
            return self.id().map_or(Value::Absent, Value::Text);
        }
        if key == "originalHireDate" && self.is_first_contract_later() {
            return Value::Null;
        }
        self.says(key)
    }

    /// A first contract that begins after this one is none.
    fn is_first_contract_later(&self) -> bool {
        matches!((self.says("originalHireDate"), self.says("hireDate")), (Value::Text(original), Value::Text(hired)) if original > hired)
    }

    /// What either list says; the list of employments first.
    fn says(&self, key: &str) -> Value {
        let read = if DAYS.contains(&key) {
            leniency::day
        } else {
            leniency::scalar
        };
        let own = self.own.as_ref().and_then(|own| own.chosen(self.today));
        let says =
            |it: Option<&Attributes>| it.and_then(|it| it.get(key)).map_or(Value::Absent, read);
        match says(own) {
            Value::Absent | Value::Null => says(self.nested),
            value => value,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.value(key) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A day that is there must be one.
    fn day(&self, key: &str) -> Result<Option<Date>, ()> {
        match self.value(key) {
            Value::Text(text) => text.parse().map(Some).map_err(|_| ()),
            Value::Unreadable => Err(()),
            Value::Absent | Value::Null => Ok(None),
        }
    }

    /// The employment in the words of the core; none: nothing says when it began.
    pub(super) fn employment(
        &self,
        rules: Rules,
        companies: &Companies,
    ) -> Result<Option<Employment>, ()> {
        let (hired, original) = (self.day("hireDate")?, self.day("originalHireDate")?);
        let valid = || self.valid_from().or(self.from);
        let Some(start) = hired.or(original).or_else(valid) else {
            return Ok(None);
        };
        Ok(Some(Employment {
            external_id: self.id(),
            payroll_id: self.text("employeeCode"),
            employment_type: self.text("employmentType"),
            company: self
                .text("company")
                .map(|name| companies.id(&name).to_owned()),
            start,
            original_start: original,
            end: self
                .end(rules)?
                .or_else(|| self.run_out())
                .filter(|day| day.year() < 9999),
        }))
    }

    /// The last day of work.
    fn end(&self, rules: Rules) -> Result<Option<Date>, ()> {
        let (discharge, end) = (self.day("dischargeDate")?, self.day("endDate")?);
        let discharge = match discharge {
            Some(day) if rules.is_first_day_out => day.yesterday().ok(),
            day => day,
        };
        Ok(match rules.end {
            End::DischargeFirst => discharge.or(end),
            End::DischargeAlone => discharge,
            End::ContractFirst => end.or(discharge),
        })
    }

    /// The last day of an employment whose slices are all past, with no date that says why.
    fn run_out(&self) -> Option<Date> {
        let ends: Option<Vec<Date>> = self
            .own
            .as_ref()?
            .slices
            .iter()
            .map(|it| slice::until(it))
            .collect();
        let last = ends?.into_iter().max().filter(|day| *day <= self.today)?;
        last.yesterday().ok()
    }
}
