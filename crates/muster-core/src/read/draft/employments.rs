//! What the employments of a record say about its employee: dates, payroll id, type and company.

use super::{Drafted, Drafter, Said};
use crate::model::{
    code::Code,
    company::{self, Company},
    employment::{self, Employment},
    field::canonical,
    problem::{
        Problem, Severity,
        value::{Detail, Remedy},
    },
};
use jiff::civil::Date;
use std::borrow::Cow;

impl Drafter<'_> {
    /// The employments of a record decide the dates, payroll id, type and company that it does not map.
    pub(super) fn derive_from_employments<'r>(&self, drafted: &mut Drafted<'r>) {
        let Some(text) = drafted.value(canonical::EMPLOYMENTS) else {
            return;
        };
        let Ok(mut employments) = employment::read(text) else {
            return;
        };
        if company::by_id(&mut employments, &self.setup.workspace.companies) {
            drafted
                .facts
                .retain(|(field, _)| *field != canonical::EMPLOYMENTS);
            drafted.facts.push((
                canonical::EMPLOYMENTS,
                Said::Set(Cow::Owned(employment::write(&employments))),
            ));
        }
        let today = self.calendar.today;
        let primary = employment::primary(&employments, today);
        let span = employment::span(&employments, today);
        let day = |day: Date| day.to_string();
        let derived = [
            (
                canonical::ONBOARDING_DATE,
                span.map(|(first, _)| day(first)),
            ),
            (
                canonical::OFFBOARDING_DATE,
                span.and_then(|(_, last)| last.map(day)),
            ),
            (
                canonical::PAYROLL_ID,
                primary.and_then(|primary| primary.payroll_id.clone()),
            ),
            (
                canonical::EMPLOYMENT_TYPE,
                primary.and_then(|primary| primary.employment_type.clone()),
            ),
            (
                canonical::COMPANY,
                primary.and_then(|primary| primary.company.clone()),
            ),
        ];
        for (field, value) in derived {
            if self
                .entries
                .iter()
                .all(|entry| entry.mapping.field != field)
            {
                drafted.facts.push((
                    field,
                    value.map_or(Said::Cleared, |value| Said::Set(Cow::Owned(value))),
                ));
            }
        }
        drafted.problems.extend(self.company_problems(&employments));
    }

    /// Warns of running employments in companies that are not known, or not valid today.
    fn company_problems(&self, employments: &[Employment]) -> Vec<Problem> {
        let (companies, today) = (&self.setup.workspace.companies, self.calendar.today);
        let running = employments
            .iter()
            .filter(|employment| employment.runs_on(today));
        let named = running.filter_map(|employment| employment.company.as_deref());
        let problem = |id: &str| {
            let (code, detail) = match companies.iter().find(|company| company.external_id == id) {
                None => (Code::CompanyUnknown, Detail::CompanyUnknown),
                Some(company) => (Code::CompanyInvalid, not_valid(company, today)?),
            };
            let remedy = Remedy::CorrectCompany;
            Some(Problem::new(code, Severity::Warning, detail, remedy).of("employments", id))
        };
        named
            .filter(|_| !companies.is_empty())
            .filter_map(problem)
            .collect()
    }
}

/// Why nobody can be employed in a company on a day; none: they can.
fn not_valid(company: &Company, today: Date) -> Option<Detail> {
    match (company.valid_from, company.valid_to) {
        _ if company.is_valid_on(today) => None,
        (Some(from), _) if from > today => Some(Detail::CompanyNotYetValid { from }),
        (_, until) => Some(Detail::CompanyNoLongerValid { until: until? }),
    }
}
