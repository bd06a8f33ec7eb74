//! A company made from a number, and its days: people come, move, leave and return.
//!
//! Knows nothing of any provider's format: each renders these people in its own.

use super::{
    chance::Chance,
    names::{COMPANIES, DEPARTMENTS, FIRST, LAST, OFFICES, TITLES},
    person::{Person, Service, Standing},
};
use jiff::{ToSpan, civil::Date};

/// A company on one of its days.
#[derive(Clone, Debug)]
pub struct Company {
    pub today: Date,
    /// Everyone who was ever in it, by number.
    pub people: Vec<Person>,
    chance: Chance,
    contracts: u64,
}

impl Company {
    /// The company that belongs to a number. One in eight has a second contract in another company of the group.
    pub fn generate(people: usize, seed: u64, today: Date) -> Self {
        let mut company = Self {
            today,
            people: Vec::with_capacity(people),
            chance: Chance::new(seed),
            contracts: 88_000,
        };
        for _ in 0..people {
            company.settle_in();
        }
        company
    }

    /// Lets so many days pass.
    pub fn age(&mut self, days: u32) {
        for _ in 0..days {
            self.today = later(self.today, 1);
            self.live_through_a_day();
        }
    }

    pub fn person(&self, number: u64) -> Option<&Person> {
        self.people
            .get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Adds a person as they are found when the company is first looked at.
    fn settle_in(&mut self) {
        let today = self.today;
        let past = self.chance.below(5_000);
        let from = earlier(today, 100 + past);
        let mut person = self.newcomer(from);
        match self.chance.below(100) {
            0..=2 => person.service[0].from = later(today, 1 + self.chance.below(40)),
            3..=6 => person.service[0].until = Some(later(today, self.chance.below(60))),
            7..=12 => person.service[0].until = Some(earlier(today, 1 + self.chance.below(80))),
            13..=14 => self.had_left_before(&mut person),
            15..=16 => {
                person.service[0].contract_end = Some(later(today, 90 + self.chance.below(300)))
            }
            17 => person.on_leave = true,
            _ => {}
        }
        if person.number % 8 == 1 {
            let first = &person.service[0];
            let (company, from) = ((first.company + 1) % COMPANIES.len(), later(first.from, 30));
            let contract = self.contract();
            person.second = Some(Service {
                contract,
                company,
                from,
                until: first.until,
                contract_end: None,
            });
        }
        person.changed = earlier(today, self.chance.below(90));
        self.people.push(person);
    }

    /// Makes an employee who starts on a day; the last one in the list is their elder colleague.
    fn newcomer(&mut self, from: Date) -> Person {
        let number = self.people.len() as u64 + 1;
        let (contract, chance) = (self.contract(), &mut self.chance);
        let (first_name, first_ascii, gender) = chance.one_of(&FIRST);
        let (prefix, last_name, last_ascii) = chance.one_of(&LAST);
        let year = 1958 + chance.below(46) as i16;
        let born = Date::new(year, 1 + chance.below(12) as i8, 1 + chance.below(28) as i8)
            .unwrap_or(Date::ZERO);
        let elders = (number as usize - 1).min(1 + number as usize / 12);
        Person {
            number,
            first_name: first_name.to_owned(),
            prefix: prefix.to_owned(),
            last_name: last_name.to_owned(),
            gender,
            born,
            email: Some(format!("{first_ascii}.{last_ascii}{number}@acme.example")),
            private_email: chance
                .percent(60)
                .then(|| format!("{first_ascii}{number}@home.example")),
            department: chance.below(DEPARTMENTS.len()),
            office: chance.below(OFFICES.len()),
            title: chance.below(TITLES.len()),
            supervisor: (elders > 0).then(|| 1 + chance.below(elders) as u64),
            hours: chance.one_of(&[40, 40, 40, 38, 36, 32, 24, 20]),
            external: chance.percent(4),
            on_leave: false,
            access: chance.percent(75),
            budget: chance
                .percent(50)
                .then(|| 25 * (1 + chance.below(8) as u16)),
            service: vec![Service {
                contract,
                company: chance.below(2),
                from,
                until: None,
                contract_end: None,
            }],
            second: None,
            changed: from,
        }
    }

    fn contract(&mut self) -> u64 {
        self.contracts += 1;
        self.contracts
    }

    fn had_left_before(&mut self, person: &mut Person) {
        let from = earlier(self.today, 5 + self.chance.below(60));
        person.service[0].from = earlier(from, 1_000);
        person.service[0].until = Some(earlier(from, 400));
        let (contract, company) = (self.contract(), person.service[0].company);
        person.service.push(Service {
            contract,
            company,
            from,
            until: None,
            contract_end: None,
        });
    }

    fn live_through_a_day(&mut self) {
        let today = self.today;
        let share = 1 + self.people.len() / 400;
        for _ in 0..share {
            let from = later(today, self.chance.below(15));
            let mut person = self.newcomer(from);
            person.changed = today;
            self.people.push(person);
            self.an_employee_leaves();
            self.an_employee_moves();
        }
        if self.chance.percent(35) {
            self.an_employee_returns();
        }
        for person in self
            .people
            .iter_mut()
            .filter(|person| person.on_leave && person.number % 7 == today.day() as u64 % 7)
        {
            (person.on_leave, person.changed) = (false, today);
        }
    }

    /// Finds a person for which a condition holds; gives up after so many looks as there are people.
    fn one(&mut self, wanted: impl Fn(&Person, Date) -> bool) -> Option<usize> {
        let (count, today) = (self.people.len(), self.today);
        let start = self.chance.below(count);
        (0..count)
            .map(|step| (start + step) % count)
            .find(|place| wanted(&self.people[*place], today))
    }

    fn an_employee_leaves(&mut self) {
        let notice = self.chance.below(30);
        let stays = |person: &Person, today| {
            let service = person.serving(today);
            service.covers(today) && service.until.is_none()
        };
        if let Some(place) = self.one(stays) {
            let (today, person) = (self.today, &mut self.people[place]);
            let last = person.service.len() - 1;
            person.service[last].until = Some(later(today, notice));
            if let Some(second) = &mut person.second {
                second.until = Some(later(today, notice));
            }
            person.changed = today;
        }
    }

    fn an_employee_moves(&mut self) {
        if let Some(place) = self.one(|person, today| person.standing(today) == Standing::Active) {
            let (today, person) = (self.today, &mut self.people[place]);
            person.department = (person.department + 1) % DEPARTMENTS.len();
            person.title = (person.title + 1) % TITLES.len();
            person.changed = today;
        }
    }

    /// An employee who left comes back: with the same number, or as a new one with the same address.
    fn an_employee_returns(&mut self) {
        let as_new = self.chance.percent(40);
        let gone = |person: &Person, today| {
            person.standing(today) == Standing::Inactive && person.email.is_some()
        };
        let Some(place) = self.one(gone) else {
            return;
        };
        let (today, contract) = (self.today, self.contract());
        let service = Service {
            contract,
            company: 0,
            from: today,
            until: None,
            contract_end: None,
        };
        let number = self.people.len() as u64 + 1;
        let person = &mut self.people[place];
        if as_new {
            let mut again = Person {
                number,
                service: vec![service],
                second: None,
                changed: today,
                ..person.clone()
            };
            again.on_leave = false;
            // The old record keeps its history and gives the address away, as HR people do.
            (person.email, person.changed) = (None, today);
            self.people.push(again);
        } else {
            person.service.push(service);
            (person.second, person.changed) = (None, today);
        }
    }
}

pub(crate) fn later(day: Date, days: usize) -> Date {
    day.saturating_add((days as i64).days())
}

pub(crate) fn earlier(day: Date, days: usize) -> Date {
    day.saturating_sub((days as i64).days())
}
