//! Dates: their format, their range, what means no date, and the order of day and month.

use crate::directory::{Fixture, check};
use muster_core::{
    model::{
        code::Code,
        employee::Status,
        field::{FieldNumber, canonical as c},
        problem::{Detail, value},
    },
    setup::mapping::{BlankPolicy, FieldMapping},
};

const STAFF: &str = "
    id,email,first,last,born,start,end,joined
    1,ann@x.nl,Ann,Aal,1990-01-20,2020-01-15,,2020-01-15
    2,bob@x.nl,Bob,Bos,1991-02-21,2020-02-16,2026-09-05,2020-02-16
    3,cas@x.nl,Cas,Cox,1992-03-22,2020-03-17,,2020-03-17
    4,dee@x.nl,Dee,Dop,1993-04-23,2020-04-18,,2020-04-18";

fn mapping(fixture: &mut Fixture, field: FieldNumber) -> &mut FieldMapping {
    let entries = &mut fixture.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == field)
        .unwrap()
}

/// Every date in one format.
fn in_format(people: &str, format: &str) -> Fixture {
    let mut fixture = Fixture::new(people);
    for field in [
        c::BIRTHDAY,
        c::ONBOARDING_DATE,
        c::OFFBOARDING_DATE,
        c::WORK_ANNIVERSARY,
    ] {
        mapping(&mut fixture, field).format = Some(format.to_owned());
    }
    fixture
}

/// Ann's record with an end date, and what it does.
#[track_caller]
fn ends(mut fixture: Fixture, end: &str, expected: &str) {
    let file = format!("id,email,first,last,end\n1,ann@x.nl,Ann,Aal,{end}");
    check(&mut fixture, &[&file], expected);
}

#[test]
fn short_years_deactivate_nobody() {
    let rejected = "line 2: rejected MUS-VALUE-DATE";
    for (format, end) in [
        ("DD-MM-YYYY", "31-12-26"),
        ("D/M/YYYY", "1/9/26"),
        ("DDMMYYYY", "1102026"),
        ("DD-MM-YYYY", "31-12-026"),
        ("DD-MM-YYYY", "31-12-+2026"),
        ("DD-MM-YYYY", "31-12-0000"),
        ("DD-MM-YYYY", "31-12-0026"),
        ("YYYY/MM/DD", "26/12/31"),
        ("YYYY-MM-DD", "2026-05/01"),
        ("YYYY-MM-DD", "0026-12-31"),
        ("YYYY-MM-DD", "1899-12-31"),
        ("YYYY-MM-DD", "2201-01-01"),
    ] {
        ends(in_format(STAFF, format), end, rejected);
    }
    ends(
        in_format(STAFF, "DD-MM-YYYY"),
        "31-12-2026",
        "update 1 same_external_id offboarding_date=->2026-12-31",
    );
}

#[test]
fn far_end_dates_always_mean_none_in_any_format() {
    let staff = "id,email,first,last,start,end\n1,ann@x.nl,Ann,Aal,2020-01-15,2026-09-05";
    let cancelled = "update 1 same_external_id offboarding_date=2026-09-05>-";
    for (format, end) in [
        ("YYYY-MM-DD", "9999-12-31"),
        ("YYYY-MM-DD", "2999-12-31"),
        ("DD-MM-YYYY", "31-12-9999"),
        ("D/M/YYYY", " 31/12/2999 "),
        ("YYYYMMDD", "99991231"),
    ] {
        ends(in_format(staff, format), end, cancelled);
    }
    ends(
        in_format(staff, "YYYY-MM-DD"),
        "9999-12-30",
        "line 2: rejected MUS-VALUE-DATE",
    );
}

#[test]
fn birthdays_in_the_future_and_far_dates_are_ignored_with_a_warning() {
    let warned = "line 2: warning MUS-VALUE-DATE";
    for (column, value) in [
        ("born", "2026-05-02"),
        ("born", "2068-05-12"),
        ("born", "1899-12-31"),
        ("born", "0090-01-01"),
        ("joined", "1753-01-01"),
        ("joined", "2201-01-01"),
        ("joined", "9999-12-31"),
    ] {
        let file = format!("id,email,first,last,{column}\n1,ann@x.nl,Ann,Aal,{value}");
        check(&mut Fixture::new(STAFF), &[&file], warned);
    }
}

