//! How BambooHR writes a person's values, with every form of nothing.

use super::{
    super::{
        cast::LEAD,
        company::{Company, later},
        names::{DEPARTMENTS, OFFICES, TEAMS, TITLES},
        person::{Person, Standing},
        scenario::Firing,
    },
    id,
};
use jiff::civil::Date;
use serde_json::{Value, json};

const NO_DATE: &str = "0000-00-00";

/// A person as one answer shows them.
pub(super) struct View<'a> {
    pub(super) person: &'a Person,
    pub(super) company: &'a Company,
    pub(super) firing: &'a Firing,
    /// Whether what is still to come is left out.
    pub(super) only_current: bool,
}

impl View<'_> {
    /// The value of a field, by its alias; none where the row has no such key.
    pub(super) fn value(&self, alias: &str) -> Option<Value> {
        let plain = self.plain(alias);
        if self.firing.0.is_empty() {
            Some(plain)
        } else {
            self.distorted(alias, plain)
        }
    }

    fn plain(&self, alias: &str) -> Value {
        let (person, today) = (self.person, self.company.today);
        let service = person.serving(today);
        let chief = person
            .supervisor
            .and_then(|number| self.company.person(number));
        match alias {
            "employeeNumber" => json!(number(person)),
            "firstName" => json!(person.first_name),
            "lastName" => json!(person.full_last_name()),
            "displayName" => json!(person.display_name()),
            "workEmail" => json!(person.email),
            "homeEmail" => json!(person.private_email),
            "bestEmail" => json!(person.email.as_ref().or(person.private_email.as_ref())),
            "dateOfBirth" => date(Some(person.born)),
            "birthday" => json!(person.born.strftime("%m-%d").to_string()),
            "gender" => json!(if person.gender == "female" {
                "Female"
            } else {
                "Male"
            }),
            "hireDate" => date(Some(service.from)),
            "originalHireDate" => date((person.service.len() > 1).then(|| person.service[0].from)),
            "terminationDate" => date(
                service
                    .until
                    .filter(|until| !self.only_current || *until <= today),
            ),
            "status" | "employmentStatus" => {
                json!(if self.is_gone() { "Inactive" } else { "Active" })
            }
            "employmentHistoryStatus" => json!(if self.is_gone() {
                "Terminated"
            } else {
                kind(person)
            }),
            "employeeStatusDate" => date(if self.is_gone() {
                service.until
            } else {
                Some(service.from)
            }),
            "jobTitle" => json!(TITLES[person.title]),
            "location" => json!(OFFICES[person.office]),
            "division" => json!(TEAMS[person.number as usize % TEAMS.len()]),
            "department" => json!(DEPARTMENTS[person.department]),
            "supervisor" => {
                json!(chief.map(|it| format!("{}, {}", it.full_last_name(), it.first_name)))
            }
            "supervisorId" => json!(chief.map(number)),
            "supervisorEId" => json!(chief.map(|it| id(it, self.firing).to_string())),
            "supervisorEmail" => json!(chief.and_then(|it| it.email.clone())),
            "lastChanged" => json!(format!("{}T14:22:45+00:00", person.changed)),
            "photoUploaded" => json!(person.number % 3 == 0),
            "alleo_access" => json!(if person.access { "true" } else { "false" }),
            "alleo_monthly_all_budget" => {
                json!(person.budget.map(|budget| format!("{budget}.00 EUR")))
            }
            _ => Value::Null,
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.person.standing(self.company.today) == Standing::Inactive
    }

    /// Whether this is the person whose leaving is months ahead.
    pub(super) fn leaves_later(&self) -> bool {
        self.person.number == LEAD && self.firing.has("planned-leaver")
    }

    fn distorted(&self, alias: &str, mut value: Value) -> Option<Value> {
        for name in &self.firing.0 {
            value = self.for_all(name, alias, value)?;
            if self.person.number == LEAD {
                value = self.for_lead(name, alias, value);
            }
        }
        Some(value)
    }

    /// What a scenario makes of a value of any employee; none: the key is left out.
    fn for_all(&self, name: &str, alias: &str, value: Value) -> Option<Value> {
        let no_date = value == NO_DATE;
        Some(match (name, alias) {
            ("dates-empty", _) if no_date => json!(""),
            ("dates-null", _) if no_date => Value::Null,
            ("nothing-forms", _) if no_date || value.is_null() => match self.person.number % 4 {
                0 => json!(""),
                1 => Value::Null,
                2 => return None,
                _ => value,
            },
            ("bool-real", "alleo_access") => json!(self.person.access),
            ("bool-yes-no", "alleo_access") => json!(if self.person.access { "Yes" } else { "No" }),
            ("bool-digit", "alleo_access") => json!(if self.person.access { "1" } else { "0" }),
            ("alleo-all-false", "alleo_access") => json!("false"),
            ("empty-amount", "alleo_monthly_all_budget") if value.is_null() => json!(" USD"),
            ("status-localized", "status" | "employmentStatus") => {
                json!(if self.is_gone() { "Inaktiv" } else { "Aktiv" })
            }
            ("status-swapped", "status" | "employmentStatus") => {
                self.plain("employmentHistoryStatus")
            }
            ("status-swapped", "employmentHistoryStatus") => self.plain("status"),
            ("best-email-differs", "bestEmail") => {
                json!(format!("best{}@elsewhere.example", self.person.number))
            }
            ("email-padded", "workEmail" | "homeEmail") => value
                .as_str()
                .map_or(Value::Null, |it| json!(format!("  {it} "))),
            ("names-odd", "firstName") => odd_first_name(self.person).unwrap_or(value),
            _ => value,
        })
    }

    fn for_lead(&self, name: &str, alias: &str, value: Value) -> Value {
        let is_date = value
            .as_str()
            .is_some_and(|text| text.len() == 10 && text.as_bytes()[4] == b'-');
        match (name, alias) {
            ("email-both-null", "workEmail" | "homeEmail" | "bestEmail") => Value::Null,
            ("shell-person", "firstName" | "lastName" | "displayName") => value,
            ("shell-person", _) => {
                if is_date {
                    json!(NO_DATE)
                } else {
                    Value::Null
                }
            }
            ("hire-date-zero", "hireDate") => json!(NO_DATE),
            ("inactive-without-termination", "status" | "employmentStatus") => json!("Inactive"),
            ("inactive-without-termination", "terminationDate") => json!(NO_DATE),
            ("active-with-termination", "status" | "employmentStatus") => json!("Active"),
            ("active-with-termination", "terminationDate") => {
                date(Some(later(self.person.service[0].from, 5)))
            }
            ("status-unknown", "status" | "employmentStatus") => json!("Dormant"),
            ("planned-leaver", "status" | "employmentStatus") => json!("Inactive"),
            ("planned-leaver", "employmentHistoryStatus") => json!("Terminated"),
            ("planned-leaver", "employeeStatusDate") => date(self.person.service[0].until),
            ("planned-transfer", "department") if !self.only_current => {
                json!(DEPARTMENTS[to_come(self.person.department, DEPARTMENTS.len())])
            }
            ("planned-transfer", "location") if !self.only_current => {
                json!(OFFICES[to_come(self.person.office, OFFICES.len())])
            }
            ("planned-transfer", "jobTitle") if !self.only_current => {
                json!(TITLES[to_come(self.person.title, TITLES.len())])
            }
            _ => value,
        }
    }
}

/// The next place in a list of so many: what an employee moves to.
pub(super) fn to_come(place: usize, count: usize) -> usize {
    (place + 1) % count
}

fn odd_first_name(person: &Person) -> Option<Value> {
    Some(match person.number {
        3 => json!("Ann, the 2nd; \"x\""),
        4 => json!("Zoë 👩‍💻🇳🇱"),
        5 => json!("\u{202b}שרה\u{202c}"),
        6 => json!("A".repeat(300)),
        7 => json!("O&#039;Neil"),
        _ => return None,
    })
}

/// The employee number: not the id, and nobody's id either.
pub(super) fn number(person: &Person) -> String {
    format!("{}", 70_000 + person.number)
}

/// The list value of the current row of the table of employment status.
pub(super) fn kind(person: &Person) -> &'static str {
    match person.hours {
        _ if person.external => "Contractor",
        36.. => "Full-Time",
        _ => "Part-Time",
    }
}

pub(super) fn date(day: Option<Date>) -> Value {
    day.map_or(json!(NO_DATE), |day| json!(day.to_string()))
}
