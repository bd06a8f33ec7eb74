//! The companies of a workspace, in which people are employed, and what becomes of one that no list has any more.

use crate::model::{
    code::Code,
    employment::{self, Employment},
    problem::{Problem, Severity, evidence, shown, undo},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// The source's id, by which employments name it.
    pub external_id: String,
    pub short_name: String,
    /// Full name, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// First day on which people may be employed in it; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last such day; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

impl Company {
    /// Whether people may be employed in it on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|until| until >= day)
    }
}

/// A company gets another last day. It is never removed: history names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CompanyEnd {
    pub external_id: String,
    /// What people call it.
    pub short_name: String,
    /// The last day so far; none: it was open.
    pub old: Option<Date>,
    /// The last day from now on.
    pub new: Option<Date>,
}

/// The companies that a person's values name for a day or later: that of the primary employment, and those of
/// employments that are not over. Employments that cannot be read name none.
pub fn named_by(company: Option<&str>, employments: Option<&str>, today: Date) -> BTreeSet<String> {
    let employments = employments
        .and_then(|text| employment::read(text).ok())
        .unwrap_or_default();
    let not_over = employments
        .into_iter()
        .filter(|one| one.end.is_none_or(|end| end >= today));
    not_over
        .filter_map(|one| one.company)
        .chain(company.map(str::to_owned))
        .collect()
}

/// Names companies by their ids where employments have the short name that only one of them has: a source whose list
/// of companies lost one can say no more of it than its name. Says whether anything was renamed.
pub(crate) fn by_id(employments: &mut [Employment], companies: &[Company]) -> bool {
    let mut renamed = false;
    for named in employments
        .iter_mut()
        .filter_map(|employment| employment.company.as_mut())
    {
        if companies
            .iter()
            .any(|company| company.external_id == *named)
        {
            continue;
        }
        let mut so_called = companies
            .iter()
            .filter(|company| company.short_name == *named);
        if let (Some(company), None) = (so_called.next(), so_called.next()) {
            named.clone_from(&company.external_id);
            renamed = true;
        }
    }
    renamed
}

/// What becomes of a company that no list has any more: it ends today; while people are employed in it, it is
/// unchanged and reported.
pub fn unlisted(company: &Company, people: u64, today: Date) -> Result<CompanyEnd, Problem> {
    if people == 0 {
        return Ok(CompanyEnd {
            external_id: company.external_id.clone(),
            short_name: company.short_name.clone(),
            old: company.valid_to,
            new: Some(today),
        });
    }
    let id = shown(&company.external_id);
    let mut problem = Problem::new(
        Code::CompanyUnlisted,
        Severity::Warning,
        evidence::Detail::CompanyUnlisted {
            id: id.clone(),
            short_name: shown(&company.short_name),
            employees: people,
        },
        evidence::Remedy::ListCompany,
    );
    problem.value = Some(id);
    Err(problem)
}

/// The opposite of what a run did to companies. One that has another last day since is not changed and reported.
pub fn restored(ends: Vec<CompanyEnd>, companies: &[Company]) -> (Vec<CompanyEnd>, Vec<Problem>) {
    let (mut opposite, mut skipped) = (Vec::new(), Vec::new());
    for end in ends {
        let now = companies
            .iter()
            .find(|company| company.external_id == end.external_id);
        if now.is_some_and(|company| company.valid_to == end.new) {
            opposite.push(CompanyEnd {
                old: end.new,
                new: end.old,
                ..end
            });
        } else {
            let company = shown(&end.external_id);
            skipped.push(Problem::new(
                Code::UndoSkipped,
                Severity::Warning,
                undo::Detail::CompanyEnd { company },
                undo::Remedy::CorrectCompanyList,
            ));
        }
    }
    (opposite, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_company_that_no_list_has_ends_today_unless_an_employee_is_employed_in_it() {
        let today = date(2026, 5, 4);
        let company = Company {
            external_id: "BE".to_owned(),
            short_name: "Acme BE".to_owned(),
            ..Company::default()
        };
        let end = unlisted(&company, 0, today).unwrap();
        assert_eq!((end.old, end.new), (None, Some(today)));
        let problem = unlisted(&company, 2, today).unwrap_err();
        let ended = Company {
            valid_to: Some(today),
            ..company.clone()
        };
        assert_eq!(
            restored(vec![end.clone()], &[ended]).0,
            [CompanyEnd {
                old: end.new,
                new: None,
                ..end.clone()
            }]
        );
        assert_eq!(
            restored(vec![end], &[company]).1.len(),
            1,
            "listed again since"
        );
        let kept = evidence::Detail::CompanyUnlisted {
            id: "BE".to_owned(),
            short_name: "Acme BE".to_owned(),
            employees: 2,
        };
        assert_eq!(problem.detail, kept.into());
    }

    #[test]
    fn a_short_name_stands_for_the_one_company_that_has_it() {
        let company = |id: &str, name: &str| Company {
            external_id: id.to_owned(),
            short_name: name.to_owned(),
            ..Company::default()
        };
        let companies = [
            company("7", "NL"),
            company("8", "BE"),
            company("9", "BE"),
            company("DE", "NL2"),
        ];
        let check = |named: &str, wanted: &str| {
            let mut jobs = [Employment {
                company: Some(named.to_owned()),
                ..Employment::default()
            }];
            assert_eq!(by_id(&mut jobs, &companies), named != wanted);
            assert_eq!(jobs[0].company.as_deref(), Some(wanted));
        };
        for (named, wanted) in [
            ("NL", "7"),
            ("7", "7"),
            ("BE", "BE"),
            ("FR", "FR"),
            ("NL2", "DE"),
        ] {
            check(named, wanted);
        }
    }

    #[test]
    fn employments_that_are_over_name_no_company_and_those_ahead_do() {
        let jobs = r#"[{"start":"2020-01-01","end":"2026-05-03","company":"OVER"},
            {"start":"2020-01-01","end":"2026-05-04","company":"LAST"},{"start":"2027-01-01","company":"AHEAD"}]"#;
        let named = |company, jobs| {
            named_by(company, jobs, date(2026, 5, 4))
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(named(None, Some(jobs)), ["AHEAD", "LAST"]);
        assert_eq!(named(Some("NL"), Some("[")), ["NL"]);
        assert!(named(None, None).is_empty());
    }
}
