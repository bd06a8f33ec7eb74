//! Each kind of value: what is taken, what is refused, and that normalising twice is once.

use super::*;
use proptest::prelude::*;

fn read(kind: &FieldKind, raw: &str) -> Result<String, Invalid> {
    let groups = GroupNames::new(vec!["Sales".into(), "Finance".into()]);
    let languages = ["nl".to_owned(), "en-GB".to_owned()];
    let date_format = DateFormat::default();
    let context = Context {
        region: Some("NL"),
        languages: &languages,
        groups: &groups,
        date_format: &date_format,
    };
    normalise(kind, raw, &context).map(Cow::into_owned)
}

#[track_caller]
fn check(kind: FieldKind, taken: &[(&str, &str)], refused: &[(&str, Code, &str)]) {
    for (raw, value) in taken {
        assert_eq!(read(&kind, raw).as_deref(), Ok(*value), "{raw:?}");
    }
    for (raw, code, fragment) in refused {
        let invalid = read(&kind, raw).expect_err(raw);
        assert_eq!(invalid.code, *code, "{raw:?}: {invalid:?}");
        let text = format!("{}; {}", invalid.message, invalid.advice);
        assert!(text.contains(fragment), "{raw:?}: {text}");
    }
}

#[test]
fn f11_f47_hidden_characters_are_refused_by_code_point() {
    check(
        FieldKind::Text,
        &[("O\u{2019}Neill", "O\u{2019}Neill")],
        &[
            ("Ann\nInjected: line", Code::ValueControl, "U+000A"),
            ("\u{1b}[31mred", Code::ValueControl, "U+001B"),
            ("abc\u{202e}fdp", Code::ValueControl, "U+202E"),
            ("zero\u{200b}width", Code::ValueControl, "U+200B"),
            ("nul\0here", Code::ValueControl, "U+0000"),
        ],
    );
}

#[test]
fn f12_decomposed_accents_are_stored_composed() {
    check(FieldKind::Text, &[("Zoe\u{308}", "Zo\u{eb}")], &[]);
}

#[test]
fn f13_look_alike_addresses_are_refused_and_only_ascii_case_is_folded() {
    check(
        FieldKind::Email,
        &[("Ann+hr@Example.com", "Ann+hr@Example.com")],
        &[
            ("\u{430}nn@example.com", Code::ValueScript, "two scripts"),
            ("ann@example", Code::ValueEmail, "name@example.com"),
        ],
    );
    assert_eq!(fold_email("STRAßE@I.example"), "straße@i.example");
    assert_ne!(
        fold_email("\u{131}an@x.example"),
        fold_email("ian@x.example")
    );
}

#[test]
fn f20_f44_f45_f46_odd_but_honest_texts_are_kept() {
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
    check(FieldKind::Text, &kept.map(|text| (text, text)), &[]);
}

#[test]
fn f39_blanks_and_no_break_spaces_are_trimmed() {
    assert_eq!(identifier("\u{a0} E-1 \u{2009}").as_deref(), Ok("E-1"));
    assert!(is_blank(" \u{a0}\t"));
}

#[test]
fn f40_identifiers_are_exact_text() {
    for id in ["00123", "1234.0", "123456789012345678901", "1E5", "E-1042"] {
        assert_eq!(identifier(id).as_deref(), Ok(id));
    }
    for lost in ["1,00E+05", "1.0E5", "1E+05"] {
        let invalid = identifier(lost).unwrap_err();
        assert!(
            invalid.message.contains("scientific notation"),
            "{}",
            invalid.message
        );
    }
}

