//! What BambooHR's fields become: amounts, addresses, statuses and dates.

use super::*;

#[test]
fn budgets_are_amounts_without_the_currency_that_is_expected() {
    let columns = wanted(&["id", "alleo_monthly_all_budget"], &["id"]);
    let emulator = started(&[]);
    let company = emulator.company();
    let person = company
        .people
        .iter()
        .find(|person| person.budget.is_some())
        .unwrap();
    let (id, budget) = ((person.number + 3).to_string(), person.budget.unwrap());
    let says = |settings: &[(&str, &str)]| {
        let (records, _) = read_with(&emulator, settings, &columns).unwrap();
        cell(&records, &id, "alleo_monthly_all_budget")
    };
    assert_eq!(says(&[]), format!("`{budget}.00`"));
    assert_eq!(
        says(&[("currency", "USD")]),
        format!("`{budget}.00 EUR`"),
        "no amount of that currency"
    );
}

#[test]
fn what_people_are_paid_is_never_asked_for() {
    for column in ["payRate", "Pay rate", "salary", "compensationPayRate"] {
        for settings in [&[][..], SETS] {
            let emulator = started(&[]);
            let error =
                read_with(&emulator, settings, &wanted(&["id", column], &["id"])).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Configuration, "{column}");
            assert!(asked(&emulator, "/custom").is_empty() && asked(&emulator, "/data").is_empty());
        }
    }
}

#[test]
fn a_private_address_stands_in_only_where_the_work_address_may_be_seen() {
    let (records, extent) = read(&started(&["email-null"])).unwrap();
    assert_eq!(
        (cell(&records, LEAD, "workEmail").as_str(), extent.partial),
        ("null", None)
    );
    assert_eq!(cell(&records, LEAD, "homeEmail"), "`lead@home.example`");
    assert_eq!(
        extent.problems[0].code,
        Code::ApiPrivateAddress,
        "it is flagged"
    );
    assert!(
        described(&extent.problems[0]).contains("count: 1"),
        "{:?}",
        extent.problems
    );
    let twice = started(&["email-null", "page-duplicate", "page-size-ignored"]);
    let (_, extent) = read_with(&twice, SETS, &everything()).unwrap();
    assert!(
        described(&extent.problems[1]).contains("count: 1"),
        "however often it is read"
    );
    let (records, extent) = read(&started(&["work-email-withheld"])).unwrap();
    assert_eq!(cell(&records, LEAD, "homeEmail"), "-");
    assert!(
        extent
            .problems
            .iter()
            .all(|problem| problem.code == Code::ApiWithheld),
        "{:?}",
        extent.problems
    );
}

#[test]
fn best_email_is_not_asked_for() {
    let emulator = started(&["best-email-differs"]);
    let (records, _) = read(&emulator).unwrap();
    assert!(!asked(&emulator, "/custom")[0].body.contains("bestEmail"));
    assert!(!cell(&records, LEAD, "workEmail").contains("elsewhere"));
}

#[test]
fn the_supervisors_id_is_not_the_supervisors_number() {
    let emulator = started(&[]);
    let (records, _) = read_with(
        &emulator,
        &[],
        &wanted(&["id", "supervisorId", "supervisorEId"], &["id"]),
    )
    .unwrap();
    let company = emulator.company();
    let person = company
        .people
        .iter()
        .find(|person| person.supervisor.is_some())
        .unwrap();
    let (id, supervisor) = ((person.number + 3).to_string(), person.supervisor.unwrap());
    assert_eq!(
        cell(&records, &id, "supervisorEId"),
        format!("`{}`", supervisor + 3)
    );
    assert_eq!(
        cell(&records, &id, "supervisorId"),
        format!("`{}`", 70_000 + supervisor)
    );
}

#[test]
fn employment_status_is_status_in_the_report_and_the_list_in_the_dataset() {
    let columns = wanted(
        &[
            "id",
            "status",
            "employmentStatus",
            "employmentHistoryStatus",
        ],
        &["id"],
    );
    for settings in [&[][..], SETS] {
        let (records, _) = read_with(&started(&[]), settings, &columns).unwrap();
        assert_eq!(
            cell(&records, LEAD, "employmentStatus"),
            cell(&records, LEAD, "status")
        );
        assert!(
            cell(&records, LEAD, "employmentHistoryStatus").contains("-Time"),
            "Full-Time or Part-Time"
        );
    }
}

#[test]
fn a_planned_leaving_is_the_next_terminated_row_of_the_table() {
    for settings in [&[][..], SETS] {
        let (records, extent) =
            read_with(&started(&["termination-days"]), settings, &everything()).unwrap();
        let ends = ["6", "7", "8"].map(|id| cell(&records, id, "terminationDate"));
        assert_eq!(
            ends,
            ["`2026-11-01`", "`2026-11-02`", "`2026-11-03`"],
            "yesterday, today, tomorrow"
        );
        assert_eq!(extent.problems, []);
        let (records, _) =
            read_with(&started(&["rehire-same-id"]), settings, &everything()).unwrap();
        assert_eq!(
            cell(&records, LEAD, "terminationDate"),
            "null",
            "who came back does not leave"
        );
        assert_eq!(cell(&records, LEAD, "hireDate"), "`2026-10-23`");
    }
}

#[test]
fn who_starts_later_is_active_in_both_interfaces() {
    for settings in [&[][..], SETS] {
        let (records, _) = read_with(&started(&["future-start"]), settings, &everything()).unwrap();
        assert_eq!(cell(&records, LEAD, "status"), "`Active`", "{settings:?}");
        assert_eq!(cell(&records, LEAD, "hireDate"), "`2026-11-16`");
    }
}

#[test]
fn both_interfaces_say_the_same_of_everybody() {
    let emulator = started(&["termination-days"]);
    let (report, _) = read(&emulator).unwrap();
    let (set, extent) = read_with(&emulator, SETS, &everything()).unwrap();
    assert_eq!(
        (set.len(), extent.announced, extent.problems),
        (PEOPLE, Some(114), Vec::new())
    );
    for number in 1..=PEOPLE {
        let id = (number + 3).to_string();
        for column in COLUMNS {
            assert_eq!(
                cell(&set, &id, column),
                cell(&report, &id, column),
                "{column} of {id}"
            );
        }
    }
}

#[test]
fn datasets_are_asked_for_fields_that_they_have_and_sorted_by_id() {
    let emulator = started(&["unknown-field-500"]);
    let columns = wanted(&["id", "workEmail", "bestEmail", "no such field"], &["id"]);
    let (_, extent) = read_with(&emulator, SETS, &columns).unwrap();
    assert_eq!(extent.problems.len(), 2, "what is not there is withheld");
    let body: Value = serde_json::from_str(&asked(&emulator, "/data")[0].body).unwrap();
    let expected =
        json!({"fields": ["eeid", "email"], "page": 1, "pageSize": 1000, "orderBy": "eeid asc"});
    assert_eq!(body, expected);
}
