//! A service that lacks something: its database server, file descriptors, or the folder of its backups. What it still does,
//! and that it recovers by itself.

use super::{Service, browser::Browser, end_of, enqueue, stored, stored_in, wait_for};
use crate::on_postgresql::{ground, server};
use muster_core::model::job::JobEnd;
use std::{
    fs,
    net::{Shutdown, TcpStream},
    process::Command,
};

#[test]
fn d13_p44_pages_say_that_the_database_server_is_gone_and_are_back_with_it() {
    let mut server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let mut service = Service::start_with(&ground.path(""), &["--database", ground.database()]);
    let browser = Browser::new(&mut service);
    assert!(browser.get("/w/acme/people").starts_with("HTTP/1.1 200"));
    drop(store);
    server.end();
    let refused = browser.get("/w/acme/people");
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(
        !refused.contains("postgres") && !refused.contains(&server.socket.display().to_string()),
        "{refused}"
    );
    // It lives, and says that it is not ready.
    assert!(service.get("/livez").starts_with("HTTP/1.1 200"));
    wait_for("it is not ready", || {
        let answer = service.get("/readyz");
        (answer.starts_with("HTTP/1.1 503") && answer.contains("database")).then_some(())
    });
    server.start_again();
    wait_for("it is ready again", || {
        let answer = service.get("/readyz");
        answer.starts_with("HTTP/1.1 200").then_some(())
    });
    wait_for("the page is back", || {
        let answer = browser.get("/w/acme/people");
        answer.starts_with("HTTP/1.1 200").then_some(())
    });
    service.stop();
}

/// D16.
#[test]
fn connections_beyond_the_file_descriptors_wait_and_the_service_goes_on() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    assert!(service.get("/livez").starts_with("HTTP/1.1 200"));
    let process = service.process.id();
    let open = || fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    // It has room for a few connections more.
    let limit = open() + 6;
    let set = Command::new("prlimit")
        .arg(format!("--pid={process}"))
        .arg(format!("--nofile={limit}:4096"))
        .status()
        .unwrap();
    assert!(set.success());
    let idle: Vec<TcpStream> = (0..40)
        .map(|_| TcpStream::connect(&service.address).unwrap())
        .collect();
    wait_for("all descriptors are in use", || {
        (open() >= limit).then_some(())
    });
    for stream in idle {
        stream.shutdown(Shutdown::Both).unwrap();
    }
    assert!(service.get("/livez").starts_with("HTTP/1.1 200"));
    wait_for("the connections are closed", || {
        (open() < limit).then_some(())
    });
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    service.stop();
}

#[test]
fn d15_folder_of_the_backups_that_was_removed_is_made_again() {
    let (ground, _store) = stored();
    let backups = ground.path("muster.db.backups");
    for _ in 0..2 {
        let done = ground.run(&["backup"]);
        assert_eq!(done.code, 0, "{}", done.text);
        assert!(fs::read_dir(&backups).unwrap().count() > 0);
        fs::remove_dir_all(&backups).unwrap();
    }
}
