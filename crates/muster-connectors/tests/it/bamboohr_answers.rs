//! BambooHR's answers that its emulator does not give: rights on the table and on single fields of the dataset, and
//! what several values say together.

use crate::{
    scripted::{ScriptedServer, http, reply},
    session::{Ground, Read, cell, connector, described, described_error, wanted},
};
use muster_connectors::connector::{ErrorKind, Wanted};
use muster_core::{model::code::Code, read::reading::PartialReason};

/// A server that answers each path, chosen by its end, with what is given.
fn server(answers: &'static [(&'static str, &'static str, &'static str)]) -> ScriptedServer {
    http(move |_, request, stream| {
        let path = request
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .split('?')
            .next()
            .unwrap_or_default();
        let found = answers.iter().find(|(end, ..)| path.ends_with(end));
        let (status, body) =
            found.map_or(("404 Not Found", ""), |(_, status, body)| (*status, *body));
        reply(
            stream,
            status,
            "Content-Type: application/json\r\nX-Request-Id: req-9\r\n",
            body.as_bytes(),
        );
    })
}

fn read_from(server: &ScriptedServer, wanted: &Wanted) -> Read {
    let settings = [
        ("base_url", server.url.as_str()),
        ("company_domain", "acme"),
    ];
    Ground::patient().read(
        &*connector("bamboohr", &settings, &[("api_key", "0f3c9a7b5d1e2f4a")]),
        wanted,
    )
}

const TABLE: (&str, &str, &str) = (
    "/tables/employmentStatus",
    "200 OK",
    r#"[{"id":"1","employeeId":"4","date":"2020-01-01","employmentStatus":"Full-Time"}]"#,
);
const ENDS: &[&str] = &["id", "status", "hireDate", "terminationDate"];

#[test]
fn fields_may_stand_behind_the_people() {
    const ANSWER: &str = r#"{"employees":[{"id":"4","firstName":"Merel","junk":1}],
        "fields":[{"id":"firstName","type":"text","name":"First Name"}],"title":"x"}"#;
    let server = server(&[("/custom", "200 OK", ANSWER)]);
    let (records, _) = read_from(&server, &wanted(&["id", "firstName"], &["id"])).unwrap();
    assert_eq!(cell(&records, "4", "firstName"), "`Merel`");
}

#[test]
fn the_connection_test_lists_no_pay_among_the_fields() {
    const FIELDS: &str = r#"[{"id":19,"name":"Pay rate","type":"currency","alias":"payRate"},
        {"id":4500,"name":"Gehalt (brutto)","type":"currency"},{"id":4501,"name":"x","alias":"compensationBase"},
        {"id":4502,"name":"Payment method","type":"list"},{"id":3,"name":"Hire date","type":"date","alias":"hireDate"}]"#;
    const SET: &str = r#"{"fields":[{"name":"payRate","label":"Rate"},{"name":"custom1","label":"Bruto salaris"},
        {"name":"commissionAmount"},{"name":"hireDate","label":"Hire date"},{"name":"paymentMethod","label":"Payment method"}]}"#;
    const REPORT: &str = r#"{"fields":[],"employees":[{"id":"4"}]}"#;
    const DATA: &str = r#"{"data":[{"fields":{"eeid":"4"}}],"meta":{"totalItems":1}}"#;
    for (api, expected) in [
        ("report", ["id", "4502", "hireDate"]),
        ("datasets", ["id", "hireDate", "paymentMethod"]),
    ] {
        let server = server(&[
            ("/meta/fields", "200 OK", FIELDS),
            ("/employee/fields", "200 OK", SET),
            ("/employee/data", "200 OK", DATA),
            ("/custom", "200 OK", REPORT),
        ]);
        let settings = [
            ("base_url", server.url.as_str()),
            ("company_domain", "acme"),
            ("api", api),
        ];
        let connector = connector("bamboohr", &settings, &[("api_key", "0f3c9a7b5d1e2f4a")]);
        let found = Ground::patient()
            .test(&*connector, &wanted(&["id"], &["id"]))
            .unwrap();
        let columns: Vec<&str> = found.fields.iter().map(|field| &*field.column).collect();
        assert_eq!(columns, expected, "{api}");
    }
}