#[test]
fn values_listed_in_no_date_mean_that_there_is_none() {
    let staff =
        "id,email,first,last,start,end,joined\n1,ann@x.nl,Ann,Aal,2020-01-15,2026-09-05,2020-01-15";
    let listed = || {
        let mut fixture = Fixture::new(staff);
        mapping(&mut fixture, c::OFFBOARDING_DATE).no_date =
            vec!["-".into(), "1800-01-01".into(), "N/A".into()];
        fixture.with(|policy| policy.no_date = vec!["00-00-0000".into()])
    };
    let cancelled = "update 1 same_external_id offboarding_date=2026-09-05>-";
    for end in ["-", " - ", "1800-01-01", "n/a", "00-00-0000"] {
        ends(listed(), end, cancelled);
    }
    ends(listed(), "?", "line 2: rejected MUS-VALUE-DATE");
    let joined = |value| format!("id,email,first,last,joined\n1,ann@x.nl,Ann,Aal,{value}");
    let anniversary = "update 1 same_external_id work_anniversary=2020-01-15>-";
    check(&mut listed(), &[&joined("00-00-0000")], anniversary);
    check(
        &mut listed(),
        &[&joined("-")],
        "line 2: warning MUS-VALUE-DATE",
    );
}

#[test]
fn a_value_map_can_make_dates_and_texts_blank() {
    let listed = |blank| {
        let mut fixture = Fixture::new(STAFF).with(|policy| policy.blank = blank);
        for field in [c::BIRTHDAY, c::ONBOARDING_DATE, c::DEPARTMENT, c::EMAIL] {
            mapping(&mut fixture, field).values.extend([
                ("n/a".to_owned(), String::new()),
                ("?".to_owned(), " ".to_owned()),
            ]);
        }
        fixture
    };
    let file = "id,email,first,last,born,department\n1,ann@x.nl,Ann,Aal,n/a,n/a\n9,zoe@x.nl,Zoe,Zee, n/a ,?";
    check(
        &mut listed(BlankPolicy::Keep),
        &[file],
        "create 9 new_person active",
    );
    check(
        &mut listed(BlankPolicy::Clear),
        &[file],
        "create 9 new_person active\nupdate 1 same_external_id birthday=1990-01-20>-",
    );
    let without_address = "id,email,first,last\n9,n/a,Zoe,Zee";
    let required = "line 2: rejected MUS-VALUE-REQUIRED";
    check(&mut listed(BlankPolicy::Keep), &[without_address], required);
}

const DUTCH: &str = "DD/MM/YYYY";

/// The staff as a file has them, in the configured order or with day and month exchanged.
fn export(is_exchanged: bool, end_of_bob: &str) -> String {
    let day = |iso: &str| {
        let mut parts: Vec<&str> = iso.split('-').collect();
        if parts.len() < 3 {
            return String::new();
        }
        if !is_exchanged {
            parts.swap(1, 2);
        }
        format!("{}/{}/{}", parts[1], parts[2], parts[0])
    };
    let mut file = "id,email,first,last,born,start,end,joined\n".to_owned();
    for line in STAFF.trim().lines().skip(1) {
        let cells: Vec<&str> = line.trim().split(',').collect();
        let end = if cells[0] == "2" {
            end_of_bob
        } else {
            cells[6]
        };
        let dates = [cells[4], cells[5], end, cells[7]].map(day);
        file.push_str(&format!("{},{}\n", cells[..4].join(","), dates.join(",")));
    }
    file
}

fn doubt(proposal: &muster_core::decide::proposal::Proposal) -> Vec<[u64; 4]> {
    let counts = |problem: &muster_core::model::problem::Problem| match problem.detail {
        Detail::Value(value::Detail::DateOrderInDoubt {
            configured,
            exchanged,
            ignored,
            held,
            ..
        }) => Some([configured, exchanged, ignored, held]),
        _ => None,
    };
    proposal.problems.kept().iter().filter_map(counts).collect()
}

