//! People who are missing from lists that do not say how long they are: which employees each connector looks up, and what it
//! makes of the answers.

use crate::{
    bamboohr,
    personio::{company_of, personio_with},
    session::{Ground, described},
    youserve,
};
use muster_connectors::connector::{Connector, Expected, Extent, Records, Wanted};
use muster_core::{model::code::Code, read::reading::PartialReason};
use muster_testkit::emulator::Emulator;

/// A read that should bring these people, by which column, and how many employees were looked up.
fn read(
    emulator: &Emulator,
    (connector, wanted): (&dyn Connector, Wanted),
    by: &str,
    expected: &[&str],
) -> (Records, Extent, usize) {
    let one = |id: &&str| Expected {
        external_id: (*id).to_owned(),
        has_started: !id.starts_with('+'),
    };
    let ground = Ground {
        expected: expected.iter().map(one).collect(),
        ..Ground::patient()
    };
    let wanted = Wanted {
        identity: vec![by.to_owned()],
        ..wanted
    };
    let (records, extent) = ground.read(connector, &wanted).unwrap();
    assert!(emulator.stranger_requests().is_empty());
    let paths = emulator.requests().into_iter().filter(|asked| {
        let last = asked.path.rsplit('/').next().unwrap_or_default();
        asked.query.contains("personCode=")
            || (last.starts_with(|digit: char| digit.is_ascii_digit())
                && !asked.path.contains("org-units"))
    });
    (records, extent, paths.count())
}

fn personio_read(api: &str, by: &str, expected: &[&str]) -> (Extent, usize) {
    personio_read_with(api, &[], by, expected)
}

fn personio_read_with(
    api: &str,
    more: &[(&str, &str)],
    by: &str,
    expected: &[&str],
) -> (Extent, usize) {
    let emulator = company_of(60, &[]);
    let connector = personio_with(&emulator, api, more);
    let (_, extent, asked) = read(
        &emulator,
        (&*connector, crate::personio::everything()),
        by,
        expected,
    );
    (extent, asked)
}

#[track_caller]
fn is_unconfirmed(extent: &Extent, words: &str) {
    assert_eq!(extent.partial, Some(PartialReason::Shrunk));
    let reported: Vec<_> = extent
        .problems
        .iter()
        .filter(|problem| problem.code == Code::ApiMissing)
        .collect();
    assert!(
        reported.len() == 1 && described(reported[0]).contains(words),
        "{:?}",
        extent.problems
    );
}

#[test]
fn nobody_is_asked_for_who_is_on_the_list() {
    for api in ["v1", "v2"] {
        let (extent, asked) = personio_read(api, "id", &["40003", "40004"]);
        assert_eq!((extent.partial, extent.problems.len(), asked), (None, 0, 0));
    }
}

#[test]
fn who_is_gone_is_asked_for_once_beside_one_who_is_there() {
    for api in ["v1", "v2"] {
        let (extent, asked) = personio_read(api, "id", &["40003", "49998", "49999"]);
        assert_eq!(
            (extent.partial, extent.problems.len(), asked),
            (None, 0, 3),
            "{api}"
        );
    }
}

