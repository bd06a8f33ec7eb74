//! The steps of the articles of Alleo and Actimo about files, each in the browser against a real server.

use super::{
    Service,
    browser::{Browser, location},
    form,
    setup::{Setup, workspace},
    wait_for,
};
use crate::ground::Ground;
use muster_testkit::{
    ftp_server::{FtpOptions, FtpServer},
    nginx::{Nginx, NginxOptions},
    openssh::{OpenSsh, Options, PASSPHRASE, PASSWORD, USER},
};
use std::fs;

const ALLOWED: &[&str] = &["--allowed-address", "127.0.0.1"];

/// What the article of Actimo asks the customer's IT for.
const ACTIMO: &str = "First Name;Last Name;Employee ID;Title;Job Function;Store;Region;Country Code;Mobile Phone Number;Email;Manager Employee ID;Function\n\
    Zoë;Bos;A-1;Manager;Sales;Oslo 1;North;45;20123456;zoe@acme.example;;till\n\
    Bob;Dam;A-2;Clerk;Sales;Oslo 1;North;45;20123457;bob@acme.example;A-1;floor\n";

const ALLEO: &str = "email,first_name,last_name,prefix,onboarding_date,offboarding_date,external_id\n\
    ann.bos@acme.example,Ann,Bos,van,2020-01-02,,L-1\n";

struct Site {
    ground: Ground,
    service: Service,
    setup: Setup,
}

impl Site {
    fn start(source: &str, preset: &str) -> Self {
        Self::of(workspace(), source, preset, None)
    }

    /// The machine of the service trusts an authority.
    fn trusting(ca_pem: &str, source: &str, preset: &str) -> Self {
        Self::of(workspace(), source, preset, Some(ca_pem))
    }

    fn of(ground: Ground, source: &str, preset: &str, ca_pem: Option<&str>) -> Self {
        let folder = ground.path("");
        let mut service = match ca_pem {
            Some(pem) => {
                fs::write(ground.path("trusted.pem"), pem).unwrap();
                Service::start_trusting(&folder, &ground.path("trusted.pem"), ALLOWED)
            }
            None => Service::start_with(&folder, ALLOWED),
        };
        let setup = Setup::begin(Browser::new(&mut service), "staff", source, preset);
        Self {
            ground,
            service,
            setup,
        }
    }

    /// Fills in the form of the connection as it is shown, and follows the test.
    fn connects(&self, fields: &[(&str, &str)]) {
        let fields = [&[("source.settle", "0s")], fields].concat();
        let answer = self.setup.sends_shown("connect", &fields);
        assert_eq!(location(&answer), format!("{}test", self.setup.root));
    }

    fn activates(&self, mapping: &[(&str, &str)]) -> String {
        let answer = self.setup.sends_shown("map", mapping);
        assert_eq!(location(&answer), format!("{}rules", self.setup.root));
        let answer = self.setup.sends_shown("rules", &[]);
        assert_eq!(location(&answer), format!("{}preview", self.setup.root));
        self.setup.activate()
    }
}

fn sftp(server: &OpenSsh, file: &str) -> String {
    format!(
        "sftp://127.0.0.1:{}{}/{file}",
        server.port,
        server.folder.display()
    )
}

/// A site that has read the file of Actimo with the preset.
fn actimo(server: &OpenSsh) -> Site {
    server.write("people.csv", ACTIMO.as_bytes());
    let site = Site::start("sftp", "actimo");
    site.connects(&[
        ("source.url", &sftp(server, "people.csv")),
        ("source.delimiter", ";"),
        ("credentials.user", USER),
        ("credentials.password", PASSWORD),
    ]);
    site.setup.accept(server);
    site.setup.sees("test", "Map columns");
    site
}

