//! Held records, from the hold over the approval to the next run, for each kind of hold.

use crate::ground::{Answer, Ground};

const SETTINGS: &str = r#"
workspace = { name = "acme" }
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
missing = "deactivate"
SELECT
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
birthday = "born"
onboarding_date = "start"
offboarding_date = "end"
"#;

const HEADER: &str = "id,mail,first,last,born,start,end,access";

fn person(number: usize) -> String {
    format!(
        "E-{number},p{number}@acme.example,First{number},Last{number},1990-01-{number:02},2020-01-01,,yes"
    )
}

/// Ten employees; of some there are other rows.
fn file(others: &[(usize, &str)]) -> String {
    let mut rows = vec![HEADER.to_owned()];
    for number in 1..=10 {
        let other = others.iter().find(|(of, _)| *of == number);
        let row = other.map_or_else(|| person(number), |(_, row)| (*row).to_owned());
        rows.extend((!row.is_empty()).then_some(row));
    }
    rows.join("\n") + "\n"
}

/// The first day, whose plan is approved.
fn ground(others: &[(usize, &str)]) -> Ground {
    with_selection("", others)
}

fn with_selection(selection: &str, others: &[(usize, &str)]) -> Ground {
    let ground = Ground::new(&SETTINGS.replace("SELECT", selection));
    let first = ground.deliver("a.csv", file(others)).sync();
    first.is(3, "held");
    assert_eq!(approve(&ground, &first).code, 0);
    ground
}

fn approve(ground: &Ground, held: &Answer) -> Answer {
    ground.run(&["approve", held.json["plan"].as_str().unwrap()])
}

/// Delivers rows of which one is held for `reason`, approves it, and checks that the next run has nothing to do.
#[track_caller]
fn approved(ground: &Ground, others: &[(usize, &str)], reason: &str) {
    let held = ground.deliver("a.csv", file(others)).sync();
    assert_eq!(held.code, 3, "{}", held.text);
    held.counts(&[("held", 1), ("rejected", 0)]).says(reason);
    let answer = approve(ground, &held);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let next = ground.sync();
    next.is(0, "nothing_to_do")
        .counts(&[("held", 0), ("rejected", 0)]);
}

#[test]
fn an_employee_under_a_new_id_keeps_the_account_once_it_is_approved() {
    let ground = ground(&[]);
    let row = "N-2,p2@acme.example,First2,Last2,1990-01-02,2020-01-01,2026-12-31,yes";
    approved(&ground, &[(2, row)], "new_external_id");
    let employee = ground.person("N-2");
    assert_eq!(
        (&employee["status"], &employee["offboarding_date"]),
        (&"active".into(), &"2026-12-31".into())
    );
    assert!(ground.person("E-2").is_null());
}

#[test]
fn an_employee_under_a_new_id_comes_back_once_it_is_approved_although_the_old_end_was_due_in_that_run()
 {
    let old = "E-2,p2@acme.example,First2,Last2,1990-01-02,2020-01-01,2026-05-10,yes";
    let mut ground = ground(&[(2, old)]);
    ground.at("2026-05-11T02:45:00Z");
    let row = "N-2,p2@acme.example,First2,Last2,1990-01-02,2020-01-01,2026-12-31,yes";
    approved(&ground, &[(2, row)], "new_external_id");
    assert_eq!(ground.person("N-2")["status"], "active");
}

#[test]
fn a_new_id_that_nobody_decides_on_is_held_in_every_run_and_its_older_plan_is_void() {
    let old = "E-2,p2@acme.example,First2,Last2,1990-01-02,2020-01-01,2026-05-10,yes";
    let mut ground = ground(&[(2, old)]);
    ground.at("2026-05-11T02:45:00Z");
    let row = "N-2,p2@acme.example,First2,Last2,1990-01-02,2020-01-01,2026-12-31,yes";
    let first = ground.deliver("a.csv", file(&[(2, row)])).sync();
    first.is(3, "applied").counts(&[("held", 1)]);
    assert_eq!(ground.person("E-2")["status"], "inactive");
    let second = ground.sync();
    second.is(3, "held").says("rehire_or_recycled_address");
    approve(&ground, &first).says("MUS-PLAN-VOID");
    assert_eq!(approve(&ground, &second).code, 0);
    assert_eq!(ground.person("N-2")["status"], "active");
    ground.sync().is(0, "nothing_to_do");
}

#[test]
fn a_reused_id_becomes_what_its_record_says_once_it_is_approved() {
    let ground = ground(&[]);
    let row = "E-3,zoe@acme.example,Zoe,Zee,2001-02-03,2026-05-01,,yes";
    approved(&ground, &[(3, row)], "id_reused");
    assert_eq!(ground.person("E-3")["email"], "zoe@acme.example");
}

