//! Several employments of one person through the whole program.

use crate::ground::{Ground, PLAIN};
use serde_json::Value;

fn integration() -> String {
    format!("{PLAIN}employments = \"jobs\"\n")
}

fn file(jobs: &str) -> String {
    let jobs = jobs.replace('\'', "\"\"");
    format!(
        "id,mail,first,last,jobs\nE-7,els@acme.example,Els,Jansen,\"{jobs}\"\nE-8,bas@acme.example,Bas,Smit,\n"
    )
}

const TWO: &str = "[{'external_id':'7-1','payroll_id':'P1','type':'temporary','company':'NL','start':'2020-01-01',\
    'end':'2026-05-31'},{'external_id':'7-2','payroll_id':'P2','type':'permanent','company':'BE',\
    'start':'2026-06-01','end':'9999-12-31'}]";

#[test]
fn dates_payroll_id_type_and_company_follow_the_primary_employment_of_the_day() {
    let mut ground = Ground::new(&integration());
    ground.deliver("a.csv", file(TWO)).sync().is(0, "applied");
    let person = ground.person("E-7");
    assert_eq!(
        (&person["payroll_id"], &person["company"]),
        (&"P1".into(), &"NL".into()),
        "{person}"
    );
    assert_eq!(
        (&person["onboarding_date"], &person["offboarding_date"]),
        (&"2020-01-01".into(), &().into())
    );
    ground
        .at("2026-05-31T02:45:00Z")
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 2)]);
    // The same bytes on the day on which the second contract begins: the record is looked at again.
    ground
        .at("2026-06-01T02:45:00Z")
        .sync()
        .is(0, "applied")
        .counts(&[("updated", 1)]);
    ground.sync().is(0, "nothing_to_do").says("unchanged");
    let person = ground.person("E-7");
    assert_eq!(
        (&person["payroll_id"], &person["employment_type"]),
        (&"P2".into(), &"permanent".into()),
        "{person}"
    );
}

