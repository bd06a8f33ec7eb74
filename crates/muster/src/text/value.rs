//! Problems of values.

use muster_core::model::problem::{
    Problem, Severity,
    value::{Detail, Effect, Fault, NumberFault, Remedy},
};

pub(super) fn message(detail: &Detail, problem: &Problem) -> String {
    let column = problem.field.as_deref().unwrap_or_default();
    match detail {
        Detail::Invalid { fault, effect } => {
            let effect = match effect {
                Effect::Rejected => "the record is rejected",
                Effect::Ignored => "the value is ignored",
            };
            format!("{}; {effect}", fault_of(fault, problem))
        }
        Detail::CharacterRemoved { code_point } => format!(
            "{} contains the hidden character U+{code_point:04X}, which was removed",
            value(problem)
        ),
        Detail::DecodedTwice { meant } => format!(
            "{} looks like `{meant}` in UTF-8 that was read as windows-1252 (latin1); other values of the file may \
             look like this too",
            value(problem)
        ),
        Detail::Required { is_absent } => {
            let state = if *is_absent {
                "is missing from the record"
            } else {
                "is blank"
            };
            format!(
                "`{column}` {state}, but every record needs it; {}",
                outcome(problem)
            )
        }
        Detail::Undecodable => {
            format!("`{column}` cannot be decoded; {}", outcome(problem))
        }
        Detail::OffboardingBeforeOnboarding {
            onboarding,
            offboarding,
        } => format!(
            "the offboarding date `{offboarding}` is before the onboarding date `{onboarding}`; the record is rejected"
        ),
        Detail::DateOrderInDoubt {
            format,
            configured,
            exchanged,
            ignored,
            held,
        } => {
            let numbered = |number: u64, one: &str, many: &str| match number {
                1 => format!("1 {one}"),
                _ => format!("{number} {many}"),
            };
            format!(
                "dates in the format `{format}` seem to have day and month exchanged: {} only with both exchanged, {} \
                 only as configured; {} that could be read both ways {} ignored, and {} held for review",
                numbered(*exchanged, "value is a date", "values are dates"),
                numbered(*configured, "value is a date", "values are dates"),
                numbered(*ignored, "changed date", "changed dates"),
                if *ignored == 1 { "is" } else { "are" },
                numbered(*held, "new employee is", "new employees are"),
            )
        }
        Detail::BlankKept { date } => format!(
            "`{column}` is blank, but the stored date `{date}` still takes effect, because blank cells change nothing"
        ),
        Detail::CompanyUnknown => format!(
            "{} is not a company of this workspace; the employment is stored unchanged",
            value(problem)
        ),
        Detail::CompanyNotYetValid { from } => format!(
            "{} is a company only from {from}; the employment is stored unchanged",
            value(problem)
        ),
        Detail::CompanyNoLongerValid { until } => format!(
            "{} has not been a company since {until}; the employment is stored unchanged",
            value(problem)
        ),
    }
}

/// What becomes of the record.
fn outcome(problem: &Problem) -> &'static str {
    match problem.severity {
        Severity::Warning => "the record is applied, because it ends the employment",
        Severity::Rejected | Severity::Refused => "the record is rejected",
    }
}

/// The observed value in backticks.
fn value(problem: &Problem) -> String {
    format!("`{}`", problem.value.as_deref().unwrap_or_default().trim())
}

