//! The main job of the service: integration files are applied, and a real SSH server is read by the clock.

use super::{
    Service,
    passing::{daily, pass_a_day, query, start_now},
    wait_for,
};
use crate::ground::Ground;
use muster_engine::{Clock, SystemClock};
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD, USER};
use std::fs;

/// How the jobs of slots ended, the first one first.
fn results(ground: &Ground) -> Vec<String> {
    query(
        ground,
        "SELECT result FROM job_history WHERE integration_id > 0 AND slot IS NOT NULL ORDER BY id",
    )
}

/// The service runs until the jobs of all slots so far have ended.
fn serve(ground: &Ground, jobs: usize) -> Vec<String> {
    let service = Service::start(&ground.path(""));
    let results = wait_for("the job of the slot ends", || {
        start_now(ground);
        let known = query(ground, "SELECT 1 FROM schedule WHERE integration_id > 0");
        let results = results(ground);
        (!known.is_empty() && results.len() >= jobs).then_some(results)
    });
    service.stop();
    results
}

#[test]
fn applied_integration_is_read_over_sftp_at_each_slot_with_its_stored_password() {
    let server = OpenSsh::start(Options::default());
    let deliver = |rows: &str| {
        let text = format!("email,first_name,last_name,external_id\n{rows}");
        server.write("alleo_employees_1.csv", text.as_bytes());
    };
    deliver("ann@acme.example,Ann,Jansen,E-1\n");
    let mut ground = Ground::new("");
    fs::create_dir(ground.path("conf")).unwrap();
    let file = format!(
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"alleo\"\n{}[source]\n\
         url = \"sftp://127.0.0.1:{}{}\"\nsettle = \"0s\"\n[credentials]\nuser = \"{USER}\"\n\
         password = {{ stored = true }}\n[policy]\napprove = \"never\"\n",
        daily(),
        server.port,
        server.folder.display()
    );
    fs::write(ground.path("conf/hr.toml"), file).unwrap();
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    let set = ground.pipe(&["secret", "set", "hr", "password"], PASSWORD);
    assert_eq!(set.code, 0, "{}", set.text);
    let accepted = ground.run(&["test", "hr", "--accept-host-key", &server.fingerprint]);
    assert_eq!(accepted.code, 0, "{}", accepted.text);

    assert_eq!(serve(&ground, 0).len(), 0, "no slot is due yet");
    pass_a_day(&ground);
    assert_eq!(serve(&ground, 1), ["done"]);
    assert_eq!(ground.person("E-1")["last_name"], "Jansen");

    deliver("ann@acme.example,Ann,Bos,E-1\n");
    assert_eq!(serve(&ground, 1), ["done"], "the slot is not started again");
    assert_eq!(ground.person("E-1")["last_name"], "Jansen");
    pass_a_day(&ground);
    assert_eq!(serve(&ground, 2), ["done", "done"]);
    assert_eq!(ground.person("E-1")["last_name"], "Bos");

    // The server no longer accepts the password: it is not tried again and again.
    ground.at(&SystemClock.now().to_string());
    let wrong = ground.pipe(&["secret", "set", "hr", "password"], "another");
    assert_eq!(wrong.code, 0, "{}", wrong.text);
    pass_a_day(&ground);
    assert_eq!(serve(&ground, 3), ["done", "done", "credentials_refused"]);
    assert_eq!(ground.person("E-1")["last_name"], "Bos");
}
