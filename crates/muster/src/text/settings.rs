//! Problems of the settings of an integration, in the words of an integration file.

use muster_core::{
    read::normalise::DateFormatFault,
    setup::{
        listing::FILES,
        schedule::{CatchUpWindow, ScheduleError, Timing},
        settings::{FieldKindIssue, SettingIssue, UrlIssue},
    },
};

/// How days are written in rules.
pub(crate) const DAYS: &str = "write `2026-05-01`, `today`, `today+14` or `today-30`";

/// How a time is written.
const TIMES: &str = "write it as in `60s`, `5min` or `250ms`";

pub(crate) fn message(issue: &SettingIssue) -> String {
    match issue {
        SettingIssue::NotAName { value } => format!("`{value}` is not a name"),
        SettingIssue::UnknownPreset { name } => format!("there is no preset `{name}`"),
        SettingIssue::LanguageNotListed { language } => {
            format!("the default language `{language}` is not among `languages`")
        }
        SettingIssue::NotATimeZone { zone } => format!("`{zone}` is not a time zone"),
        SettingIssue::NotACountry { region } => format!("`{region}` is not a country code"),
        SettingIssue::NotACurrency { currency } => format!("`{currency}` is not a currency"),
        SettingIssue::NotAMoment { value } => format!("`{value}` is not a time of day"),
        SettingIssue::UnknownWord { value, .. } => format!("`{value}` is not a valid value"),
        SettingIssue::UnknownConnector { id, .. } => format!("`{id}` is not a connector"),
        SettingIssue::NoSource { .. } | SettingIssue::Missing { .. } => {
            "the setting is missing".to_owned()
        }
        SettingIssue::UnknownSetting { name, .. } => format!("there is no setting `{name}`"),
        SettingIssue::NotSecret { .. } => "the setting is not a secret".to_owned(),
        SettingIssue::NotAChoice { .. } => "the value is not one of its choices".to_owned(),
        SettingIssue::InlineSecret => {
            "a secret must not be written in the integration file".to_owned()
        }
        SettingIssue::SecretPlace => "use one of `env`, `file`, `command` and `stored`".to_owned(),
        SettingIssue::LocalSource => {
            "folders of the machine that Muster runs on cannot be read from here".to_owned()
        }
        SettingIssue::LocalFile => {
            "files of the machine that Muster runs on cannot be used from here".to_owned()
        }
        SettingIssue::LocalSecret => {
            "environment variables, files and commands of the machine that Muster runs on cannot be used from here"
                .to_owned()
        }
        SettingIssue::SecretQuery => {
            "the query of a URL may be secret, and is not stored in the database".to_owned()
        }
        SettingIssue::OtherProtocol { expected } => {
            format!("the address does not start with `{expected}://`")
        }
        SettingIssue::NoUser => "no user is set".to_owned(),
        SettingIssue::NoPasswordOrKey => "neither a password nor a private key is set".to_owned(),
        SettingIssue::NoPassword => "the user has no password".to_owned(),
        SettingIssue::ZeroLimit { .. } => "with a limit of 0, no delivery could be read".to_owned(),
        SettingIssue::NoAttempt => "with 0 attempts, no delivery could be read".to_owned(),
        SettingIssue::NoWait { .. } => {
            "with a time limit of 0, every attempt would fail".to_owned()
        }
        SettingIssue::NotADuration { value } => format!("`{value}` is not a duration"),
        SettingIssue::NotADay { value } => format!("`{value}` is not a day"),
        SettingIssue::NotARegularExpression { pattern, why } => {
            format!("`{pattern}` is not a regular expression: {why}")
        }
        SettingIssue::TestCount { count } => format!("a rule needs one test, this one has {count}"),
        SettingIssue::MatchOrder => "the order is not valid".to_owned(),
        SettingIssue::MatchWithoutId => {
            "records are matched by external id, but none is mapped".to_owned()
        }
        SettingIssue::MissingFromChanges => {
            "a delivery of changes does not show which employees are missing".to_owned()
        }
        SettingIssue::ZeroMissingRuns => {
            "an employee cannot be missing from 0 deliveries".to_owned()
        }
        SettingIssue::NotAPrefix { value } => format!("`{value}` is not a prefix"),
        SettingIssue::NotAPercentage { value, .. } => format!("{value} is not a percentage"),
        SettingIssue::FillFromZero => "with `fill_from = 0`, every plan would be held".to_owned(),
        SettingIssue::FillToTooHigh { fill_from } => format!(
            "`fill_to` is more than `fill_from` ({fill_from}%), so every plan would be held"
        ),
        SettingIssue::NotAPeriod => "this is not a retention period".to_owned(),
        SettingIssue::NotASize => "this is not a size".to_owned(),
        SettingIssue::NotAScheduleEntry { value, why } => schedule_entry(value, why),
        SettingIssue::NotABlackout { value, why } => match why {
            ScheduleError::EmptyBlackout => format!("`{value}` ends before it begins"),
            ScheduleError::UnknownZone(zone) => format!("`{zone}` in `{value}` is not a time zone"),
            _ => format!("`{value}` is not a blackout"),
        },
        SettingIssue::NotACatchUpWindow { value } => {
            format!(
                "`{value}` is not a number of hours, at most {}",
                CatchUpWindow::MAX_HOURS
            )
        }
        SettingIssue::SameEntryTwice { value } => format!("`{value}` is listed twice"),
        SettingIssue::OnlyComma => "files of the Alleo preset always use commas".to_owned(),
        SettingIssue::NotAUrl(issue) => url(issue),
        SettingIssue::StandardField => "this is a standard field".to_owned(),
        SettingIssue::NotAFieldKey => {
            "the key of a field can contain only lower-case letters, digits and `_`".to_owned()
        }
        SettingIssue::BudgetField => {
            "this is the key of a budget, which needs no definition".to_owned()
        }
        SettingIssue::SameBudget { other } => {
            format!("it sets the same budget of an employee as `{other}`")
        }
        SettingIssue::FieldKind(issue) => field_kind(issue),
        SettingIssue::NotMapped { field } => {
            format!("no column is mapped to `{field}`, which is required for every employee")
        }
        SettingIssue::RequiredNotMapped { field } => {
            format!(
                "no column is mapped to `{field}`, which the workspace requires for every employee"
            )
        }
        SettingIssue::NothingToLeaveOut => {
            "`false` only removes a mapping that a preset provides".to_owned()
        }
        SettingIssue::ValueSource => {
            "it needs exactly one of `column`, `first_of`, `join` and `constant`".to_owned()
        }
        SettingIssue::SeveralManagers => {
            "`manager_email` and `manager_external_id` are both mapped".to_owned()
        }
        SettingIssue::DateFormat { why } => match why {
            DateFormatFault::NotAFormat { format } => format!(
                "`{format}` is not a date format; write year, month and day as in `DD-MM-YYYY`"
            ),
            DateFormatFault::ShortYear { format } => format!(
                "`{format}` has a year of two digits; state the first year that it can mean"
            ),
        },
        SettingIssue::Extract { pattern } => {
            format!("`{pattern}` is not a regular expression with one group")
        }
        SettingIssue::NotASentinel { sentinel } => format!("`{sentinel}` is not a sentinel"),
        SettingIssue::FormatAndFormats => "`format` and `formats` are both set".to_owned(),
        SettingIssue::Century { first } => {
            format!(
                "{first} cannot be the first year of a century; it is before 1900 or after 2100"
            )
        }
        SettingIssue::UnknownField { key, .. } => format!("there is no field `{key}`"),
        SettingIssue::RenamedField { key, new } => {
            format!("the field `{key}` was renamed to `{new}`")
        }
        SettingIssue::CompanyWithoutId => "the company has no id".to_owned(),
        SettingIssue::CompanyTwice { id } => format!("the company `{id}` is listed twice"),
        SettingIssue::CompanyEndsBeforeStart { id, from, to } => {
            format!("`{id}` is valid until {to}, before it begins on {from}")
        }
        SettingIssue::CompanyDay { name, value } => {
            format!("`{name}`: `{value}` is not a day of the calendar")
        }
    }
}

