//! A program creates, changes, tests and removes an integration, and reaches nothing of the machine with it.

use super::{Service, api::Program, setup::workspace, wait_for};
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD, USER};
use serde_json::{Value, json};

const JSON: &str = "Content-Type: application/json\r\n";
const ROOT: &str = "/api/v1/workspaces/acme/integrations";

fn settings(url: &str) -> Value {
    json!({
        "source": { "url": url, "pattern": "*.csv", "settle": "0s" },
        "credentials": { "user": USER, "password": { "stored": true } },
        "mapping": { "external_id": "id", "email": "mail", "first_name": "first", "last_name": "last" },
    })
}

fn send(program: &Program, method: &str, path: &str, body: &Value) -> (u16, Value) {
    program.ask(method, &format!("{ROOT}{path}"), JSON, &body.to_string())
}

/// The end of a job, and why it failed.
fn ended(program: &Program, job: &Value) -> Value {
    let path = format!("/jobs/{}", job["job"]);
    wait_for("the job ends", || {
        let job = program.get(&path);
        (!job["ended"].is_null()).then_some(job)
    })
}

#[test]
fn integration_is_created_tested_changed_and_removed_by_a_program() {
    let server = OpenSsh::start(Options::default());
    server.write(
        "a.csv",
        b"id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n",
    );
    let ground = workspace();
    let service = Service::start_with(&ground.path(""), &["--allowed-address", "127.0.0.1"]);
    let program = Program::new(&ground, &service, "boss", "admin");
    let url = format!(
        "sftp://127.0.0.1:{}{}",
        server.port,
        server.folder.display()
    );
    let new = json!({ "integration": "stores", "settings": settings(&url) });
    let (status, created) = send(&program, "POST", "", &new);
    assert_eq!(
        (status, &created["version"]),
        (201, &json!(1)),
        "{created:#}"
    );
    assert_eq!(send(&program, "POST", "", &new).0, 409, "the name is taken");
    assert_eq!(program.get("/integrations/stores")["active"], false);

    let secret = "/stores/secrets/credentials.password";
    let (status, _) = send(&program, "PUT", secret, &json!({ "value": PASSWORD }));
    assert_eq!(status, 200);
    let other = "/stores/secrets/credentials.passphrase";
    assert_eq!(
        send(&program, "PUT", other, &json!({ "value": "x" })).0,
        400
    );
    let (status, job) = send(&program, "POST", "/stores/test", &json!({}));
    assert_eq!(status, 202, "{job:#}");
    let unknown = ended(&program, &job);
    assert_eq!(unknown["result"], "failed", "{unknown:#}");
    assert!(
        unknown.to_string().contains(&server.fingerprint),
        "{unknown:#}"
    );
    let key = json!({ "settings": { "source": { "host_key": server.fingerprint } } });
    let (status, changed) = send(&program, "PATCH", "/stores", &key);
    assert_eq!(
        (status, &changed["version"]),
        (200, &json!(2)),
        "{changed:#}"
    );
    let (_, job) = send(&program, "POST", "/stores/test", &json!({}));
    assert_eq!(ended(&program, &job)["result"], "done");

    let stale = format!("{JSON}If-Match: \"1\"\r\n");
    let (status, _) = program.ask("PATCH", &format!("{ROOT}/stores"), &stale, "{}");
    assert_eq!(status, 412);
    let moved = json!({ "settings": { "source": { "url": "sftp://sftp.elsewhere.example/out" } } });
    assert_eq!(send(&program, "PATCH", "/stores", &moved).0, 200);
    assert_eq!(
        send(&program, "DELETE", secret, &json!({})).0,
        404,
        "it went with the host"
    );
    assert_eq!(send(&program, "DELETE", "/stores", &json!({})).0, 200);
    assert_eq!(send(&program, "DELETE", "/stores", &json!({})).0, 404);
    service.stop();
}

/// P41, W12: neither files, secrets and commands of the machine nor its own addresses.
#[test]
fn w12_program_sets_up_nothing_that_reaches_into_the_machine() {
    let ground = workspace();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "boss", "admin");
    let clerk = Program::new(&ground, &service, "clerk", "approver");
    let good = settings("sftp://127.0.0.1:9/out");
    let with = |path: &[&str], value: Value| {
        let mut settings = good.clone();
        let mut at = &mut settings;
        for key in path {
            at = &mut at[*key];
        }
        *at = value;
        settings
    };
    for (settings, place) in [
        (with(&["source", "url"], json!("file:/etc")), "source.url"),
        (
            with(&["source", "ca_certificate"], json!("/etc/x.pem")),
            "source.ca_certificate",
        ),
        (
            with(&["credentials", "password"], json!({ "env": "PATH" })),
            "credentials.password",
        ),
        (
            with(
                &["credentials", "password"],
                json!({ "file": "/etc/shadow" }),
            ),
            "credentials.password",
        ),
        (
            with(&["credentials", "password"], json!({ "command": "id" })),
            "credentials.password",
        ),
        (with(&["mapping"], json!({})), "mapping"),
        (with(&["nonsense"], json!(1)), "nonsense"),
    ] {
        let new = json!({ "integration": "inside", "settings": settings });
        let (status, refused) = send(&program, "POST", "", &new);
        let detail = refused["detail"].as_str().unwrap();
        assert_eq!(status, 400, "{refused:#}");
        assert!(detail.contains(place), "{place}: {detail}");
    }
    let new = json!({ "integration": "inside", "settings": good });
    assert_eq!(send(&clerk, "POST", "", &new).0, 403);
    assert_eq!(send(&program, "POST", "", &new).0, 201);
    let secret = "/inside/secrets/credentials.password";
    send(&program, "PUT", secret, &json!({ "value": PASSWORD }));
    let (_, job) = send(&program, "POST", "/inside/test", &json!({}));
    let failed = ended(&program, &job);
    assert_eq!(failed["result"], "failed", "{failed:#}");
    let why = failed["problem"]["message"].as_str().unwrap();
    assert!(
        why.contains("connections to this machine itself are refused"),
        "{why}"
    );
    let managed = ground.run(&["integration", "history", "inside", "--json"]);
    assert!(!managed.text.contains(PASSWORD), "{}", managed.text);
    service.stop();
}
