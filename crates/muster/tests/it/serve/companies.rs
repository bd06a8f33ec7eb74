//! The companies of a workspace as a page.

use super::{Service, browser::Browser};
use crate::ground::{Ground, PLAIN};

#[test]
fn companies_are_listed_with_their_days_and_employees_and_reached_from_the_organisation() {
    let companies = "[[company]]\nid = \"BE01\"\nshort_name = \"Acme BE\"\nvalid_to = 2020-06-30\n\
        [[company]]\nid = \"NL01\"\nshort_name = \"Acme NL\"\nfull_name = \"Acme <Nederland> B.V.\"\n";
    let ground = Ground::new(&format!("{PLAIN}{companies}"));
    ground
        .deliver(
            "a.csv",
            "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n",
        )
        .approve();
    let mut service = Service::start(&ground.path(""));
    let browser = Browser::new(&mut service);
    assert!(
        browser
            .get("/w/acme/org")
            .contains("href=\"/w/acme/org/companies\"")
    );
    let page = browser.get("/w/acme/org/companies");
    for text in [
        "Acme BE",
        "2020-06-30",
        "Not valid today",
        "Acme &#60;Nederland&#62; B.V.",
        "NL01",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    service.stop();
}

#[test]
fn workspace_without_companies_says_where_they_come_from() {
    let ground = Ground::new(PLAIN);
    ground
        .deliver(
            "a.csv",
            "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n",
        )
        .approve();
    let mut service = Service::start(&ground.path(""));
    let browser = Browser::new(&mut service);
    let page = browser.get("/w/acme/org/companies");
    assert!(page.contains("No companies"), "{page}");
    service.stop();
}
