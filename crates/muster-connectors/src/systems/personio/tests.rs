//! The forms of Personio's answers, on invented data in the documented shape. Whole reads are tested against the
//! emulator.

use super::{
    columns::{BIRTHDAY, find_in_record, resolve},
    v2::employment::{COLUMNS, choose},
    wire::{AttributeV1, CatalogueV1, EmployeesV1, PageV2},
};
use crate::{connector::Value, systems::attributes::Attributes};
use jiff::civil::date;
use serde_json::from_str;

fn offered() -> Vec<AttributeV1> {
    from_str::<CatalogueV1>(include_str!("fixtures/attributes.json"))
        .unwrap()
        .data
        .unwrap()
}

#[track_caller]
fn resolves(column: &str, key: Option<&str>) {
    assert_eq!(
        resolve(column, Some(&offered())).unwrap().as_deref(),
        key,
        "{column}"
    );
}

#[test]
fn a_column_is_a_key_else_a_mark_else_the_name_of_one_custom_attribute() {
    resolves("first_name", Some("first_name"));
    resolves("dynamic_902114", Some("dynamic_902114"));
    resolves("Alleo", Some("dynamic_902114"));
    resolves(BIRTHDAY, Some("dynamic_902077"));
    resolves("Geburtstag", Some("dynamic_902077"));
    resolves("First Name", None);
    let error = resolve("Club", Some(&offered())).unwrap_err();
    assert!(
        error.to_string().contains(r#"["dynamic_6", "dynamic_7"]"#),
        "{error}"
    );
    assert!(resolve("hourly_salary", Some(&offered())).is_err());
}

#[test]
fn an_attribute_that_the_list_does_not_name_is_requested_all_the_same() {
    for column in ["id", "status", "supervisor", "dynamic_99"] {
        let mut list = offered();
        list.retain(|attribute| attribute.key != column);
        assert_eq!(
            resolve(column, Some(&list)).unwrap().as_deref(),
            Some(column)
        );
        assert_eq!(resolve(column, Some(&[])).unwrap().as_deref(), Some(column));
    }
}

#[test]
fn a_record_that_carries_an_attribute_counts_though_the_list_does_not_name_it() {
    let record: Attributes = from_str(
        r#"{"dynamic_1":{"label":"Geburtstag","value":"1990-10-28","universal_id":"date_of_birth"},
            "dynamic_2":{"label":"Alleo","value":"Yes"},
            "dynamic_3":{"label":"Club","value":"a"},
            "dynamic_4":{"label":"Club","value":"b"},
            "dynamic_5":{"label":"Gehalt","value":1},
            "last_name":{"label":"Alleo","value":"Yes"}}"#,
    )
    .unwrap();
    assert_eq!(find_in_record(BIRTHDAY, &record), ["dynamic_1"]);
    assert_eq!(find_in_record("Alleo", &record), ["dynamic_2"]);
    assert_eq!(find_in_record("Club", &record), ["dynamic_3", "dynamic_4"]);
    assert!(find_in_record("Gehalt", &record).is_empty());
    assert!(find_in_record("Shirt size", &record).is_empty());
}

#[test]
fn pay_is_refused_by_key_mark_and_label() {
    let list = [AttributeV1 {
        key: "dynamic_8".to_owned(),
        label: Some("Gehalt".to_owned()),
        universal_id: None,
    }];
    for column in [
        "fix_salary",
        "fix_salary_interval",
        "hourly_salary",
        "dynamic_8",
        "Gehalt",
    ] {
        let refused = resolve(column, Some(&list)).unwrap_err();
        assert!(refused.to_string().contains("Pay {"), "{column}: {refused}");
    }
}

