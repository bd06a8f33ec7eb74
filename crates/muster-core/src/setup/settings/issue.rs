//! What is wrong with a setting, as data. The sentences are made by each front end.

use crate::{read::normalise::DateFormatFault, setup::schedule::ScheduleError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One thing that is wrong with settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingError {
    /// The setting, such as `source.url`.
    pub setting: String,
    #[serde(flatten)]
    pub issue: SettingIssue,
}

impl SettingError {
    pub fn new(setting: &str, issue: SettingIssue) -> Self {
        Self {
            setting: setting.to_owned(),
            issue,
        }
    }
}

/// What is wrong, with the values that a sentence about it needs. A value that may be a secret is not among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SettingIssue {
    /// Neither a name of a workspace nor of an integration.
    NotAName {
        value: String,
    },
    UnknownPreset {
        name: String,
    },
    /// The default language is not among the languages.
    LanguageNotListed {
        language: String,
    },
    NotATimeZone {
        zone: String,
    },
    NotACountry {
        region: String,
    },
    NotACurrency {
        currency: String,
    },
    /// Not a time of day at which offboarding takes effect.
    NotAMoment {
        value: String,
    },
    /// Not one of the words that the setting has.
    UnknownWord {
        value: String,
        known: Vec<String>,
        near: Option<String>,
    },
    UnknownConnector {
        id: String,
        known: Vec<String>,
        near: Option<String>,
    },
    /// Neither files nor an HR system are named.
    NoSource {
        connectors: Vec<String>,
    },
    /// A setting that the connector needs is missing.
    Missing {
        /// What the form says about it.
        help: String,
    },
    UnknownSetting {
        name: String,
        known: Vec<String>,
        near: Option<String>,
        /// The title of the connector.
        connector: String,
    },
    /// A reference to a secret where a plain value is expected.
    NotSecret {
        name: String,
    },
    NotAChoice {
        choices: Vec<String>,
    },
    /// The secret itself is written into the settings.
    InlineSecret,
    /// Not exactly one place of a secret.
    SecretPlace,
    /// A folder of this machine, where it is not the operator of this machine who sets the integration up.
    LocalSource,
    /// A file of this machine, as before.
    LocalFile,
    /// A secret that is read from this machine, as before.
    LocalSecret,
    /// The query of a URL may be a secret.
    SecretQuery,
    /// The address has another protocol than the source that was chosen.
    OtherProtocol {
        expected: String,
    },
    NoUser,
    NoPasswordOrKey,
    NoPassword,
    ZeroLimit {
        usual: String,
    },
    NoAttempt,
    NoWait {
        usual_seconds: u64,
    },
    NotADuration {
        value: String,
    },
    /// Every workspace has the field already.
    StandardField,
    NotAFieldKey,
    /// The key is that of a budget, which needs no definition.
    BudgetField,
    SameBudget {
        other: String,
    },
    FieldKind(FieldKindIssue),
    /// Nothing is mapped to a field that every employee needs.
    NotMapped {
        field: String,
    },
    /// Nothing is mapped to a custom field that the workspace requires.
    RequiredNotMapped {
        field: String,
    },
    /// No preset maps the field that is left out.
    NothingToLeaveOut,
    /// Not exactly one source of a value.
    ValueSource,
    /// The manager is mapped by address and by external id.
    SeveralManagers,
    /// `extract` is not a regular expression with one group.
    Extract {
        pattern: String,
    },
    FormatAndFormats,
    NotASentinel {
        sentinel: String,
    },
    /// The first year of `century` is implausible.
    Century {
        first: i16,
    },
    DateFormat {
        why: DateFormatFault,
    },
    UnknownField {
        key: String,
        near: Option<String>,
    },
    RenamedField {
        key: String,
        new: String,
    },
    NotADay {
        value: String,
    },
    NotARegularExpression {
        pattern: String,
        why: String,
    },
    /// A rule has not exactly one test.
    TestCount {
        count: usize,
    },
    MatchOrder,
    /// Records are matched by external id, and none is mapped.
    MatchWithoutId,
    ZeroMissingRuns,
    /// `missing` is set, but a delivery of changes does not have everyone.
    MissingFromChanges,
    NotAPrefix {
        value: String,
    },
    NotAPercentage {
        value: f64,
        largest: u16,
    },
    FillFromZero,
    FillToTooHigh {
        fill_from: f64,
    },
    NotAPeriod,
    NotASize,
    NotAScheduleEntry {
        value: String,
        why: ScheduleError,
    },
    NotABlackout {
        value: String,
        why: ScheduleError,
    },
    /// Not a number of hours that can be caught up.
    NotACatchUpWindow {
        value: String,
    },
    SameEntryTwice {
        value: String,
    },
    /// The preset reads files that are separated by commas only.
    OnlyComma,
    NotAUrl(UrlIssue),
    CompanyWithoutId,
    CompanyTwice {
        id: String,
    },
    CompanyEndsBeforeStart {
        id: String,
        from: Date,
        to: Date,
    },
    CompanyDay {
        name: String,
        value: String,
    },
}

/// What is wrong with the type of a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKindIssue {
    NoChoices,
    UnknownKind { name: String },
    ChoicesOf { name: String },
}

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UrlIssue {
    NoPath,
    Unreadable { why: String },
    HasCredentials,
    Http,
    UnknownScheme { scheme: String },
    NoHost,
    NotAHost { host: String, why: String },
    Percent,
    NotUtf8,
    ControlCharacters,
}