#[test]
fn where_the_table_is_withheld_no_day_does_not_mean_that_nobody_leaves() {
    const REPORT: (&str, &str, &str) = (
        "/custom",
        "200 OK",
        r#"{"fields":[{"id":"status"},{"id":"hireDate"},{"id":"terminationDate"}],"employees":[
            {"id":"4","status":"Active","hireDate":"2020-01-01","terminationDate":"0000-00-00"},
            {"id":"5","status":"Inactive","hireDate":"2020-01-01","terminationDate":"2026-10-01"}]}"#,
    );
    for table in [
        ("/tables/employmentStatus", "403 Forbidden", ""),
        (
            "/tables/employmentStatus",
            "200 OK",
            r#"[{"id":"1","employeeId":"4"}]"#,
        ),
        ("/tables/employmentStatus", "200 OK", "[]"),
    ] {
        let answers: &'static [(&str, &str, &str)] = Box::leak(Box::new([REPORT, table]));
        let (records, extent) = read_from(&server(answers), &wanted(ENDS, ENDS)).unwrap();
        assert_eq!(
            extent.partial,
            Some(PartialReason::AttributeWithheld),
            "{table:?}"
        );
        assert!(
            described(&extent.problems[0]).contains("TableWithheld"),
            "{:?}",
            extent.problems
        );
        let ends = ["4", "5"].map(|id| cell(&records, id, "terminationDate"));
        assert_eq!(ends, ["-", "`2026-10-01`"]);
    }
    let readable = server(&[REPORT, TABLE]);
    let (records, extent) = read_from(&readable, &wanted(ENDS, ENDS)).unwrap();
    assert_eq!(
        (
            cell(&records, "4", "terminationDate").as_str(),
            extent.partial
        ),
        ("null", None)
    );
}

#[test]
fn nobody_is_inactive_before_the_last_day() {
    const REPORT: (&str, &str, &str) = (
        "/custom",
        "200 OK",
        r#"{"fields":[{"id":"status"},{"id":"hireDate"},{"id":"terminationDate"}],"employees":[
            {"id":"4","status":"Inactive","hireDate":"2020-01-01","terminationDate":"2026-12-31"},
            {"id":"5","status":"Inactive","hireDate":"2020-01-01","terminationDate":"2026-11-02"}]}"#,
    );
    let (records, _) = read_from(&server(&[REPORT, TABLE]), &wanted(ENDS, ENDS)).unwrap();
    assert_eq!(
        ["4", "5"].map(|id| cell(&records, id, "status")),
        ["`Active`", "`Active`"],
        "nor on the last day itself"
    );
}

#[test]
fn employees_who_are_to_start_come_from_the_report_of_values_to_come_and_transfers_wait() {
    const HEAD: &str = r#""fields":[{"id":"status"},{"id":"hireDate"},{"id":"terminationDate"},{"id":"department"}]"#;
    let server = crate::scripted::http(move |_, request, stream| {
        let employees = match () {
            () if request.contains("/tables/") => {
                let body =
                    r#"[{"employeeId":"4","date":"2020-01-01","employmentStatus":"Full-Time"}]"#;
                return crate::scripted::reply(
                    stream,
                    "200 OK",
                    "Content-Type: application/json\r\n",
                    body.as_bytes(),
                );
            }
            () if request.contains("onlyCurrent=false") => {
                r#"{"id":"4","status":"Inactive","hireDate":"2020-01-01","terminationDate":"0000-00-00","department":"Tomorrow"},
                   {"id":"5","status":"Active","hireDate":"2027-01-01","terminationDate":"0000-00-00","department":"Sales"},
                   {"id":"6","status":"Inactive","hireDate":"2027-02-01","terminationDate":"0000-00-00","department":"Legal"}"#
            }
            () => {
                r#"{"id":"4","status":"Active","hireDate":"2020-01-01","terminationDate":"0000-00-00","department":"Today"},
                   {"id":"6","status":"Active","hireDate":"0000-00-00","terminationDate":"0000-00-00","department":null}"#
            }
        };
        let body = format!("{{{HEAD},\"employees\":[{employees}]}}");
        crate::scripted::reply(
            stream,
            "200 OK",
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        );
    });
    let columns = ["id", "status", "hireDate", "terminationDate", "department"];
    let (records, extent) = read_from(&server, &wanted(&columns, &["id"])).unwrap();
    assert_eq!((records.len(), extent.problems), (3, Vec::new()));
    let said = |id: &str| ["status", "hireDate", "department"].map(|it| cell(&records, id, it));
    assert_eq!(said("4"), ["`Active`", "`2020-01-01`", "`Today`"]);
    assert_eq!(said("5"), ["`Active`", "`2027-01-01`", "`Sales`"]);
    assert_eq!(said("6"), ["`Active`", "`2027-02-01`", "`Legal`"]);
}

#[test]
fn a_departure_to_come_is_taken_from_the_report_where_the_table_is_withheld() {
    let server = crate::scripted::http(move |_, request, stream| {
        if request.contains("/tables/") {
            return crate::scripted::reply(stream, "403 Forbidden", "", b"");
        }
        let end = match request.contains("onlyCurrent=false") {
            true => "2027-01-31",
            false => "0000-00-00",
        };
        let body = format!(
            r#"{{"fields":[{{"id":"status"}},{{"id":"hireDate"}},{{"id":"terminationDate"}}],"employees":[
                {{"id":"4","status":"Inactive","hireDate":"2020-01-01","terminationDate":"{end}"}}]}}"#
        );
        crate::scripted::reply(
            stream,
            "200 OK",
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        );
    });
    let (records, _) = read_from(&server, &wanted(ENDS, ENDS)).unwrap();
    let said = ["status", "terminationDate"].map(|column| cell(&records, "4", column));
    assert_eq!(said, ["`Active`", "`2027-01-31`"]);
}

