//! Dates and birthdays.

use super::{TODAY, check, read_with};
use crate::{model::problem::value::Fault, read::normalise::*};

fn refused_date(format: &str) -> Fault {
    Fault::DateFormat {
        format: format.to_owned(),
    }
}

fn not_a_day(format: &str) -> Fault {
    Fault::NotADay {
        format: format.to_owned(),
    }
}

/// F41. P05.
#[test]
fn dates_are_never_guessed() {
    let format = "YYYY-MM-DD";
    check(
        FieldKind::Date,
        &[
            ("2024-02-29", "2024-02-29"),
            (" 2026-05-01 ", "2026-05-01"),
            ("1900-01-01", "1900-01-01"),
            ("2200-12-31", "2200-12-31"),
        ],
        &[
            ("2023-02-29", not_a_day(format)),
            ("0000-00-00", not_a_day(format)),
            ("0000-01-01", not_a_day(format)),
            ("01-02-2026", refused_date(format)),
            ("1/2/2026", refused_date(format)),
            ("45123", refused_date(format)),
            ("2026-05-01T00:00:00Z", refused_date(format)),
            ("2026-5-1", refused_date(format)),
            ("2026-05/01", refused_date(format)),
            ("+2026-05-01", refused_date(format)),
            ("26-05-01", refused_date(format)),
            ("0026-05-01", Fault::DateOutOfRange),
            ("1899-12-31", Fault::DateOutOfRange),
            ("2201-01-01", Fault::DateOutOfRange),
            ("9999-12-31", Fault::DateOutOfRange),
        ],
    );
    assert_eq!(
        calendar_day("2026-05-01T23:30:00-08:00").as_deref(),
        Ok("2026-05-01")
    );
}

/// What a format makes of values; none: they are refused.
#[track_caller]
fn check_format(format: &str, values: &[(&str, Option<&str>)]) {
    let format = DateFormat::parse(format).unwrap();
    for (raw, day) in values {
        let read = format.read(Cow::Borrowed(raw));
        assert_eq!(read.ok().as_deref(), *day, "{} {raw:?}", format.shape());
    }
}

#[test]
fn years_have_four_digits_and_widths_are_fixed_without_separators() {
    check_format(
        "DD-MM-YYYY",
        &[
            ("31-12-2026", Some("2026-12-31")),
            ("1-2-2026", Some("2026-02-01")),
            ("31-12-26", None),
            ("31-12-026", None),
            ("31-12-0000", None),
            ("31-12-+2026", None),
            ("31-12-20261", None),
            ("31-12- 2026", None),
            ("31/12/2026", None),
            ("31-12/2026", None),
            ("2026-12-31", None),
            ("31-02-2026", None),
        ],
    );
    check_format(
        "D/M/YYYY",
        &[
            ("1/9/2026", Some("2026-09-01")),
            ("01/09/2026", Some("2026-09-01")),
            ("1/9/26", None),
            ("1/9/026", None),
            ("1/9/+2026", None),
            ("1/9/0026", Some("0026-09-01")),
            ("001/9/2026", None),
            ("1//2026", None),
        ],
    );
    check_format(
        "DDMMYYYY",
        &[
            ("01102026", Some("2026-10-01")),
            ("1102026", None),
            ("110226", None),
            ("011020261", None),
            ("0110 2026", None),
        ],
    );
    check_format(
        "YYYYMMDD",
        &[
            ("20261001", Some("2026-10-01")),
            ("2026101", None),
            ("261001", None),
        ],
    );
    check_format(
        "YYYY/MM/DD",
        &[("2026/05/01", Some("2026-05-01")), ("2026-05/01", None)],
    );
    check_format(
        "%d.%m.%Y",
        &[("01.05.2026", Some("2026-05-01")), ("01.05.26", None)],
    );
    for odd in [
        "DD-MM-YY",
        "DD-MM",
        "YYYY-YYYY-MM-DD",
        "%d-%m-%y",
        "date",
        "",
    ] {
        assert!(DateFormat::parse(odd).is_err(), "{odd}");
    }
}

