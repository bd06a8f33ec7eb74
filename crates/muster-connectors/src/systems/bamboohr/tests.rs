//! The forms of BambooHR's answers, on invented data in the documented shape. Whole reads are tested against the
//! emulator.

use super::{
    columns::{Asked, Kind},
    fields::permit,
    history::{History, Standing, standings},
    person::{Reader, value},
    wire::{Catalogue, Field, People, ReportHead, Row, SetField, StatusRow, canonical},
};
use crate::connector::{Records, Value, Wanted};
use jiff::civil::date;
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem,
            api::{Access, Remedy},
        },
    },
    read::record::{Cell, Record, Sink},
};
use serde_json::{from_str, json};
use std::collections::HashMap;

const REPORT: &str = include_str!("fixtures/report.json");

fn fields() -> Vec<Field> {
    from_str::<Catalogue>(include_str!("fixtures/fields.json"))
        .unwrap()
        .0
        .unwrap()
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn wanted(names: &[&str]) -> Wanted {
    Wanted {
        columns: columns(names),
        ..Wanted::default()
    }
}

#[track_caller]
fn asks(column: &str, expected: &[&str]) {
    assert_eq!(
        Asked::of_report(&columns(&[column]), Some(&fields()))
            .unwrap()
            .names,
        expected,
        "{column}"
    );
}

#[test]
fn a_column_is_a_field_an_alias_a_number_else_the_name_of_one_field() {
    asks("id", &["id"]);
    asks("workEmail", &["id", "workEmail"]);
    asks("employmentStatus", &["id", "employmentStatus"]);
    asks("4391", &["id", "4391"]);
    asks("4391.0", &["id", "4391"]);
    asks("4354.4", &["id", "4354.4"]);
    asks("alleo_access", &["id", "4391"]);
    asks("Shirt size", &["id", "4354.4"]);
    asks("Status", &["id", "387"]);
    asks("nobody knows it", &["id", "nobody knows it"]);
    let error = Asked::of_report(&columns(&["Club"]), Some(&fields())).unwrap_err();
    assert!(error.to_string().contains(r#"["4401", "4402"]"#), "{error}");
}

#[test]
fn what_people_are_paid_is_found_by_name_label_and_number() {
    for column in ["payRate", "Pay rate", "19", "Salary", "commissionAmount"] {
        let refused = Asked::of_report(&columns(&[column]), Some(&fields())).unwrap_err();
        assert!(refused.to_string().contains("Pay {"), "{column}: {refused}");
    }
    let mut asked = Asked::of_report(&columns(&["19"]), None).unwrap();
    let head: ReportHead =
        from_str(r#"{"fields":[{"id":19,"name":"Pay rate"}],"employees":[]}"#).unwrap();
    assert!(
        asked.keys(head.fields.as_deref()).is_err(),
        "found by the answer where the fields are not known"
    );
}

#[test]
fn an_id_asked_for_as_a_number_may_come_back_with_a_part() {
    for (id, expected) in [
        ("123", "123"),
        ("123.0", "123"),
        ("16.1", "16.1"),
        ("a.0", "a.0"),
        (" 4 ", "4"),
    ] {
        assert_eq!(canonical(id), expected);
    }
}

#[test]
fn the_catalogue_is_bare_or_wrapped() {
    let count = |text: &str| {
        from_str::<Catalogue>(text)
            .unwrap()
            .0
            .map(|fields| fields.len())
    };
    assert_eq!(count(r#"[{"id":1},{"id":"2.1"}]"#), Some(2));
    assert_eq!(count(r#"{"title":[[]],"fields":[{"id":1}]}"#), Some(1));
    assert_eq!(count(r#"{"code":500,"message":"x"}"#), None);
    assert!(from_str::<Catalogue>("7").is_err());
}

#[test]
fn the_dataset_has_other_names() {
    let field = |name: &str, label: &str| SetField {
        name: name.to_owned(),
        label: Some(label.to_owned()),
        kind: None,
    };
    let all = [
        field("eeid", "EEID"),
        field("email", "Work Email"),
        field("status", "Status"),
        field("employmentStatus", "Employment Status"),
        field("jobInformationDepartment", "Department"),
        field("alleoAccess", "Alleo"),
        field("compensationPayRate", "Rate"),
    ];
    let asks = |column: &str| {
        Asked::of_set(&columns(&[column]), &all).map(|asked| asked.names[1..].to_vec())
    };
    for (column, expected) in [
        ("workEmail", "email"),
        ("employmentStatus", "status"),
        ("employmentHistoryStatus", "employmentStatus"),
        ("department", "jobInformationDepartment"),
        ("alleo_access", "alleoAccess"),
        ("Alleo", "alleoAccess"),
    ] {
        assert_eq!(asks(column).unwrap(), [expected], "{column}");
    }
    for column in ["id", "homeEmail", "no such field"] {
        assert_eq!(asks(column).unwrap(), Vec::<String>::new(), "{column}");
    }
    assert!(asks("Rate").is_err() && asks("compensationPayRate").is_err());
}

/// What a sink hears of each record: id and problem.
#[derive(Default)]
struct Heard(Vec<(String, Option<Code>)>);

impl Sink for Heard {
    fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.0.push((shown(record.cell(0)), None));
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        self.0.push((shown(record.cell(0)), Some(problem.code)));
    }
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Absent => "-".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Unreadable => "?".to_owned(),
        Cell::Text(text) => text.to_owned(),
    }
}

/// The records of a report's answer.
fn read(text: &str, wanted: &Wanted, planned: HashMap<String, jiff::civil::Date>) -> Records {
    let asked = Asked::of_report(&wanted.columns, None).unwrap();
    let mut reader = Reader::new(
        asked,
        History::Known(
            planned
                .into_iter()
                .map(|(id, day)| {
                    let leaves = Some(day);
                    (
                        id,
                        Standing {
                            leaves,
                            current: Some("Full-Time".to_owned()),
                        },
                    )
                })
                .collect(),
        ),
        "EUR",
        date(2026, 11, 2),
        wanted,
    );
    let head: ReportHead = from_str(text).unwrap();
    let keys = reader.asked.keys(head.fields.as_deref()).unwrap();
    let (mut records, count) = (Records::new(&wanted.columns), reader.asked.names.len());
    let mut take = |row: Row| {
        reader.add(&mut records, &row);
    };
    let people = People {
        list: "employees",
        is_wrapped: false,
        keys: &keys,
        count,
        take: &mut take,
    };
    people.read(text).unwrap();
    records
}

#[test]
fn every_form_of_a_value_is_read() {
    let wanted = wanted(&[
        "id",
        "firstName",
        "dateOfBirth",
        "4391",
        "4392",
        "4354.4",
        "terminationDate",
    ]);
    let records = read(REPORT, &wanted, HashMap::new());
    let said: Vec<Vec<String>> = records
        .iter()
        .map(|record| (0..7).map(|column| shown(record.cell(column))).collect())
        .collect();
    assert_eq!(
        said[0],
        ["4", "Merel", "1990-05-01", "true", "25.00", "M", "-"]
    );
    assert_eq!(
        said[1],
        [
            "5",
            "O'Neil & &nbsp;Co",
            "null",
            "No",
            "25.00 USD",
            "M, L",
            "-"
        ]
    );
    assert_eq!(said[2], ["6", "null", "null", "null", "null", "-", "-"]);
    assert_eq!(said[3], ["7", "?", "1990-05-01", "1", "?", "null", "-"]);
    let mut heard = Heard::default();
    records.pour(&mut heard).unwrap();
    let codes: Vec<Option<Code>> = heard.0.iter().map(|(_, code)| *code).collect();
    assert_eq!(
        codes,
        [
            None,
            None,
            None,
            Some(Code::ApiValue),
            Some(Code::ApiUnidentified)
        ]
    );
}

#[test]
fn nothing_is_zeros_blank_or_null_in_every_kind_of_field() {
    for kind in [Kind::Text, Kind::Day, Kind::Amount] {
        for nothing in [json!("0000-00-00"), json!(""), json!("  "), json!(null)] {
            assert_eq!(
                value(&nothing, kind, "EUR"),
                Value::Null,
                "{kind:?} {nothing}"
            );
        }
    }
    assert_eq!(
        value(&json!("&lt;b&gt; &amp;amp; &quot;&#39;"), Kind::Text, "EUR"),
        Value::of("<b> &amp; \"'")
    );
    for nothing in [" USD", "USD", "EUR ", " EUR"] {
        assert_eq!(
            value(&json!(nothing), Kind::Amount, "EUR"),
            Value::Null,
            "{nothing:?}: an empty currency field"
        );
        assert_ne!(
            value(&json!(nothing), Kind::Text, "EUR"),
            Value::Null,
            "{nothing:?}: a text"
        );
    }
    for amount in ["about 5 EUR", "5 EURO", "5 USD", "usd"] {
        assert_eq!(
            value(&json!(amount), Kind::Amount, "EUR"),
            Value::of(amount),
            "is left as it is"
        );
    }
}

#[test]
fn a_key_that_comes_twice_in_a_person_could_mean_either() {
    let keys = HashMap::from([("id".to_owned(), 0), ("4391".to_owned(), 1)]);
    for text in [
        r#"{"employees":[{"id":"4","4391":1,"4391.0":2}]}"#,
        r#"{"employees":[{"id":"4","id":null}]}"#,
    ] {
        let mut take = |_: Row| {};
        let people = People {
            list: "employees",
            is_wrapped: false,
            keys: &keys,
            count: 2,
            take: &mut take,
        };
        assert!(
            people
                .read(text)
                .unwrap_err()
                .to_string()
                .contains("comes twice"),
            "{text}"
        );
    }
}

#[test]
fn the_next_leaving_counts_and_rows_of_one_day_that_contradict_each_other_do_not() {
    let rows: Vec<StatusRow> = from_str(include_str!("fixtures/employment_status.json")).unwrap();
    let mut coming: Vec<(String, String)> = standings(&rows, date(2026, 11, 2))
        .into_iter()
        .filter_map(|(id, standing)| Some((id, standing.leaves?.to_string())))
        .collect();
    coming.sort();
    let expected = [("4", "2026-12-31"), ("5", "2026-11-02")];
    assert_eq!(
        coming,
        expected.map(|(id, day)| (id.to_owned(), day.to_owned()))
    );
    let later = standings(&rows, date(2027, 2, 1));
    assert_eq!(
        later
            .get("4")
            .and_then(|it| it.leaves)
            .map(|day| day.to_string())
            .as_deref(),
        Some("2027-06-01"),
        "who came back leaves again"
    );
}

/// The code of the one person with these values, and what is said in a column.
fn person(values: serde_json::Value, column: &str) -> (Option<Code>, String) {
    let mut names: Vec<&str> = values
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_by_key(|name| *name != "id");
    let heads: Vec<_> = names.iter().map(|name| json!({"id": name})).collect();
    let text = json!({"fields": heads, "employees": [values]}).to_string();
    let planned = HashMap::from([("9".to_owned(), date(2026, 12, 31))]);
    let records = read(&text, &wanted(&names), planned);
    let mut heard = Heard::default();
    records.pour(&mut heard).unwrap();
    let at = names.iter().position(|name| *name == column).unwrap();
    (heard.0[0].1, shown(records.iter().next().unwrap().cell(at)))
}

#[test]
fn a_planned_leaving_counts_more_than_the_report_and_who_is_planned_to_leave_is_active() {
    let values =
        |id: &str, end: &str| json!({"id": id, "status": "Inactive", "terminationDate": end});
    assert_eq!(
        person(values("9", "0000-00-00"), "terminationDate"),
        (None, "2026-12-31".to_owned())
    );
    assert_eq!(
        person(values("9", "2020-01-01"), "status"),
        (None, "Active".to_owned())
    );
    assert_eq!(
        person(values("8", "2026-11-01"), "status"),
        (None, "Inactive".to_owned())
    );
    assert_eq!(
        person(values("8", "2026-11-02"), "status"),
        (None, "Active".to_owned()),
        "to the end of the last day"
    );
}

#[test]
fn statuses_of_a_departure_to_come_do_not_count_before_its_day() {
    let values = |id: &str| {
        json!({"id": id, "status": "Inactive", "employmentHistoryStatus": "Terminated",
               "employeeStatusDate": "2026-12-31"})
    };
    let said = |id: &str, column: &str| person(values(id), column).1;
    assert_eq!(said("9", "status"), "Active");
    assert_eq!(said("9", "employmentHistoryStatus"), "Full-Time");
    assert_eq!(
        said("9", "employeeStatusDate"),
        "-",
        "it is that of the row to come"
    );
    assert_eq!(said("8", "status"), "Inactive");
    assert_eq!(said("8", "employmentHistoryStatus"), "Terminated");
    assert_eq!(said("8", "employeeStatusDate"), "2026-12-31");
}

#[test]
fn the_status_of_today_is_that_of_the_latest_row_up_to_today() {
    let rows: Vec<StatusRow> = serde_json::from_value(json!([
        {"employeeId": "1", "date": "2026-12-31", "employmentStatus": "Terminated"},
        {"employeeId": 1, "date": "2020-01-01", "employmentStatus": "Full-Time"},
        {"employeeId": "1", "date": "2024-01-01", "employmentStatus": "Part-Time"},
        {"employeeId": "2", "date": "2026-11-02", "employmentStatus": "Terminated"},
        {"employeeId": "2", "date": "2020-01-01", "employmentStatus": "Contractor"},
        {"employeeId": "3", "date": "2026-01-01", "employmentStatus": "Terminated"},
        {"employeeId": "4", "date": "2027-01-01", "employmentStatus": "Intern"},
    ]))
    .unwrap();
    let all = standings(&rows, date(2026, 11, 2));
    let expected = [
        ("1", Some(date(2026, 12, 31)), Some("Part-Time")),
        ("2", Some(date(2026, 11, 2)), Some("Contractor")),
        ("3", None, Some("Terminated")),
        ("4", None, None),
    ];
    for (id, leaves, current) in expected {
        let current = current.map(str::to_owned);
        assert_eq!(all[id], Standing { leaves, current }, "{id}");
    }
}

#[test]
fn who_is_active_and_left_contradicts_the_record() {
    let code = |end: &str, hired: &str| {
        person(
            json!({"id": "8", "status": "Active", "hireDate": hired, "terminationDate": end}),
            "id",
        )
        .0
    };
    assert_eq!(
        code("2026-10-31", "2020-01-01"),
        Some(Code::ApiContradiction)
    );
    assert_eq!(
        code("2026-11-01", "2020-01-01"),
        None,
        "it may still be yesterday there"
    );
    assert_eq!(
        code("2026-10-31", "2026-11-01"),
        None,
        "of an earlier employment; the dates are for the core to judge"
    );
    assert_eq!(code("0000-00-00", "2020-01-01"), None);
}

#[test]
fn a_record_with_a_name_and_nothing_else_is_reported() {
    let shell = json!({"id": "8", "firstName": "Ann", "status": "Active", "hireDate": "0000-00-00",
        "workEmail": null, "department": null, "alleo_access": "No"});
    assert_eq!(person(shell.clone(), "id").0, Some(Code::ApiShell));
    for (field, filled) in [
        ("workEmail", "ann@example.com"),
        ("department", "Sales"),
        ("hireDate", "2020-01-01"),
    ] {
        let mut values = shell.clone();
        values[field] = json!(filled);
        assert_eq!(person(values, "id").0, None, "{field}");
    }
    assert_eq!(
        person(json!({"id": "8", "firstName": "Ann"}), "id").0,
        None,
        "nothing more was asked for"
    );
}

#[test]
fn the_advice_names_the_section_and_the_field() {
    for (column, section, field) in [
        ("workEmail", "Personal", "Work Email"),
        ("terminationDate", "Job", "Employment Status (all of it)"),
        ("alleo_access", "Job", "alleo_access"),
    ] {
        let (section, field) = (section.to_owned(), field.to_owned());
        assert_eq!(
            permit(column),
            Remedy::Give(Access::BambooField { section, field })
        );
    }
}