#[test]
fn the_employee_is_active_while_one_employment_runs() {
    let mut ground = Ground::new(&integration());
    let one = "[{'external_id':'7-1','start':'2020-01-01','end':'2026-05-10'}]";
    ground.deliver("a.csv", file(one)).sync().is(0, "applied");
    assert_eq!(ground.person("E-7")["offboarding_date"], "2026-05-10");
    let gap = "[{'external_id':'7-1','start':'2020-01-01','end':'2026-05-10'},{'external_id':'7-2','start':'2026-07-01'}]";
    let answer = ground
        .at("2026-05-11T02:45:00Z")
        .deliver("a.csv", file(gap))
        .sync();
    answer.is(0, "applied").counts(&[("deactivated", 1)]);
    assert_eq!(
        ground.person("E-7")["status"],
        "inactive",
        "nothing runs today, and the person has left"
    );
    ground.at("2026-05-12T02:45:00Z").sync();
    let person = ground.person("E-7");
    assert_eq!(
        (&person["status"], &person["onboarding_date"]),
        (&"scheduled".into(), &"2026-07-01".into()),
        "{person}"
    );
    ground
        .at("2026-07-01T02:45:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    assert_eq!(ground.person("E-7")["status"], "active");
}

/// P10.
#[test]
fn m10_rehired_employee_is_reactivated_by_the_same_file() {
    let dates = "onboarding_date = \"start\"\noffboarding_date = \"end\"\n";
    let mut ground = Ground::new(&format!("{PLAIN}{dates}"));
    let file = |dates: &str| {
        format!(
            "id,mail,first,last,start,end\nE-7,els@acme.example,Els,Jansen,{dates}\nE-8,b@acme.example,Bas,Smit,,\n"
        )
    };
    ground
        .deliver("a.csv", file("2020-01-01,2026-05-10"))
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-11T02:45:00Z")
        .deliver("a.csv", file("2026-06-01,"))
        .approve()
        .counts(&[("deactivated", 1)]);
    ground
        .at("2026-05-12T02:45:00Z")
        .sync()
        .is(0, "applied")
        .counts(&[("reactivated", 1), ("unchanged", 1)]);
    assert_eq!(ground.person("E-7")["status"], "scheduled");
    ground.sync().is(0, "nothing_to_do").says("unchanged");
    // The next contract stands in the file before the sweep ends this one.
    let mut ground = Ground::new(&format!("{PLAIN}{dates}"));
    ground
        .deliver("a.csv", file("2020-01-01,2026-05-10"))
        .sync()
        .is(0, "applied");
    ground
        .deliver("a.csv", file("2026-06-01,"))
        .approve()
        .says("MUS-DATE-ONBOARDING-IGNORED");
    ground
        .at("2026-05-10T23:00:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    ground
        .at("2026-05-11T02:45:00Z")
        .sync()
        .is(0, "applied")
        .counts(&[("reactivated", 1)]);
    assert_eq!(ground.person("E-7")["status"], "scheduled");
}

#[test]
fn invalid_employment_is_ignored_with_a_warning() {
    let ground = Ground::new(&integration());
    ground
        .deliver("a.csv", file("[{'start':'2020-01-01'}]"))
        .sync()
        .is(0, "applied");
    let answer = ground
        .deliver("a.csv", file("[{'start':'2020-02-30'}]"))
        .sync();
    answer
        .counts(&[("rejected", 0)])
        .says("MUS-VALUE-EMPLOYMENTS");
    assert_eq!(ground.person("E-7")["onboarding_date"], "2020-01-01");
}

const COMPANIES: &str = r#"
[[company]]
id = "NL"
short_name = "Acme NL"
full_name = "Acme Nederland B.V."
valid_to = 2026-04-30
[[company]]
id = "DE"
short_name = "Acme DE"
valid_from = "2027-01-01"
"#;

#[test]
fn a_running_employment_in_a_company_that_is_not_known_or_not_valid_is_kept_with_a_warning() {
    let ground = Ground::new(&(integration() + COMPANIES));
    let answer = ground.deliver("a.csv", file(TWO)).sync();
    answer
        .is(0, "applied")
        .counts(&[("created", 2), ("rejected", 0)])
        .says("MUS-COMPANY-INVALID");
    assert!(
        !answer.text.contains("MUS-COMPANY-UNKNOWN"),
        "BE is ahead and not looked at: {}",
        answer.text
    );
    let answer = ground
        .deliver("a.csv", file("[{'start':'2020-01-01','company':'FR'}]"))
        .sync();
    answer
        .is(0, "applied")
        .counts(&[("updated", 1)])
        .says("MUS-COMPANY-UNKNOWN")
        .says("`FR` is not a company");
    assert_eq!(ground.person("E-7")["company"], "FR");
}

#[test]
fn companies_are_listed_with_their_dates_and_people() {
    let ground = Ground::new(&(integration() + COMPANIES));
    let two = file("[{'start':'2020-01-01','company':'NL'}]").replace(
        "Bas,Smit,",
        "Bas,Smit,\"[{\"\"start\"\":\"\"2020-01-01\"\",\"\"company\"\":\"\"BE\"\"}]\"",
    );
    ground.deliver("a.csv", two).sync().is(0, "applied");
    let listed = ground.run(&["companies"]).json;
    assert_eq!(
        listed["not_listed"],
        serde_json::json!([{ "external_id": "BE", "people": 1 }])
    );
    let of = |id: &str| {
        listed["companies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["external_id"] == id)
            .unwrap()
    };
    assert_eq!(
        (&of("NL")["people"], &of("NL")["valid_today"]),
        (&1.into(), &false.into()),
        "{listed}"
    );
    assert_eq!(
        (&of("DE")["people"], &of("DE")["valid_from"]),
        (&0.into(), &"2027-01-01".into()),
        "{listed}"
    );
    // The file is the list: what it says next is what holds.
    ground.list(&["NL"]);
    ground.sync();
    let listed = ground.run(&["companies"]).json;
    assert_eq!(
        listed["companies"].as_array().unwrap().len(),
        2,
        "what it leaves out stays, with its last day"
    );
    let dutch = listed["companies"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["external_id"] == "NL")
        .unwrap();
    assert_eq!(
        (&dutch["short_name"], &dutch["valid_today"]),
        (&"NL".into(), &true.into()),
        "{listed}"
    );
}

#[test]
fn the_end_of_a_company_is_reported_of_the_employments_in_it_only_while_they_run() {
    let mut ground = Ground::new(&(integration() + COMPANIES));
    let over = "[{'start':'2020-01-01','end':'2026-04-30','company':'NL'}]";
    let answer = ground
        .at("2026-04-30T02:45:00Z")
        .deliver("a.csv", file(over))
        .sync();
    assert!(
        !answer.text.contains("MUS-COMPANY"),
        "valid on its last day: {}",
        answer.text
    );
    let answer = ground
        .at("2026-05-01T02:45:00Z")
        .deliver("a.csv", file(over) + "\n")
        .sync();
    assert!(
        !answer.text.contains("MUS-COMPANY"),
        "the employment is over too: {}",
        answer.text
    );
}

impl Ground {
    /// Writes an integration file that lists these companies.
    fn list(&self, companies: &[&str]) {
        let lists: String = companies
            .iter()
            .map(|id| format!("[[company]]\nid = \"{id}\"\n"))
            .collect();
        std::fs::write(self.path("integration.toml"), integration() + &lists).unwrap();
    }

    fn last_day(&self, company: &str) -> Value {
        let listed = self.run(&["companies"]).json;
        let found = listed["companies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["external_id"] == company)
            .cloned();
        found.unwrap()["valid_to"].clone()
    }
}

#[test]
fn unlisted_company_ends_after_its_last_employee_and_undo_reopens_it() {
    let mut ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    let at = |company: &str| file(&format!("[{{'start':'2020-01-01','company':'{company}'}}]"));
    ground.deliver("a.csv", at("BE")).sync().is(0, "applied");
    ground.list(&["NL"]);
    // The same file: it is looked at again, because a company is missing from the list.
    for _ in 0..2 {
        let answer = ground.sync();
        answer
            .is(0, "nothing_to_do")
            .says("MUS-COMPANY-UNLISTED")
            .says("1 employee is employed in it");
        assert_eq!(ground.last_day("BE"), Value::Null);
    }
    ground.at("2026-05-05T02:45:00Z").deliver("a.csv", at("NL"));
    let planned = ground.run(&["plan", "integration.toml"]);
    assert_eq!(
        planned.json["companies"][0]["new"], "2026-05-05",
        "{}",
        planned.text
    );
    assert_eq!(ground.last_day("BE"), Value::Null, "a plan changes nothing");
    let answer = ground.sync();
    let ended = serde_json::json!([{ "external_id": "BE", "short_name": "BE", "old": null, "new": "2026-05-05" }]);
    assert_eq!(
        answer.is(0, "applied").json["companies"],
        ended,
        "the move of the last person is seen at once"
    );
    assert_eq!(ground.last_day("BE"), "2026-05-05");
    let run = &answer.run_id();
    assert_eq!(ground.run(&["runs", run]).json["companies"], ended);
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 2)]);
    ground.run(&["undo", run, "--approve"]).is(0, "applied");
    assert_eq!(
        (
            ground.last_day("BE"),
            ground.person("E-7")["company"].clone()
        ),
        (Value::Null, "BE".into())
    );
    // Listed again, it is as the list says.
    ground.list(&["NL", "BE"]);
    ground.sync().is(0, "applied");
    assert_eq!(ground.last_day("BE"), Value::Null);
}

#[test]
fn the_end_of_a_company_waits_with_its_plan_and_comes_with_the_approval() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    ground
        .deliver("a.csv", file("[{'start':'2020-01-01','company':'NL'}]"))
        .sync()
        .is(0, "applied");
    ground.list(&["NL"]);
    let planned = ground.run(&["plan", "integration.toml"]);
    let plan = planned.json["plan"].as_str().unwrap();
    ground.run(&["approve", plan]).is(0, "applied");
    assert_eq!(ground.last_day("BE"), "2026-05-04");
}

