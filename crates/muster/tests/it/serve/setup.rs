//! An integration is set up in the browser, from a real SSH server to employees in the directory. The tests are named after the
//! steps in the articles of Alleo and Actimo.

use super::{
    PEOPLE, Service,
    browser::{Browser, EVA, location},
    form, wait_for,
};
use crate::ground::{Ground, PLAIN};
use muster_engine::{Clock, SystemClock};
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD, USER};

const FILE: &str = "Personeelsnr;Voornaam;Achternaam;E-mail;Startdatum;Soort;Uren\n\
    E-10;Ann;Bos;ann.bos@acme.example;01-02-2020;vast;36,5\n\
    E-11;Bob;Dam;bob.dam@acme.example;31-11-2020;vast;20\n\
    E-12;Cas;Eik;cas.eik@acme.example;15-03-2021;extern;40\n";

const ALLOWED: &[&str] = &["--allowed-address", "127.0.0.1"];

/// A workspace with an integration that is set up by its operator.
pub(super) fn workspace() -> Ground {
    let mut ground = Ground::new(PLAIN);
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", PEOPLE).approve();
    ground
}

pub(super) struct Setup {
    pub(super) browser: Browser,
    pub(super) root: String,
}

impl Setup {
    /// Chooses a source.
    pub(super) fn begin(browser: Browser, name: &str, source: &str, preset: &str) -> Self {
        let list = browser.get("/w/acme/integrations");
        assert!(list.contains("href=\"/w/acme/integrations/new\""), "{list}");
        let answer = browser.submit(
            "/w/acme/integrations/new",
            "/w/acme/integrations/new",
            &[("name", name), ("source", source), ("preset", preset)],
        );
        let root = location(&answer).trim_end_matches("connect").to_owned();
        Self { browser, root }
    }

    pub(super) fn page(&self, step: &str) -> String {
        self.browser.get(&format!("{}{step}", self.root))
    }

    pub(super) fn send(&self, step: &str, fields: &[(&str, &str)]) -> String {
        let page = format!("{}{step}", self.root);
        self.browser.submit(&page, &page, fields)
    }

    /// Sends the form of a step as it is shown, with changes.
    pub(super) fn sends_shown(&self, step: &str, changes: &[(&str, &str)]) -> String {
        let inputs = form::changed(&self.page(step), changes);
        let inputs: Vec<(&str, &str)> = inputs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.send(step, &inputs)
    }

    /// Makes the first plan, approves it and switches the integration on. Returns the address of the integration.
    pub(super) fn activate(&self) -> String {
        location(&self.send("preview", &[("act", "plan")]));
        let page = self.sees("preview", "The plan is pending");
        let run = page.split("Open run ").nth(1).expect(&page);
        let run = run.split('<').next().unwrap();
        self.browser
            .decide(&format!("/w/acme/runs/{run}/approve"), "");
        self.sees("preview", "The plan was applied");
        location(&self.send("preview", &[("act", "on")])).to_owned()
    }

    pub(super) fn sees(&self, step: &str, text: &str) -> String {
        wait_for(text, || {
            let page = self.page(step);
            page.contains(text).then_some(page)
        })
    }

    pub(super) fn connect(&self, server: &OpenSsh, pattern: &str, delimiter: &str) {
        let url = format!(
            "sftp://127.0.0.1:{}{}",
            server.port,
            server.folder.display()
        );
        let answer = self.send(
            "connect",
            &[
                ("source.url", &url),
                ("source.pattern", pattern),
                ("source.settle", "0s"),
                ("source.delimiter", delimiter),
                ("credentials.user", USER),
                ("credentials.password", PASSWORD),
            ],
        );
        assert_eq!(location(&answer), format!("{}test", self.root));
    }

    /// Compares the host key and accepts it.
    pub(super) fn accept(&self, server: &OpenSsh) {
        self.sees("test", &server.fingerprint);
        let fields = [
            ("accept", server.fingerprint.as_str()),
            ("theirs", "SHA256:other"),
        ];
        let refused = self.send("test", &fields);
        assert!(refused.starts_with("HTTP/1.1 422"), "{refused}");
        let fields = [
            ("accept", server.fingerprint.as_str()),
            ("theirs", server.fingerprint.as_str()),
        ];
        location(&self.send("test", &fields));
    }
}

