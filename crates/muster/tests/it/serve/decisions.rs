//! A held record is shown with both sides and what each answer does, and who is who is decided in the browser.

use super::{
    PEOPLE, Service,
    browser::{Browser, location},
    wait_for,
};
use crate::ground::{Ground, PLAIN};
use muster_engine::{Clock, SystemClock};

/// Sends the form of a change, then confirms what it would change, and waits until it is done.
fn change(eva: &Browser, employee: &str, change: &str, fields: &[(&str, &str)]) {
    let path = format!("/w/acme/people/{employee}/change/{change}");
    let preview = eva.submit(&path, &path, fields);
    let hidden = |name: &str| {
        let marked = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let value = preview.split(&marked).nth(1).expect(&preview);
        let value = value.split('"').next().unwrap();
        value.replace("&#34;", "\"").replace("&quot;", "\"")
    };
    let confirmed = [
        ("edit", hidden("edit")),
        ("revision", hidden("revision")),
        ("note", "as agreed".to_owned()),
    ];
    let confirmed = confirmed.each_ref().map(|(name, value)| (*name, &**value));
    let answer = eva.submit(
        &path,
        &format!("/w/acme/people/{employee}/confirm"),
        &confirmed,
    );
    assert!(location(&answer).starts_with("/w/acme/jobs/"), "{answer}");
    let job = location(&answer).to_owned();
    wait_for("the change is done", || {
        eva.get(&job).starts_with("HTTP/1.1 303").then_some(())
    });
}

#[test]
fn held_record_shows_both_sides_and_the_employee_is_unlinked_on_a_page() {
    let mut ground = Ground::new(PLAIN);
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", PEOPLE).approve();
    let reused = "id,mail,first,last\nE-1,zoe@acme.example,Zoe,Visser\n";
    let held = ground.deliver("a.csv", reused).sync();
    held.counts(&[("held", 1)]);
    let mut service = Service::start(&ground.path(""));
    let eva = Browser::new(&mut service);
    let list = eva.get("/w/acme/decisions");
    assert!(
        list.contains("An external id given to another person?"),
        "{list}"
    );
    let path = list.split("href=\"/w/acme/decisions/").nth(1).expect(&list);
    let path = format!("/w/acme/decisions/{}", path.split('"').next().unwrap());
    let page = eva.get(&path);
    for text in [
        "<td dir=\"auto\">Ann</td><td dir=\"auto\">Zoe<",
        "<td dir=\"auto\">E-1</td><td dir=\"auto\">E-1<",
        "The same person, corrected",
        "Another person",
        "/approve?choice=ticked",
        "/w/acme/people/1/change/unlink",
        "a.csv:2",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    change(&eva, "1", "unlink", &[]);
    let ann = ground.run(&["employees", "--find", "Ann"]);
    assert!(!ann.text.contains("E-1"), "{}", ann.text);
    // The next run creates the other person.
    ground.at(&SystemClock.now().to_string());
    let answer = ground.sync();
    answer.counts(&[("created", 1), ("held", 0)]);
    assert_eq!(ground.person("E-1")["first_name"], "Zoe");
    let gone = eva.get(&path);
    assert!(gone.starts_with("HTTP/1.1 404"), "{gone}");
    assert!(
        eva.get("/w/acme/decisions")
            .contains("Nothing waits for a decision")
    );
    service.stop();
}

#[test]
fn employees_are_linked_and_merged_on_pages() {
    let mut ground = Ground::new(PLAIN);
    ground.at(&SystemClock.now().to_string());
    let two =
        "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\nE-2,ann.bos@acme.example,Ann,Bos\n";
    ground.deliver("a.csv", two).approve();
    let mut service = Service::start(&ground.path(""));
    let eva = Browser::new(&mut service);
    let path = "/w/acme/people/1/change/merge";
    for wrong in ["", "E-1", "E-9", "999"] {
        let refused = eva.submit(path, path, &[("duplicate", wrong)]);
        assert!(refused.starts_with("HTTP/1.1 422"), "{wrong}: {refused}");
    }
    change(&eva, "1", "merge", &[("duplicate", "E-2")]);
    let merged = eva.get("/w/acme/people/2");
    assert!(merged.contains("</svg>Inactive"), "{merged}");
    let path = "/w/acme/people/1/change/link";
    let refused = eva.submit(path, path, &[("external_id", ""), ("integration", "")]);
    assert!(refused.starts_with("HTTP/1.1 422"), "{refused}");
    let form = [("external_id", "P-7"), ("integration", "")];
    change(&eva, "1", "link", &form);
    assert_eq!(ground.person("P-7")["first_name"], "Ann");
    service.stop();
}