#[test]
fn the_end_of_a_company_comes_with_the_last_part_of_a_plan_that_is_approved_in_parts() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    let at = |company: &str| file(&format!("[{{'start':'2020-01-01','company':'{company}'}}]"));
    ground.deliver("a.csv", at("BE")).sync().is(0, "applied");
    ground.list(&["NL"]);
    ground.deliver("a.csv", at("NL") + "E-9,tom@acme.example,Tom,Last,\n");
    let planned = ground.run(&["plan", "integration.toml"]);
    let plan = planned.json["plan"].as_str().unwrap();
    assert_eq!(
        ground
            .run(&["approve", plan, "--only", "create"])
            .is(0, "applied")
            .json["companies"],
        Value::Array(vec![])
    );
    assert_eq!(
        ground.last_day("BE"),
        Value::Null,
        "somebody is employed in it still"
    );
    let rest = ground.run(&["approve", plan, "--only", "update"]);
    assert_eq!(
        rest.is(0, "applied").json["companies"][0]["external_id"],
        "BE",
        "{}",
        rest.text
    );
    assert_eq!(ground.last_day("BE"), "2026-05-04");
}

#[test]
fn company_ends_with_the_departure_of_its_last_employee_and_not_with_a_newcomer() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    let job = |rest: &str| file(&format!("[{{'start':'2020-01-01',{rest}}}]"));
    let of_be = job("'company':'BE'");
    ground.deliver("a.csv", &of_be).sync().is(0, "applied");
    ground.list(&["NL"]);
    // The employment is over, and a new employee begins in the same company.
    let left = job("'end':'2026-05-03','company':'BE'");
    let joiner = "E-9,tom@acme.example,Tom,Last,\"[{\"\"start\"\":\"\"2026-05-01\"\",\"\"company\"\":\"\"BE\"\"}]\"\n";
    let with_joiner = ground.deliver("a.csv", left.clone() + joiner).sync();
    with_joiner
        .is(0, "applied")
        .counts(&[("deactivated", 1), ("created", 1)])
        .says("1 employee is employed in it");
    assert_eq!(ground.last_day("BE"), Value::Null);
    let gone = joiner.replace(
        "2026-05-01\"\"",
        "2026-05-01\"\",\"\"end\"\":\"\"2026-05-03\"\"",
    );
    assert_ne!(gone, joiner);
    ground
        .deliver("a.csv", left + &gone)
        .sync()
        .is(0, "applied")
        .counts(&[("deactivated", 1)]);
    assert_eq!(ground.last_day("BE"), "2026-05-04");
}