#[test]
fn short_years_need_a_century() {
    assert!(DateFormat::new(&["DD-MM-YY"], None).is_err());
    let format = DateFormat::new(&["DD-MM-YY"], Some(1930)).unwrap();
    let day = |value| format.read(Cow::Borrowed(value)).ok();
    for (value, expected) in [
        ("31-12-29", Some("2029-12-31")),
        ("31-12-30", Some("1930-12-31")),
        ("01-02-00", Some("2000-02-01")),
        ("29-02-01", None),
        ("31-12-2026", None),
        ("31-12-6", None),
    ] {
        assert_eq!(day(value).as_deref(), expected, "{value}");
    }
    let today = DateFormat::new(&["YYMMDD"], Some(2000)).unwrap();
    assert_eq!(
        today.read(Cow::Borrowed("991231")).as_deref(),
        Ok("2099-12-31")
    );
}

#[test]
fn months_have_names() {
    check_format(
        "D MMM YYYY",
        &[
            ("1 mei 2026", Some("2026-05-01")),
            ("1 Mai 2026", Some("2026-05-01")),
            ("12 févr. 2026", Some("2026-02-12")),
            ("3 October 2026", Some("2026-10-03")),
            ("31 feb 2026", None),
            ("1 jui 2026", None),
            ("1 5 2026", None),
            ("mei 1 2026", None),
        ],
    );
    check_format("DD-MMM-YYYY", &[("05-Sep-2026", Some("2026-09-05"))]);
}

#[test]
fn the_day_of_a_date_time_is_the_day_as_written() {
    check_format(
        "YYYY-MM-DDThh:mm:ssZ",
        &[
            ("2026-05-01T23:30:00-08:00", Some("2026-05-01")),
            ("2026-05-01T00:00:00.000Z", Some("2026-05-01")),
            ("2026-05-01T00:00:00+0200", Some("2026-05-01")),
            ("2026-05-01T00:00:00", None),
            ("2026-05-01T25:00:00Z", None),
            ("2026-05-01", None),
        ],
    );
    check_format(
        "DD/MM/YYYY hh:mm",
        &[
            ("01/05/2026 00:00", Some("2026-05-01")),
            ("01/05/2026 0:00", None),
        ],
    );
}

#[test]
fn the_first_format_that_reads_a_value_wins() {
    let format = DateFormat::new(&["DD-MM-YYYY", "YYYY-MM-DD", "MM-DD-YYYY"], None).unwrap();
    for (value, day) in [
        ("02-03-2026", Some("2026-03-02")),
        ("2026-03-02", Some("2026-03-02")),
        ("03-25-2026", Some("2026-03-25")),
        ("03/25/2026", None),
    ] {
        assert_eq!(
            format.read(Cow::Borrowed(value)).ok().as_deref(),
            day,
            "{value}"
        );
    }
    assert_eq!(
        format.read(Cow::Borrowed("soon")),
        Err(Fault::DateFormat {
            format: "DD-MM-YYYY` or `YYYY-MM-DD` or `MM-DD-YYYY".to_owned()
        })
    );
}

#[test]
fn birthdays_are_not_in_the_future() {
    let born = |day| {
        read_with(&FieldKind::Date, day, |context| {
            context.latest = Some(TODAY)
        })
    };
    assert_eq!(born("2026-05-01").as_deref(), Ok("2026-05-01"));
    assert_eq!(born("2026-05-02"), Err(Fault::BirthdayInFuture));
    assert_eq!(born("2068-05-12"), Err(Fault::BirthdayInFuture));
    assert_eq!(born("1899-05-12"), Err(Fault::DateOutOfRange));
}

#[test]
fn values_tell_the_order_of_day_and_month() {
    let format = DateFormat::parse("DD/MM/YYYY").unwrap();
    for (value, order) in [
        ("25/09/2026", Order::Configured),
        ("09/25/2026", Order::Exchanged),
        ("09/05/2026", Order::Any),
        ("05/05/2026", Order::Any),
        ("31/31/2026", Order::Any),
        ("soon", Order::Any),
        ("29/02/2023", Order::Any),
    ] {
        assert_eq!(format.order(value), order, "{value}");
    }
    assert!(format.can_be_exchanged());
    for fixed in ["YYYY-MM-DD", "YYYY/DD/MM", "YYYYMMDD"] {
        assert!(
            !DateFormat::parse(fixed).unwrap().can_be_exchanged(),
            "{fixed}"
        );
    }
}
