//! The service sends alerts by itself: about a held plan, and about a run that changed something.

use super::{Service, end_of, enqueue, stored, wait_for};
use muster_core::model::{
    ids::WorkspaceId,
    job::{JobEnd, JobKind},
};
use muster_engine::{Clock, SystemClock};
use muster_store::NewJob;
use muster_testkit::smtp::MailServer;

fn with<'m>(mails: &'m [String], part: &str) -> Option<&'m String> {
    mails.iter().find(|mail| mail.contains(part))
}

/// P48, M01.
#[test]
fn held_plan_and_digest_are_mailed_without_a_link_or_a_value_of_an_employee() {
    let server = MailServer::plain();
    let (mut ground, store) = stored();
    let port = server.port.to_string();
    ground.run(&[
        "alert",
        "mail-server",
        "127.0.0.1",
        "--port",
        &port,
        "--encryption",
        "none",
        "--from",
        "muster@acme.example",
    ]);
    ground.run(&[
        "alert",
        "add",
        "ops@acme.example",
        "--digest",
        "--workspace",
        "acme",
    ]);
    let service = Service::start(&ground.path(""));
    let people =
        "id,mail,first,last\nE-1,ann@acme.example,Ann,Smit\nE-2,bob@acme.example,Bob,Vos\n";
    ground.deliver("a.csv", people);
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    let digest = wait_for("the digest arrives", || {
        let mails = server.mails();
        with(&mails, "acme/people: 1 created, 1 updated, 0 deactivated").cloned()
    });
    assert!(digest.contains("to ops@acme.example"), "{digest}");
    // One plan is asked for and waits.
    let integration = std::fs::read_to_string(ground.path("integration.toml")).unwrap();
    let first = integration.replace("approve = \"never\"", "approve = \"always\"");
    std::fs::write(ground.path("integration.toml"), first).unwrap();
    ground.deliver("a.csv", people.replace("Vos", "Bakker"));
    ground.at(&SystemClock.now().to_string());
    ground.sync().is(3, "held");
    // The service looks for issues after each job.
    let job = NewJob {
        kind: JobKind::Retention,
        workspace: WorkspaceId(1),
        integration: None,
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 1,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    };
    end_of(&store, store.enqueue(&job).unwrap().unwrap());
    let held = wait_for("the alert arrives", || {
        let mails = server.mails();
        with(&mails, "is held for review").cloned()
    });
    let all = server.mails().join("\n");
    for value in [
        "Ann", "Bob", "Smit", "Bakker", "ann@", "bob@", "E-1", "http",
    ] {
        assert!(!all.contains(value), "`{value}` in {all}");
    }
    assert!(held.contains("muster approve"), "{held}");
    let log = service.stop();
    assert!(
        log.contains("alert is sent") && !log.contains("ops@"),
        "{log}"
    );
}