/// What is wrong with the type of a custom field.
pub(crate) fn field_kind(issue: &FieldKindIssue) -> String {
    match issue {
        FieldKindIssue::NoChoices => "a choice has no values".to_owned(),
        FieldKindIssue::UnknownKind { name } => format!("`{name}` is not a type of field"),
        FieldKindIssue::ChoicesOf { name } => format!("a field of type {name} has no choices"),
    }
}

fn url(issue: &UrlIssue) -> String {
    match issue {
        UrlIssue::NoPath => "`file:` needs a path".to_owned(),
        UrlIssue::Unreadable { why } => format!("the URL cannot be read: {why}"),
        UrlIssue::HasCredentials => {
            "the URL contains a user or password; set them under [credentials]".to_owned()
        }
        UrlIssue::Http => {
            "`http:` would send personal data without encryption; use `https:`".to_owned()
        }
        UrlIssue::UnknownScheme { scheme } => {
            format!("`{scheme}:` is not supported; use sftp, ftp, ftps, https or file")
        }
        UrlIssue::NoHost => "the URL names no host".to_owned(),
        UrlIssue::NotAHost { host, why } => format!("`{host}` is not the name of a host: {why}"),
        UrlIssue::Percent => "the path has a `%` that is not followed by two digits".to_owned(),
        UrlIssue::NotUtf8 => "the path is not UTF-8".to_owned(),
        UrlIssue::ControlCharacters => "the path has control characters".to_owned(),
    }
}

