//! The people of the directory whom a delivery may be about, found by key.

use crate::{
    model::{employee::Employee, field::canonical, ids::EmployeeId},
    read::normalise::fold_email,
};
use std::collections::HashMap;

/// Employees in ascending order of number, with indexes by external id and by address.
#[derive(Debug, Default)]
pub struct Known {
    employees: Vec<Employee>,
    by_external_id: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
}

impl Known {
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
        }
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