/// Why a value cannot be read, with the value.
pub(super) fn fault_of(fault: &Fault, problem: &Problem) -> String {
    let value = value(problem);
    let why = match fault {
        Fault::Hidden { code_point } => {
            format!("contains the hidden character U+{code_point:04X}")
        }
        Fault::CharacterLost => {
            "contains U+FFFD, which replaces a character that was lost before the file was read"
                .to_owned()
        }
        Fault::TooLong { bytes, limit } => {
            format!("has {bytes} bytes; the limit is {limit}")
        }
        Fault::SpreadsheetError => "is a spreadsheet error value".to_owned(),
        Fault::SpreadsheetFormula => "is a spreadsheet formula".to_owned(),
        Fault::Scientific => {
            "looks like scientific notation of a spreadsheet, which has lost digits".to_owned()
        }
        Fault::SpreadsheetNumber => {
            "looks like an id that a spreadsheet converted to a number".to_owned()
        }
        Fault::Placeholder => "stands for a missing value and identifies no employee".to_owned(),
        Fault::Email => "is not an e-mail address".to_owned(),
        Fault::EmailScripts => "mixes characters of two scripts".to_owned(),
        Fault::PhoneLetter { letter } => format!("contains the letter `{letter}`"),
        Fault::PhoneWithoutCountry => "has no country code, and no country applies".to_owned(),
        Fault::Phone {
            region: Some(region),
        } => format!("is not a phone number in {region}"),
        Fault::Phone { region: None } => "is not a phone number".to_owned(),
        Fault::Country => "is not a country".to_owned(),
        Fault::CountryNumber { calling, iso } => {
            format!("is ambiguous: it is the calling code of {calling} and the ISO number of {iso}")
        }
        Fault::NoPart => "does not match `extract` in the mapping of the column".to_owned(),
        Fault::DateFormat { format } => format!("is not a date in the format `{format}`"),
        Fault::NotADay { .. } => "is not a day of the calendar".to_owned(),
        Fault::DateOutOfRange => "is before 1900 or after 2200".to_owned(),
        Fault::BirthdayInFuture => "is a birthday in the future".to_owned(),
        Fault::DateTime => "is not a date and time with an offset".to_owned(),
        Fault::Amount { fault } | Fault::Number { fault } => number(*fault).to_owned(),
        Fault::Boolean => "is neither yes nor no".to_owned(),
        Fault::Choice { .. } => "is not one of the choices".to_owned(),
        Fault::LanguageTag { .. } => "is not a BCP 47 language".to_owned(),
        Fault::Language { .. } => "is not a language of this workspace".to_owned(),
        Fault::Group { .. } => return format!("there is no group {value}"),
        Fault::Employments { error } => return format!("the employments cannot be read: {error}"),
        Fault::EmploymentOrder { id, start, end } => {
            return format!("employment `{id}` ends on {end}, before it starts on {start}");
        }
        Fault::EmploymentOutOfRange { id, day } => {
            return format!(
                "employment `{id}` has the day {day}, which is before 1900 or after 2200"
            );
        }
    };
    format!("{value} {why}")
}

fn number(fault: NumberFault) -> &'static str {
    match fault {
        NumberFault::Comma => "has a comma; is it a decimal comma or a thousands separator?",
        NumberFault::Point => "has a point, but the decimal mark of the column is a comma",
        NumberFault::Currency => "names a currency",
        NumberFault::ThousandsSeparator => "has a thousands separator",
        NumberFault::Scientific => "is in scientific notation",
        NumberFault::NotANumber => "is not a number",
        NumberFault::TooManyDigits => "has more digits than can be stored",
        NumberFault::ThreeDecimals => {
            "has exactly three digits after the decimal mark, so the mark may separate thousands"
        }
        NumberFault::Negative => "is negative, which a budget cannot be",
        NumberFault::NotMoney => "has more digits than any amount of money",
    }
}