#[test]
fn an_export_with_day_and_month_exchanged_changes_no_date() {
    let mut fixture = in_format(STAFF, DUTCH);
    check(&mut fixture, &[&export(false, "2026-09-05")], "");
    let file = export(true, "2026-05-09") + "9,zoe@x.nl,Zoe,Zee,,06/07/2026,,\n";
    // Bob's end, 2026-05-09 as MM/DD, would be read as 5 September: the stored value. Only 05/09 is ambiguous.
    let proposal = fixture.propose(&[&file]);
    assert_eq!(doubt(&proposal), [[0, 12, 0, 1]]);
    let story = fixture.story(&proposal);
    assert!(
        story.contains(&"held create 9 date_order_in_doubt scheduled".to_owned()),
        "{story:?}"
    );
    assert_eq!(
        proposal.counts.updated + proposal.counts.deactivated,
        0,
        "{story:?}"
    );
}

#[test]
fn an_ambiguous_end_date_of_an_exchanged_export_deactivates_nobody() {
    let mut fixture = in_format(STAFF, DUTCH);
    check(&mut fixture, &[&export(false, "2026-09-05")], "");
    // In the file: 04/02/2026 for 2 April; as configured that is 4 February, which has passed.
    let header = "id,email,first,last,born,end";
    let file = format!(
        "{header}\n1,ann@x.nl,Ann,Aal,01/20/1990,04/02/2026\n2,bob@x.nl,Bob,Bos,02/21/1991,05/09/2026"
    );
    let proposal = fixture.propose(&[&file]);
    assert_eq!(doubt(&proposal), [[0, 2, 1, 0]]);
    assert!(proposal.plan.is_empty(), "{:?}", fixture.story(&proposal));
    // The value is looked at again once the export is in order.
    fixture.settle(&proposal);
    let corrected = format!("{header}\n1,ann@x.nl,Ann,Aal,20/01/1990,04/02/2026");
    let leaves = "deactivate 1 offboarding_date offboarding_date=->2026-02-04\nline 2: warning MUS-DATE-OFFBOARDING-PAST";
    check(&mut fixture, &[&corrected], leaves);
}

#[test]
fn single_mistakes_leave_the_order_of_dates_alone() {
    let mut fixture = in_format(STAFF, DUTCH);
    let file = export(false, "2026-10-06").replace("23/04/1993", "04/23/1993");
    check(
        &mut fixture,
        &[&file],
        "update 2 same_external_id offboarding_date=2026-09-05>2026-10-06\nline 5: warning MUS-VALUE-DATE",
    );
    // Twelve dates in order do not outweigh three that are exchanged.
    let three = export(false, "2026-11-07")
        .replace("23/04/1993", "04/23/1993")
        .replace("22/03/1992", "03/22/1992")
        .replace("21/02/1991", "02/21/1991");
    let proposal = fixture.propose(&[&three]);
    assert_eq!(doubt(&proposal), [[9, 3, 1, 0]]);
    assert!(proposal.plan.is_empty(), "{:?}", fixture.story(&proposal));
}

#[test]
fn dates_that_cannot_be_exchanged_are_never_in_doubt() {
    let mut fixture = in_format(STAFF, "YYYY-MM-DD");
    let file =
        "id,email,first,last,end\n1,ann@x.nl,Ann,Aal,2026-25-09\n2,bob@x.nl,Bob,Bos,2026-10-06";
    check(
        &mut fixture,
        &[file],
        "update 2 same_external_id offboarding_date=2026-09-05>2026-10-06\nline 2: rejected MUS-VALUE-DATE",
    );
}

