//! What YouServe's records and contracts become: one employee, their dates, names and companies.

use super::*;

#[test]
fn the_slice_of_today_counts_else_the_next_else_the_last() {
    let company = started(&[]).company();
    let name = company.person(3).unwrap().full_last_name();
    for scenario in [
        "slices-three",
        "slices-adjacent",
        "slices-gap",
        "slice-future-only",
        "slice-past-only",
    ] {
        says(scenario, "lastName", &name);
    }
    says("slices-overlapping", "lastName", &name);
    let born = company.person(3).unwrap().born.to_string();
    says("dates-with-zone", "dateOfBirth", &born);
}

#[test]
fn several_records_of_one_human_are_one_person() {
    let emulator = started(&[]);
    let (records, _) = read(&emulator, &[]).unwrap();
    let twice = emulator
        .company()
        .people
        .iter()
        .filter(|person| person.second.is_some())
        .count();
    assert_eq!((records.len(), twice), (231, 29));
    // Both run: the record that began first counts.
    let person = emulator
        .company()
        .people
        .iter()
        .find(|it| it.second.is_some() && it.service[0].until.is_none())
        .unwrap()
        .clone();
    let code = (100_000 + person.number).to_string();
    let id = (36_400_000 + person.service[0].contract).to_string();
    assert_eq!(said(&records, &code, "external_id"), id);
    let employments = said(&records, &code, "employments");
    assert_eq!(
        employments.matches("external_id").count(),
        2,
        "{employments}"
    );
    let (records, _) = read(&emulator, &[("external_id", "personCode")]).unwrap();
    assert_eq!(said(&records, &code, "external_id"), code);
    assert_eq!(said(&records, &code, "id"), id);
}

