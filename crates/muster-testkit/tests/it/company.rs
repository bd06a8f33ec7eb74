//! The generated company: the same for the same number, another every day.

use jiff::civil::date;
use muster_testkit::emulator::{
    company::Company,
    person::{Person, Standing},
};
use std::collections::HashSet;

fn company(people: usize, seed: u64) -> Company {
    Company::generate(people, seed, date(2026, 11, 2))
}

fn count(company: &Company, standing: Standing) -> usize {
    company
        .people
        .iter()
        .filter(|person| person.standing(company.today) == standing)
        .count()
}

#[test]
fn the_same_number_gives_the_same_people_and_days() {
    let (mut one, mut other) = (company(300, 7), company(300, 7));
    assert_eq!(one.people, other.people);
    one.age(30);
    for _ in 0..30 {
        other.age(1);
    }
    assert_eq!(
        one.people, other.people,
        "thirty days at once are thirty days one by one"
    );
    assert_eq!(one.today, date(2026, 12, 2));
    assert_ne!(company(300, 7).people, company(300, 8).people);
}

#[test]
fn every_standing_is_there_and_names_are_not_ascii_only() {
    let company = company(500, 7);
    for standing in [
        Standing::Active,
        Standing::Inactive,
        Standing::Onboarding,
        Standing::Leave,
    ] {
        assert!(count(&company, standing) > 0, "nobody is {standing:?}");
    }
    assert!(count(&company, Standing::Active) > 400);
    let planned = |person: &&Person| {
        person.standing(company.today) == Standing::Active
            && person.serving(company.today).until.is_some()
    };
    assert!(
        company.people.iter().filter(planned).count() > 5,
        "the departure of an employee is planned"
    );
    assert!(
        company
            .people
            .iter()
            .any(|person| !person.last_name.is_ascii())
    );
    assert!(
        company
            .people
            .iter()
            .any(|person| !person.prefix.is_empty())
    );
    assert!(
        company.people.iter().any(|person| person.access)
            && company.people.iter().any(|person| !person.access)
    );
    assert_eq!(
        company
            .people
            .iter()
            .filter(|person| person.second.is_some())
            .count(),
        63,
        "one in eight"
    );
    let mails: HashSet<_> = company
        .people
        .iter()
        .filter_map(|person| person.email.clone())
        .collect();
    assert_eq!(mails.len(), company.people.len());
    assert!(
        mails
            .iter()
            .all(|mail| mail.is_ascii() && mail.ends_with("@acme.example"))
    );
}

#[test]
fn days_bring_newcomers_movers_departures_and_returns() {
    let mut company = company(500, 7);
    let before = company.people.clone();
    company.age(60);
    let (today, old) = (company.today, &company.people[..before.len()]);
    assert!(company.people.len() > before.len() + 60);
    let pairs = || before.iter().zip(old);
    assert!(
        pairs().any(|(then, now)| then.department != now.department),
        "nobody moved"
    );
    assert!(
        pairs().any(|(then, now)| then.service.len() < now.service.len()),
        "nobody came back under the same id"
    );
    let left = |then: &Person, now: &Person| {
        then.standing(date(2026, 11, 2)) == Standing::Active
            && now.standing(today) == Standing::Inactive
    };
    assert!(
        pairs().filter(|(then, now)| left(then, now)).count() > 20,
        "too few left"
    );
    let again = |person: &Person| {
        before
            .iter()
            .any(|then| then.email.is_some() && then.email == person.email)
    };
    assert!(
        company.people[before.len()..].iter().any(again),
        "nobody came back under another id"
    );
    let mails: Vec<_> = company
        .people
        .iter()
        .filter_map(|person| person.email.clone())
        .collect();
    assert_eq!(
        mails.iter().collect::<HashSet<_>>().len(),
        mails.len(),
        "an address is given away before it is given"
    );
    let changed = |(then, now): (&Person, &Person)| then == now || now.changed > then.changed;
    assert!(
        pairs().all(changed),
        "who changes has a newer day of change"
    );
}

#[test]
fn a_company_of_nobody_ages_too() {
    let mut company = company(0, 7);
    company.age(20);
    assert!(!company.people.is_empty());
}