#[test]
fn more_people_than_a_run_asks_for_are_not_taken_for_gone() {
    let gone: Vec<String> = (0..501)
        .map(|number| (50_000 + number).to_string())
        .collect();
    let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    let (extent, asked) = personio_read("v2", "id", &gone);
    is_unconfirmed(&extent, r#"of: Persons, count: 501, absence: TooMany"#);
    is_unconfirmed(
        &extent,
        r#"{ looked_up: 10, gone: 10, limit: 500 }, ids: ["50000", "50001", "50002"]"#,
    );
    let advice = described(&extent.problems[0]);
    assert!(
        advice.contains(r#"RaiseLookups { setting: "most_missing", count: 501 }"#),
        "{advice}"
    );
    assert_eq!(asked, 11);
    // A setting allows so many lookups, and every one of them is made.
    let (extent, asked) = personio_read_with("v2", &[("most_missing", "501")], "id", &gone);
    assert_eq!(
        (extent.partial, extent.problems.len(), asked),
        (None, 0, 502)
    );
    // A total that adds up needs no such proof.
    assert_eq!(personio_read("v1", "id", &gone).0.partial, None);
    let (extent, asked) = personio_read("v2", "id", &gone[1..]);
    assert_eq!((extent.partial, asked), (None, 501));
}

#[test]
fn lookups_stay_within_the_limit_also_where_too_many_are_missing() {
    let gone = ["49991", "49992", "49993", "49994", "49995"];
    for (limit, asked) in [("1", 1), ("3", 3), ("4", 4), ("5", 5)] {
        let few = [("most_missing", limit)];
        let (extent, lookups) = personio_read_with("v2", &few, "id", &gone);
        assert_eq!(lookups, asked + 1, "beside one who is on the list");
        if limit == "5" {
            assert_eq!((extent.partial, extent.problems.len()), (None, 0));
        } else {
            let words = format!("TooMany {{ looked_up: {limit}, gone: {limit}, limit: {limit} }}");
            is_unconfirmed(&extent, &words);
        }
    }
}

#[test]
fn the_last_of_too_many_is_looked_up_because_a_list_that_ends_early_lacks_its_end() {
    let gone: Vec<String> = (0..600)
        .map(|number| (30_000 + number).to_string())
        .collect();
    for limit in ["1", "2", "500"] {
        let emulator = company_of(60, &["half-list"]);
        let last = emulator.company().people.last().unwrap().number;
        let last = (40_000 + last).to_string();
        let missing: Vec<&str> = gone.iter().map(String::as_str).chain([&*last]).collect();
        let connector = personio_with(&emulator, "v2", &[("most_missing", limit)]);
        let wanted = crate::personio::everything();
        let (_, extent, _) = read(&emulator, (&*connector, wanted), "id", &missing);
        let reported = &extent.problems[0];
        assert_eq!(extent.partial, Some(PartialReason::Truncated), "{limit}");
        assert!(
            described(reported).contains(&format!(r#"absence: StillThere, ids: ["{last}"]"#)),
            "{reported:?}"
        );
    }
}

#[test]
fn who_is_to_start_is_not_counted_as_gone_where_too_many_are_missing() {
    let emulator = youserve::started(&["plain"]);
    let connector = youserve::youserve(&emulator, &[("most_missing", "2")]);
    let missing = ["+36499997", "+36499998", "36499999"];
    let wanted = youserve::everything();
    let (records, extent, _) = read(&emulator, (&*connector, wanted), "external_id", &missing);
    is_unconfirmed(&extent, "TooMany { looked_up: 2, gone: 1, limit: 2 }");
    assert_eq!(records.len(), 231);
}

fn bamboohr_read(more: &[(&str, &str)], by: &str, expected: &[&str]) -> (Extent, usize) {
    let emulator = bamboohr::started(&[]);
    let connector = bamboohr::bamboohr(&emulator, more);
    let wanted = bamboohr::everything();
    let (_, extent, asked) = read(&emulator, (&*connector, wanted), by, expected);
    (extent, asked)
}

#[test]
fn more_people_than_bamboohr_is_asked_for_are_not_taken_for_gone() {
    let gone = ["9001", "9002", "9003"];
    let few: &[(&str, &str)] = &[("most_missing", "2")];
    for api in ["report", "datasets"] {
        let settings = [few, &[("api", api)]].concat();
        let (extent, asked) = bamboohr_read(&settings, "id", &gone);
        is_unconfirmed(&extent, "TooMany { looked_up: 2, gone: 2, limit: 2 }");
        assert_eq!(asked, 3, "{api}");
        let (extent, asked) = bamboohr_read(&settings, "id", &gone[1..]);
        assert_eq!((extent.partial, asked), (None, 3), "{api}");
    }
    // Its ids are numbers: nobody there has another one, and no path is made of it.
    let (extent, asked) = bamboohr_read(&[], "id", &["../4", "E-7"]);
    assert_eq!((extent.partial, asked), (None, 1));
}

#[test]
fn lookups_use_only_parameters_that_the_vendor_documents() {
    let queries = |emulator: &Emulator, connector: &dyn Connector, wanted, by, gone| {
        read(emulator, (connector, wanted), by, &[gone]);
        let lookups = emulator.requests().into_iter().filter(|asked| {
            asked.path.ends_with(gone) || asked.query.contains(&format!("={gone}"))
        });
        lookups.map(|asked| asked.query).collect::<Vec<_>>()
    };
    for api in ["v1", "v2"] {
        let emulator = company_of(60, &[]);
        let connector = personio_with(&emulator, api, &[]);
        let wanted = crate::personio::everything();
        let asked = queries(&emulator, &*connector, wanted, "id", "49999");
        assert_eq!(asked, [""], "{api}");
    }
    let emulator = bamboohr::started(&[]);
    let connector = bamboohr::bamboohr(&emulator, &[]);
    let asked = queries(&emulator, &*connector, bamboohr::everything(), "id", "9001");
    assert_eq!(asked, ["fields=id"]);
    for (by, gone, query) in [
        ("id", "36499999", ""),
        ("personCode", "999999", "personCode=999999"),
    ] {
        let emulator = youserve::started(&[]);
        let connector = youserve::youserve(&emulator, &[]);
        let asked = queries(&emulator, &*connector, youserve::everything(), by, gone);
        assert_eq!(asked, [query], "{by}");
    }
}

#[test]
fn ids_that_are_not_the_systems_own_cannot_be_asked_for() {
    let (extent, asked) = personio_read("v2", "email", &["nobody@acme.example"]);
    is_unconfirmed(&extent, "absence: OtherId");
    assert_eq!(asked, 0);
    for odd in ["../40003", "a b", "%2e%2e", "4/employments"] {
        let (extent, asked) = personio_read("v2", "id", &[odd]);
        is_unconfirmed(&extent, "NotItsId");
        assert_eq!(asked, 1, "only one who is on the list");
    }
}

#[test]
fn ids_that_are_put_together_are_known_too() {
    let emulator = company_of(60, &["half-total"]);
    let connector = personio_with(&emulator, "v2", &[]);
    let both = vec!["last_name".to_owned(), "id".to_owned()];
    let wanted = Wanted {
        identity: both,
        joined: Some("/".to_owned()),
        ..crate::personio::everything()
    };
    let partial = |expected: Vec<String>| {
        let one = |external_id| Expected {
            external_id,
            has_started: true,
        };
        let ground = Ground {
            expected: expected.into_iter().map(one).collect(),
            ..Ground::patient()
        };
        ground.read(&*connector, &wanted).unwrap().1.partial
    };
    let ids = emulator.company().people;
    let id = |at: usize| format!("{}/{}", ids[at].full_last_name(), 40_000 + ids[at].number);
    assert_eq!(partial(vec![id(0), id(1)]), None);
    // Nobody can be asked for by such an id, so the list does not show that they left.
    assert_eq!(partial(vec![id(0), id(59)]), Some(PartialReason::Shrunk));
}

fn youserve_read(scenario: &str, by: &str, expected: &[&str]) -> (Records, Extent, usize) {
    let emulator = youserve::started(&[scenario]);
    let connector = youserve::youserve(&emulator, &[]);
    read(
        &emulator,
        (&*connector, youserve::everything()),
        by,
        expected,
    )
}

#[test]
fn youserve_is_asked_by_id_or_by_code() {
    for (by, gone) in [
        ("external_id", "36499999"),
        ("id", "36499999"),
        ("personCode", "999999"),
    ] {
        let (_, extent, asked) = youserve_read("plain", by, &[gone]);
        assert_eq!(
            (extent.partial, extent.problems.len(), asked),
            (None, 0, 2),
            "{by}"
        );
    }
    let (_, extent, asked) = youserve_read("plain", "lastName", &["Nobody"]);
    is_unconfirmed(&extent, "absence: OtherId");
    assert_eq!(asked, 0);
    for odd in ["..", "../companies", "a?b", "a b", "a/b"] {
        let (_, extent, _) = youserve_read("plain", "id", &[odd]);
        assert!(extent.problems.len() <= 1, "{odd}: {extent:?}");
    }
}

#[test]
fn whichever_record_of_an_employee_counts_they_are_on_the_list() {
    let emulator = youserve::started(&[]);
    let company = emulator.company();
    let twice = company
        .people
        .iter()
        .find(|person| person.second.is_some() && person.number > 5)
        .unwrap();
    let ids = [
        twice.service[0].contract,
        twice.second.as_ref().unwrap().contract,
    ]
    .map(|it| (36_400_000 + it).to_string());
    let (_, extent, asked) = youserve_read("plain", "external_id", &[&ids[0], &ids[1]]);
    assert_eq!((extent.partial, extent.problems.len(), asked), (None, 0, 0));
}

#[test]
fn of_who_is_to_start_at_youserve_only_a_code_says_whether_they_are_gone() {
    let (records, extent, _) = youserve_read("plain", "external_id", &["+36499999"]);
    assert_eq!(
        (extent.partial, records.len()),
        (None, 232),
        "a record that proves no more than presence"
    );
    let (records, extent, _) = youserve_read("plain", "personCode", &["+999999"]);
    assert_eq!((extent.partial, records.len()), (None, 231));
}
