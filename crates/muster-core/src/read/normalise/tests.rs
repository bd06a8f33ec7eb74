//! Each kind of value: what is accepted, what is refused, and that normalising twice is once.

mod dates;
mod kinds;

use super::*;
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

#[test]
fn text_on_several_lines_keeps_its_line_breaks_and_nothing_that_is_hidden() {
    let cleaned = [
        (" One \r\n\r\nTwo\ttabs \n", "One\n\nTwo tabs", None),
        ("a\u{2028}b\u{85}c\rd", "a\nb\nc\nd", None),
        ("plain", "plain", None),
        ("x\n\u{202e}fdp", "x\nfdp", Some('\u{202e}')),
    ];
    for (raw, text, removed) in cleaned {
        let clean = super::text::lines(raw).unwrap();
        assert_eq!(
            (clean.text.as_ref(), clean.removed),
            (text, removed),
            "{raw:?}"
        );
    }
    let long = "word ".repeat(3_000);
    assert!(super::text::lines(&long).is_ok());
    assert!(clean(&long).is_err());
    assert!(super::text::lines(&"word ".repeat(5_000)).is_err());
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

#[test]
fn ids_that_stand_for_none_are_refused() {
    for none in [
        "NULL",
        "null",
        "(null)",
        "None",
        "nil",
        "NaN",
        "n/a",
        "N/A",
        "n.a.",
        "-",
        "--",
        "?",
        ".",
        "\u{2013}",
        "Onbekend",
        "unbekannt",
        "undefined",
        "TBD",
    ] {
        assert_eq!(refuse_placeholder(none), Err(Fault::Placeholder), "{none}");
    }
    for id in [
        "0", "000", "NA", "NULL1", "E-1", "x", "\u{5f20}", "N-A", "-1",
    ] {
        assert_eq!(refuse_placeholder(id), Ok(()), "{id}");
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
