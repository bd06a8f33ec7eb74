//! `muster employees`.

use super::{Format, Formulas};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use muster_core::model::employee::Status;

#[derive(Args, Debug)]
pub(crate) struct Employees {
    /// List only employees with this text in their name, external id or e-mail address
    #[arg(long, value_name = "TEXT")]
    pub(crate) find: Option<String>,
    /// List only employees with this value in a field, for example `department=Sales`; can be repeated
    #[arg(long = "where", value_name = "FIELD=VALUE", value_parser = condition)]
    pub(crate) conditions: Vec<(String, String)>,
    /// List only employees with this status
    #[arg(long, value_enum)]
    pub(crate) status: Option<ListedStatus>,
    /// Show these fields of the employees, for example `name,department`; JSON always has all of them
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Show the directory as it was at the end of this day
    #[arg(long, value_name = "DAY")]
    pub(crate) as_of: Option<Date>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// What to do with CSV values that a spreadsheet would run as formulas
    #[arg(long, value_enum, default_value_t = Formulas::Guard)]
    pub(crate) formulas: Formulas,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListedStatus {
    Scheduled,
    Active,
    Inactive,
}

impl From<ListedStatus> for Status {
    fn from(status: ListedStatus) -> Self {
        match status {
            ListedStatus::Scheduled => Self::Scheduled,
            ListedStatus::Active => Self::Active,
            ListedStatus::Inactive => Self::Inactive,
        }
    }
}

fn condition(text: &str) -> Result<(String, String), String> {
    let (field, value) = text
        .split_once('=')
        .ok_or("write a field and a value, as in `department=Sales`")?;
    Ok((field.trim().to_owned(), value.trim().to_owned()))
}
