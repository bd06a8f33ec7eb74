//! Problems of values: what a field cannot accept, and what was changed before a value was accepted.
//!
//! The value itself is in the problem, shortened and masked where it is personal.

use crate::model::code::Code;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A value cannot be read.
    Invalid {
        /// Why.
        fault: Fault,
        /// What becomes of the record.
        effect: Effect,
    },
    /// A value was used without a hidden character.
    CharacterRemoved {
        /// Its code point.
        code_point: u32,
    },
    /// UTF-8 was read in another encoding before the file was written.
    DecodedTwice {
        /// What the value probably was, shortened.
        meant: String,
    },
    /// A value that every record needs is not there.
    Required {
        /// The record has no such column at all.
        is_absent: bool,
    },
    /// The bytes of a value do not fit the encoding of the file.
    Undecodable,
    /// The offboarding date is before the onboarding date.
    OffboardingBeforeOnboarding {
        /// The first day.
        onboarding: String,
        /// The last day.
        offboarding: String,
    },
    /// Dates of the delivery seem to have day and month exchanged.
    DateOrderInDoubt {
        /// The configured format.
        format: String,
        /// Values that are dates only in the configured order.
        configured: u64,
        /// Values that are dates only with day and month exchanged.
        exchanged: u64,
        /// Values that are dates in both orders and differ from the stored value.
        ignored: u64,
        /// New employees held because of it.
        held: u64,
    },
    /// The cell of a date that decides access was emptied, and the stored date still applies.
    BlankKept {
        /// The stored date.
        date: String,
    },
    /// An employment names a company that the workspace does not have.
    CompanyUnknown,
    /// An employment names a company that is valid only later.
    CompanyNotYetValid {
        /// Its first day.
        from: Date,
    },
    /// An employment names a company that is no longer valid.
    CompanyNoLongerValid {
        /// Its last day.
        until: Date,
    },
}

/// What an invalid value costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The record is rejected.
    Rejected,
    /// Only the value is ignored.
    Ignored,
}

/// Why a value cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A hidden character in a value that must match exactly.
    Hidden {
        /// Its code point.
        code_point: u32,
    },
    /// U+FFFD stands where a character was lost.
    CharacterLost,
    /// Longer than a field may be.
    TooLong {
        /// Bytes of the value.
        bytes: usize,
        /// Bytes that a field may have.
        limit: usize,
    },
    /// A spreadsheet's error value, such as `#REF!`.
    SpreadsheetError,
    /// A spreadsheet's formula.
    SpreadsheetFormula,
    /// Scientific notation: digits are lost.
    Scientific,
    /// An id or phone number that a spreadsheet turned into a decimal number.
    SpreadsheetNumber,
    /// An id that stands for none, such as `NULL`.
    Placeholder,
    /// Not an e-mail address.
    Email,
    /// An e-mail address with letters of two scripts.
    EmailScripts,
    /// A phone number with a letter.
    PhoneLetter {
        /// The letter.
        letter: char,
    },
    /// A national phone number, and no country applies.
    PhoneWithoutCountry,
    /// Not a phone number.
    Phone {
        /// The country that applies to national numbers.
        region: Option<String>,
    },
    /// Not a country.
    Country,
    /// Digits that are the calling code of one country and the ISO number of another.
    CountryNumber {
        /// The country with this calling code.
        calling: String,
        /// The country with this ISO number.
        iso: String,
    },
    /// Has no part as the configured pattern describes it.
    NoPart,
    /// Not a date in the configured format.
    DateFormat {
        /// The configured format.
        format: String,
    },
    /// In the configured format, but not a day of the calendar.
    NotADay {
        /// The configured format.
        format: String,
    },
    /// Before 1900 or after 2200.
    DateOutOfRange,
    /// A birthday in the future.
    BirthdayInFuture,
    /// Not a date and time with an offset.
    DateTime,
    /// An amount of money that cannot be read.
    Amount {
        /// Why.
        fault: NumberFault,
    },
    /// A number that cannot be read.
    Number {
        /// Why.
        fault: NumberFault,
    },
    /// Neither yes nor no.
    Boolean,
    /// Not one of the choices.
    Choice {
        /// The choices.
        choices: Vec<String>,
    },
    /// Not a BCP 47 language tag.
    LanguageTag {
        /// The languages of the workspace.
        languages: Vec<String>,
    },
    /// Not a language of the workspace.
    Language {
        /// The languages of the workspace.
        languages: Vec<String>,
    },
    /// Not a group of the workspace.
    Group {
        /// The group that is probably meant.
        nearest: Option<String>,
        /// The groups of the workspace, if none is near.
        groups: Vec<String>,
    },
    /// Employments that cannot be read.
    Employments {
        /// What the JSON reader says.
        error: String,
    },
    /// An employment that ends before it starts.
    EmploymentOrder {
        /// Its id.
        id: String,
        /// Its first day.
        start: Date,
        /// Its last day.
        end: Date,
    },
    /// An employment before 1900 or after 2200.
    EmploymentOutOfRange {
        /// Its id.
        id: String,
        /// The day.
        day: Date,
    },
}

/// Why a number cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFault {
    /// A comma where the decimal mark is a point.
    Comma,
    /// A point where the decimal mark is a comma.
    Point,
    /// The sign or code of a currency.
    #[serde(alias = "currency_sign")]
    Currency,
    /// A blank or apostrophe between digits.
    ThousandsSeparator,
    /// An exponent.
    Scientific,
    /// Anything else than digits.
    NotANumber,
    /// More digits than can be kept.
    TooManyDigits,
    /// Exactly three digits after the mark: it could separate thousands.
    ThreeDecimals,
    /// Below zero.
    Negative,
    /// More digits than an amount of money has.
    NotMoney,
}

