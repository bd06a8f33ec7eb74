//! The companies that settings list: from texts to names and days.

use super::{super::raw::RawCompany, Checker, SettingIssue};
use crate::model::company::Company;
use jiff::civil::Date;
use serde_json::Value;

impl Checker<'_> {
    pub(super) fn companies(&mut self, raw: &[RawCompany]) -> Vec<Company> {
        let mut companies: Vec<Company> = Vec::new();
        for raw in raw {
            let path = if raw.id.trim().is_empty() {
                "company".to_owned()
            } else {
                format!("company.{}", raw.id)
            };
            if raw.id.trim().is_empty() {
                self.problem(&path, SettingIssue::CompanyWithoutId);
            }
            if companies
                .iter()
                .any(|company| company.external_id == raw.id)
            {
                let id = raw.id.clone();
                self.problem(&path, SettingIssue::CompanyTwice { id });
            }
            let company = Company {
                external_id: raw.id.clone(),
                short_name: raw.short_name.clone().unwrap_or_else(|| raw.id.clone()),
                full_name: raw.full_name.clone(),
                valid_from: self.day(&path, "valid_from", raw.valid_from.as_ref()),
                valid_to: self.day(&path, "valid_to", raw.valid_to.as_ref()),
            };
            if let (Some(from), Some(to)) = (company.valid_from, company.valid_to)
                && to < from
            {
                let id = raw.id.clone();
                self.problem(&path, SettingIssue::CompanyEndsBeforeStart { id, from, to });
            }
            companies.push(company);
        }
        companies
    }

    fn day(&mut self, path: &str, name: &str, value: Option<&Value>) -> Option<Date> {
        let text = match value? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let day = text.parse().ok().filter(|_| text.len() == 10);
        if day.is_none() {
            let name = name.to_owned();
            self.problem(path, SettingIssue::CompanyDay { name, value: text });
        }
        day
    }
}
