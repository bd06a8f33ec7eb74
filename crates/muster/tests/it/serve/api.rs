//! The API of a service over a directory that commands made: a program reads the same there as on the command line.

use super::Service;
use crate::ground::Ground;
use muster_engine::{Clock, SystemClock};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

pub(super) const INTEGRATION: &str = r#"
name = "people"
[workspace]
name = "acme"
groups = ["Sales", "Support"]
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
approve = "always"
missing = "deactivate"
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
title = "title"
country = "country"
group = "group"
company = "company"
birthday = "birthday"
shirt_size = "shirt"
alleo_monthly_all_budget = "monthly"
[fields]
shirt_size = "text"
[[company]]
id = "NL01"
short_name = "Acme NL"
"#;

pub(super) const PEOPLE: &str = "id,mail,first,last,title,country,group,company,birthday,shirt,monthly\n\
    E-1,ann@acme.example,Ann,Bos,Cook,NL,Sales,NL01,1990-05-01,M,12.50\n\
    E-2,bob@acme.example,Bob,Dam,Cook,NL,Sales,NL01,1991-05-01,L,\n\
    E-3,cas@acme.example,Cas,Eik,Cook,BE,Support,XX,1992-05-01,,20\n\
    E-4,dee@acme.example,Dee,Fos,Cook,BE,,NL01,1993-05-01,,\n";

const GROUPS: &str = "workspace = \"acme\"\n[[smart_group]]\nname = \"Dutch\"\nwhere = [{ field = \"country\", in = [\"NL\"] }]\n";

/// A program with a token.
pub(super) struct Program {
    pub(super) address: String,
    pub(super) token: String,
}

impl Program {
    pub(super) fn new(ground: &Ground, service: &Service, name: &str, role: &str) -> Self {
        let created = ground.run(&["token", "create", name, "--role", role]);
        let token = created.json["token"].as_str().expect(&created.text);
        Self {
            address: service.address.clone(),
            token: token.to_owned(),
        }
    }

    /// The same in a database with several workspaces.
    pub(super) fn of_workspace(
        ground: &Ground,
        service: &Service,
        name: &str,
        role: &str,
        workspace: &str,
    ) -> Self {
        let created = ground.run(&[
            "token",
            "create",
            name,
            "--role",
            role,
            "--workspace",
            workspace,
        ]);
        let token = created.json["token"].as_str().expect(&created.text);
        Self {
            address: service.address.clone(),
            token: token.to_owned(),
        }
    }

    /// A header of the answer to a look at an address.
    pub(super) fn head(&self, path: &str, name: &str) -> String {
        let answer = self.exchange("HEAD", path, "", "");
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.expect(&answer).to_owned()
    }