#[test]
fn where_the_list_of_fields_is_withheld_names_are_asked_for_as_they_are() {
    const ANSWER: &str =
        r#"{"fields":[{"id":"alleo_access"}],"employees":[{"id":4,"alleo_access":true}]}"#;
    let server = server(&[
        ("/meta/fields", "403 Forbidden", ""),
        ("/custom", "200 OK", ANSWER),
    ]);
    let (records, extent) = read_from(&server, &wanted(&["id", "alleo_access"], &["id"])).unwrap();
    assert_eq!(cell(&records, "4", "alleo_access"), "`true`");
    assert_eq!(
        (extent.partial, extent.problems[0].code),
        (None, Code::ApiLookup)
    );
}

#[test]
fn a_person_without_an_id_could_be_anybody() {
    const ANSWER: &str = r#"{"fields":[{"id":"firstName"}],"employees":[{"firstName":"Ann"},{"id":"4","firstName":{}}]}"#;
    let (records, _) = read_from(
        &server(&[("/custom", "200 OK", ANSWER)]),
        &wanted(&["id", "firstName"], &["id"]),
    )
    .unwrap();
    assert_eq!(
        (records.len(), cell(&records, "4", "firstName").as_str()),
        (2, "?")
    );
}

#[test]
fn a7_an_error_inside_a_good_answer_is_never_nobody() {
    for body in [
        r#"{"code":500,"message":"Something went wrong"}"#,
        r#"{"fields":[],"employees":null}"#,
        "[]",
        "{}",
    ] {
        let answers: &'static [(&str, &str, &str)] =
            Box::leak(Box::new([("/custom", "200 OK", body)]));
        let error = read_from(&server(answers), &wanted(&["id"], &["id"])).unwrap_err();
        let kind = if body.contains("wrong") {
            ErrorKind::Refused
        } else {
            ErrorKind::Malformed
        };
        assert_eq!(
            (
                error.kind,
                error.failed_request().unwrap().request_id.as_deref()
            ),
            (kind, Some("req-9")),
            "{body}: {error}"
        );
    }
}

#[test]
fn words_of_the_server_are_repeated_without_the_key_and_without_people() {
    let server = http(|_, _, stream| {
        let words = "X-BambooHR-Error-Message: 0f3c9a7b5d1e2f4a may not read ann@example.com (1990-05-01)\r\n";
        reply(stream, "403 Forbidden", words, b"");
    });
    let error = read_from(&server, &wanted(&["id"], &["id"])).unwrap_err();
    assert!(
        described_error(&error).contains("[secret] may not read [address] ([day])"),
        "{error}"
    );
}

/// A dataset that refuses every request for a field of these, and has one person.
fn set(refused: &'static [&'static str]) -> ScriptedServer {
    http(move |_, request, stream| {
        let is_list = request.contains("/fields?");
        let list = r#"{"fields":[{"name":"eeid"},{"name":"email"},{"name":"firstName"},{"name":"status"}]}"#;
        let page = r#"{"data":[{"fields":{"eeid":"4","firstName":"Merel","status":"Active"}}],"meta":{"totalItems":1}}"#;
        let is_refused = !is_list
            && refused
                .iter()
                .any(|field| request.contains(&format!("\"{field}\"")));
        let (status, body) = if is_refused {
            ("400 Bad Request", "{}")
        } else {
            ("200 OK", if is_list { list } else { page })
        };
        reply(
            stream,
            status,
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        );
    })
}

#[test]
fn a_dataset_that_refuses_a_field_is_asked_without_it_and_one_that_refuses_all_is_not() {
    let read = |server: &ScriptedServer| {
        let settings = [
            ("base_url", server.url.as_str()),
            ("company_domain", "acme"),
            ("api", "datasets"),
        ];
        let connector = connector("bamboohr", &settings, &[("api_key", "0f3c9a7b5d1e2f4a")]);
        Ground::patient().read(
            &*connector,
            &wanted(
                &["id", "workEmail", "firstName", "status"],
                &["status", "workEmail"],
            ),
        )
    };
    let (records, extent) = read(&set(&["email"])).unwrap();
    let said = ["workEmail", "firstName", "status"].map(|column| cell(&records, "4", column));
    assert_eq!(said, ["-", "`Merel`", "`Active`"]);
    assert_eq!(extent.partial, Some(PartialReason::AttributeWithheld));
    assert!(described(&extent.problems[0]).contains("Work Email"));
    let server = set(&["eeid"]);
    assert_eq!(read(&server).unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(
        server.count("/employee/data"),
        2,
        "everything, and the id alone"
    );
}
