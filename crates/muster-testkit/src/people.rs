//! Made-up people, the same for the same number: files of any size for benchmarks and tests.

use std::io::{self, Write};

/// Columns of a generated file: nineteen, about 190 bytes a person.
pub const COLUMNS: [&str; 19] = [
    "external_id",
    "email",
    "first_name",
    "prefix",
    "last_name",
    "onboarding_date",
    "offboarding_date",
    "birthday",
    "language",
    "group",
    "title",
    "job_function",
    "department",
    "location",
    "payroll_id",
    "employment_type",
    "phone",
    "country",
    "manager_external_id",
];

const FIRST: [&str; 12] = [
    "Anna",
    "Bas",
    "Chloé",
    "Dirk",
    "Eva",
    "Fatima",
    "Γιώργος",
    "Jürgen",
    "Ida",
    "José",
    "Łukasz",
    "Mei",
];
const LAST: [&str; 10] = [
    "Jansen",
    "Vries",
    "'t Hart",
    "Müller",
    "Holm",
    "Παππάς",
    "O’Neill",
    "Smit",
    "Peeters",
    "Çelik",
];
const TITLES: [&str; 6] = [
    "Driver",
    "\"Planner, night shift\"",
    "Controller",
    "Account manager",
    "\"Clerk \"\"B\"\"\"",
    "Engineer",
];
const PLACES: [&str; 5] = ["Utrecht", "Aarhus", "München", "Gent", "Porto"];

/// A day's file of a company.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// People on the first day.
    pub people: u64,
    /// One in this many leaves after the first day; 0: nobody.
    pub left: u64,
    /// One in this many changes job after the first day; 0: nobody.
    pub changed: u64,
    /// People who join after the first day.
    pub joined: u64,
}

impl Day {
    /// The first day of a company.
    pub fn first(people: u64) -> Self {
        Self {
            people,
            left: 0,
            changed: 0,
            joined: 0,
        }
    }

    /// The next day: 1 % changed, 0.5 % new, 0.5 % left.
    pub fn next(people: u64) -> Self {
        Self {
            people,
            left: 200,
            changed: 100,
            joined: people / 200,
        }
    }

    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        for number in 1..=self.people + self.joined {
            let first_day = number <= self.people;
            if first_day && self.left > 0 && number % self.left == 7 {
                continue;
            }
            let changed = first_day && self.changed > 0 && number % self.changed == 3;
            person(out, number, changed)?;
        }
        Ok(())
    }
}

fn person(out: &mut dyn Write, number: u64, changed: bool) -> io::Result<()> {
    // Spreads neighbours over the lists.
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let pick =
        |list: &[&'static str], salt: u64| list[((spread >> salt) % list.len() as u64) as usize];
    let (year, month, day) = (
        1960 + spread % 45,
        1 + (spread >> 7) % 12,
        1 + (spread >> 11) % 28,
    );
    let title = if changed {
        "Team lead"
    } else {
        pick(&TITLES, 9)
    };
    writeln!(
        out,
        "E-{number:07},p{number}@acme.example,{},,{},20{:02}-{month:02}-{day:02},,{year}-{month:02}-{day:02},nl,Sales,{title},Operations,Department {},{},P{number:07},permanent,+316{:08},NL,E-{:07}",
        pick(&FIRST, 3),
        pick(&LAST, 5),
        10 + spread % 15,
        spread % 90,
        pick(&PLACES, 13),
        10_000_000 + number,
        1 + number / 12,
    )
}
