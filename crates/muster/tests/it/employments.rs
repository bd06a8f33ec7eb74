//! Several employments of one person through the whole program.

use crate::ground::Ground;

const FILE: &str = r#"
workspace = { name = "acme" }
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
approve = "never"
[guard]
removals = { percent = 100.0, number = 100 }
removals_week = { percent = 100.0, number = 100 }
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
employments = "jobs"
"#;

fn file(jobs: &str) -> String {
    let jobs = jobs.replace('\'', "\"\"");
    format!("id,mail,first,last,jobs\nE-7,els@acme.example,Els,Jansen,\"{jobs}\"\nE-8,bas@acme.example,Bas,Smit,\n")
}

const TWO: &str = "[{'external_id':'7-1','payroll_id':'P1','type':'temporary','company':'NL','start':'2020-01-01',\
    'end':'2026-05-31'},{'external_id':'7-2','payroll_id':'P2','type':'permanent','company':'BE',\
    'start':'2026-06-01','end':'9999-12-31'}]";

#[test]
fn dates_payroll_id_type_and_company_follow_the_primary_employment_of_the_day() {
    let mut ground = Ground::new(FILE);
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
    let mut ground = Ground::new(FILE);
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
    let ground = Ground::new(FILE);
    ground.deliver("a.csv", file("[{'start':'2020-01-01'}]")).sync().is(0, "applied");
    let answer = ground.deliver("a.csv", file("[{'start':'2020-02-30'}]")).sync();
    answer.counts(&[("rejected", 0)]).says("MUS-VALUE-EMPLOYMENTS");
    assert_eq!(ground.person("E-7")["onboarding_date"], "2020-01-01");
}
