//! One human of a generated company, and the times they serve in it.

use jiff::civil::Date;

/// A human; `number` is never given to another one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// Counts from 1.
    pub number: u64,
    /// Calling name.
    pub first_name: String,
    /// Prefix of the last name, such as `van der`; may be empty.
    pub prefix: String,
    /// Last name without the prefix.
    pub last_name: String,
    /// `male`, `female` or `diverse`.
    pub gender: &'static str,
    pub born: Date,
    pub email: Option<String>,
    pub private_email: Option<String>,
    /// Place in the list of departments.
    pub department: usize,
    /// Place in the list of offices.
    pub office: usize,
    /// Place in the list of jobs.
    pub title: usize,
    /// Number of the supervisor.
    pub supervisor: Option<u64>,
    /// Hours a week.
    pub hours: u8,
    /// Whether another employee pays the person.
    pub external: bool,
    /// Whether the person is on leave at present.
    pub on_leave: bool,
    /// The gate: "Alleo" Yes or No.
    pub access: bool,
    pub budget: Option<u16>,
    /// Times of service, oldest first; more than one after a rehire.
    pub service: Vec<Service>,
    /// A second contract beside the first, in another company of the group.
    pub second: Option<Service>,
    /// The day of the last change to the person.
    pub changed: Date,
}

/// A time of service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Service {
    /// Number of the contract, never given again.
    pub contract: u64,
    /// Place in the list of companies.
    pub company: usize,
    pub from: Date,
    /// Last day; none: open.
    pub until: Option<Date>,
    /// The end of a fixed-term contract.
    pub contract_end: Option<Date>,
}

/// The status of a person on a day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// First day to come.
    Onboarding,
    Active,
    /// Employed and away.
    Leave,
    Inactive,
}

impl Service {
    /// Whether the day lies within.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Person {
    /// The service that counts on a day: the running one, else the next, else the last.
    pub fn serving(&self, day: Date) -> &Service {
        let running = self
            .service
            .iter()
            .rev()
            .find(|service| service.covers(day));
        let next = || self.service.iter().find(|service| service.from > day);
        running
            .or_else(next)
            .unwrap_or_else(|| &self.service[self.service.len() - 1])
    }

    /// Where the person stands on a day.
    pub fn standing(&self, day: Date) -> Standing {
        let service = self.serving(day);
        if service.from > day {
            Standing::Onboarding
        } else if !service.covers(day) {
            Standing::Inactive
        } else if self.on_leave {
            Standing::Leave
        } else {
            Standing::Active
        }
    }

    /// Last name with its prefix.
    pub fn full_last_name(&self) -> String {
        if self.prefix.is_empty() {
            self.last_name.clone()
        } else {
            format!("{} {}", self.prefix, self.last_name)
        }
    }

    /// First and last name.
    pub fn display_name(&self) -> String {
        format!("{} {}", self.first_name, self.full_last_name())
    }
}
