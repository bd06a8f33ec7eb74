//! The forms of YouServe's answers, on invented data in the documented shape, and keys in the forms that people
//! have them. Whole reads are tested against the emulator.

mod keys;

use super::{
    End, Rules,
    assertion::Key,
    column::{Column, Seen},
    company::Companies,
    person::{Activity, People, View},
    slice,
    wire::{Page, Record},
};
use crate::connector::Value;
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, from_str};
use std::{fs, path::Path, process::Command};

const TODAY: Date = date(2026, 11, 2);
const RULES: Rules = Rules {
    by_code: false,
    has_records_alone: false,
    end: End::DischargeFirst,
    is_first_day_out: false,
    most_missing: 200,
};

fn list(text: &str) -> Vec<Record> {
    from_str::<Page>(text).unwrap().value.unwrap()
}

fn companies() -> Companies {
    Companies::of(&list(include_str!("fixtures/companies.json")), TODAY)
}

/// What records have, for a read of employments.
fn seen(employees: &[Record], employments: &[Record]) -> Seen {
    Seen::of(employees, employments, &[Column::Employments], TODAY)
}

/// Runs a test over people of the fixtures.
fn people(rules: Rules, test: impl FnOnce(&People<'_>, &Seen)) {
    let employees = list(include_str!("fixtures/employees.json"));
    let employments = list(include_str!("fixtures/employments.json"));
    let companies = companies();
    let people = View {
        rules,
        companies: &companies,
        today: TODAY,
    }
    .people(&employees, &employments);
    test(&people, &seen(&employees, &employments));
}

#[test]
fn envelopes_have_many_forms() {
    let page: Page = from_str(
        r#"{"nextLink":"/v1.0/employees?nextToken=x","value":[{"id":"1"}],"more":{"a":[1]}}"#,
    )
    .unwrap();
    assert_eq!(
        (page.value.unwrap().len(), page.next.as_deref()),
        (1, Some("/v1.0/employees?nextToken=x"))
    );
    assert_eq!(
        from_str::<Page>(r#"{"values":[],"nextLink":null}"#)
            .unwrap()
            .value
            .unwrap()
            .len(),
        0
    );
    assert!(
        from_str::<Page>(r#"{"value":null}"#)
            .unwrap()
            .value
            .is_none()
    );
    let bare: Page = from_str(r#"[{"id":"1"}]"#).unwrap();
    assert!(bare.is_bare && bare.value.unwrap().len() == 1);
    assert!(
        from_str::<Page>(r#"{"error":{"message":"no"}}"#)
            .unwrap()
            .error
            .is_some()
    );
    for wrong in [
        r#"{"value":[],"value":[]}"#,
        r#"{"value":[],"values":[]}"#,
        r#"{"value":{}}"#,
        r#"{"value":[{"id":1,"id":2}]}"#,
    ] {
        assert!(from_str::<Page>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_slice_is_valid_until_the_day_before_its_end() {
    let all = list(include_str!("fixtures/employees.json"));
    let slices: Vec<&Record> = all[2..].iter().collect();
    let name = |slices: &[&Record], today| {
        slice::text(&slice::choose(slices, today).unwrap().says, "lastName").unwrap()
    };
    assert_eq!(name(&slices, date(2020, 12, 31)), "’t Hart");
    assert_eq!(
        name(&slices, date(2021, 1, 1)),
        "van der Wal",
        "adjacent slices share the day"
    );
    assert_eq!(
        name(&slices, date(2030, 1, 1)),
        "van der Wal - Bakker",
        "an empty end is open"
    );
    assert_eq!(
        name(&slices[..2], date(2030, 1, 1)),
        "van der Wal",
        "the last one"
    );
    assert_eq!(name(&slices, date(2010, 1, 1)), "’t Hart", "the next one");
    assert!(slice::choose(&[], TODAY).is_none());
}

#[test]
fn a_record_that_has_ended_objects_to_no_employment_whose_record_did_not_come() {
    let over = r#"{"id":"1","personCode":"9","isActive":false,"employments":[{"contractId":"11","hireDate":"2020-01-01","dischargeDate":"2026-10-31"}]}"#;
    let employees = list(&format!("[{over}]"));
    let companies = companies();
    let activity = |employments: &str| {
        let employments = list(&format!("[{employments}]"));
        let people = View {
            rules: RULES,
            companies: &companies,
            today: TODAY,
        }
        .people(&employees, &employments);
        people.humans[0].activity
    };
    let ended =
        r#"{"id":"11","personCode":"9","hireDate":"2020-01-01","dischargeDate":"2026-10-31"}"#;
    assert_eq!(activity(ended), Activity::Vetoed);
    let next = r#"{"id":"12","personCode":"9","hireDate":"2026-11-01""#;
    for (says, expected) in [
        (r#","isActive":true"#, Activity::Active),
        (r#","isActive":false"#, Activity::Vetoed),
        ("", Activity::Unknown),
    ] {
        assert_eq!(
            activity(&format!("{ended},{next}{says}}}")),
            expected,
            "{says}"
        );
    }
    let ahead = r#"{"id":"12","personCode":"9","hireDate":"2026-12-01"}"#;
    assert_eq!(activity(&format!("{ended},{ahead}")), Activity::Active);
    let before =
        r#"{"id":"12","personCode":"9","hireDate":"2019-01-01","dischargeDate":"2019-12-31"}"#;
    assert_eq!(activity(&format!("{ended},{before}")), Activity::Vetoed);
}

/// What the column `isActive` says of the first human.
fn is_active(employees: &str, employments: &str) -> Value {
    let (employees, employments) = (list(employees), list(employments));
    let companies = companies();
    let people = View {
        rules: RULES,
        companies: &companies,
        today: TODAY,
    }
    .people(&employees, &employments);
    Column::Active.value(&people.humans[0], &seen(&employees, &employments))
}

#[test]
fn yes_and_no_count_in_every_form_that_json_has() {
    let says = |value: &str| {
        let record = format!(r#"{{"id":"1","isActive":{value}}}"#);
        let record: Record = serde_json::from_str(&record).unwrap();
        slice::flag(&record.says, "isActive")
    };
    for yes in ["true", r#""true""#, r#"" True ""#, "1", r#""1""#] {
        assert_eq!(says(yes), Some(true), "{yes}");
    }
    for no in ["false", r#""false""#, r#""FALSE""#, "0", r#""0""#] {
        assert_eq!(says(no), Some(false), "{no}");
    }
    for unknown in ["null", r#""""#, r#""J""#, "2", "1.5", "[]", "{}"] {
        assert_eq!(says(unknown), None, "{unknown}");
    }
}

#[test]
fn a_veto_counts_though_the_employments_are_not_inside_the_record() {
    let other = r#"{"id":"90","personCode":"90","isActive":true,"employments":[{"contractId":"91","hireDate":"2020-01-01"}]}"#;
    let said = |record: &str, employments: &str| {
        is_active(&format!("[{record},{other}]"), &format!("[{employments}]"))
    };
    let text = |it: &str| Value::Text(it.to_owned());
    let vetoed = r#"{"id":"1","personCode":"9","isActive":false,"validFrom":"2020-01-01"}"#;
    let active = r#"{"id":"1","personCode":"9","isActive":true,"validFrom":"2020-01-01"}"#;
    let silent = r#"{"id":"1","personCode":"9","validFrom":"2020-01-01"}"#;
    let open = r#"{"id":"11","personCode":"9","hireDate":"2020-01-01"}"#;
    let other_day = r#"{"id":"11","personCode":"9","hireDate":"2021-05-01"}"#;
    let open_vetoed = r#"{"id":"11","personCode":"9","hireDate":"2020-01-01","isActive":false}"#;
    let open_active = r#"{"id":"11","personCode":"9","hireDate":"2020-01-01","isActive":true}"#;
    assert_eq!(said(vetoed, open), text("false"), "the veto of the record");
    assert_eq!(
        said(vetoed, other_day),
        text("false"),
        "whatever its first day"
    );
    assert_eq!(
        said(active, open_vetoed),
        text("false"),
        "the veto of the list"
    );
    assert_eq!(
        said(silent, open_vetoed),
        text("false"),
        "of the list alone"
    );
    assert_eq!(said(silent, open_active), text("true"));
    assert_eq!(said(active, open), text("true"));
    assert_eq!(
        said(silent, open),
        Value::Absent,
        "neither list says: undecided"
    );
    assert_eq!(
        said(active, ""),
        Value::Absent,
        "no employment in either list"
    );
    assert_eq!(said(vetoed, ""), text("false"));
}

#[test]
fn without_any_first_day_nobody_is_employed_for_certain() {
    let said = |record: &str| is_active(&format!("[{record}]"), "[]");
    let of = |employment: &str| {
        format!(
            r#"{{"id":"1","isActive":true,"validFrom":"2020-01-01","employments":[{{"contractId":"7"{employment}}}]}}"#
        )
    };
    let left = Value::Text("false".to_owned());
    assert_eq!(said(&of(r#","dischargeDate":"2026-11-01""#)), left);
    assert_eq!(said(&of(r#","endDate":"2026-10-01""#)), left);
    assert_eq!(said(&of("")), Value::Absent);
    assert_eq!(said(&of(r#","dischargeDate":"2026-12-31""#)), Value::Absent);
    assert_eq!(
        said(&of(r#","hireDate":"2020-01-01""#)),
        Value::Text("true".to_owned())
    );
}

#[test]
fn employments_of_both_lists_are_joined_by_number_else_by_first_day_and_company() {
    people(RULES, |people, _| {
        let human = &people.humans[0];
        let expected = [
            (
                Some("88121"),
                Some("7001"),
                date(2019, 9, 1),
                Some(date(2026, 10, 31)),
            ),
            (
                Some("90455"),
                Some("7002"),
                date(2026, 2, 1),
                Some(date(2026, 12, 31)),
            ),
            (Some("5503"), Some("7001"), date(2026, 11, 1), None),
        ];
        let known: Vec<_> = human.employments.iter().flatten().collect();
        let known: Vec<_> = known
            .iter()
            .map(|it| {
                (
                    it.external_id.as_deref(),
                    it.company.as_deref(),
                    it.start,
                    it.end,
                )
            })
            .collect();
        assert_eq!(known, expected);
        assert_eq!(people.strays, ["999999"]);
        assert_eq!((people.humans.len(), people.unidentified), (2, 0));
    });
}

#[test]
fn one_human_is_one_person_and_gaps_are_filled_from_their_other_records() {
    people(RULES, |people, seen| {
        let says =
            |human: usize, column: &str| Column::of(column).value(&people.humans[human], seen);
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            says(0, "external_id"),
            text("36499017"),
            "the other record's employment is over"
        );
        assert_eq!(says(0, "dateOfBirth"), text("1988-02-29"));
        assert_eq!(
            says(0, "emailAddresses.business"),
            text("f.terpstra@example.org")
        );
        assert_eq!(says(0, "extensions.alleo"), text("J"));
        assert_eq!(
            says(0, "employments.employeeCode"),
            text("000413"),
            "the one that is open"
        );
        assert_eq!(says(0, "isActive"), text("true"));
        assert_eq!(says(1, "external_id"), text("NU1926"));
        assert_eq!(says(1, "lastName"), text("van der Wal"));
        assert_eq!(says(1, "emailAddresses.business"), Value::Null);
        assert_eq!(
            says(1, "isActive"),
            Value::Absent,
            "no list has an employment: undecided"
        );
        assert_eq!(
            says(1, "employments"),
            text(r#"[{"start":"2020-01-01"}]"#),
            "validity is all that is known"
        );
        assert_eq!(says(1, "titlePrefix"), Value::Absent);
        assert_eq!(says(1, "extensions.other"), Value::Absent);
        assert_eq!(says(1, "employments.endDate"), Value::Null);
    });
    people(
        Rules {
            by_code: true,
            ..RULES
        },
        |people, _| {
            let ids: Vec<_> = people.humans.iter().map(|it| it.id.as_deref()).collect();
            assert_eq!(ids, [Some("100231"), Some("000123")]);
        },
    );
}

#[test]
fn a_date_that_is_none_makes_the_employments_unreadable() {
    let employees =
        list(r#"[{"id":"1","employments":[{"contractId":"7","hireDate":"2026-02-30"}]}]"#);
    let companies = Companies::default();
    let people = View {
        rules: RULES,
        companies: &companies,
        today: TODAY,
    }
    .people(&employees, &[]);
    let value = Column::Employments.value(&people.humans[0], &seen(&employees, &[]));
    assert_eq!(value, Value::Unreadable);
}

#[test]
fn a13_employments_of_which_nobody_has_a_first_day_are_withheld() {
    for text in [
        r#"[{"id":"1","validFrom":"2020-01-01","employments":[{"contractId":"7"}]}]"#,
        r#"[{"id":"1","validFrom":"2020-01-01"}]"#,
    ] {
        let (employees, companies) = (list(text), Companies::default());
        let people = View {
            rules: RULES,
            companies: &companies,
            today: TODAY,
        }
        .people(&employees, &[]);
        let value = Column::Employments.value(&people.humans[0], &seen(&employees, &[]));
        assert_eq!(value, Value::Absent, "{text}");
    }
}

#[test]
fn companies_are_called_by_every_name_that_they_had() {
    let companies = companies();
    assert_eq!(
        (
            companies.id("NL01"),
            companies.id("NLZ"),
            companies.id("XX99")
        ),
        ("7001", "7001", "XX99")
    );
    assert_eq!(
        companies.all[0].valid_to,
        Some(date(2029, 12, 31)),
        "the last valid day"
    );
    assert_eq!(
        (
            companies.all[0].short_name.as_str(),
            companies.all[1].valid_to
        ),
        ("NLZ", None)
    );
    assert!(companies.problems().is_empty());
}

#[test]
fn a_company_that_is_on_the_list_twice_is_one() {
    let twice = r#"[{"id":"7001","shortName":"NL01","validFrom":"2020-04-01","validUntil":"9999-12-31"},
        {"id":"7001","shortName":"NL01","validFrom":"2020-04-01","validUntil":"9999-12-31"}]"#;
    let companies = Companies::of(&list(twice), TODAY);
    assert_eq!((companies.all.len(), companies.id("NL01")), (1, "7001"));
    assert!(companies.has("NL01") && !companies.has("NL02"));
    assert!(companies.problems().is_empty());
}

#[test]
fn those_who_are_asked_for_stand_all_over_the_list() {
    for (count, asked) in [(0, 0), (1, 1), (10, 10), (11, 6), (1_000, 10)] {
        let codes: Vec<String> = (0..count).map(|number: usize| number.to_string()).collect();
        let places: Vec<usize> = super::lookup::sample(&codes)
            .map(|code| code.parse().unwrap())
            .collect();
        assert_eq!(places.len(), asked, "of {count}");
        assert!(
            places
                .last()
                .is_none_or(|last| 10 * last >= 8 * (count - 1)),
            "{places:?} of {count}"
        );
    }
}
