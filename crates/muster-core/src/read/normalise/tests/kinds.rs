//! Amounts, names of groups and languages, phones, countries and booleans.

use super::{check, read_with};
use crate::{
    model::problem::value::{Fault, NumberFault},
    read::normalise::*,
};

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
            ("€ 10", amount(Currency)),
            ("10 €", amount(Currency)),
            ("₺10", amount(Currency)),
            ("1 250 kr", amount(Currency)),
            ("EUR 1.250,00", amount(Currency)),
            ("1e3 EUR", amount(Scientific)),
            ("10 EURO", amount(ThousandsSeparator)),
            ("EUR", amount(NotANumber)),
            ("10 EUR", amount(Currency)),
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
        ("€5", Currency),
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
