//! A held plan is decided in the browser: the service applies it in the name of the user, or says why it cannot.

use super::{
    PEOPLE, Service,
    browser::{Browser, EVA},
};
use crate::ground::{Ground, PLAIN};
use muster_core::model::ids::EmployeeId;
use muster_engine::{Clock, SystemClock};
use muster_store::{Options, Store};
/// A directory with Ann, and a plan that changes her name and waits.
fn held() -> (Ground, String) {
    let mut ground = Ground::new(&PLAIN.replace("\"never\"", "\"always\""));
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", PEOPLE).approve();
    ground.deliver("a.csv", PEOPLE.replace("Bos", "Smit"));
    let answer = ground.sync();
    answer.is(3, "held");
    let run = answer.run_id();
    (ground, run)
}

#[test]
fn plan_that_is_approved_in_the_browser_is_applied_in_the_name_of_the_user() {
    let (ground, run) = held();
    let mut service = Service::start(&ground.path(""));
    let browser = Browser::new(&mut service);
    let page = browser.get(&format!("/w/acme/runs/{run}"));
    assert!(page.contains("Approve all…"), "{page}");
    browser.decide(&format!("/w/acme/runs/{run}/approve"), "She+married");
    let page = browser.sees(&run, "Approved and applied: 1 updated");
    assert!(page.contains("Note: She married"), "{page}");
    assert_eq!(ground.person("E-1")["last_name"], "Smit");
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let workspace = store.workspace("acme").unwrap().unwrap();
    let history = store.history(&workspace, EmployeeId(1)).unwrap();
    assert_eq!(history.last().unwrap().approved_by.as_deref(), Some(EVA));
    service.stop();
}

#[test]
fn plan_whose_employee_has_changed_since_is_void_and_the_page_says_so() {
    let (ground, run) = held();
    let edited = ground.run(&["employee", "edit", "E-1", "title=Team lead"]);
    assert_eq!(edited.code, 0, "{}", edited.text);
    let mut service = Service::start(&ground.path(""));
    let browser = Browser::new(&mut service);
    browser.decide(&format!("/w/acme/runs/{run}/approve"), "");
    let page = browser.sees(&run, "The approval was not applied: nothing has changed");
    assert!(page.contains("has changed since"), "{page}");
    assert_eq!(ground.person("E-1")["last_name"], "Bos");
    service.stop();
}

#[test]
fn plan_that_is_rejected_in_the_browser_is_closed() {
    let (ground, run) = held();
    let mut service = Service::start(&ground.path(""));
    let browser = Browser::new(&mut service);
    browser.decide(&format!("/w/acme/runs/{run}/reject"), "Wrong+file");
    let page = browser.sees(&run, "Rejected: nothing that was pending is applied");
    assert!(
        page.contains("Note: Wrong file") && page.contains(&format!("Decided by {EVA}")),
        "{page}"
    );
    assert!(!page.contains("Approve all…"), "{page}");
    assert_eq!(ground.person("E-1")["last_name"], "Bos");
    service.stop();
}