#[test]
fn f41_dates_are_never_guessed() {
    check(
        FieldKind::Date,
        &[
            ("2024-02-29", "2024-02-29"),
            ("9999-12-31", "9999-12-31"),
            (" 2026-05-01 ", "2026-05-01"),
        ],
        &[
            ("2023-02-29", Code::ValueDate, "not a day of the calendar"),
            ("0000-00-00", Code::ValueDate, "not a day"),
            ("01-02-2026", Code::ValueDate, "YYYY-MM-DD"),
            ("1/2/2026", Code::ValueDate, "YYYY-MM-DD"),
            ("45123", Code::ValueDate, "configured format"),
            ("2026-05-01T00:00:00Z", Code::ValueDate, "configured format"),
            ("2026-5-1", Code::ValueDate, "configured format"),
        ],
    );
    let dutch = DateFormat::parse("DD-MM-YYYY").unwrap();
    assert_eq!(dutch.read("01-02-2026".into()).as_deref(), Ok("2026-02-01"));
    assert!(dutch.read("2026-02-01".into()).is_err());
    assert_eq!(
        DateFormat::parse("D/M/YYYY")
            .unwrap()
            .read("1/2/2026".into())
            .as_deref(),
        Ok("2026-02-01")
    );
    assert!(DateFormat::parse("DD-MM-YY").is_err());
    assert_eq!(
        calendar_day("2026-05-01T23:30:00-08:00").as_deref(),
        Ok("2026-05-01")
    );
}

#[test]
fn f42_amounts_have_a_dot_and_nothing_else() {
    check(
        FieldKind::Decimal,
        &[
            ("123456.71", "123456.71"),
            ("10.50", "10.5"),
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
        ],
        &[
            ("12,50", Code::ValueDecimal, "comma"),
            ("1.234,50", Code::ValueDecimal, "comma"),
            ("€ 10", Code::ValueDecimal, "currency"),
            ("1 000", Code::ValueDecimal, "thousands"),
            ("NaN", Code::ValueDecimal, "not a number"),
            ("1e3", Code::ValueDecimal, "scientific"),
            ("\u{663}", Code::ValueDecimal, "not a number"),
            (".", Code::ValueDecimal, "not a number"),
            ("-5", Code::ValueDecimal, "`-5` is negative"),
            ("1000000000000", Code::ValueDecimal, "more digits"),
            ("0.00001", Code::ValueDecimal, "more digits"),
        ],
    );
    check(
        FieldKind::Number,
        &[("-5", "-5"), ("0.00001", "0.00001")],
        &[],
    );
}

#[test]
fn f43_spreadsheet_errors_and_formulas_are_refused() {
    check(
        FieldKind::Text,
        &[],
        &[
            ("#N/A", Code::ValueSpreadsheet, "error value"),
            ("#REF!", Code::ValueSpreadsheet, "error value"),
            ("=\"00123\"", Code::ValueSpreadsheet, "formula"),
        ],
    );
}

#[test]
fn f48_unknown_groups_and_languages_name_what_is_known() {
    check(
        FieldKind::Group,
        &[("Sales", "Sales")],
        &[
            ("sales", Code::ValueGroup, "did you mean `Sales`"),
            ("Zzz", Code::ValueGroup, "`Finance`, `Sales`"),
        ],
    );
    check(
        FieldKind::Language,
        &[("NL", "nl"), ("en_gb", "en-GB")],
        &[
            ("fr", Code::ValueLanguage, "`nl`, `en-GB`"),
            ("??", Code::ValueLanguage, "BCP 47"),
        ],
    );
}

#[test]
fn phones_become_e164() {
    check(
        FieldKind::Phone,
        &[
            ("06 1234 5678", "+31612345678"),
            ("0031-6-12345678", "+31612345678"),
            ("+45 32 12 34 56", "+4532123456"),
        ],
        &[
            ("0800-FLOWERS", Code::ValuePhone, "letter"),
            ("12", Code::ValuePhone, "in NL"),
        ],
    );
    assert!(
        phone("0612345678", None)
            .unwrap_err()
            .message
            .contains("no country applies")
    );
}

#[test]
fn countries_are_read_by_code_calling_code_and_name() {
    let taken =
        ["NL", "nl", "31", "+31", "0031", "Netherlands", "Nederland"].map(|raw| (raw, "NL"));
    check(
        FieldKind::Country,
        &taken,
        &[("Atlantis", Code::ValueCountry, "+31")],
    );
    check(
        FieldKind::Country,
        &[("+1", "US"), ("44", "GB"), ("+7", "RU")],
        &[],
    );
}

#[test]
fn booleans_are_read_in_any_case() {
    for yes in ["yes", "TRUE", "1", "Ja", "y", "J"] {
        assert_eq!(boolean(yes), Ok(true));
    }
    for no in ["No", "false", "0", "nee", "N"] {
        assert_eq!(boolean(no), Ok(false));
    }
    assert!(boolean("maybe").is_err());
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