    /// The status and the body of an answer.
    pub(super) fn ask(&self, method: &str, path: &str, extra: &str, body: &str) -> (u16, Value) {
        let answer = self.exchange(method, path, extra, body);
        let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn exchange(&self, method: &str, path: &str, extra: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What is at an address of the workspace.
    pub(super) fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", &format!("/api/v1/workspaces/acme{path}"), "", "");
        assert_eq!(status, 200, "{path}: {body:#}");
        body
    }
}

/// A directory with five employees, a smart group, a pin, and a plan that waits: two employees have a new title, two are
/// missing. One employee had another address before.
pub(super) fn ground() -> Ground {
    let mut ground = Ground::new(INTEGRATION);
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", PEOPLE).approve();
    fs::write(ground.path("groups.toml"), GROUPS).unwrap();
    for command in [
        &["groups", "apply", "groups.toml"][..],
        &["pin", "E-2", "title", "Chef", "--reason", "promoted"],
        &["protect", "E-1", "--reason", "works abroad"],
    ] {
        let answer = ground.run(command);
        assert_eq!(answer.code, 0, "{command:?}: {}", answer.text);
    }
    fs::create_dir(ground.path("integrations")).unwrap();
    // The service is started elsewhere than the commands.
    let inbox = format!("file:{}", ground.path("inbox").display());
    let stored = INTEGRATION.replace("file:inbox", &inbox);
    fs::write(ground.path("integrations/people.toml"), stored).unwrap();
    let applied = ground.run(&["apply", "integrations"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    let changed = PEOPLE
        .replace("ann@acme.example", "ann.bos@acme.example")
        .replace("Eik,Cook", "Eik,Driver")
        .replace(
            "E-4,dee@acme.example,Dee,Fos,Cook,BE,,NL01,1993-05-01",
            "E-4,dee@acme.example,Dee,Fos,Driver,BE,,NL01,1993-05-01",
        )
        + "E-5,eve@acme.example,Eve,Gal,Cook,NL,Sales,NL01,1994-02-30,,\n";
    ground.deliver("a.csv", changed).approve();
    let missing = PEOPLE
        .replace("ann@acme.example", "ann.bos@acme.example")
        .replace("Cook", "Baker");
    let missing: String = missing
        .lines()
        .filter(|line| !line.starts_with("E-3"))
        .map(|line| format!("{line}\n"))
        .collect();
    ground.deliver("a.csv", missing);
    ground.sync().is(3, "held");
    ground
}

/// An answer of the command line as a program reads it over HTTP: a step that is a command is left out there.
pub(super) fn over_http(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(members) => {
            for (name, value) in members {
                let is_command = value.as_str().is_some_and(|text| text.contains("`muster "));
                *value = match name == "help" && is_command {
                    true => json!(""),
                    false => over_http(value.take()),
                };
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = over_http(item.take())),
        _ => {}
    }
    answer
}

#[test]
fn answers_of_the_api_are_those_of_the_command_line() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    for (path, part, command, of_command) in [
        ("/employees", "/items", &["employees"][..], ""),
        ("/employees/1/explain", "", &["explain", "E-1"], ""),
        (
            "/employees/2/explain?field=title",
            "",
            &["explain", "E-2", "title"],
            "",
        ),
        ("/employees/1/history", "", &["explain", "E-1"], "/history"),
        ("/groups", "", &["groups"], ""),
        ("/groups/Dutch", "", &["groups", "show", "Dutch"], ""),
        (
            "/groups/Dutch?history=true",
            "",
            &["groups", "show", "Dutch", "--history"],
            "",
        ),
        ("/budgets", "", &["budgets"], ""),
        ("/budgets?employee=1", "", &["budgets", "E-1"], ""),
        ("/companies", "", &["companies"], ""),
        ("/org", "", &["org"], ""),
        ("/org/problems", "", &["org", "--problems"], ""),
        ("/fields", "", &["fields"], ""),
        ("/pins", "", &["pins"], ""),
        ("/integrations/people/settings", "", &["export"], "/0"),
    ] {
        let over_api = program.get(path);
        let on_command_line = over_http(ground.run(command).json);
        let expected = on_command_line.pointer(of_command).unwrap();
        assert!(!expected.is_null(), "{command:?}");
        assert_eq!(over_api.pointer(part).unwrap(), expected, "{path}");
    }
    service.stop();
}

#[test]
fn runs_and_plans_of_the_api_are_those_of_the_command_line() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let runs = over_http(ground.run(&["runs"]).json);
    let (all, listed) = (runs.as_array().unwrap(), program.get("/runs"));
    assert_eq!(listed["items"].as_array().unwrap().len(), all.len());
    for (run, listed) in all.iter().zip(listed["items"].as_array().unwrap()) {
        let number = &run["run"];
        assert_eq!(program.get(&format!("/runs/{number}")), *run);
        assert_eq!(listed, run);
        let details = over_http(ground.run(&["runs", &number.to_string()]).json);
        let problems = program.get(&format!("/runs/{number}/problems"));
        assert_eq!(problems["items"], details["problems"], "{number}");
        if run["plan"].is_null() {
            continue;
        }
        let plan = run["plan"].as_str().unwrap();
        let operations = program.get(&format!("/plans/{plan}/operations"));
        assert_eq!(operations["items"], details["operations"]);
        let shown = program.get(&format!("/plans/{plan}"));
        assert_eq!(shown["findings"], details["findings"]);
        assert_eq!(shown["status"], details["plan_status"]);
    }
    let held = program.get("/plans?status=held");
    assert_eq!(held["items"].as_array().unwrap().len(), 1, "{held:#}");
    service.stop();
}

#[test]
fn operations_of_a_plan_are_grouped_by_their_cause() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let held = program.get("/plans?status=held");
    let plan = held["items"][0]["plan"].as_str().unwrap();
    let causes = program.get(&format!("/plans/{plan}/causes"));
    let sums: Vec<Value> = causes
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| {
            json!([
                cause["kind"],
                cause["fields"],
                cause["old"],
                cause["new"],
                cause["operations"],
                cause["open"]
            ])
        })
        .collect();
    let title = ["title"];
    assert_eq!(
        sums,
        [
            json!(["update", title, null, null, 2, 2]),
            json!(["deactivate", [], null, null, 2, 2])
        ],
        "{causes:#}"
    );
    let mut total = 0;
    for cause in causes.as_array().unwrap() {
        let name = cause["cause"].as_str().unwrap();
        let found = program.get(&format!("/plans/{plan}/operations?cause={name}"));
        let found = found["items"].as_array().unwrap();
        assert_eq!(
            found.len() as u64,
            cause["operations"].as_u64().unwrap(),
            "{name}"
        );
        let examples = cause["examples"].as_array().unwrap();
        assert_eq!(found[..examples.len()], examples[..]);
        total += found.len();
    }
    let all = program.get(&format!("/plans/{plan}/operations"));
    assert_eq!(all["items"].as_array().unwrap().len(), total);
    service.stop();
}

