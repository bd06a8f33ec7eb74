//! What programs change: each request becomes a job, which the service carries out in the name of the token.

use super::{
    Service,
    api::{Program, ground},
    wait_for,
};
use serde_json::{Value, json};

const ROOT: &str = "/api/v1/workspaces/acme";

impl Program {
    /// Sends something to be done.
    pub(super) fn post(&self, path: &str, headers: &str, body: &Value) -> (u16, Value) {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        self.ask(
            "POST",
            &format!("{ROOT}{path}"),
            &headers,
            &body.to_string(),
        )
    }

    /// A job that was accepted, once it has ended.
    #[track_caller]
    pub(super) fn done(&self, (status, accepted): (u16, Value)) -> Value {
        assert_eq!(status, 202, "{accepted:#}");
        let number = &accepted["job"];
        wait_for("the job ends", || {
            let job = self.get(&format!("/jobs/{number}"));
            (!job["ended"].is_null()).then_some(job)
        })
    }

    fn held_plan(&self) -> String {
        let held = self.get("/plans?status=held");
        held["items"][0]["plan"].as_str().unwrap().to_owned()
    }
}

#[test]
fn one_cause_of_a_plan_is_approved_in_the_name_of_the_token_and_the_rest_is_rejected() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reviewer", "approver");
    let plan = program.held_plan();
    let causes = program.get(&format!("/plans/{plan}/causes"));
    let titles = causes[0]["cause"].as_str().unwrap();
    let approve = format!("/plans/{plan}/approve");
    let (status, refused) = program.post(&approve, "", &json!({}));
    assert_eq!(
        (status, &refused["code"]),
        (400, &json!("MUS-REQUEST-INVALID")),
        "departures need a reason"
    );
    let job = program.done(program.post(&approve, "", &json!({ "cause": titles })));
    assert_eq!(job["result"], "done", "{job:#}");
    assert_eq!(ground.person("E-4")["title"], "Baker");
    assert_eq!(ground.person("E-3")["status"], "active", "departures wait");
    let history = program.get("/employees/4/history");
    assert_eq!(
        history.as_array().unwrap().last().unwrap()["approved_by"],
        "token reviewer"
    );
    let reject = format!("/plans/{plan}/reject");
    let job = program.done(program.post(&reject, "", &json!({ "note": "wrong file" })));
    assert_eq!(job["result"], "done", "{job:#}");
    assert_eq!(program.get(&format!("/plans/{plan}"))["status"], "rejected");
    let (status, refused) = program.post(&reject, "", &json!({ "note": "again" }));
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("MUS-REQUEST-CONFLICT"))
    );
    service.stop();
}

#[test]
fn request_that_is_repeated_with_its_key_is_done_once() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "editor", "operator");
    let colleague = Program::new(&ground, &service, "colleague", "operator");
    let key = "Idempotency-Key: 7f3a\r\n";
    let body = json!({ "edit": { "create": { "values": { "email": "new@acme.example", "first_name": "Nia", "last_name": "Poe" } } } });
    let first = program.post("/edits", key, &body);
    let again = program.post("/edits", key, &body);
    assert_eq!(again.1["job"], first.1["job"]);
    let job = program.done(first);
    assert_eq!(job["result"], "done", "{job:#}");
    let after = program.post("/edits", key, &body);
    assert_eq!(
        (after.0, &after.1["job"]),
        (202, &job["job"]),
        "also after it is done"
    );
    assert_eq!(
        program.get("/employees?email=new@acme.example")["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let other = json!({ "edit": { "deactivate": { "employee": 1 } } });
    let (status, refused) = program.post("/edits", key, &other);
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("MUS-REQUEST-REPEATED"))
    );
    let (status, _) = colleague.post(
        "/edits",
        key,
        &json!({ "edit": { "unpin": { "employee": 2, "field": "title" } } }),
    );
    assert_eq!(status, 202, "keys of other clients are their own");
    service.stop();
}

