//! The employees that a delivery may be about, found by key.

use crate::{
    model::{
        employee::Employee,
        field::canonical,
        ids::{EmployeeId, IntegrationId},
    },
    read::{normalise::fold_email, roster::LastGood},
    setup::integration::id_prefix,
};
use std::collections::{BTreeSet, HashMap};

/// Employees in ascending order of number, with indexes by external id and by address.
#[derive(Debug, Default)]
pub struct Candidates {
    employees: Vec<Employee>,
    by_external_id: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    announced: BTreeSet<EmployeeId>,
    managers: HashMap<String, String>,
}

/// Another prefix of external ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixChange<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

impl<'a> PrefixChange<'a> {
    /// The change since the last good run; none: the prefix is the same, or there was no such run.
    pub fn since(last: Option<&'a LastGood>, new: &'a str) -> Option<Self> {
        let old = id_prefix(&last?.setup);
        (old != new).then_some(Self { old, new })
    }

    /// An id with the old prefix, with the new one.
    fn renamed(self, id: &str) -> Option<String> {
        Some(format!("{}{}", self.new, id.strip_prefix(self.old)?))
    }

    /// An id with the new prefix, as it was with the old one.
    pub fn former(self, id: &str) -> Option<String> {
        Some(format!("{}{}", self.old, id.strip_prefix(self.new)?))
    }
}

impl Candidates {
    /// Indexes people; the same person may be given more than once.
    pub fn new(mut employees: Vec<Employee>) -> Self {
        employees.sort_by_key(|employee| employee.id);
        employees.dedup_by_key(|employee| employee.id);
        let by_external_id = (0..).zip(&employees);
        let by_external_id = by_external_id
            .filter_map(|(at, employee)| Some((employee.external_id()?.to_owned(), at)))
            .collect();
        let by_email = (0..)
            .zip(&employees)
            .filter_map(|(at, employee)| {
                Some((
                    fold_email(employee.value(canonical::EMAIL)?).into_owned(),
                    at,
                ))
            })
            .collect();
        Self {
            employees,
            by_external_id,
            by_email,
            announced: BTreeSet::new(),
            managers: HashMap::new(),
        }
    }

    /// The same, where an integration puts another prefix before its external ids than it did: each of its employees
    /// is also found by the id with the new prefix, unless an employee has that id.
    #[must_use]
    pub fn with_new_prefix(mut self, owner: IntegrationId, change: PrefixChange<'_>) -> Self {
        for (at, employee) in (0..).zip(&self.employees) {
            let renamed = employee
                .external_id()
                .filter(|_| employee.owner == Some(owner))
                .and_then(|id| change.renamed(id));
            if let Some(id) = renamed {
                self.by_external_id.entry(id).or_insert(at);
            }
        }
        self
    }

    /// Notes the employees whose end date was stored more than a week ago.
    #[must_use]
    pub fn with_announced(self, announced: BTreeSet<EmployeeId>) -> Self {
        Self { announced, ..self }
    }

    /// Notes by which addresses managers may be named: pairs of an address and an external id.
    #[must_use]
    pub fn with_managers(self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let folded = |(email, id): (String, String)| (fold_email(&email).into_owned(), id);
        let managers = pairs.into_iter().map(folded).collect();
        Self { managers, ..self }
    }

    /// The external id of the employee with an address, as far as managers go.
    pub(crate) fn manager_id(&self, email: &str) -> Option<&str> {
        let found = self.managers.get(fold_email(email).as_ref());
        found.map(String::as_str)
    }

    /// Whether an employee's end date was stored more than a week ago, so that their departure on it is expected.
    pub(crate) fn is_announced(&self, id: EmployeeId) -> bool {
        self.announced.contains(&id)
    }

    /// Whether there is nobody to look up.
    pub(crate) fn is_empty(&self) -> bool {
        self.employees.is_empty()
    }

    /// Everybody, in ascending order of number.
    pub fn iter(&self) -> impl Iterator<Item = &Employee> {
        self.employees.iter()
    }

    /// A person by number.
    pub fn get(&self, id: EmployeeId) -> Option<&Employee> {
        self.employees
            .binary_search_by_key(&id, |employee| employee.id)
            .ok()
            .map(|at| &self.employees[at])
    }

    /// The person with exactly this external id.
    pub fn by_external_id(&self, id: &str) -> Option<&Employee> {
        self.by_external_id.get(id).map(|at| &self.employees[*at])
    }

    /// The person with this address, compared without regard to ASCII case.
    pub fn by_email(&self, email: &str) -> Option<&Employee> {
        self.by_email
            .get(fold_email(email).as_ref())
            .map(|at| &self.employees[*at])
    }
}
