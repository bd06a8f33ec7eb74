//! HR systems are set up in the browser, from their emulators to employees in the directory, as the articles of Alleo describe it.

use super::{
    Service,
    browser::{Browser, location},
    form,
    setup::{Setup, workspace},
};
use crate::ground::Ground;
use muster_testkit::emulator::{Emulator, Options, Product, person::Person};

const PEOPLE: usize = 12;

struct System {
    emulator: Emulator,
    ground: Ground,
    service: Service,
    setup: Setup,
}

impl System {
    fn start(product: Product, source: &str) -> Self {
        let options = Options {
            people: Some(PEOPLE),
            speed: 1_000.0,
            ..Options::default()
        };
        let emulator = Emulator::start(product, &options).unwrap();
        let ground = workspace();
        let mut service = Service::start_with(
            &ground.path(""),
            &["--any-host", "--allowed-address", "127.0.0.1"],
        );
        let setup = Setup::begin(Browser::new(&mut service), "hr", source, "");
        Self {
            emulator,
            ground,
            service,
            setup,
        }
    }

    /// Fills in the address of the emulator and its credentials; the names are those of the settings.
    fn connect(&self, settings: &[&str], more: &[(&str, &str)]) {
        let url = self.emulator.url();
        let credentials: Vec<(String, String)> = settings
            .iter()
            .map(|name| (format!("source.{name}"), self.emulator.credential(name)))
            .collect();
        let mut fields = vec![("source.base_url", url.as_str())];
        fields.extend(more);
        let pairs = credentials.iter();
        fields.extend(pairs.map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = self.setup.sends_shown("connect", &fields);
        assert_eq!(location(&answer), format!("{}test", self.setup.root));
    }

    /// Takes the proposed mapping, changes the rules, and approves the first plan.
    fn activates(&self, rules: &[(&str, &str)]) {
        let answer = self.setup.sends_shown("map", &[]);
        assert_eq!(location(&answer), format!("{}rules", self.setup.root));
        let answer = self.setup.sends_shown("rules", rules);
        assert_eq!(location(&answer), format!("{}preview", self.setup.root));
        self.setup.activate();
    }

    fn employees(&self) -> Vec<serde_json::Value> {
        let all = self.ground.run(&["employees"]).json;
        let all = all.as_array().unwrap().iter();
        // Ann of the workspace is of another source.
        all.filter(|one| one["external_id"] != "E-1")
            .cloned()
            .collect()
    }
}

#[test]
fn alleo_personio_steps_1_to_3_credentials_are_entered_and_all_active_employees_are_added() {
    let system = System::start(Product::Personio, "personio");
    let page = system.setup.page("connect");
    for text in ["API credentials", "Client ID", "Generate new credential"] {
        assert!(
            page.to_lowercase().contains(&text.to_lowercase()),
            "{text}: {page}"
        );
    }
    system.connect(&["client_id", "client_secret"], &[]);
    let tested = system.setup.sees("test", "Map columns");
    assert!(tested.contains("first_name"), "{tested}");
    let secret = system.emulator.credential("client_secret");
    assert!(!system.setup.page("connect").contains(&secret));
    system.activates(&[("approve", "never")]);
    let company = system.emulator.company();
    let employees = system.employees();
    assert!(!employees.is_empty());
    for employee in &employees {
        let of = |person: &&Person| person.email.as_deref() == employee["email"].as_str();
        let person = company
            .people
            .iter()
            .find(of)
            .expect("an employee is of Personio");
        assert_eq!(employee["first_name"], person.first_name.as_str());
    }
    assert!(system.emulator.writes().is_empty());
    let log = system.service.stop();
    assert!(!log.contains(&secret), "{log}");
}

#[test]
fn alleo_personio_optional_step_only_employees_with_the_custom_attribute_are_selected() {
    let system = System::start(Product::Personio, "personio");
    system.connect(&["client_id", "client_secret"], &[]);
    system.setup.sees("test", "Map columns");
    system.activates(&[("rule-column.0", "Alleo"), ("rule-test.0", "is")]);
    let company = system.emulator.company();
    let with_access = company.people.iter().filter(|person| person.access);
    let allowed: Vec<_> = with_access
        .filter_map(|person| person.email.clone())
        .collect();
    let employees = system.employees();
    assert!(
        !employees.is_empty() && employees.len() < PEOPLE,
        "{employees:?}"
    );
    for employee in &employees {
        let email = employee["email"].as_str().unwrap().to_owned();
        assert!(allowed.contains(&email), "{email}: {allowed:?}");
    }
    system.service.stop();
}

#[test]
fn alleo_bamboohr_key_of_the_non_employee_user_is_entered_and_a_private_address_stands_in() {
    let system = System::start(Product::BambooHr, "bamboohr");
    system.emulator.change(|company| {
        let person = company.people.iter_mut().find(|person| person.number == 3);
        let person = person.unwrap();
        person.email = None;
        person.private_email = Some("three@home.example".to_owned());
    });
    let page = system.setup.page("connect");
    assert!(page.contains("API key"), "{page}");
    system.connect(&["api_key"], &[("source.company_domain", "acme")]);
    let tested = system.setup.sees("test", "Map columns");
    assert!(tested.contains("workEmail"), "{tested}");
    let map = system.setup.page("map");
    let email = form::row(&map, "workEmail");
    let chosen = form::shown(&map);
    let input = (format!("field.{email}"), "email".to_owned());
    assert!(chosen.contains(&input), "{chosen:?}");
    assert!(
        map.contains("The first with a value: workEmail, homeEmail"),
        "{map}"
    );
    system.activates(&[("approve", "never")]);
    let employees = system.employees();
    let private = employees
        .iter()
        .any(|one| one["email"] == "three@home.example");
    assert!(private, "{employees:?}");
    system.service.stop();
}

#[test]
fn alleo_youserve_steps_4_to_6_api_key_and_signed_login_are_entered_and_the_export_is_reviewed() {
    let system = System::start(Product::YouServe, "youserve");
    let page = system.setup.page("connect");
    for text in ["API key", "Private key", "Tenant"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    system.connect(
        &["client_id", "private_key"],
        &[("source.login", "assertion")],
    );
    let tested = system.setup.sees("test", "Map columns");
    assert!(tested.contains("lastName"), "{tested}");
    let answer = system.setup.sends_shown("map", &[]);
    assert_eq!(location(&answer), format!("{}rules", system.setup.root));
    location(&system.setup.sends_shown("rules", &[]));
    let export = system.setup.page("export.csv");
    let company = system.emulator.company();
    let first = &company.people[0];
    assert!(export.contains(&first.first_name), "{export}");
    assert!(
        system.employees().is_empty(),
        "nothing is stored before the approval"
    );
    system.setup.activate();
    assert!(!system.employees().is_empty());
    system.service.stop();
}

#[test]
fn wrong_credentials_of_a_system_are_explained_and_can_be_entered_again() {
    let system = System::start(Product::BambooHr, "bamboohr");
    system.connect(
        &[],
        &[
            ("source.company_domain", "acme"),
            ("source.api_key", "wrong"),
        ],
    );
    let page = system.setup.sees("test", "The test failed");
    assert!(!page.contains("wrong<"), "{page}");
    system.connect(&["api_key"], &[("source.company_domain", "acme")]);
    system.setup.sees("test", "Map columns");
    system.service.stop();
}