#[test]
fn edit_is_previewed_refused_by_rules_and_by_an_outdated_state() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "editor", "operator");
    let location = json!({ "edit": { "edit": { "employee": 4, "values": { "location": "Taulov" } } }, "note": "moved" });
    let (status, preview) = program.post("/edits/preview", "", &location);
    assert_eq!(status, 200, "{preview:#}");
    assert_eq!(preview["operations"][0]["changes"][0]["new"], "Taulov");
    assert_eq!(
        program.get("/employees/4")["location"],
        Value::Null,
        "a preview changes nothing"
    );
    let version = program.head(&format!("{ROOT}/employees/4"), "etag");
    let if_match = format!("If-Match: {version}\r\n");
    let job = program.done(program.post("/edits", &if_match, &location));
    assert_eq!(job["result"], "done", "{job:#}");
    assert_eq!(program.get("/employees/4")["location"], "Taulov");
    let last = program.get("/employees/4/history");
    let last = last.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["by"], &last["note"]),
        (&json!("token editor"), &json!("moved"))
    );
    let (status, refused) = program.post("/edits", &if_match, &location);
    assert_eq!(
        (status, &refused["code"]),
        (412, &json!("MUS-REQUEST-CHANGED"))
    );
    // The source delivers the title.
    let title = json!({ "edit": { "edit": { "employee": 4, "values": { "title": "Chef" } } } });
    let (status, refused) = program.post("/edits/preview", "", &title);
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("MUS-HAND-OWNED")),
        "{refused:#}"
    );
    let job = program.done(program.post("/edits", "", &title));
    assert_eq!(
        (&job["result"], &job["code"]),
        (&json!("failed"), &json!("MUS-HAND-OWNED"))
    );
    assert_eq!(job["problem"]["code"], "MUS-HAND-OWNED", "{job:#}");
    for (body, status) in [
        (
            json!({ "edit": { "edit": { "employee": 99, "values": {} } } }),
            404,
        ),
        (
            json!({ "edit": { "edit": { "employee": 4, "values": { "nothing": "x" } } } }),
            400,
        ),
        (
            json!({ "edit": { "edit": { "employee": 4, "values": {}, "status": "active" } } }),
            400,
        ),
        (
            json!({ "edit": { "pin": { "employee": 4, "field": "title", "value": "x" } } }),
            400,
        ),
        (json!({ "edit": { "explode": {} } }), 400),
        (json!([]), 400),
    ] {
        assert_eq!(program.post("/edits", "", &body).0, status, "{body}");
    }
    let text = program.ask(
        "POST",
        &format!("{ROOT}/edits"),
        "Content-Type: text/plain\r\n",
        "{}",
    );
    assert_eq!(text.0, 415);
    service.stop();
}

#[test]
fn protection_merge_undo_and_erasure_are_carried_out() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "boss", "admin");
    let operator = Program::new(&ground, &service, "clerk", "operator");
    let unprotect = json!({ "edit": { "protect": { "employee": 1, "protected": false } } });
    assert_eq!(
        program.done(program.post("/edits", "", &unprotect))["result"],
        "done"
    );
    assert_eq!(program.get("/employees/1")["protected"], false);
    let run = program.get("/runs?status=applied&integration=people")["items"][0]["run"].clone();
    let undo = format!("/runs/{run}/undo");
    let job = program.done(program.post(&undo, "", &json!({ "plan_only": true, "note": "look" })));
    assert_eq!(job["result"], "done", "{job:#}");
    // The job ends with its run; the note is written after that.
    let planned = wait_for("the note", || {
        let planned = program.get(&format!("/runs/{}", job["run"]));
        (!planned["note"].is_null()).then_some(planned)
    });
    assert_eq!(
        (&planned["kind"], &planned["status"], &planned["note"]),
        (&json!("undo"), &json!("held"), &json!("look"))
    );
    assert_eq!(
        program.get("/employees/3")["title"],
        "Driver",
        "only the plan was saved"
    );
    let places = program.get("/employees/5/personal-data");
    assert!(
        places
            .as_array()
            .unwrap()
            .iter()
            .any(|place| place["count"].as_u64() > Some(0)),
        "{places:#}"
    );
    let job = program.done(program.post(
        "/employees/5/erase",
        "",
        &json!({ "note": "request of 3 May" }),
    ));
    assert_eq!(job["result"], "done", "{job:#}");
    assert_eq!(
        program.get("/employees?status=erased")["items"][0]["employee"],
        5
    );
    let (status, _) = operator.post("/employees/4/erase", "", &json!({ "note": "x" }));
    assert_eq!(status, 403);
    service.stop();
}

#[test]
fn integration_is_run_at_once_when_a_program_asks() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "trigger", "operator");
    let reader = Program::new(&ground, &service, "reader", "viewer");
    let job = program.done(program.post("/integrations/people/sync", "", &json!({})));
    assert_eq!(job["result"], "done", "{job:#}");
    let run = program.get(&format!("/runs/{}", job["run"]));
    assert_eq!(
        (&run["kind"], &run["integration"]),
        (&json!("sync"), &json!("people"))
    );
    assert_eq!(
        program.post("/integrations/none/sync", "", &json!({})).0,
        404
    );
    assert_eq!(
        reader.post("/integrations/people/sync", "", &json!({})).0,
        403
    );
    service.stop();
}