#[test]
fn a_birthday_without_a_mark_is_found_by_name_only_where_nothing_has_marks() {
    let mut old = offered();
    old.iter_mut()
        .for_each(|attribute| attribute.universal_id = None);
    assert_eq!(
        resolve(BIRTHDAY, Some(&old)).unwrap().as_deref(),
        Some("dynamic_902077")
    );
    let mut marked = offered();
    marked
        .iter_mut()
        .filter(|it| it.key == "dynamic_902077")
        .for_each(|it| it.universal_id = None);
    assert_eq!(resolve(BIRTHDAY, Some(&marked)).unwrap(), None);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_form_of_a_value_is_read() {
    let page: EmployeesV1 = from_str(include_str!("fixtures/employees.json")).unwrap();
    assert_eq!(
        page.metadata.unwrap().total_elements.unwrap().number(),
        Some(3)
    );
    let people: Vec<Attributes> = page
        .data
        .unwrap()
        .into_iter()
        .map(|person| person.attributes)
        .collect();
    let says = |person: usize, key: &str| {
        people[person]
            .get(key)
            .map_or(Value::Absent, |it| super::v1::value(key, it))
    };
    let both = |key: &str| [says(0, key), says(1, key)];
    assert_eq!(both("id"), [text("40717"), text("40718")]);
    assert_eq!(both("first_name"), [text("Jorinde"), Value::Unreadable]);
    assert_eq!(both("email"), [Value::Null, Value::Absent]);
    assert_eq!(both("hire_date"), [text("1953-03-16"), text("1835-02-01")]);
    assert_eq!(both("termination_date"), [Value::Null, Value::Absent]);
    assert_eq!(both("department"), [text("Logistik"), Value::Null]);
    assert_eq!(both("supervisor"), [text("38201"), Value::Null]);
    assert_eq!(both("cost_centers"), [text("Nord, Süd"), Value::Absent]);
    assert_eq!(both("dynamic_1"), [text("A, B"), text("A, B")]);
    assert_eq!(both("dynamic_2"), [text("2021-01-01"), text("2021-01-01")]);
}

#[test]
fn the_employment_of_a_day_is_the_running_one_else_the_next_else_the_last() {
    let page: PageV2 = from_str(include_str!("fixtures/employments.json")).unwrap();
    let all = page.data.unwrap();
    let start = |day| choose(&all, day).unwrap().value("hire_date");
    assert_eq!(start(date(2026, 11, 2)), text("2021-04-01"));
    assert_eq!(start(date(2027, 1, 1)), text("2027-01-01"));
    assert_eq!(start(date(2018, 1, 1)), text("2021-04-01"), "the next one");
    assert_eq!(
        choose(&all[2..], date(2026, 1, 1))
            .unwrap()
            .value("hire_date"),
        text("2010-01-01")
    );
    assert!(choose(&[], date(2026, 1, 1)).is_none());
}

#[test]
fn an_employment_that_goes_on_under_another_company_is_no_leaving() {
    let page: PageV2 = from_str(include_str!("fixtures/employments.json")).unwrap();
    let all = page.data.unwrap();
    let end = |all: &[Attributes], day| choose(all, day).unwrap().value("termination_date");
    assert_eq!(
        end(&all, date(2026, 11, 2)),
        Value::Null,
        "the next one starts on the day after"
    );
    assert_eq!(end(&all[1..], date(2026, 11, 2)), text("2026-12-31"));
    assert_eq!(end(&all[2..], date(2026, 11, 2)), text("2015-06-30"));
}

#[test]
fn an_employment_says_what_version_one_says() {
    let page: PageV2 = from_str(include_str!("fixtures/employments.json")).unwrap();
    let all = page.data.unwrap();
    let now = choose(&all, date(2026, 11, 2)).unwrap();
    let said: Vec<(&str, Value)> = COLUMNS
        .iter()
        .map(|column| (*column, now.value(column)))
        .collect();
    let expected = [
        ("hire_date", text("2021-04-01")),
        ("termination_date", Value::Null),
        ("termination_type", text("SUB_COMPANY_SWITCH")),
        ("last_working_day", text("2026-12-15")),
        ("contract_end_date", Value::Null),
        ("probation_period_end", text("2021-10-01")),
        ("department", text("401")),
        ("team", text("4502")),
        ("supervisor", text("38201")),
        ("position", text("Planner")),
        // Known by id alone, which would rename what version 1 gives by name.
        ("office", Value::Absent),
        ("subcompany", Value::Absent),
        ("employment_type", text("external")),
        ("weekly_working_hours", text("38.5")),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_key_that_comes_twice_could_mean_either() {
    assert!(from_str::<Attributes>(r#"{"id":1,"email":null}"#).is_ok());
    assert!(from_str::<Attributes>(r#"{"id":1,"id":1}"#).is_err());
}
