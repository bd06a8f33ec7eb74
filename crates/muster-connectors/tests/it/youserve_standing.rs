//! The status that each scenario of YouServe's menu gives one employee in an empty directory.

use muster_core::model::employee::Status;

/// How a person comes into an empty directory, by their number and the default mapping with `personCode` as the
/// external id; none: they stay out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) scenario: &'static str,
    pub(crate) person: u64,
    pub(crate) status: Option<Status>,
}

const fn person(scenario: &'static str, person: u64, status: Option<Status>) -> Standing {
    Standing {
        scenario,
        person,
        status,
    }
}

const fn active(scenario: &'static str) -> Standing {
    person(scenario, 3, Some(Status::Active))
}

const fn out(scenario: &'static str) -> Standing {
    person(scenario, 3, None)
}

pub(crate) const STANDING: &[Standing] = &[
    active("plain"),
    active("slices-three"),
    active("slices-adjacent"),
    // Employments decide who works; slices of the employee only say what they are called.
    active("slices-gap"),
    active("slice-future-only"),
    active("slice-past-only"),
    active("slices-overlapping"),
    active("valid-until-missing"),
    active("valid-until-empty"),
    active("dates-with-zone"),
    active("rehire-same-id"),
    active("rehire-new-id"),
    person("future-start", 3, Some(Status::Scheduled)),
    person("termination-days", 3, None),
    person("termination-days", 4, Some(Status::Active)),
    person("termination-days", 5, Some(Status::Active)),
    active("overlapping-employments"),
    out("start-after-end"),
    active("contract-renewed"),
    active("end-date-ahead"),
    active("original-later"),
    active("hire-date-missing"),
    out("inactive-open"),
    out("active-discharged"),
    active("is-active-missing"),
    out("deceased"),
    out("person-vanished"),
    active("birthday-missing"),
    active("extension-all-no"),
    // Nobody comes in without an address at work.
    out("email-null"),
    out("mail-only-private"),
    out("mail-type-unknown"),
    out("mail-address-missing"),
    active("mail-two-business"),
    active("mail-types-mixed"),
    active("email-changed"),
    active("known-as-missing"),
    active("name-odd"),
    active("name-long"),
    active("company-unknown"),
    active("company-renamed"),
    active("company-gone"),
    active("company-same-short-name"),
    active("record-moved"),
    active("second-records-lost"),
];