#[test]
fn actimo_step_1_columns_and_example_data_are_seen_in_the_first_test() {
    let server = OpenSsh::start(Options::default());
    let site = actimo(&server);
    let page = site.setup.page("test");
    for text in [
        "Mobile Phone Number",
        "Manager Employee ID",
        "zoe@acme.example",
        "2 records",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    site.service.stop();
}

#[test]
fn actimo_step_2_custom_field_is_created_on_the_spot_and_the_key_against_duplicates_is_chosen() {
    let server = OpenSsh::start(Options::default());
    let site = actimo(&server);
    let at = form::row(&site.setup.page("map"), "Function");
    let (field, new) = (format!("field.{at}"), format!("new.{at}"));
    let answer = site
        .setup
        .sends_shown("map", &[(field.as_str(), "+"), (new.as_str(), "Workplace")]);
    assert_eq!(location(&answer), format!("{}rules", site.setup.root));
    let rules = form::shown(&site.setup.page("rules"));
    let key = ("match".to_owned(), "external_id".to_owned());
    assert!(
        rules.contains(&key),
        "the employee id is the key: {rules:?}"
    );
    location(&site.setup.sends_shown("rules", &[("match", "email")]));
    let export = site.setup.page("export.csv");
    assert!(
        export.contains("workplace") && export.contains("till"),
        "{export}"
    );
    site.service.stop();
}

#[test]
fn actimo_step_3_separator_encoding_missing_header_key_and_passphrase_are_entered() {
    let server = OpenSsh::start(Options {
        methods: "publickey",
        ..Options::default()
    });
    let rows = ACTIMO.split_once('\n').unwrap().1;
    let latin: Vec<u8> = rows.chars().map(|c| u8::try_from(c).unwrap()).collect();
    server.write("people.csv", &latin);
    let site = Site::start("sftp", "");
    site.connects(&[
        ("source.url", &sftp(&server, "people.csv")),
        ("source.delimiter", ";"),
        ("source.encoding", "latin1"),
        ("source.header", "false"),
        ("credentials.user", USER),
        ("credentials.private_key", &server.key_with_passphrase),
        ("credentials.passphrase", PASSPHRASE),
    ]);
    site.setup.accept(&server);
    let page = site.setup.sees("test", "Map columns");
    assert!(page.contains("Zoë") && page.contains("column_1"), "{page}");
    let page = site.setup.page("connect");
    assert!(
        !page.contains(PASSPHRASE) && !page.contains("PRIVATE KEY-----"),
        "{page}"
    );
    let log = site.service.stop();
    assert!(!log.contains(PASSPHRASE), "{log}");
}

#[test]
fn actimo_step_3_file_over_https_is_read_with_user_and_password() {
    let server = Nginx::start(&NginxOptions {
        basic: true,
        ..NginxOptions::default()
    });
    fs::write(server.folder.join("people.csv"), ACTIMO).unwrap();
    let site = Site::trusting(&server.ca_pem, "https", "actimo");
    let url = format!("https://127.0.0.1:{}/people.csv", server.port);
    site.connects(&[
        ("source.url", &url),
        ("source.delimiter", ";"),
        ("credentials.user", &server.user),
        ("credentials.password", "not the password"),
    ]);
    site.setup.sees("test", "The test failed");
    site.connects(&[
        ("credentials.user", &server.user),
        ("credentials.password", &server.password),
    ]);
    site.setup.sees("test", "Map columns");
    site.activates(&[]);
    assert_eq!(site.ground.person("A-2")["first_name"], "Bob");
    site.service.stop();
}

#[test]
fn actimo_step_4_every_column_goes_to_its_field_and_the_manager_is_linked() {
    let server = OpenSsh::start(Options::default());
    let site = actimo(&server);
    site.activates(&[]);
    let bob = site.ground.person("A-2");
    for (field, value) in [
        ("title", "Clerk"),
        ("store", "Oslo 1"),
        ("region", "North"),
        ("phone", "+4520123457"),
        ("manager_external_id", "A-1"),
    ] {
        assert_eq!(bob[field], value, "{field}: {bob}");
    }
    site.service.stop();
}

#[test]
fn actimo_step_5_sync_now_populates_the_people() {
    let server = OpenSsh::start(Options::default());
    let site = actimo(&server);
    let integration = site.activates(&[]);
    server.write(
        "people.csv",
        format!(
            "{ACTIMO}Cas;Eik;A-3;Clerk;Sales;Oslo 2;North;45;20123458;cas@acme.example;A-1;floor\n"
        )
        .as_bytes(),
    );
    let browser = &site.setup.browser;
    let sent = browser.submit(&integration, &format!("{integration}/sync"), &[]);
    location(&sent);
    wait_for("the new employee is in the list", || {
        let page = browser.get("/w/acme/people");
        page.contains("Cas Eik").then_some(())
    });
    site.service.stop();
}

#[test]
fn drill_of_an_integration_is_made_on_its_page_and_changes_nothing() {
    let server = OpenSsh::start(Options::default());
    let site = actimo(&server);
    let integration = site.activates(&[]);
    let browser = &site.setup.browser;
    let link = format!("href=\"{integration}/drill\"");
    assert!(browser.get(&integration).contains(&link));
    let before = site.ground.run(&["employees"]).text;
    let page = format!("{integration}/drill");
    assert!(!browser.get(&page).contains("Its second half is missing"));
    let report = browser.submit(&page, &page, &[]);
    assert!(report.starts_with("HTTP/1.1 200"), "{report}");
    for text in [
        "Its second half is missing",
        "Held for review",
        "MUS-CSV-EMPTY",
        "Not tried",
    ] {
        assert!(report.contains(text), "{text}: {report}");
    }
    assert_eq!(site.ground.run(&["employees"]).text, before);
    site.service.stop();
}

#[test]
fn alleo_csv_protocol_host_port_path_credentials_and_mode_are_entered_for_ftp() {
    let server = FtpServer::start(&FtpOptions::default());
    fs::write(server.folder.join("alleo_employees_001.csv"), ALLEO).unwrap();
    fs::write(server.folder.join("other.csv"), "x").unwrap();
    let site = Site::start("ftp", "alleo");
    let page = site.setup.page("connect");
    assert!(page.contains("name=\"source.mode\""), "{page}");
    let url = format!("ftp://127.0.0.1:{}{}", server.port, server.folder.display());
    site.connects(&[
        ("source.url", &url),
        ("source.mode", "active"),
        ("credentials.user", &server.user),
        ("credentials.password", &server.password),
    ]);
    let page = site.setup.sees("test", "Map columns");
    assert!(page.contains("alleo_employees_001.csv"), "{page}");
    site.activates(&[]);
    let ann = site.ground.person("L-1");
    assert_eq!(ann["onboarding_date"], "2020-01-02", "{ann}");
    site.service.stop();
}

#[test]
fn alleo_csv_schedule_file_names_and_field_names_come_from_the_preset() {
    let server = OpenSsh::start(Options::default());
    server.write("alleo_employees_export.csv", ALLEO.as_bytes());
    let site = Site::start("sftp", "alleo");
    site.connects(&[
        ("source.url", &sftp(&server, "")),
        ("credentials.user", USER),
        ("credentials.password", PASSWORD),
    ]);
    site.setup.accept(&server);
    site.setup.sees("test", "alleo_employees_export.csv");
    location(&site.setup.sends_shown("map", &[]));
    let rules = form::shown(&site.setup.page("rules"));
    let times = ("schedule".to_owned(), "02:45 UTC, 20:00 UTC".to_owned());
    assert!(rules.contains(&times), "{rules:?}");
    site.service.stop();
}

#[test]
fn ftps_source_is_set_up_and_a_server_of_an_unknown_authority_gets_no_password() {
    let server = FtpServer::start(&FtpOptions {
        tls: true,
        ..FtpOptions::default()
    });
    fs::write(server.folder.join("alleo_employees_1.csv"), ALLEO).unwrap();
    let url = format!(
        "ftps://127.0.0.1:{}{}",
        server.port,
        server.folder.display()
    );
    let fields = [
        ("source.url", url.as_str()),
        ("source.tls", "explicit"),
        ("credentials.user", &server.user),
        ("credentials.password", &server.password),
    ];
    let site = Site::start("ftps", "alleo");
    site.connects(&fields);
    let page = site.setup.sees("test", "The test failed");
    assert!(page.contains("certificate"), "{page}");
    assert!(!server.log().contains("PASS"), "{}", server.log());
    site.service.stop();

    let site = Site::trusting(&server.ca_pem, "ftps", "alleo");
    site.connects(&fields);
    site.setup.sees("test", "Map columns");
    site.activates(&[]);
    assert_eq!(site.ground.person("L-1")["first_name"], "Ann");
    site.service.stop();
}