pub(super) fn help(remedy: Remedy, problem: &Problem) -> String {
    match remedy {
        Remedy::RemoveCharacter => "remove the character in the source".to_owned(),
        Remedy::CheckEncoding => {
            "export the file as UTF-8, and check that `encoding` under [source] is the encoding of the file".to_owned()
        }
        Remedy::Shorten => "shorten the value in the source".to_owned(),
        Remedy::ExportResults => {
            "export the values of the cells, not their formulas".to_owned()
        }
        Remedy::ExportAsText => {
            "format the column as text in the spreadsheet, enter the value again and export it".to_owned()
        }
        Remedy::WriteEmail => "write one plain address, as in `name@example.com`".to_owned(),
        Remedy::TypeInLatin => "type the address again in Latin letters".to_owned(),
        Remedy::StateCountryOfPhones => {
            "add the country code, map a column to `country`, or set `region` under [workspace]".to_owned()
        }
        Remedy::WriteInternationalPhone => {
            "write it with its country code, as in `+31612345678`".to_owned()
        }
        Remedy::WriteCountry => {
            "write a code such as `NL`, a calling code such as `+31`, or the name".to_owned()
        }
        Remedy::StateCountryNumbers => {
            "write `+` before calling codes, or set `digits = \"calling\"` or `digits = \"iso\"` in the mapping of \
             the column".to_owned()
        }
        Remedy::MatchPattern => {
            "correct the value, or change `extract` in the mapping of the column".to_owned()
        }
        Remedy::WriteDate if is_day_number(problem) => format!(
            "the value looks like the number that a spreadsheet stores for a date: format the column as a date in the \
             spreadsheet, so that it exports `{}`",
            format_of(problem)
        ),
        Remedy::WriteDate => format!(
            "write dates as `{}`, or set `format` in the mapping of the column",
            format_of(problem)
        ),
        Remedy::StateNoDate => {
            "correct the date; if the value means that there is no date, add it to `no_date` in the mapping of the \
             column".to_owned()
        }
        Remedy::CorrectBirthday => {
            "correct the birthday; if the value means that there is no date, add it to `no_date` in the mapping of \
             the column".to_owned()
        }
        Remedy::WriteDateTime => "write it as in `2026-05-01T08:00:00+02:00`".to_owned(),
        Remedy::WriteNumber => {
            "write digits with a point before the fraction, as in `1234.50`".to_owned()
        }
        Remedy::StateDecimalComma => {
            "write digits with a point before the fraction, as in `1234.50`, or set `decimal = \",\"` in the mapping \
             of the column".to_owned()
        }
        Remedy::RemoveThousandsSeparator => {
            "write digits with a comma before the fraction and no thousands separator, as in `1234,50`".to_owned()
        }
        Remedy::WriteTwoDecimals => {
            "write the amount with two decimals, as in `1250.00` or `1.25`".to_owned()
        }
        Remedy::EndBudgetWithZero => "write `0` to end a budget".to_owned(),
        Remedy::WriteBoolean => {
            "write `yes` or `no`, `true` or `false`, `1` or `0`".to_owned()
        }
        Remedy::UseChoice | Remedy::UseLanguage | Remedy::UseGroup => known_values(problem),
        Remedy::CorrectEmployment => "correct the employment in the source".to_owned(),
        Remedy::FillIn => "fill it in for this employee in the source".to_owned(),
        Remedy::CorrectOneDate => "correct one of the two dates in the source".to_owned(),
        Remedy::CorrectDateOrder => {
            "correct the export, or set `format` in the mapping to the order that it uses".to_owned()
        }
        Remedy::ClearBlankDates => {
            "set `blank = \"clear\"` in the mapping of the column if a blank cell means that there is no date; else \
             fill the date in".to_owned()
        }
        Remedy::CorrectCompany => {
            "correct the company of the employment in the source, or the list of companies".to_owned()
        }
    }
}

/// Whether a value is what a spreadsheet stores for a day between 1954 and 2119, also where its digits are masked.
fn is_day_number(problem: &Problem) -> bool {
    let value = problem.value.as_deref().unwrap_or_default().trim();
    let day = value.split_once(['.', ',']).map_or(value, |(day, _)| day);
    day == "#####"
        || day.len() == 5
            && day
                .parse()
                .is_ok_and(|day: u32| (20_000..80_000).contains(&day))
}

/// The fault of an invalid value, wherever the value is.
fn fault(problem: &Problem) -> Option<&Fault> {
    use muster_core::model::problem::{Detail as Area, selection};
    match &problem.detail {
        Area::Value(Detail::Invalid { fault, .. })
        | Area::Selection(selection::Detail::Invalid { fault }) => Some(fault),
        _ => None,
    }
}

fn format_of(problem: &Problem) -> &str {
    match fault(problem) {
        Some(Fault::DateFormat { format } | Fault::NotADay { format }) => format,
        _ => "YYYY-MM-DD",
    }
}

fn known_values(problem: &Problem) -> String {
    let listed = |names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    match fault(problem) {
        Some(Fault::Choice { choices }) => format!("use one of {}", listed(choices)),
        Some(Fault::LanguageTag { languages } | Fault::Language { languages }) => format!(
            "use one of the workspace's languages: {}",
            listed(languages)
        ),
        Some(Fault::Group {
            nearest: Some(nearest),
            ..
        }) => format!("did you mean `{nearest}`? Names must match exactly"),
        Some(Fault::Group { groups, .. }) if groups.is_empty() => {
            "the workspace has no groups yet; add them to `groups` under [workspace]".to_owned()
        }
        Some(Fault::Group { groups, .. }) => format!("the groups are {}", listed(groups)),
        _ => "use a value that the workspace has".to_owned(),
    }
}