#[test]
fn company_does_not_end_while_the_move_of_its_last_employee_is_held() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    let at = |company: &str| file(&format!("[{{'start':'2020-01-01','company':'{company}'}}]"));
    ground.deliver("a.csv", at("BE")).sync().is(0, "applied");
    ground.list(&["NL"]);
    let new_id = at("NL").replace("E-7,", "X-7,");
    let held = ground.deliver("a.csv", new_id).sync();
    held.counts(&[("held", 1)])
        .says("1 employee is employed in it");
    assert_eq!(held.code, 3, "{}", held.text);
    assert_eq!(ground.last_day("BE"), Value::Null);
}

#[test]
fn approving_a_kind_that_no_operation_has_ends_no_company() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    ground
        .deliver("a.csv", file("[{'start':'2020-01-01','company':'NL'}]"))
        .sync()
        .is(0, "applied");
    ground.list(&["NL"]);
    let planned = ground.run(&["plan", "integration.toml"]);
    let plan = planned.json["plan"].as_str().unwrap();
    for kind in ["deactivate", "create", "update"] {
        let answer = ground.run(&["approve", plan, "--only", kind]);
        answer.says("MUS-PLAN-CHOICE");
        assert_eq!((answer.code, ground.last_day("BE")), (1, Value::Null));
    }
    ground.run(&["approve", plan]).is(0, "applied");
    assert_eq!(ground.last_day("BE"), "2026-05-04");
}

#[test]
fn an_incomplete_delivery_ends_no_company() {
    let ground = Ground::new("");
    ground.list(&["NL", "BE"]);
    let jobs = "[{'start':'2020-01-01','company':'NL'}]";
    ground.deliver("a.csv", file(jobs)).sync().is(0, "applied");
    ground.list(&["NL"]);
    let cut = file(jobs) + "E-9,\"tom";
    ground.deliver("a.csv", cut).sync();
    let answer = ground
        .deliver("a.csv", file(jobs) + "E-9,tom@acme.example,T")
        .sync();
    assert_eq!(
        answer.json["delivery"]["completeness"], "partial",
        "{}",
        answer.text
    );
    assert_eq!(ground.last_day("BE"), Value::Null);
}
