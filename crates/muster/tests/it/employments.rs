//! Several employments of one person through the whole program.

use crate::ground::{Ground, PLAIN};

fn integration() -> String {
    format!("{PLAIN}employments = \"jobs\"\n")
}

fn file(jobs: &str) -> String {
    let jobs = jobs.replace('\'', "\"\"");
    format!("id,mail,first,last,jobs\nE-7,els@acme.example,Els,Jansen,\"{jobs}\"\nE-8,bas@acme.example,Bas,Smit,\n")
}

const TWO: &str = "[{'external_id':'7-1','payroll_id':'P1','type':'temporary','company':'NL','start':'2020-01-01',\
    'end':'2026-05-31'},{'external_id':'7-2','payroll_id':'P2','type':'permanent','company':'BE',\
    'start':'2026-06-01','end':'9999-12-31'}]";

#[test]
fn dates_payroll_id_type_and_company_follow_the_primary_employment_of_the_day() {
    let mut ground = Ground::new(&integration());
    ground.deliver("a.csv", file(TWO)).sync().is(0, "applied");
    let person = ground.person("E-7");
    assert_eq!((&person["payroll_id"], &person["company"]), (&"P1".into(), &"NL".into()), "{person}");
    assert_eq!((&person["onboarding_date"], &person["offboarding_date"]), (&"2020-01-01".into(), &().into()));
    // The same file on the day on which the second contract begins: the record is looked at again.
    let answer = ground.at("2026-06-01T02:45:00Z").deliver("b.csv", "x").run(&["sync", "integration.toml"]);
    assert_eq!(answer.code, 4, "a second file that is none is refused: {}", answer.text);
    std::fs::remove_file(ground.path("inbox/b.csv")).unwrap();
    ground.deliver("a.csv", file(TWO) + "\n").sync().is(0, "applied").counts(&[("updated", 1)]);
    let person = ground.person("E-7");
    assert_eq!((&person["payroll_id"], &person["employment_type"]), (&"P2".into(), &"permanent".into()), "{person}");
}

#[test]
fn the_employee_is_active_while_one_employment_runs() {
    let mut ground = Ground::new(&integration());
    let one = "[{'external_id':'7-1','start':'2020-01-01','end':'2026-05-10'}]";
    ground.deliver("a.csv", file(one)).sync().is(0, "applied");
    assert_eq!(ground.person("E-7")["offboarding_date"], "2026-05-10");
    let gap =
        "[{'external_id':'7-1','start':'2020-01-01','end':'2026-05-10'},{'external_id':'7-2','start':'2026-07-01'}]";
    let answer = ground.at("2026-05-11T02:45:00Z").deliver("a.csv", file(gap)).sync();
    answer.is(0, "applied").counts(&[("deactivated", 1)]);
    assert_eq!(ground.person("E-7")["status"], "inactive", "nothing runs today, and the person has left");
    ground.at("2026-05-12T02:45:00Z").deliver("a.csv", file(gap) + "\n").sync();
    let person = ground.person("E-7");
    assert_eq!(
        (&person["status"], &person["onboarding_date"]),
        (&"scheduled".into(), &"2026-07-01".into()),
        "{person}"
    );
    ground.at("2026-07-01T02:45:00Z").run(&["sweep"]).is(0, "applied");
    assert_eq!(ground.person("E-7")["status"], "active");
}

#[test]
fn an_employment_that_cannot_be_read_is_dropped_with_a_warning_and_the_old_one_stays() {
    let ground = Ground::new(&integration());
    ground.deliver("a.csv", file("[{'start':'2020-01-01'}]")).sync().is(0, "applied");
    let answer = ground.deliver("a.csv", file("[{'start':'2020-02-30'}]")).sync();
    answer.counts(&[("rejected", 0)]).says("MUS-VALUE-EMPLOYMENTS");
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
    answer.is(0, "applied").counts(&[("created", 2), ("rejected", 0)]).says("MUS-COMPANY-INVALID");
    assert!(!answer.text.contains("MUS-COMPANY-UNKNOWN"), "BE is ahead and not looked at: {}", answer.text);
    let answer = ground.deliver("a.csv", file("[{'start':'2020-01-01','company':'FR'}]")).sync();
    answer.is(0, "applied").counts(&[("updated", 1)]).says("MUS-COMPANY-UNKNOWN").says("`FR` is not a company");
    assert_eq!(ground.person("E-7")["company"], "FR");
}

#[test]
fn companies_are_listed_with_their_dates_and_people() {
    let ground = Ground::new(&(integration() + COMPANIES));
    let two = file("[{'start':'2020-01-01','company':'NL'}]")
        .replace("Bas,Smit,", "Bas,Smit,\"[{\"\"start\"\":\"\"2020-01-01\"\",\"\"company\"\":\"\"BE\"\"}]\"");
    ground.deliver("a.csv", two).sync().is(0, "applied");
    let listed = ground.run(&["companies"]).json;
    assert_eq!(listed["not_listed"], serde_json::json!([{ "external_id": "BE", "people": 1 }]));
    let of = |id: &str| listed["companies"].as_array().unwrap().iter().find(|one| one["external_id"] == id).unwrap();
    assert_eq!((&of("NL")["people"], &of("NL")["valid_today"]), (&1.into(), &false.into()), "{listed}");
    assert_eq!((&of("DE")["people"], &of("DE")["valid_from"]), (&0.into(), &"2027-01-01".into()), "{listed}");
    // The file is the list: what it says next is what holds, and what it leaves out stays.
    std::fs::write(ground.path("integration.toml"), integration() + "[[company]]\nid = \"NL\"\n").unwrap();
    ground.sync();
    let listed = ground.run(&["companies"]).json;
    assert_eq!(listed["companies"].as_array().unwrap().len(), 2);
    let dutch = listed["companies"].as_array().unwrap().iter().find(|one| one["external_id"] == "NL").unwrap();
    assert_eq!((&dutch["short_name"], &dutch["valid_today"]), (&"NL".into(), &true.into()), "{listed}");
}

#[test]
fn the_end_of_a_company_is_told_of_the_employments_in_it_only_while_they_run() {
    let mut ground = Ground::new(&(integration() + COMPANIES));
    let over = "[{'start':'2020-01-01','end':'2026-04-30','company':'NL'}]";
    let answer = ground.at("2026-04-30T02:45:00Z").deliver("a.csv", file(over)).sync();
    assert!(!answer.text.contains("MUS-COMPANY"), "valid on its last day: {}", answer.text);
    let answer = ground.at("2026-05-01T02:45:00Z").deliver("a.csv", file(over) + "\n").sync();
    assert!(!answer.text.contains("MUS-COMPANY"), "the employment is over too: {}", answer.text);
}
