//! Each kind of value: what is accepted, what is refused, and that normalising twice is once.

use super::*;
use crate::model::problem::value::NumberFault;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 5, 1);

fn read(kind: &FieldKind, raw: &str) -> Result<String, Fault> {
    read_with(kind, raw, |_| {})
}

fn read_with(
    kind: &FieldKind,
    raw: &str,
    change: impl FnOnce(&mut Context<'_>),
) -> Result<String, Fault> {
    let groups = GroupNames::new(vec!["Sales".into(), "Finance".into()]);
    let languages = [
        "nl".to_owned(),
        "en-GB".to_owned(),
        "zh-Hant".to_owned(),
        "de".to_owned(),
    ];
    let date_format = DateFormat::default();
    let mut context = Context {
        region: Some("NL"),
        languages: &languages,
        groups: &groups,
        date_format: &date_format,
        latest: None,
        decimal: DecimalMark::Point,
        country_numbers: None,
    };
    change(&mut context);
    normalise(kind, raw, &context).map(|clean| clean.text.into_owned())
}

#[track_caller]
fn check(kind: FieldKind, accepted: &[(&str, &str)], refused: &[(&str, Fault)]) {
    for (raw, value) in accepted {
        assert_eq!(read(&kind, raw).as_deref(), Ok(*value), "{raw:?}");
    }
    for (raw, fault) in refused {
        assert_eq!(read(&kind, raw).as_ref(), Err(fault), "{raw:?}");
    }
}

fn same<const N: usize>(texts: [&str; N]) -> [(&str, &str); N] {
    texts.map(|text| (text, text))
}

fn all<const N: usize>(texts: [&str; N], fault: Fault) -> [(&str, Fault); N] {
    texts.map(|text| (text, fault.clone()))
}

/// F11, F47.
#[test]
fn hidden_characters_are_removed_and_line_breaks_become_one_space() {
    let cleaned = [
        ("Ann\nInjected: line", "Ann Injected: line", None),
        (
            "Main Street 1 \r\n\t 1234 AB",
            "Main Street 1 1234 AB",
            None,
        ),
        ("a\u{2028}b\u{85}c", "a b c", None),
        ("\u{1b}[31mred", "[31mred", Some('\u{1b}')),
        ("abc\u{202e}fdp", "abcfdp", Some('\u{202e}')),
        ("\u{2068}Ann\u{2069}", "Ann", Some('\u{2068}')),
        ("zero\u{200b}width", "zerowidth", Some('\u{200b}')),
        ("nul\0here", "nulhere", Some('\0')),
        ("soft\u{ad}hyphen", "softhyphen", Some('\u{ad}')),
        ("an\u{200d}na", "anna", Some('\u{200d}')),
    ];
    for (raw, text, removed) in cleaned {
        let clean = clean(raw).unwrap();
        assert_eq!(
            (clean.text.as_ref(), clean.removed),
            (text, removed),
            "{raw:?}"
        );
    }
}

#[test]
fn joiners_are_kept_where_a_script_or_an_emoji_needs_them() {
    for text in [
        "\u{646}\u{6cc}\u{200c}\u{627}",
        "\u{0dc1}\u{0dca}\u{200d}\u{0dbb}\u{0dd3}",
        "\u{915}\u{94d}\u{200c}\u{937}",
        "\u{d28}\u{d4d}\u{200d}",
        "\u{1f469}\u{200d}\u{1f4bb}",
        "\u{1f468}\u{1f3fd}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
    ] {
        let clean = clean(text).unwrap();
        assert_eq!(
            (clean.text.as_ref(), clean.removed),
            (text, None),
            "{text:?}"
        );
    }
    for lost in [
        "Ann\u{200c}a",
        "1\u{200d}2",
        "\u{646}\u{200c} x",
        "\u{1f469}\u{200d}x",
    ] {
        assert!(clean(lost).unwrap().removed.is_some(), "{lost:?}");
    }
}

#[test]
fn lost_characters_and_hidden_ones_in_keys_are_refused() {
    for lost in [
        "M\u{fffd}ller",
        "\u{fffd}",
        "Ann \u{fffd}\u{fffd}",
        "x\u{fffd}y z",
    ] {
        assert_eq!(read(&FieldKind::Text, lost), Err(Fault::CharacterLost));
        assert_eq!(identifier(lost), Err(Fault::CharacterLost));
    }
    for (hidden, code_point) in [
        ("E\u{200b}1", 0x200b),
        ("E\u{202e}1", 0x202e),
        ("E\n1", 0x0a),
        ("\u{646}\u{200c}\u{646}", 0x200c),
    ] {
        assert_eq!(identifier(hidden), Err(Fault::Hidden { code_point }));
        let address = format!("{hidden}@x.nl");
        assert_eq!(
            read(&FieldKind::Email, &address),
            Err(Fault::Hidden { code_point })
        );
    }
    let number = "\u{202a}+31612345678\u{202c}";
    assert_eq!(
        read(&FieldKind::Phone, number).as_deref(),
        Ok("+31612345678")
    );
}

/// F12.
#[test]
fn decomposed_accents_are_stored_composed() {
    check(FieldKind::Text, &[("Zoe\u{308}", "Zo\u{eb}")], &[]);
}

/// F13.
#[test]
fn look_alike_addresses_are_refused_and_only_ascii_case_is_folded() {
    check(
        FieldKind::Email,
        &[("Ann+hr@Example.com", "Ann+hr@Example.com")],
        &[("\u{430}nn@example.com", Fault::EmailScripts)],
    );
    assert_eq!(fold_email("STRAßE@I.example"), "straße@i.example");
    assert_ne!(
        fold_email("\u{131}an@x.example"),
        fold_email("ian@x.example")
    );
}

#[test]
fn only_one_plain_address_is_an_address() {
    check(
        FieldKind::Email,
        &same([
            "ann@acme.example",
            "o'neill@acme.example",
            "ann.van-der_berg@mail.acme.co.uk",
            "ann=x@acme.example",
            "jörg@müller.example",
            "a@b.xn--p1ai",
        ]),
        &all(
            [
                "ann@example",
                "ann@acme.example|x",
                "ann|x@acme.example",
                "ann@acme.example?subject=x",
                "ann?subject=x@acme.example",
                "ann%20@acme.example",
                "%20ann@acme.example",
                "ann@acme.example%20",
                "mailto:ann@acme.example",
                "Ann <ann@acme.example>",
                "<ann@acme.example>",
                "\"Ann\" ann@acme.example",
                "ann@acme.example.",
                "ann.@acme.example",
                ".ann@acme.example",
                "a..b@acme.example",
                "ann @acme.example",
                "ann@ acme.example",
                "ann@acme example.com",
                "ann@@acme.example",
                "ann@bob@acme.example",
                "ann@acme.example,bob@acme.example",
                "ann@acme.example;bob@acme.example",
                "ann@acme.example/",
                "ann@-acme.example",
                "ann@127.0.0.1",
                "\"a b\"@acme.example",
                "ann",
            ],
            Fault::Email,
        ),
    );
}

/// F20, F44, F45, F46.
#[test]
fn odd_but_honest_texts_are_kept() {
    let kept = [
        "'t Hart",
        "Null",
        "NA",
        "None",
        "X",
        "=1+2",
        "@cmd",
        "<b>x</b>",
        "'; DROP TABLE employee; --",
        "../../etc",
        "“smart”",
    ];
    check(FieldKind::Text, &same(kept), &[]);
}

/// F39.
#[test]
fn blanks_and_no_break_spaces_are_trimmed() {
    assert_eq!(identifier("\u{a0} E-1 \u{2009}").as_deref(), Ok("E-1"));
    assert!(is_blank(" \u{a0}\t"));
}

/// F40.
#[test]
fn identifiers_are_exact_text_and_numbers_of_spreadsheets_are_refused() {
    for id in [
        "00123",
        "1234.5",
        "123456789012345678901",
        "1E5",
        "E-1042",
        "10.20",
        "1.2.0",
        "A.0",
    ] {
        assert_eq!(identifier(id).as_deref(), Ok(id));
    }
    for lost in ["1,00E+05", "1.0E5", "1E+05", "3.01234E-2"] {
        assert_eq!(identifier(lost), Err(Fault::Scientific), "{lost}");
    }
    for lost in ["1234.0", "30123456.0", "7,0", "1042.00"] {
        assert_eq!(identifier(lost), Err(Fault::SpreadsheetNumber), "{lost}");
    }
}

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

/// F41.
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
        "DD-MMM-YYYY",
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

/// F42.
#[test]
fn amounts_have_one_decimal_mark_and_nothing_else() {
    use NumberFault::*;
    let amount = |fault| Fault::Amount { fault };
    check(
        FieldKind::Decimal,
        &[
            ("123456.71", "123456.71"),
            ("10.50", "10.5"),
            ("50.0000", "50"),
            ("50.0", "50"),
            ("1.2500", "1.25"),
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
        ],
        &[
            ("12,50", amount(Comma)),
            ("1.234,50", amount(Comma)),
            ("1,250.00", amount(Comma)),
            ("€ 10", amount(CurrencySign)),
            ("10 EUR", amount(ThousandsSeparator)),
            ("1 000", amount(ThousandsSeparator)),
            ("1'250", amount(ThousandsSeparator)),
            ("NaN", amount(NotANumber)),
            ("1e3", amount(Scientific)),
            ("\u{663}", amount(NotANumber)),
            (".", amount(NotANumber)),
            ("-5", amount(Negative)),
            ("1.250", amount(ThreeDecimals)),
            ("1.000", amount(ThreeDecimals)),
            ("12.345", amount(ThreeDecimals)),
            ("0.125", amount(ThreeDecimals)),
            ("1.2340", amount(ThreeDecimals)),
            ("1000000000000", amount(NotMoney)),
            ("0.00001", amount(NotMoney)),
        ],
    );
    check(
        FieldKind::Number,
        &[("-5", "-5"), ("0.00001", "0.00001"), ("1.250", "1.25")],
        &[("1,5", Fault::Number { fault: Comma })],
    );
}

#[test]
fn a_decimal_comma_is_read_where_it_is_configured() {
    use NumberFault::*;
    let with_comma = |kind: &FieldKind, raw| {
        read_with(kind, raw, |context| context.decimal = DecimalMark::Comma)
    };
    for (raw, value) in [
        ("12,50", "12.5"),
        ("1250", "1250"),
        ("50,0000", "50"),
        ("0,5", "0.5"),
    ] {
        assert_eq!(
            with_comma(&FieldKind::Decimal, raw).as_deref(),
            Ok(value),
            "{raw}"
        );
    }
    for (raw, fault) in [
        ("12.50", Point),
        ("1.250,00", Point),
        ("1,250", ThreeDecimals),
        ("1,2,3", NotANumber),
        ("€5", CurrencySign),
    ] {
        let refused = Err(Fault::Amount { fault });
        assert_eq!(with_comma(&FieldKind::Decimal, raw), refused, "{raw}");
    }
    assert_eq!(
        with_comma(&FieldKind::Number, "-1,250").as_deref(),
        Ok("-1.25")
    );
}

/// F43.
#[test]
fn spreadsheet_errors_and_formulas_are_refused() {
    check(
        FieldKind::Text,
        &[],
        &[
            ("#N/A", Fault::SpreadsheetError),
            ("#REF!", Fault::SpreadsheetError),
            ("=\"00123\"", Fault::SpreadsheetFormula),
        ],
    );
}

/// F48.
#[test]
fn unknown_groups_and_languages_name_what_is_known() {
    let group = |nearest: Option<&str>, groups: &[&str]| Fault::Group {
        nearest: nearest.map(str::to_owned),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    };
    check(
        FieldKind::Group,
        &[("Sales", "Sales")],
        &[
            ("sales", group(Some("Sales"), &[])),
            ("Zzz", group(None, &["Finance", "Sales"])),
        ],
    );
    let languages = ["nl", "en-GB", "zh-Hant", "de"].map(str::to_owned).to_vec();
    let unknown = Fault::Language {
        languages: languages.clone(),
    };
    check(
        FieldKind::Language,
        &[
            ("NL", "nl"),
            ("en_gb", "en-GB"),
            ("EN-GB", "en-GB"),
            ("nl-NL", "nl"),
            ("nl_NL", "nl"),
            ("nl_NL.UTF-8", "nl"),
            ("zh-Hant-TW", "zh-Hant"),
            ("de-CH-1996", "de"),
            ("nl-x-private", "nl"),
            ("en-GB-oxendict", "en-GB"),
        ],
        &[
            ("fr", unknown.clone()),
            ("en", unknown.clone()),
            ("en-US", unknown.clone()),
            ("zh", unknown),
            ("??", Fault::LanguageTag { languages }),
        ],
    );
}

#[test]
fn phones_become_e164() {
    let in_nl = Fault::Phone {
        region: Some("NL".into()),
    };
    check(
        FieldKind::Phone,
        &[
            ("06 1234 5678", "+31612345678"),
            ("06.12.34.56.78", "+31612345678"),
            ("0031-6-12345678", "+31612345678"),
            ("+45 32 12 34 56", "+4532123456"),
        ],
        &[
            ("0800-FLOWERS", Fault::PhoneLetter { letter: 'F' }),
            ("12", in_nl),
            ("30123456.0", Fault::SpreadsheetNumber),
            ("612345678,0", Fault::SpreadsheetNumber),
            ("+4530123456.00", Fault::SpreadsheetNumber),
            ("06 12345678.0", Fault::SpreadsheetNumber),
            ("1,00E+05", Fault::Scientific),
            ("3.1612345678E+10", Fault::Scientific),
        ],
    );
    assert_eq!(phone("0612345678", None), Err(Fault::PhoneWithoutCountry));
}

#[test]
fn countries_are_read_by_code_calling_code_and_name() {
    let accepted =
        ["NL", "nl", "31", "+31", "0031", "Netherlands", "Nederland"].map(|raw| (raw, "NL"));
    check(
        FieldKind::Country,
        &accepted,
        &[("Atlantis", Fault::Country)],
    );
    check(
        FieldKind::Country,
        &[
            ("+1", "US"),
            ("44", "GB"),
            ("+7", "RU"),
            ("353", "IE"),
            ("+250", "RW"),
            ("00250", "RW"),
        ],
        &[],
    );
}

#[test]
fn country_digits_that_two_countries_share_are_ambiguous() {
    let ambiguous = |calling: &str, iso: &str| Fault::CountryNumber {
        calling: calling.into(),
        iso: iso.into(),
    };
    check(
        FieldKind::Country,
        &[],
        &[
            ("040", ambiguous("RO", "AT")),
            ("250", ambiguous("RW", "FR")),
            ("372", ambiguous("EE", "IE")),
            ("056", ambiguous("CL", "BE")),
            ("528", Fault::Country),
            ("045", Fault::Country),
        ],
    );
    let stated = |numbers| {
        move |raw| {
            read_with(&FieldKind::Country, raw, |context| {
                context.country_numbers = Some(numbers)
            })
        }
    };
    let iso = stated(CountryNumbers::Iso);
    for (raw, code) in [
        ("040", "AT"),
        ("40", "AT"),
        ("250", "FR"),
        ("528", "NL"),
        ("NL", "NL"),
    ] {
        assert_eq!(iso(raw).as_deref(), Ok(code), "{raw}");
    }
    assert_eq!(iso("+31"), Err(Fault::Country));
    let calling = stated(CountryNumbers::Calling);
    for (raw, code) in [("40", "RO"), ("250", "RW"), ("372", "EE"), ("+31", "NL")] {
        assert_eq!(calling(raw).as_deref(), Ok(code), "{raw}");
    }
}

#[test]
fn booleans_are_read_in_any_case_and_eight_languages() {
    for yes in [
        "yes", "TRUE", "1", "Ja", "y", "J", "OUI", "sí", "SÌ", "si", "WAHR", "Vrai",
    ] {
        assert_eq!(boolean(yes), Ok(true), "{yes}");
    }
    for no in [
        "No", "false", "0", "nee", "N", "NEIN", "Non", "nej", "ONWAAR", "faux",
    ] {
        assert_eq!(boolean(no), Ok(false), "{no}");
    }
    for odd in ["maybe", "2", "", "yes no", "x"] {
        assert_eq!(boolean(odd), Err(Fault::Boolean), "{odd}");
    }
}

fn kinds() -> impl Strategy<Value = FieldKind> {
    prop_oneof![
        Just(FieldKind::Text),
        Just(FieldKind::Email),
        Just(FieldKind::Phone),
        Just(FieldKind::Date),
        Just(FieldKind::DateTime),
        Just(FieldKind::Number),
        Just(FieldKind::Decimal),
        Just(FieldKind::Boolean),
        Just(FieldKind::Language),
        Just(FieldKind::Country),
        Just(FieldKind::Group),
    ]
}

proptest! {
    #[test]
    fn normalising_twice_is_once(kind in kinds(), raw in "\\PC{0,20}|[0-9+., -]{1,12}|[a-z]{1,5}@[a-z]{1,5}\\.[a-z]{2,3}|[0-9]{4}-[01][0-9]-[0-3][0-9]") {
        if let Ok(once) = read(&kind, &raw)
            && !once.is_empty()
        {
            prop_assert_eq!(read(&kind, &once), Ok(once));
        }
    }
}
