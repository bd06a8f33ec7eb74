//! An employment in words.

use muster_core::model::employment::Employment;

/// `permanent at ACME from 2020-01-01 until 2026-03-31 (E-7-1)`.
pub(crate) fn line(employment: &Employment) -> String {
    let mut text = employment
        .employment_type
        .clone()
        .unwrap_or_else(|| "employment".to_owned());
    if let Some(company) = &employment.company {
        text.push_str(&format!(" at {company}"));
    }
    text.push_str(&format!(" from {}", employment.start));
    if let Some(end) = employment.end {
        text.push_str(&format!(" until {end}"));
    }
    if let Some(id) = &employment.external_id {
        text.push_str(&format!(" ({id})"));
    }
    text
}