#[test]
fn a_recycled_address_without_id_is_applied_once_it_is_approved() {
    let old = ",p4@acme.example,First4,Last4,1990-01-04,2020-01-01,,yes";
    let ground = ground(&[(4, old)]);
    let row = ",p4@acme.example,Zoe,Zee,2001-02-03,2026-05-01,,yes";
    approved(&ground, &[(4, row)], "recycled_address");
    assert_eq!(ground.person("p4@acme.example")["first_name"], "Zoe");
}

#[test]
fn a_probable_change_of_address_is_applied_once_it_is_approved() {
    let old = ",p5@acme.example,First5,Last5,1990-01-05,2020-01-01,,yes";
    let ground = ground(&[(5, old)]);
    let row = ",new5@acme.example,First5,Last5,1990-01-05,2020-01-01,,yes";
    approved(&ground, &[(5, row)], "probable_email_change");
    assert!(ground.person("p5@acme.example").is_null());
    assert_eq!(ground.person("new5@acme.example")["status"], "active");
}

#[test]
fn a_rehire_under_a_new_id_comes_back_once_it_is_approved() {
    let ground = ground(&[]);
    ground
        .deliver("a.csv", file(&[(6, "")]))
        .sync()
        .is(0, "applied");
    assert_eq!(ground.person("E-6")["status"], "inactive");
    let row = "N-6,p6@acme.example,First6,Last6,1990-01-06,2026-05-01,,yes";
    approved(&ground, &[(6, row)], "rehire_or_recycled_address");
    assert_eq!(ground.person("N-6")["status"], "active");
}

#[test]
fn a_new_selection_value_means_not_selected_once_it_is_approved() {
    let selection = "[[select]]\ncolumn = \"access\"\nequals = \"yes\"\n";
    let ground = with_selection(selection, &[]);
    let row = "E-7,p7@acme.example,First7,Last7,1990-01-07,2020-01-01,,Onboarding";
    approved(&ground, &[(7, row)], "new_selection_value");
    assert_eq!(ground.person("E-7")["status"], "inactive");
    // The value is known from now on, also of others.
    let row8 = "E-8,p8@acme.example,First8,Last8,1990-01-08,2020-01-01,,onboarding";
    let next = ground.deliver("a.csv", file(&[(7, row), (8, row8)])).sync();
    next.is(0, "applied")
        .counts(&[("held", 0), ("deactivated", 1)]);
    assert_eq!(ground.person("E-8")["status"], "inactive");
}

#[test]
fn a_new_selection_value_that_is_rejected_keeps_the_employee_and_is_asked_about_again() {
    let selection = "[[select]]\ncolumn = \"access\"\nequals = \"yes\"\n";
    let ground = with_selection(selection, &[]);
    let row = "E-7,p7@acme.example,First7,Last7,1990-01-07,2020-01-01,,Onboarding";
    let held = ground.deliver("a.csv", file(&[(7, row)])).sync();
    let plan = held.json["plan"].as_str().unwrap();
    assert_eq!(ground.run(&["reject", plan]).code, 0);
    assert_eq!(ground.person("E-7")["status"], "active");
    ground.sync().says("new_selection_value");
    assert_eq!(ground.person("E-7")["status"], "active");
}

#[test]
fn a_doubted_start_begins_once_it_is_approved() {
    let joiner = "E-8,p8@acme.example,First8,Last8,1990-01-08,2026-05-10,,yes";
    let mut ground = ground(&[(8, joiner)]);
    assert_eq!(ground.person("E-8")["status"], "scheduled");
    let refused = "E-8,p8@acme.example,First8,Last8,1990-01-08,cancelled,,yes";
    ground.deliver("a.csv", file(&[(8, refused)])).sync();
    ground.at("2026-05-10T02:45:00Z");
    let held = ground.sync();
    assert_eq!(held.code, 3, "{}", held.text);
    assert_eq!(ground.person("E-8")["status"], "scheduled");
    assert_eq!(approve(&ground, &held).code, 0);
    assert_eq!(ground.person("E-8")["status"], "active");
    assert_eq!(ground.sync().json["counts"]["held"], 0);
}

#[test]
fn an_end_before_the_stored_start_deactivates_once_it_is_approved() {
    let old = "E-9,p9@acme.example,First9,Last9,1990-01-09,2026-05-01,,yes";
    let ground = ground(&[(9, old)]);
    let row = "E-9,p9@acme.example,First9,Last9,1990-01-09,2026-05-01,2026-04-20,yes";
    approved(&ground, &[(9, row)], "end_before_start");
    assert_eq!(ground.person("E-9")["status"], "inactive");
}
