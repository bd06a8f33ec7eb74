//! Scenarios about people, the same for every provider: the persons with the numbers 3, 4 and 5 play the parts.

use super::{
    company::{Company, earlier, later},
    person::{Person, Service},
    scenario::{Firing, Scenario, scenario},
};
use std::borrow::Cow;

/// Number of the person that most parts fall to.
pub(crate) const LEAD: u64 = 3;

/// What can be played, under a provider's menu number.
pub(crate) fn scenarios(menu: u8) -> Vec<Scenario> {
    let all = [
        ("email-null", "person 3 has no address at work"),
        (
            "email-case-twins",
            "person 4 has the address of person 3 in capitals",
        ),
        ("email-same", "person 4 has the address of person 3"),
        (
            "email-changed",
            "person 3 has another address at work, the id stays",
        ),
        (
            "id-changed",
            "person 3 has another id, the address stays (a rehire)",
        ),
        (
            "rehire-same-id",
            "person 3 left and is back under the same id",
        ),
        (
            "termination-days",
            "persons 3, 4 and 5 end yesterday, today and tomorrow",
        ),
        ("future-start", "person 3 starts in a fortnight"),
        ("on-leave", "person 3 is on leave"),
        (
            "overlapping-employments",
            "person 3 has two employments at the same time",
        ),
        ("start-after-end", "person 3 starts after the end"),
    ];
    all.map(|(name, about)| scenario(menu, name, about))
        .to_vec()
}

/// The person as the scenarios want them.
pub(crate) fn cast<'a>(person: &'a Person, company: &Company, firing: &Firing) -> Cow<'a, Person> {
    if firing.0.is_empty() || !(LEAD..=LEAD + 2).contains(&person.number) {
        return Cow::Borrowed(person);
    }
    let mut person = person.clone();
    let leads_email = || company.person(LEAD).and_then(|lead| lead.email.clone());
    match (person.number, firing) {
        (4, firing) if firing.has("email-case-twins") => {
            person.email = leads_email().map(|it| it.to_uppercase())
        }
        (4, firing) if firing.has("email-same") => person.email = leads_email(),
        (LEAD, firing) => play_the_lead(&mut person, company, firing),
        _ => {}
    }
    if firing.has("termination-days") {
        let last = later(earlier(company.today, 1), (person.number - LEAD) as usize);
        let only = serve_once(&mut person);
        (only.from, only.until) = (earlier(company.today, 900), Some(last));
    }
    Cow::Owned(person)
}

fn play_the_lead(person: &mut Person, company: &Company, firing: &Firing) {
    let today = company.today;
    for name in &firing.0 {
        match *name {
            "email-null" => person.email = None,
            "email-changed" => {
                person.email = person
                    .email
                    .as_ref()
                    .map(|email| format!("changed.{email}"))
            }
            "future-start" => *serve_once(person) = open(900_001, later(today, 14)),
            "on-leave" => {
                *serve_once(person) = open(900_001, earlier(today, 900));
                person.on_leave = true;
            }
            "rehire-same-id" | "rehire-new-id" => {
                let old = serve_once(person);
                *old = open(900_001, earlier(today, 1_500));
                old.until = Some(earlier(today, 60));
                person.service.push(open(900_002, earlier(today, 10)));
            }
            "overlapping-employments" => {
                *serve_once(person) = open(900_001, earlier(today, 900));
                person.second = Some(Service {
                    company: 1,
                    ..open(900_002, earlier(today, 100))
                });
            }
            "planned-leaver" => {
                let only = serve_once(person);
                *only = open(900_001, earlier(today, 900));
                only.until = Some(later(today, 90));
            }
            "start-after-end" => {
                let only = serve_once(person);
                *only = open(900_001, earlier(today, 30));
                only.until = Some(earlier(today, 60));
            }
            _ => {}
        }
    }
}

fn open(contract: u64, from: jiff::civil::Date) -> Service {
    Service {
        contract,
        company: 0,
        from,
        until: None,
        contract_end: None,
    }
}

/// Leaves the person one time of service.
fn serve_once(person: &mut Person) -> &mut Service {
    person.service.truncate(1);
    person.second = None;
    &mut person.service[0]
}