#[test]
fn sftp_source_is_set_up_from_the_browser_up_to_employees_in_the_directory() {
    let server = OpenSsh::start(Options::default());
    server.write("staff_20261127.csv", FILE.as_bytes());
    let ground = workspace();
    let mut service = Service::start_with(&ground.path(""), ALLOWED);
    let setup = Setup::begin(Browser::new(&mut service), "store-staff", "sftp", "");
    setup.connect(&server, "staff_*.csv", ";");
    setup.accept(&server);

    let tested = setup.sees("test", "Map columns");
    for text in [
        "staff_20261127.csv",
        "Personeelsnr",
        "ann.bos@acme.example",
        "3 records",
    ] {
        assert!(tested.contains(text), "{text}: {tested}");
    }
    assert!(
        setup
            .page("connect")
            .contains("Leave the field empty to keep it.")
    );
    assert!(!setup.page("connect").contains(PASSWORD));

    let map = setup.page("map");
    assert!(map.contains("value=\"DD-MM-YYYY\""), "{map}");
    let mapped = [
        ("field.0", "external_id"),
        ("field.1", "first_name"),
        ("field.2", "last_name"),
        ("field.3", "email"),
        ("field.4", "onboarding_date"),
        ("format.4", "DD-MM-YYYY"),
        ("field.5", ""),
        ("field.6", "+"),
        ("new.6", "Contract hours"),
        ("kind.6", "number"),
        ("decimal.6", ","),
    ];
    let answer = setup.send("map", &mapped);
    assert_eq!(location(&answer), format!("{}rules", setup.root));
    let map = setup.page("map");
    assert!(map.contains("1 problem: "), "31 November is no day: {map}");

    let rules = [
        ("match", "external_id,email"),
        ("rule-column.0", "Soort"),
        ("rule-test.0", "not_equals"),
        ("rule-value.0", "extern"),
        ("missing", "deactivate"),
        ("missing_runs", "1"),
        ("blank", "keep"),
        ("approve", "first"),
        ("percent", "10"),
        ("number", "3"),
        ("schedule", "02:45 UTC, 20:00 UTC"),
    ];
    let answer = setup.send("rules", &rules);
    assert_eq!(location(&answer), format!("{}preview", setup.root));
    let page = setup.page("rules");
    assert!(page.contains("1 of 3"), "one is not selected: {page}");
    assert!(page.contains("extern"), "{page}");

    let export = setup.page("export.csv");
    assert!(
        export.contains("1,selected,E-10,ann.bos@acme.example,Ann,Bos,2020-02-01,36.5"),
        "{export}"
    );
    assert!(export.contains("3,not selected,E-12"), "{export}");
    let before = ground.run(&["employees", "--json"]);
    assert!(
        !before.text.contains("E-10"),
        "nothing is stored: {}",
        before.text
    );

    let early = setup.send("preview", &[("act", "on")]);
    assert!(early.starts_with("HTTP/1.1 422"), "{early}");
    let integration = setup.activate();
    assert_eq!(ground.person("E-10")["contract_hours"], "36.5");
    let page = setup.browser.get(&integration);
    assert!(page.contains("store-staff") && page.contains(EVA), "{page}");
    assert!(
        setup.page("map").starts_with("HTTP/1.1 404"),
        "the draft is gone"
    );
    let list = setup.browser.get("/w/acme/integrations");
    assert!(!list.contains("Continue the setup"), "{list}");
    service.stop();
}

#[test]
fn w12_machine_of_the_service_is_closed_to_the_browser_unless_its_operator_allows_it() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", FILE.as_bytes());
    let ground = workspace();
    let mut service = Service::start(&ground.path(""));
    let setup = Setup::begin(Browser::new(&mut service), "inside", "sftp", "");
    setup.connect(&server, "*.csv", ";");
    let page = setup.sees("test", "The test failed");
    assert!(
        page.contains("connections to this machine itself are refused"),
        "{page}"
    );
    for (url, wanted) in [
        ("file:/etc/passwd", "folders of the machine"),
        ("ftp://127.0.0.1/x", "does not start with"),
    ] {
        let refused = setup.send("connect", &[("source.url", url)]);
        assert!(refused.starts_with("HTTP/1.1 422"), "{refused}");
        assert!(
            refused.to_lowercase().contains(wanted),
            "{wanted}: {refused}"
        );
    }
    let gone = setup.browser.submit(
        &format!("{}connect", setup.root),
        &format!("{}remove", setup.root),
        &[],
    );
    assert_eq!(location(&gone), "/w/acme/integrations");
    let text = service.stop();
    assert!(!text.contains(PASSWORD), "{text}");
}

/// P31, W13.
#[test]
fn secret_is_deleted_when_the_address_or_the_user_changes() {
    let server = OpenSsh::start(Options::default());
    let ground = workspace();
    let mut service = Service::start(&ground.path(""));
    let setup = Setup::begin(Browser::new(&mut service), "moved", "sftp", "alleo");
    setup.connect(&server, "*.csv", "");
    assert!(
        setup
            .page("connect")
            .contains("Leave the field empty to keep it.")
    );
    let other = [
        ("source.url", "sftp://sftp.elsewhere.example/out"),
        ("credentials.user", USER),
    ];
    location(&setup.send("connect", &other));
    let page = setup.page("connect");
    assert!(
        !page.contains("Leave the field empty to keep it."),
        "{page}"
    );
    service.stop();
}