#[test]
fn an_emptied_end_date_that_is_kept_is_reported_once() {
    let mut fixture = Fixture::new(STAFF);
    let file = "id,email,first,last,end\n2,bob@x.nl,Bob,Bos,";
    let warned = "line 2: warning MUS-DATE-BLANK-KEPT";
    assert_eq!(fixture.step(&[file]), [warned]);
    assert!(
        fixture.step(&[file]).is_empty(),
        "only the change is reported"
    );
    assert_eq!(
        fixture.person("2").value(c::OFFBOARDING_DATE),
        Some("2026-09-05")
    );
    let never_had_one = "id,email,first,last,start,end\n1,ann@x.nl,Ann,Aal,,";
    check(&mut Fixture::new(STAFF), &[never_had_one], "");
    let clearing =
        |policy: &mut muster_core::setup::policy::Policy| policy.blank = BlankPolicy::Clear;
    check(
        &mut Fixture::new(STAFF).with(clearing),
        &[file],
        "update 2 same_external_id offboarding_date=2026-09-05>-",
    );
}

#[test]
fn an_emptied_onboarding_date_of_a_joiner_is_reported() {
    let staff = "id,email,first,last,start,status\n1,ann@x.nl,Ann,Aal,2026-06-01,scheduled";
    let mut fixture = Fixture::new(staff);
    let file = "id,email,first,last,start\n1,ann@x.nl,Ann,Aal,";
    check(&mut fixture, &[file], "line 2: warning MUS-DATE-BLANK-KEPT");
    assert_eq!(fixture.person("1").status, Status::Scheduled);
    let proposal = Fixture::new(staff).propose(&[file]);
    let problem = proposal.problems.kept();
    assert!(
        problem
            .iter()
            .any(|problem| problem.code == Code::DateBlankKept
                && problem.field.as_deref() == Some("onboarding_date")),
        "{problem:?}"
    );
}

#[test]
fn a_birthday_that_was_in_the_future_is_read_again_on_every_day() {
    let file = "id,email,first,last,born\n1,ann@x.nl,Ann,Aal,2026-05-02";
    let mut fixture = Fixture::new("id,email,first,last\n1,ann@x.nl,Ann,Aal");
    for _ in 0..2 {
        assert_eq!(fixture.step(&[file]), ["line 2: warning MUS-VALUE-DATE"]);
    }
    fixture = fixture.on(2026, 5, 2);
    assert_eq!(
        fixture.step(&[file]),
        ["update 1 same_external_id birthday=->2026-05-02"]
    );
    assert_eq!(fixture.step(&[file]), Vec::<String>::new());
    // A new employee, and a birthday that no day makes right.
    let mut fixture = Fixture::new("id,email,first,last\n");
    assert_eq!(fixture.step(&[file]).len(), 2);
    assert_eq!(fixture.step(&[file]), ["line 2: warning MUS-VALUE-DATE"]);
}

#[test]
fn a_file_may_write_dates_in_several_formats() {
    let mut fixture = Fixture::new(STAFF);
    let end = mapping(&mut fixture, c::OFFBOARDING_DATE);
    end.formats = vec!["DD-MM-YY".to_owned(), "D MMM YYYY".to_owned()];
    end.century = Some(1970);
    ends(
        fixture,
        "5 sept 2026",
        "update 1 same_external_id offboarding_date=->2026-09-05",
    );
    let mut fixture = Fixture::new(STAFF);
    let end = mapping(&mut fixture, c::OFFBOARDING_DATE);
    end.formats = vec!["DD-MM-YY".to_owned()];
    end.century = Some(1970);
    ends(
        fixture,
        "05-09-26",
        "update 1 same_external_id offboarding_date=->2026-09-05",
    );
}

#[test]
fn a_part_of_a_value_is_used() {
    let mut fixture = Fixture::new(STAFF);
    mapping(&mut fixture, c::LAST_NAME).extract = Some("^([^;]+)".to_owned());
    mapping(&mut fixture, c::OFFBOARDING_DATE).extract = Some(r"(\d{4}-\d\d-\d\d)".to_owned());
    let file = "id,email,first,last,end\n1,ann@x.nl,Ann,Jong; de,until 2026-09-05\n2,bob@x.nl,Bob,Bos,soon";
    check(
        &mut fixture,
        &[file],
        "update 1 same_external_id last_name=Aal>Jong offboarding_date=->2026-09-05
         line 3: rejected MUS-VALUE-PATTERN",
    );
}