impl Fault {
    /// The code under which the fault is documented.
    pub fn code(&self) -> Code {
        match self {
            Self::Hidden { .. } => Code::ValueControl,
            Self::CharacterLost => Code::ValueLost,
            Self::TooLong { .. } => Code::ValueTooLong,
            Self::SpreadsheetError | Self::SpreadsheetFormula => Code::ValueSpreadsheet,
            Self::Scientific | Self::SpreadsheetNumber => Code::ValueScientific,
            Self::Placeholder => Code::ValuePlaceholder,
            Self::Email => Code::ValueEmail,
            Self::EmailScripts => Code::ValueScript,
            Self::PhoneLetter { .. } | Self::PhoneWithoutCountry | Self::Phone { .. } => {
                Code::ValuePhone
            }
            Self::Country | Self::CountryNumber { .. } => Code::ValueCountry,
            Self::NoPart => Code::ValuePattern,
            Self::DateFormat { .. }
            | Self::NotADay { .. }
            | Self::DateOutOfRange
            | Self::BirthdayInFuture => Code::ValueDate,
            Self::DateTime => Code::ValueDateTime,
            Self::Amount { .. } => Code::ValueDecimal,
            Self::Number { .. } => Code::ValueNumber,
            Self::Boolean => Code::ValueBoolean,
            Self::Choice { .. } => Code::ValueChoice,
            Self::LanguageTag { .. } | Self::Language { .. } => Code::ValueLanguage,
            Self::Group { .. } => Code::ValueGroup,
            Self::Employments { .. }
            | Self::EmploymentOrder { .. }
            | Self::EmploymentOutOfRange { .. } => Code::ValueEmployments,
        }
    }

    /// What makes the value readable.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Hidden { .. } => Remedy::RemoveCharacter,
            Self::CharacterLost => Remedy::CheckEncoding,
            Self::TooLong { .. } => Remedy::Shorten,
            Self::SpreadsheetError | Self::SpreadsheetFormula => Remedy::ExportResults,
            Self::Scientific | Self::SpreadsheetNumber => Remedy::ExportAsText,
            Self::Placeholder => Remedy::FillIn,
            Self::Email => Remedy::WriteEmail,
            Self::EmailScripts => Remedy::TypeInLatin,
            Self::PhoneWithoutCountry => Remedy::StateCountryOfPhones,
            Self::PhoneLetter { .. } | Self::Phone { .. } => Remedy::WriteInternationalPhone,
            Self::Country => Remedy::WriteCountry,
            Self::CountryNumber { .. } => Remedy::StateCountryNumbers,
            Self::NoPart => Remedy::MatchPattern,
            Self::DateFormat { .. } | Self::NotADay { .. } => Remedy::WriteDate,
            Self::DateOutOfRange => Remedy::StateNoDate,
            Self::BirthdayInFuture => Remedy::CorrectBirthday,
            Self::DateTime => Remedy::WriteDateTime,
            Self::Amount { fault } | Self::Number { fault } => match fault {
                NumberFault::Negative => Remedy::EndBudgetWithZero,
                NumberFault::ThreeDecimals => Remedy::WriteTwoDecimals,
                NumberFault::Comma => Remedy::StateDecimalComma,
                NumberFault::Point => Remedy::RemoveThousandsSeparator,
                _ => Remedy::WriteNumber,
            },
            Self::Boolean => Remedy::WriteBoolean,
            Self::Choice { .. } => Remedy::UseChoice,
            Self::LanguageTag { .. } | Self::Language { .. } => Remedy::UseLanguage,
            Self::Group { .. } => Remedy::UseGroup,
            Self::Employments { .. }
            | Self::EmploymentOrder { .. }
            | Self::EmploymentOutOfRange { .. } => Remedy::CorrectEmployment,
        }
    }
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Remove the character in the source.
    RemoveCharacter,
    /// Check the encoding in which the file is written and read.
    CheckEncoding,
    /// Shorten the value in the source.
    Shorten,
    /// Export the results of formulas.
    ExportResults,
    /// Format the column as text in the spreadsheet.
    ExportAsText,
    /// Correct the value, or the pattern of its mapping.
    MatchPattern,
    /// Write one plain address.
    WriteEmail,
    /// Type the address in Latin letters.
    TypeInLatin,
    /// Say which country national phone numbers are in.
    StateCountryOfPhones,
    /// Write the number with its country code.
    WriteInternationalPhone,
    /// Write a country code or name.
    WriteCountry,
    /// Say what the digits of the column are.
    StateCountryNumbers,
    /// Write the date in the configured format, or configure another.
    WriteDate,
    /// Correct the date, or list it among the values that mean no date.
    StateNoDate,
    /// Correct the birthday.
    CorrectBirthday,
    /// Write a date and time with an offset.
    WriteDateTime,
    /// Write digits with the decimal mark of the column.
    WriteNumber,
    /// Write digits with a point, or configure the comma.
    StateDecimalComma,
    /// Write digits without a separator of thousands.
    RemoveThousandsSeparator,
    /// Write two decimals, or none.
    WriteTwoDecimals,
    /// Write `0` to end a budget.
    EndBudgetWithZero,
    /// Write yes or no.
    WriteBoolean,
    /// Use one of the choices.
    UseChoice,
    /// Use one of the workspace's languages.
    UseLanguage,
    /// Use one of the workspace's groups.
    UseGroup,
    /// Correct the employment in the source.
    CorrectEmployment,
    /// Fill the value in.
    FillIn,
    /// Correct one of two dates.
    CorrectOneDate,
    /// Correct the export, or configure the order that it uses.
    CorrectDateOrder,
    /// Clear blank dates, or change the date in the source.
    ClearBlankDates,
    /// Correct the company of the employment, or the list of companies.
    CorrectCompany,
}
