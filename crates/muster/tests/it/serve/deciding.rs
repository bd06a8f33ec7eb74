//! A held plan is decided in the browser: the service applies it in the name of the user, or says why it cannot.

use super::{PEOPLE, Service, line_with, wait_for};
use crate::ground::{Ground, PLAIN};
use muster_core::model::ids::EmployeeId;
use muster_engine::{Clock, SystemClock};
use muster_store::{Options, Store};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

const EVA: &str = "eva@acme.example";

/// A browser of the first administrator.
struct Browser {
    address: String,
    cookie: String,
}

impl Browser {
    /// Creates the administrator through the link of the service, which signs them in.
    fn new(service: &mut Service) -> Self {
        let line = line_with(&mut service.stdout, "first administrator");
        let path = line.trim().rsplit_once(&service.address).unwrap().1;
        let mut browser = Self {
            address: service.address.clone(),
            cookie: String::new(),
        };
        let form = format!(
            "name=Eva+Bakker&email={}&password=a+rather+long+sentence&repeated=a+rather+long+sentence",
            EVA.replace('@', "%40")
        );
        let answer = browser.post(path, &form);
        let cookie = answer.split("set-cookie: ").nth(1).expect(&answer);
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
            self.address, self.cookie
        ))
    }

    fn post(&self, path: &str, form: &str) -> String {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            self.address,
            self.cookie,
            form.len()
        ))
    }

    /// Sends the form of a page with what is hidden in it, and a note.
    fn decide(&self, path: &str, note: &str) {
        let page = self.get(path);
        let mut form = format!("note={note}");
        let hidden = page.split("<main").nth(1).expect(&page);
        for input in hidden.split("type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            form += &format!("&{name}={}", rest.split('"').next().unwrap());
        }
        let answer = self.post(path.split('?').next().unwrap(), &form);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    }

    /// The page of a run, once it says something.
    fn sees(&self, run: &str, text: &str) -> String {
        wait_for(text, || {
            let page = self.get(&format!("/w/acme/runs/{run}"));
            page.contains(text).then_some(page)
        })
    }
}

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