pub(crate) fn help(setting: &str, issue: &SettingIssue) -> String {
    match issue {
        SettingIssue::NotAName { .. } => {
            "use letters, digits, `-`, `_` and `.`, as in `acme-hr`".to_owned()
        }
        SettingIssue::UnknownPreset { .. } => "use `alleo` or `actimo`".to_owned(),
        SettingIssue::LanguageNotListed { .. } => "add it to `languages`".to_owned(),
        SettingIssue::NotATimeZone { .. } => "use a name such as `Europe/Amsterdam`".to_owned(),
        SettingIssue::NotACountry { .. } => "use two capital letters, as in `NL`".to_owned(),
        SettingIssue::NotACurrency { .. } => "use an ISO 4217 code such as `EUR`".to_owned(),
        SettingIssue::NotAMoment { .. } => "use `23:00 UTC` or `end_of_day`".to_owned(),
        SettingIssue::UnknownWord { known, near, .. } => match near {
            Some(near) => format!("did you mean `{near}`? Valid values are {}", list(known)),
            None => format!("use one of {}", list(known)),
        },
        SettingIssue::UnknownConnector { known, near, .. } => {
            let near = near
                .as_ref()
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            format!("{near}{}", connectors(known))
        }
        SettingIssue::NoSource { connectors: known } => format!(
            "name the folder or file, as in `sftp://sftp.acme.example/outgoing`; or an HR system, as in \
             `connector = \"personio\"`: {}",
            connectors(known)
        ),
        SettingIssue::Missing { help } => format!("set it: {help}"),
        SettingIssue::UnknownSetting {
            near,
            known,
            connector,
            ..
        } => match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("{connector} has {}", list(known)),
        },
        SettingIssue::NotSecret { name } => {
            format!("write a string, for example `{name} = \"...\"`")
        }
        SettingIssue::NotAChoice { choices } => format!("choose one of {}", list(choices)),
        SettingIssue::InlineSecret | SettingIssue::SecretPlace => {
            let name = setting.rsplit('.').next().unwrap_or(setting);
            format!("write `{name} = {{ env = \"NAME\" }}` or `{name} = {{ file = \"path\" }}`")
        }
        SettingIssue::LocalSource => "enter the address of a server".to_owned(),
        SettingIssue::LocalFile => "leave it empty, or ask the operator of Muster to set it".to_owned(),
        SettingIssue::LocalSecret => "store the secret itself: it is encrypted".to_owned(),
        SettingIssue::SecretQuery => "enter the address without its query, with user and password".to_owned(),
        SettingIssue::OtherProtocol { .. } => {
            "correct the address, or choose another source".to_owned()
        }
        SettingIssue::NoUser => "set `user = \"NAME\"` under [credentials]".to_owned(),
        SettingIssue::NoPasswordOrKey => {
            "set `password = { env = \"NAME\" }` or `private_key = { file = \"path\" }` under [credentials]".to_owned()
        }
        SettingIssue::NoPassword => {
            "set `password = { env = \"NAME\" }` or `password = { file = \"path\" }` under [credentials]".to_owned()
        }
        SettingIssue::ZeroLimit { usual } => {
            format!("remove the line to use the default ({usual}), or use a larger number")
        }
        SettingIssue::NoAttempt => "use 1 to try once without retries".to_owned(),
        SettingIssue::NoWait { usual_seconds } => {
            format!("remove the line to use the default ({usual_seconds}s), or {TIMES}")
        }
        SettingIssue::NotADuration { .. } => TIMES.to_owned(),
        SettingIssue::NotADay { .. } => DAYS.to_owned(),
        SettingIssue::NotARegularExpression { .. } => "correct it".to_owned(),
        SettingIssue::TestCount { .. } => "write one [[select]] for each test".to_owned(),
        SettingIssue::MatchOrder => {
            "use [\"external_id\", \"email\"], [\"external_id\"] or [\"email\"]".to_owned()
        }
        SettingIssue::MatchWithoutId => "map `external_id`, or match by `email`".to_owned(),
        SettingIssue::MissingFromChanges => {
            "remove `missing`, or set `coverage = \"everyone\"` if each delivery has every employee".to_owned()
        }
        SettingIssue::ZeroMissingRuns => {
            "use 1 to deactivate employees who are missing from one complete delivery".to_owned()
        }
        SettingIssue::NotAPrefix { .. } => {
            "use at most 32 letters, digits and `-`, `_`, `.`, `:` or `/`, for example `nl-`"
                .to_owned()
        }
        SettingIssue::NotAPercentage { largest: 100, .. } => {
            "use a number from 0 to 100; 100 is never exceeded".to_owned()
        }
        SettingIssue::NotAPercentage { largest, .. } => {
            format!("use a number from 0 to {largest}")
        }
        SettingIssue::FillFromZero => {
            "use more than 0; `fill_to = 0` switches this guard off".to_owned()
        }
        SettingIssue::FillToTooHigh { fill_from } => {
            format!("use at most `fill_from`, which is {fill_from}")
        }
        SettingIssue::NotAPeriod => {
            "write it as in `\"30 days\"`, `\"forever\"` or `0`".to_owned()
        }
        SettingIssue::NotASize => {
            "write it as in `\"64 MiB\"`, or as a number of bytes".to_owned()
        }
        SettingIssue::NotAScheduleEntry { why, .. } => schedule_help(why).to_owned(),
        SettingIssue::NotABlackout { .. } => {
            "write days (`2026-12-24..2026-12-26 UTC`), a span (`2026-12-31T22:00..2027-01-01T06:00 UTC`) or hours of every \
             day (`22:00..06:00 Europe/Amsterdam`)"
                .to_owned()
        }
        SettingIssue::NotACatchUpWindow { .. } => "write it as `12h`, or `0h` to run no slot late".to_owned(),
        SettingIssue::SameEntryTwice { .. } => "list each entry once".to_owned(),
        SettingIssue::OnlyComma => "remove `delimiter`, or the preset".to_owned(),
        SettingIssue::NotAUrl(_) => "docs/integration-file.md lists the transports".to_owned(),
        SettingIssue::StandardField | SettingIssue::BudgetField => {
            "remove it from [fields]".to_owned()
        }
        SettingIssue::NotAFieldKey => "rename it, as in `cost_centre`".to_owned(),
        SettingIssue::SameBudget { .. } => {
            "keep one of them; both can read several columns".to_owned()
        }
        SettingIssue::FieldKind(_) => {
            "choices belong to `type = \"choice\"`, as in `choices = [\"S\", \"M\", \"L\"]`".to_owned()
        }
        SettingIssue::NotMapped { field } | SettingIssue::RequiredNotMapped { field } => {
            format!("add `{field} = \"COLUMN\"` under [mapping]")
        }
        SettingIssue::NothingToLeaveOut => "remove the line".to_owned(),
        SettingIssue::ValueSource | SettingIssue::SeveralManagers => "keep one of them".to_owned(),
        SettingIssue::DateFormat { .. } => {
            "write the format as in `DD-MM-YYYY`; for a year of two digits, set `century`, as in `century = 1930`"
                .to_owned()
        }
        SettingIssue::Extract { .. } => {
            "write the part of the value that is used in one pair of brackets, as in `extract = '^(\\d+)'`"
                .to_owned()
        }
        SettingIssue::NotASentinel { .. } => {
            "write `headcount between 190 and 240`, `E-001 is never deactivated` or `E-001 is never changed`".to_owned()
        }
        SettingIssue::FormatAndFormats => "list every format in `formats`".to_owned(),
        SettingIssue::Century { .. } => {
            "write the first year that two digits can mean, as in `century = 1930` for 1930 to 2029"
                .to_owned()
        }
        SettingIssue::UnknownField { near, .. } => {
            let define = "define it under [fields], add it with `muster fields add`, or set `create_fields = true`";
            match near {
                Some(near) => format!("did you mean `{near}`? Otherwise {define}"),
                None => define.to_owned(),
            }
        }
        SettingIssue::RenamedField { new, .. } => format!("write `{new}` instead"),
        SettingIssue::CompanyWithoutId => {
            "set the `id` that employments refer to".to_owned()
        }
        SettingIssue::CompanyTwice { .. } => {
            "keep one of the two".to_owned()
        }
        SettingIssue::CompanyEndsBeforeStart { .. } => {
            "correct `valid_from` or `valid_to`".to_owned()
        }
        SettingIssue::CompanyDay { .. } => "write it as in `2026-01-31`".to_owned(),
    }
}

