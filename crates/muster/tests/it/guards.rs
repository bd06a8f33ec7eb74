//! Guards through the whole program: old content, budgets, new groups, volatile fields, and end dates that were stored
//! long before.

use crate::{
    ground::{Answer, Ground},
    sync::{ground, people},
};
use std::fs;

fn guards(answer: &Answer) -> Vec<String> {
    let findings = answer.json["guard"]["findings"].as_array();
    let guard = |finding: &serde_json::Value| finding["guard"].as_str().unwrap().to_owned();
    findings.into_iter().flatten().map(guard).collect()
}

#[track_caller]
fn is_held(answer: &Answer, expected: &[&str]) {
    answer.is(3, "held");
    assert_eq!(guards(answer), expected, "{}", answer.text);
}

fn reject(ground: &Ground, held: &Answer) {
    let plan = held.json["plan"].as_str().unwrap();
    let rejected = ground.run(&["reject", plan]);
    assert_eq!(rejected.code, 0, "{}", rejected.text);
}

/// Employees 1 to 20, of whom the first few have another title.
fn with_title(count: u32, title: &str) -> String {
    let mut file = people(1..=20);
    for id in 1..=count {
        let (old, new) = (
            format!("First{id},Last,Clerk"),
            format!("First{id},Last,{title}"),
        );
        file = file.replace(&old, &new);
    }
    file
}

#[test]
fn old_file_that_would_change_more_than_three_employees_is_held() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    ground.deliver("b.csv", with_title(4, "Lead"));
    fs::remove_file(ground.path("inbox/a.csv")).unwrap();
    ground.sync().is(0, "applied");
    // A fresh copy under a new name: its time says nothing.
    ground.deliver("c.csv", people(1..=20));
    fs::remove_file(ground.path("inbox/b.csv")).unwrap();
    let held = ground.sync();
    is_held(&held, &["old_content"]);
    held.says("MUS-DELIVERY-OLD-CONTENT").says("run 1 ");
    assert_eq!(held.json["guard"]["findings"][0]["count"], 4);
    // Approved, the file is in force: the same again is nothing new, and the other one is the old one.
    let plan = held.json["plan"].as_str().unwrap();
    assert_eq!(ground.run(&["approve", plan]).code, 0);
    ground.sync().is(0, "nothing_to_do");
    ground.deliver("c.csv", with_title(4, "Lead"));
    is_held(&ground.sync(), &["old_content"]);
}

#[test]
fn a_corrected_file_that_is_put_back_is_a_warning() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    ground
        .deliver("a.csv", with_title(3, "Typo"))
        .sync()
        .is(0, "applied");
    let back = ground.deliver("a.csv", people(1..=20)).sync();
    back.is(0, "applied").counts(&[("updated", 3)]);
    back.says("MUS-DELIVERY-OLD-CONTENT");
    // The same values in a file that was never delivered are no old content.
    ground
        .deliver("a.csv", with_title(5, "Lead"))
        .sync()
        .is(0, "applied");
    let corrected = ground.deliver("a.csv", people(1..=20) + "\n").sync();
    assert_eq!(
        (corrected.code, guards(&corrected)),
        (0, Vec::new()),
        "{}",
        corrected.text
    );
}

#[test]
fn old_content_that_deactivates_or_reactivates_one_employee_is_held() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    ground
        .deliver("a.csv", people(1..=21))
        .sync()
        .is(0, "applied");
    is_held(
        &ground.deliver("a.csv", people(1..=20)).sync(),
        &["old_content"],
    );
    let other = crate::sync::ground();
    other.deliver("a.csv", people(1..=20)).approve();
    other
        .deliver("a.csv", people(1..=19))
        .sync()
        .is(0, "applied");
    is_held(
        &other.deliver("a.csv", people(1..=20)).sync(),
        &["old_content"],
    );
    assert_eq!(other.person("E-20")["status"], "inactive");
}

/// Rows with an end date for the first few.
fn ending(count: u32, day: &str) -> String {
    let row = |id: u32| {
        let end = if id <= count { day } else { "" };
        format!("E-{id},p{id}@acme.example,First{id},Last,Clerk,{end}\n")
    };
    "id,email,first,last,title,end\n".to_owned() + &(1..=40).map(row).collect::<String>()
}