#[test]
fn change_feed_has_every_change_once_whatever_the_size_of_a_page() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let all = program.get("/changes?limit=200");
    let changes = all["changes"].as_array().unwrap();
    assert_eq!(all["more"], false);
    // Five employees were created, one was pinned, one protected, and three changed.
    assert_eq!(changes.len(), 10, "{all:#}");
    for limit in 1..=3 {
        let (mut read, mut after) = (Vec::new(), String::new());
        loop {
            let page = program.get(&format!("/changes?limit={limit}{after}"));
            read.extend(page["changes"].as_array().unwrap().clone());
            after = format!("&after={}", page["next"].as_str().unwrap());
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(read, *changes, "pages of {limit}");
        let page = program.get(&format!("/changes?limit={limit}{after}"));
        assert_eq!(page["changes"], json!([]), "nothing is repeated");
    }
    let now = program.get("/changes?after=now")["next"]
        .as_str()
        .unwrap()
        .to_owned();
    let edited = ground.run(&["employee", "edit", "E-4", "location=Taulov"]);
    assert_eq!(edited.code, 0, "{}", edited.text);
    let fresh = program.get(&format!("/changes?after={now}"));
    let fresh = fresh["changes"].as_array().unwrap();
    assert_eq!(fresh.len(), 1);
    assert_eq!(fresh[0]["changes"][0]["new"], "Taulov");
    service.stop();
}

#[test]
fn employees_are_found_by_former_addresses_by_parts_and_as_of_a_day() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let ids = |path: &str| -> Vec<String> {
        let page = program.get(path);
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|one| one["external_id"].as_str().unwrap().to_owned())
            .collect()
    };
    for address in [
        "ann@acme.example",
        "ANN@acme.example",
        "ann.bos%40acme.example",
    ] {
        assert_eq!(
            ids(&format!("/employees?email={address}")),
            ["E-1"],
            "{address}"
        );
    }
    assert!(
        ids("/employees?email=n@acme.example").is_empty(),
        "a part is no address"
    );
    assert!(ids("/employees?email=%25").is_empty(), "nor is a wildcard");
    assert_eq!(ids("/employees?search=cas+eik"), ["E-3"]);
    assert_eq!(ids("/employees?status=inactive"), Vec::<String>::new());
    assert_eq!(ids("/employees?integration=people&limit=2"), ["E-1", "E-2"]);
    let first = program.get("/employees?limit=3");
    let next = first["next"].as_str().unwrap();
    assert_eq!(
        ids(&format!("/employees?limit=3&after={next}")),
        ["E-4", "E-5"]
    );
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let now = over_http(
        ground
            .run(&["employees", "--as-of", &today.to_string()])
            .json,
    );
    assert_eq!(
        program.get(&format!("/employees?as_of={today}"))["items"],
        now
    );
    assert!(
        ids("/employees?as_of=2020-01-01").is_empty(),
        "nobody was there yet"
    );
    let shown = program.get("/employees/1");
    assert_eq!(shown["email"], "ann.bos@acme.example");
    let path = "/api/v1/workspaces/acme/employees/1";
    let version = program.head(path, "etag");
    let known = |etag: &str| {
        let header = format!("If-None-Match: {etag}\r\n");
        program.ask("GET", path, &header, "").0
    };
    assert_eq!((known(&version), known("\"0\"")), (304, 200));
    service.stop();
}

#[test]
fn integrations_have_their_state_and_their_settings_with_every_version() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let one = program.get("/integrations/people");
    assert_eq!(one["integration"], "people");
    assert_eq!(
        (&one["employees"], &one["active"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(one["runs"][0]["status"], "held");
    assert_eq!(one["runs"].as_array().unwrap().len(), 3);
    assert_eq!(program.get("/integrations"), json!([one]));
    let settings = program.get("/integrations/people/settings");
    assert_eq!(settings["managed_by"], "people.toml");
    let history = program.get("/integrations/people/settings/history");
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(history[0]["settings"], settings["settings"]);
    service.stop();
}