fn schedule_entry(value: &str, why: &ScheduleError) -> String {
    match why {
        ScheduleError::Unreadable | ScheduleError::EmptyBlackout => {
            format!("`{value}` is not an entry of a schedule")
        }
        ScheduleError::UnknownZone(zone) => format!("`{zone}` in `{value}` is not a time zone"),
        ScheduleError::Interval => format!(
            "the interval of `{value}` does not divide a day, or is shorter than {} minutes",
            Timing::SHORTEST
        ),
        ScheduleError::Cron(why) => {
            let first = why.lines().last().unwrap_or_default().trim();
            format!("`{value}` is not a cron expression: {first}")
        }
        ScheduleError::NeverDue => format!("`{value}` names a day that does not exist"),
    }
}

fn schedule_help(why: &ScheduleError) -> &'static str {
    match why {
        ScheduleError::Unreadable | ScheduleError::EmptyBlackout | ScheduleError::Cron(_) => {
            "write times of day with their zone (`02:45 UTC`, `20:00 Europe/Amsterdam`), a cron expression with its zone \
             (`0 4 * * 1-5 UTC`), or an interval (`every 15m`)"
        }
        ScheduleError::UnknownZone(_) => {
            "use `UTC` or a name such as `Europe/Amsterdam`; abbreviations and offsets do not follow daylight saving"
        }
        ScheduleError::Interval => "use an interval such as `every 15m`, `every 2h` or `every 24h`",
        ScheduleError::NeverDue => "correct the day of the month",
    }
}

/// What may be read.
fn connectors(known: &[String]) -> String {
    format!(
        "there are {}; `{FILES}` reads files from a `url` and `connector` is optional",
        list(known)
    )
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::setup::schedule::ScheduleEntry;

    #[test]
    fn refused_entry_is_explained_with_its_text() {
        for (text, part) in [
            ("02:45", "`02:45` is not an entry of a schedule"),
            ("02:45 CET", "`CET` in `02:45 CET` is not a time zone"),
            ("every 7m", "does not divide a day"),
            ("99 4 * * * UTC", "is not a cron expression: "),
            ("0 4 31 4 * UTC", "names a day that does not exist"),
        ] {
            let error = text.parse::<ScheduleEntry>().unwrap_err();
            let why = schedule_entry(text, &error);
            assert!(why.contains(part), "{why}");
            assert!(
                !schedule_help(&error).is_empty() && !why.ends_with(": "),
                "{why}"
            );
        }
    }
}
