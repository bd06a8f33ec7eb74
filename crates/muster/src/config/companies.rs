//! The companies that an integration file lists: from texts to names and days.

use super::{check::Checker, raw::RawCompany};
use jiff::civil::Date;
use muster_core::model::company::Company;
use toml::Value;

impl Checker<'_> {
    pub(super) fn companies(&mut self, raw: &[RawCompany]) -> Vec<Company> {
        let mut companies: Vec<Company> = Vec::new();
        for raw in raw {
            let place = if raw.id.is_empty() {
                "company".to_owned()
            } else {
                format!("company.{}", raw.id)
            };
            if raw.id.trim().is_empty() {
                self.problem(
                    &place,
                    "a company has no id",
                    "give it the id by which employments name it",
                );
            }
            if companies
                .iter()
                .any(|company| company.external_id == raw.id)
            {
                let message = format!("the company `{}` is listed twice", raw.id);
                self.problem(
                    &place,
                    message,
                    "keep one of the two; a company has one first and one last day",
                );
            }
            let company = Company {
                external_id: raw.id.clone(),
                short_name: raw.short_name.clone().unwrap_or_else(|| raw.id.clone()),
                full_name: raw.full_name.clone(),
                valid_from: self.day(&place, "valid_from", raw.valid_from.as_ref()),
                valid_to: self.day(&place, "valid_to", raw.valid_to.as_ref()),
            };
            if let (Some(from), Some(to)) = (company.valid_from, company.valid_to)
                && to < from
            {
                let message = format!(
                    "`{}` is valid until {to}, before it begins on {from}",
                    raw.id
                );
                self.problem(&place, message, "correct `valid_from` or `valid_to`");
            }
            companies.push(company);
        }
        companies
    }

    fn day(&mut self, place: &str, name: &str, value: Option<&Value>) -> Option<Date> {
        let text = match value? {
            Value::String(text) => text.clone(),
            Value::Datetime(day) => day.to_string(),
            other => other.to_string(),
        };
        let day = text.parse().ok().filter(|_| text.len() == 10);
        if day.is_none() {
            let message = format!("`{name}`: `{text}` is not a day of the calendar");
            self.problem(place, message, "write it as in `2026-01-31`");
        }
        day
    }
}