fn dated() -> Ground {
    let ground = ground();
    let path = ground.path("integration.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let settings = settings.replace(
        "title = \"title\"\n",
        "title = \"title\"\noffboarding_date = \"end\"\n",
    );
    fs::write(path, settings).unwrap();
    ground
}

#[test]
fn contracts_that_end_on_one_day_approved_long_before_pass() {
    let mut ground = dated();
    ground.deliver("a.csv", ending(20, "2026-05-31")).approve();
    ground.at("2026-06-01T02:45:00Z");
    ground.sync().is(0, "applied").counts(&[("due", 20)]);
    // They do not use up the limit of the week, in which only unexpected departures count.
    ground.at("2026-06-02T02:45:00Z");
    let one_less =
        ending(20, "2026-05-31").replace("E-40,p40@acme.example,First40,Last,Clerk,\n", "");
    ground
        .deliver("a.csv", one_less)
        .sync()
        .is(0, "applied")
        .counts(&[("missing", 1)]);
}

#[test]
fn sweep_after_an_outage_applies_missed_departures() {
    let mut ground = dated();
    ground.deliver("a.csv", ending(20, "2026-05-31")).approve();
    ground.at("2026-06-05T02:45:00Z");
    ground
        .run(&["sweep"])
        .is(0, "applied")
        .counts(&[("due", 20)]);
}

#[test]
fn end_dates_that_were_stored_less_than_a_week_ago_count_as_departures() {
    let mut ground = dated();
    ground.deliver("a.csv", ending(0, "")).approve();
    ground.at("2026-05-10T02:45:00Z");
    ground
        .deliver("a.csv", ending(20, "2026-05-15"))
        .sync()
        .is(0, "applied");
    ground.at("2026-05-16T02:45:00Z");
    is_held(&ground.run(&["sweep"]), &["removals", "removals_week"]);
    is_held(&ground.sync(), &["removals", "removals_week"]);
    // One day after the week, they are expected.
    ground.at("2026-05-17T02:45:01Z");
    ground
        .run(&["sweep"])
        .is(0, "applied")
        .counts(&[("due", 20)]);
}

#[test]
fn end_dates_that_the_delivery_itself_brings_count_as_departures() {
    let mut ground = dated();
    ground.deliver("a.csv", ending(20, "2026-06-30")).approve();
    ground.at("2026-06-01T02:45:00Z");
    is_held(
        &ground.deliver("a.csv", ending(20, "2026-05-31")).sync(),
        &["removals", "removals_week"],
    );
}