#[test]
fn who_was_hired_again_goes_by_the_record_that_runs() {
    says("rehire-new-id", "external_id", "37300002");
    says("rehire-same-id", "external_id", "37300001");
    for scenario in ["rehire-new-id", "rehire-same-id"] {
        let employments = said(&everybody(scenario, &[]).0, LEAD, "employments");
        assert!(
            employments.contains(r#""end":"2026-09-03""#)
                && employments.matches(r#""start""#).count() == 2
        );
    }
}

#[test]
fn a_human_without_a_code_is_known_by_id_and_by_code_is_nobody() {
    let (records, extent) = everybody("person-code-missing", &[]);
    assert_eq!((records.len(), extent.problems.len()), (231, 0));
    let column = records
        .columns()
        .iter()
        .position(|it| it == "personCode")
        .unwrap();
    let lead = records
        .iter()
        .find(|record| record.cell(column) == Cell::Null)
        .unwrap();
    let employments = records
        .columns()
        .iter()
        .position(|it| it == "employments")
        .unwrap();
    assert!(
        matches!(lead.cell(employments), Cell::Text(text) if text.matches("external_id").count() == 1)
    );
    let (records, _) = everybody("person-code-missing", &[("external_id", "personCode")]);
    assert_eq!(
        records
            .iter()
            .filter(|record| record.cell(0) == Cell::Absent)
            .count(),
        1,
        "rejected as unidentified"
    );
}

#[test]
fn an_employment_is_the_cores_with_the_company_by_id() {
    let emulator = started(&["overlapping-employments"]);
    let (records, extent) = read(&emulator, &[]).unwrap();
    let first = r#"{"external_id":"900001","payroll_id":"000403","type":"1","company":"7001","start":"2024-05-16","original_start":"2024-05-16"}"#;
    let second = r#"{"external_id":"900002","payroll_id":"000403","type":"1","company":"7002","start":"2026-07-25","original_start":"2024-05-16"}"#;
    assert_eq!(
        said(&records, LEAD, "employments"),
        format!("[{first},{second}]")
    );
    let company = |id: &str, short: &str| {
        extent
            .companies
            .iter()
            .any(|it| it.external_id == id && it.short_name == short)
    };
    assert!(
        company("7001", "NL01") && company("7002", "NL02"),
        "{:?}",
        extent.companies
    );
}

#[test]
fn a_contract_that_is_renewed_the_next_day_ends_nothing() {
    let (records, _) = everybody("contract-renewed", &[]);
    let employments = said(&records, LEAD, "employments");
    assert!(
        employments.matches(r#""start""#).count() == 2
            && employments.matches(r#""end":"2026-11-01""#).count() == 1
    );
}

#[test]
fn which_date_ends_an_employment_is_a_setting() {
    let end = |scenario: &str, more: &[(&str, &str)]| {
        let employments = said(&everybody(scenario, more).0, LEAD, "employments");
        employments
            .split_once(r#""end":""#)
            .map(|(_, rest)| rest[..10].to_owned())
    };
    assert_eq!(end("end-date-ahead", &[]).as_deref(), Some("2026-11-22"));
    assert_eq!(end("end-date-ahead", &[("end_date", "discharge")]), None);
    assert_eq!(end("termination-days", &[]).as_deref(), Some("2026-11-01"));
    assert_eq!(
        end("termination-days", &[("discharge_day", "first_day_out")]).as_deref(),
        Some("2026-10-31")
    );
}

#[test]
fn dates_decide_who_works_and_is_active_only_objects() {
    says("inactive-open", "isActive", "false");
    says("future-start", "isActive", "true");
    // The list of employments has it still.
    says("is-active-missing", "isActive", "true");
    says("active-discharged", "isActive", "true");
    says("deceased", "deceased", "true");
    says("plain", "deceased", "null");
}

#[test]
fn a_hire_date_that_is_missing_is_taken_from_the_first_contract_and_one_withheld_stops_departures()
{
    let start = said(&everybody("hire-date-missing", &[]).0, LEAD, "employments");
    assert!(start.contains(r#""start":"20"#), "{start}");
    assert_eq!(
        said(
            &everybody("hire-date-missing", &[]).0,
            LEAD,
            "employments.hireDate"
        ),
        "null"
    );
}

#[test]
fn a19_addresses_are_of_a_type_in_any_case_and_the_first_that_is_there() {
    let company = started(&[]).company();
    let person = |number| company.person(number).unwrap();
    for number in [3, 4, 5] {
        let (records, _) = everybody("mail-types-mixed", &[]);
        let at = |column: &str| said(&records, &(100_000 + number).to_string(), column);
        assert_eq!(
            at("emailAddresses.business"),
            person(number).email.clone().unwrap()
        );
        let private = person(number).private_email.clone();
        assert_eq!(
            at("emailAddresses.private"),
            private.unwrap_or("null".to_owned())
        );
    }
    says(
        "mail-two-business",
        "emailAddresses.business",
        person(3).email.as_deref().unwrap(),
    );
    for scenario in [
        "mail-type-unknown",
        "mail-address-missing",
        "mail-only-private",
        "email-null",
    ] {
        says(scenario, "emailAddresses.business", "null");
    }
    says(
        "mail-only-private",
        "emailAddresses.private",
        "only@home.example",
    );
    says("mail-array-missing", "emailAddresses.business", "-");
}

#[test]
fn names_come_as_the_vendor_formats_them() {
    says("known-as-missing", "knownAs", "null");
    says(
        "known-as-missing",
        "firstNames",
        &started(&[]).company().person(3).unwrap().first_name,
    );
    says("name-odd", "lastName", "’t Hart-Ĳsbrand ë O’Neill");
    says("name-long", "lastName", &"Ĳ".repeat(120));
}

#[test]
fn a_company_that_was_renamed_is_one_and_one_that_is_unknown_keeps_its_short_name() {
    let (_, extent) = everybody("company-renamed", &[]);
    let expected = Company {
        external_id: "7001".into(),
        short_name: "NL01".into(),
        full_name: Some("Voorbeeld Zorg Nederland B.V.".into()),
        valid_from: Some(jiff::civil::date(2020, 4, 1)),
        valid_to: None,
    };
    assert_eq!(
        extent
            .companies
            .iter()
            .filter(|it| it.external_id == "7001")
            .collect::<Vec<_>>(),
        [&expected]
    );
    let (records, _) = everybody("company-unknown", &[]);
    assert!(said(&records, LEAD, "employments").contains(r#""company":"XX99""#));
}
