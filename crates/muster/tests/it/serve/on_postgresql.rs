//! `muster serve` with a database on a server: several processes do its jobs, and the server may end in between.

use super::{Service, end_of, enqueue, stored_in};
use crate::on_postgresql::{ground, server};
use muster_core::model::job::JobEnd;
use muster_store::{Options, Store};

fn start(ground: &crate::ground::Ground) -> Service {
    Service::start_with(&ground.path(""), &["--database", ground.database()])
}

#[test]
fn jobs_are_done_by_the_service_that_is_left() {
    let server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let (first, second) = (start(&ground), start(&ground));
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    first.stop();
    ground.deliver(
        "b.csv",
        "id,mail,first,last\nE-1,ann@acme.example,Anne,Bos\n",
    );
    let (end, run) = end_of(&store, enqueue(&store));
    assert!(end == JobEnd::Done && run.is_some(), "{end:?}");
    assert_eq!(ground.person("E-1")["first_name"], "Anne");
    second.stop();
}

#[test]
fn d11_service_continues_after_its_database_server_crashed() {
    let mut server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let service = start(&ground);
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    drop(store);
    server.crash();
    let store = Store::open(ground.database(), Options::default()).unwrap();
    ground.deliver(
        "b.csv",
        "id,mail,first,last\nE-1,ann@acme.example,Anne,Bos\n",
    );
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    assert_eq!(ground.person("E-1")["first_name"], "Anne");
    service.stop();
}