fn money() -> Ground {
    let ground = ground();
    let path = ground.path("integration.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let budgets =
        "title = \"title\"\nmonthly_all_budget = \"monthly\"\noneoff_gift_budget = \"gift\"\n";
    fs::write(path, settings.replace("title = \"title\"\n", budgets)).unwrap();
    ground
}

/// Twenty employees, of whom the first few have other amounts than the rest.
fn amounts(count: u32, monthly: &str, gift: &str) -> String {
    let row = |id: u32| {
        let (monthly, gift) = if id <= count {
            (monthly, gift)
        } else {
            ("50", "")
        };
        format!("E-{id},p{id}@acme.example,First{id},Last,Clerk,{monthly},{gift}\n")
    };
    "id,email,first,last,title,monthly,gift\n".to_owned() + &(1..=20).map(row).collect::<String>()
}

#[test]
fn a_monthly_total_that_jumps_for_more_than_three_employees_is_held() {
    let ground = money();
    ground.deliver("a.csv", amounts(0, "", "")).approve();
    // 1,000 in all: 250 more is 25%.
    ground
        .deliver("a.csv", amounts(5, "100", ""))
        .sync()
        .is(0, "applied");
    ground.deliver("a.csv", amounts(0, "", "")).approve();
    let held = ground.deliver("a.csv", amounts(5, "100.01", "")).sync();
    is_held(&held, &["budget_total"]);
    held.says("from 1000 to 1250.05 EUR for 5 employees");
    reject(&ground, &held);
    // Three employees may get any amount, and a total may fall by as much.
    ground
        .deliver("a.csv", amounts(3, "5000", ""))
        .sync()
        .is(0, "applied");
    ground.deliver("a.csv", amounts(0, "", "")).approve();
    is_held(
        &ground.deliver("a.csv", amounts(6, "0", "")).sync(),
        &["budget_total"],
    );
}

#[test]
fn joiners_and_departures_may_change_a_monthly_total() {
    let ground = money();
    let all = amounts(0, "", "");
    let ten: String = all
        .lines()
        .take(11)
        .map(|line| format!("{line}\n"))
        .collect();
    ground.deliver("a.csv", ten).approve();
    ground
        .deliver("a.csv", all)
        .sync()
        .is(0, "applied")
        .counts(&[("created", 10)]);
}

#[test]
fn a_one_off_that_was_misread_and_corrected_is_not_granted_a_second_time() {
    let mut ground = money();
    ground.deliver("a.csv", amounts(0, "", "")).approve();
    ground
        .deliver("a.csv", amounts(1, "50", "1"))
        .sync()
        .is(0, "applied");
    ground.at("2026-05-11T02:45:00Z");
    let held = ground.deliver("a.csv", amounts(1, "50", "1000")).sync();
    is_held(&held, &["second_one_off"]);
    held.says("First1 Last (E-1)").says("1000 EUR after 1 EUR");
    reject(&ground, &held);
    // On the last of the 31 days it is still held, and afterwards it is another grant.
    ground.at("2026-06-04T02:45:00Z");
    let last_day = ground.sync();
    is_held(&last_day, &["second_one_off"]);
    reject(&ground, &last_day);
    ground.at("2026-06-05T02:45:00Z");
    ground.sync().is(0, "applied");
}

#[test]
fn a_one_off_for_each_of_two_categories_or_employees_passes() {
    let ground = money();
    ground.deliver("a.csv", amounts(0, "", "")).approve();
    ground
        .deliver("a.csv", amounts(1, "50", "100"))
        .sync()
        .is(0, "applied");
    // Nobody gets a second one: the amount of E-1 stays, and E-2 to E-5 get their first.
    ground
        .deliver("a.csv", amounts(5, "50", "100"))
        .sync()
        .is(0, "applied");
    // Taken back to nothing is no grant.
    ground
        .deliver("a.csv", amounts(5, "50", "0"))
        .sync()
        .is(0, "applied");
}

#[test]
fn many_new_groups_are_held_and_a_few_are_created() {
    let ground = ground();
    let path = ground.path("integration.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let settings = settings
        .replace("title = \"title\"\n", "group = \"title\"\n")
        .replace("[policy]\n", "[policy]\nunknown_group = \"create\"\n");
    fs::write(path, settings).unwrap();
    // The first employees have a group of their own each, the others share one.
    let grouped = |own: u32| {
        let row = |id: u32| {
            let group = if id <= own { id } else { 0 };
            format!("E-{id},p{id}@acme.example,First{id},Last,G{group}\n")
        };
        "id,email,first,last,title\n".to_owned() + &(1..=40).map(row).collect::<String>()
    };
    ground.deliver("a.csv", grouped(1)).approve();
    ground.deliver("a.csv", grouped(6)).sync().is(0, "applied");
    let held = ground.deliver("a.csv", grouped(12)).sync();
    is_held(&held, &["new_groups"]);
    held.says("6 groups would be created (`G10`, `G11`")
        .says("and 7 already exist");
    // Six of thirty are no more than a fifth.
    ground.approve();
    for own in [17, 22, 27, 29] {
        ground
            .deliver("a.csv", grouped(own))
            .sync()
            .is(0, "applied");
    }
    ground.deliver("a.csv", grouped(35)).sync().is(0, "applied");
}

#[test]
fn a_volatile_field_may_change_for_everyone() {
    for (mapping, code) in [
        ("title = \"title\"\n", 3),
        ("title = { column = \"title\", volatile = true }\n", 0),
    ] {
        let ground = ground();
        let path = ground.path("integration.toml");
        let settings = fs::read_to_string(&path).unwrap();
        fs::write(path, settings.replace("title = \"title\"\n", mapping)).unwrap();
        ground.deliver("a.csv", people(1..=30)).approve();
        // Every title is another one.
        let changed: String = people(1..=30)
            .lines()
            .enumerate()
            .map(|(number, line)| line.replace("Clerk", &format!("T{number}")) + "\n")
            .collect();
        let answer = ground.deliver("a.csv", changed).sync();
        assert_eq!(answer.code, code, "{}", answer.text);
    }
}
