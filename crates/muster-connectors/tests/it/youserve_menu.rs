//! What must come of every scenario of YouServe's menu: one table, by the menu's numbers.
//!
//! `says` is a part of the error, of its advice, or of a problem of the read; empty: there is no problem.

use muster_connectors::connector::ErrorKind::{
    self, Forbidden, Malformed, RateLimited, Refused, Unauthorised, Unreachable,
};
use muster_core::read::reading::PartialReason::{
    self, AttributeWithheld, ChangedWhileReading, Empty, Truncated,
};

/// What must come out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// All employees were read: so many.
    Complete(usize),
    /// Not all employees were read, so none departs.
    Partial(PartialReason),
    Failed(ErrorKind),
}

use Outcome::{Complete, Failed, Partial};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Number in the menu.
    pub(crate) menu: u8,
    /// As it is switched on.
    pub(crate) scenario: &'static str,
    pub(crate) login: &'static str,
    /// The setting `tenant`; empty: none.
    pub(crate) tenant: &'static str,
    /// What must come out.
    pub(crate) outcome: Outcome,
    /// What it must say.
    pub(crate) says: &'static str,
}

/// People of the emulated company.
pub(crate) const PEOPLE: usize = 231;

const fn row(menu: u8, scenario: &'static str, outcome: Outcome, says: &'static str) -> Row {
    Row {
        menu,
        scenario,
        login: "secret",
        tenant: "",
        outcome,
        says,
    }
}

const fn fine(menu: u8, scenario: &'static str) -> Row {
    row(menu, scenario, Complete(PEOPLE), "")
}

const fn signed(
    scenario: &'static str,
    login: &'static str,
    outcome: Outcome,
    says: &'static str,
) -> Row {
    Row {
        login,
        ..row(3, scenario, outcome, says)
    }
}

const fn tenant(
    scenario: &'static str,
    tenant: &'static str,
    outcome: Outcome,
    says: &'static str,
) -> Row {
    Row {
        tenant,
        ..row(4, scenario, outcome, says)
    }
}

/// The tenant of the emulator, and one that it does not know.
const RIGHT: &str = "8001234";
const WRONG: &str = "1";

pub(crate) const TABLE: &[Row] = &[
    fine(1, "plain"),
    fine(1, "next-link-null"),
    fine(1, "next-link-empty"),
    fine(1, "next-link-absolute"),
    row(1, "next-link-other-host", Failed(Refused), "OtherOrigin"),
    fine(1, "next-link-other-case"),
    row(1, "next-link-http", Failed(Refused), "OtherOrigin"),
    fine(1, "next-link-plus"),
    row(
        1,
        "next-link-loop,on=/iam/v1.0/employees",
        Partial(Truncated),
        "Repeated",
    ),
    row(1, "next-link-loop", Failed(Malformed), "Repeated"),
    row(1, "next-token-expired", Failed(Refused), "400 Bad Request"),
    row(1, "next-token-gone", Failed(Refused), "YouServe(NoTenant)"),
    fine(2, "value-first"),
    row(2, "bare-array", Partial(Truncated), "Bare"),
    fine(2, "values-envelope"),
    row(2, "value-null", Partial(Empty), "EmptyPage"),
    row(2, "value-missing", Partial(Empty), "EmptyPage"),
    row(2, "single-object", Failed(Malformed), "NotJson"),
    signed("plain", "assertion", Complete(PEOPLE), ""),
    signed("plain", "grant", Complete(PEOPLE), ""),
    signed("plain", "bearer", Complete(PEOPLE), ""),
    row(
        3,
        "wrong-secret",
        Failed(Unauthorised),
        "YouServe(Credentials)",
    ),
    signed(
        "wrong-key",
        "assertion",
        Failed(Unauthorised),
        "the signature is not right",
    ),
    signed(
        "wrong-key",
        "grant",
        Failed(Unauthorised),
        "YouServe(SignedToken)",
    ),
    signed(
        "wrong-key",
        "bearer",
        Failed(Unauthorised),
        "YouServe(SignedToken)",
    ),
    signed(
        "assertion-expired",
        "assertion",
        Failed(Unauthorised),
        "the assertion has expired",
    ),
    signed(
        "assertion-expired",
        "bearer",
        Failed(Unauthorised),
        "refused: Some(SignedToken)",
    ),
    signed(
        "assertion-replayed",
        "assertion",
        Failed(Unauthorised),
        "the assertion was used before",
    ),
    signed(
        "clock-ahead",
        "assertion",
        Failed(Unauthorised),
        "clock_behind: Some(6",
    ),
    signed(
        "clock-ahead",
        "bearer",
        Failed(Unauthorised),
        "YouServe(SetClock)",
    ),
    signed(
        "clock-behind",
        "grant",
        Failed(Unauthorised),
        "clock_behind: Some(-",
    ),
    fine(3, "lifetime-as-text"),
    fine(3, "token-without-lifetime"),
    row(3, "token-missing", Failed(Malformed), "NoToken"),
    row(
        3,
        "token-quota",
        Failed(RateLimited),
        "YouServe(TokenQuota)",
    ),
    fine(3, "token-expiry"),
    row(
        3,
        "token-refused",
        Failed(Forbidden),
        "refused: Some(FreshToken)",
    ),
    row(4, "single-404", Complete(PEOPLE), ""),
    tenant("tenant-required", "", Failed(Forbidden), "YouServe(Rights)"),
    tenant("tenant-required", RIGHT, Complete(PEOPLE), ""),
    tenant("plain", WRONG, Failed(Forbidden), "YouServe(Rights)"),
    tenant("tenant-ignored", WRONG, Complete(PEOPLE), ""),
    tenant("tenant-404", WRONG, Failed(Refused), "YouServe(Tenant)"),
    tenant("client-id-required", "", Complete(PEOPLE), ""),
    tenant(
        "client-id-mismatch",
        "",
        Failed(Forbidden),
        "refused: Some(FreshToken)",
    ),
    fine(5, "rate-limited"),
    fine(5, "rate-limited-seconds"),
    fine(5, "rate-limited-date"),
    fine(5, "rate-limited-zero"),
    fine(5, "rate-limited-negative"),
    row(
        5,
        "rate-limited-huge",
        Failed(RateLimited),
        "retry_after: Some(1000000)",
    ),
    fine(6, "slices-three"),
    fine(6, "slices-adjacent"),
    fine(6, "slices-gap"),
    fine(6, "slice-future-only"),
    fine(6, "slice-past-only"),
    fine(6, "slices-overlapping"),
    fine(6, "valid-until-missing"),
    fine(6, "valid-until-empty"),
    fine(6, "dates-with-zone"),
    fine(7, "rehire-same-id"),
    fine(7, "rehire-new-id"),
    fine(7, "termination-days"),
    fine(7, "future-start"),
    fine(7, "overlapping-employments"),
    fine(7, "start-after-end"),
    fine(7, "person-code-missing"),
    fine(7, "contract-renewed"),
    fine(7, "end-date-ahead"),
    fine(7, "original-later"),
    fine(7, "hire-date-missing"),
    row(
        7,
        "hire-date-withheld",
        Partial(AttributeWithheld),
        r#"YouServeField { field: "employments" }"#,
    ),
    fine(7, "nested-missing"),
    row(
        7,
        "employments-of-one-missing",
        Complete(PEOPLE),
        "NoEmployment",
    ),
    fine(7, "inactive-open"),
    fine(7, "active-discharged"),
    fine(7, "is-active-missing"),
    fine(7, "deceased"),
    row(7, "person-vanished", Complete(PEOPLE - 1), ""),
    row(
        7,
        "birthday-missing",
        Complete(PEOPLE),
        r#"YouServeField { field: "dateOfBirth" }"#,
    ),
    // Nothing that is mapped by default is an extension.
    fine(7, "extension-missing"),
    fine(7, "extension-all-no"),
    fine(7, "unknown-property"),
    fine(8, "email-null"),
    fine(8, "email-case-twins"),
    fine(8, "email-same"),
    fine(8, "email-changed"),
    fine(8, "mail-types-mixed"),
    fine(8, "mail-type-unknown"),
    fine(8, "mail-two-business"),
    fine(8, "mail-address-missing"),
    fine(8, "mail-only-private"),
    row(
        8,
        "mail-array-missing",
        Partial(AttributeWithheld),
        r#"YouServeField { field: "emailAddresses" }"#,
    ),
    fine(9, "known-as-missing"),
    fine(9, "name-odd"),
    fine(9, "name-long"),
    fine(10, "company-unknown"),
    fine(10, "company-renamed"),
    fine(10, "company-gone"),
    row(
        10,
        "companies-of-others",
        Failed(Malformed),
        "NoCompanies { listed: 3, named: 3",
    ),
    row(
        10,
        "company-same-short-name",
        Complete(PEOPLE),
        "SharedShortName",
    ),
    fine(10, "manager-unknown"),
    row(
        11,
        "page-duplicate,on=/iam/v1.0/employees",
        Partial(Truncated),
        "Repeated",
    ),
    row(11, "page-duplicate", Failed(Malformed), "Repeated"),
    row(
        11,
        "page-for-ever,on=/iam/v1.0/employees",
        Partial(Truncated),
        "Repeated",
    ),
    row(11, "page-for-ever", Failed(Malformed), "Repeated"),
    // Pages go on from the last record, so an employee who is not there is gone; but not if employments know better.
    row(11, "record-deleted", Complete(PEOPLE - 1), ""),
    row(
        11,
        "record-deleted,on=/iam/v1.0/employees",
        Partial(ChangedWhileReading),
        "Strays",
    ),
    fine(11, "person-inserted-mid-read"),
    row(
        11,
        "empty-page,on=/iam/v1.0/employees",
        Partial(Truncated),
        "EmptyPage",
    ),
    row(11, "empty-page", Failed(Malformed), "EmptyPage"),
    row(11, "empty-list", Partial(Empty), "NoEmployees"),
    // There is no total: whole jobs ask for those who are missing.
    row(11, "half-list", Complete(113), ""),
    row(
        11,
        "half-list,on=/iam/v1.0/employments",
        Failed(Malformed),
        "EmploymentsLost",
    ),
    row(
        11,
        "empty-list,on=/iam/v1.0/employments",
        Failed(Malformed),
        "NoEmployments { employees: 212 }",
    ),
    row(
        11,
        "empty-list,on=/iam/v1.0/companies",
        Failed(Malformed),
        "NoCompanies { listed: 0, named: 3",
    ),
    fine(11, "order-descending"),
    fine(11, "record-moved"),
    fine(11, "second-records-lost"),
    fine(12, "server-500"),
    fine(12, "server-502"),
    fine(12, "server-503"),
    fine(12, "server-504"),
    fine(12, "server-503-html"),
    row(
        12,
        "server-503,times=99",
        Failed(Unreachable),
        "503 Service Unavailable",
    ),
    row(12, "html-login", Failed(Malformed), "WebPage"),
    row(12, "empty-body", Failed(Malformed), "EmptyAnswer"),
    row(12, "error-inside", Failed(Refused), "NotSuccessful"),
    row(12, "truncated", Failed(Unreachable), "Interrupted"),
    row(12, "chunk-cut", Failed(Unreachable), "Interrupted"),
    fine(12, "chunked"),
    fine(12, "wrong-content-type"),
    fine(12, "byte-order-mark"),
    row(12, "invalid-utf8", Failed(Malformed), "NotUtf8"),
    row(12, "duplicate-keys", Failed(Malformed), "comes twice"),
    fine(12, "deep-nesting"),
    row(12, "not-a-number", Failed(Malformed), "NotJson"),
    fine(12, "huge-page"),
    fine(12, "gzip"),
    row(12, "gzip-bomb", Failed(Refused), "TooLarge"),
    row(12, "slow-trickle", Failed(Unreachable), "_millis"),
    row(12, "silence", Failed(Unreachable), "_millis"),
    row(12, "endless-header", Failed(Refused), "HeadersTooLarge"),
    row(12, "connection-reset", Failed(Unreachable), "Interrupted"),
    row(12, "tls-failure", Failed(Unreachable), ""),
    row(12, "http-404", Failed(Refused), "YouServe(Paths)"),
    row(13, "redirect-301", Failed(Refused), "Redirected"),
    row(13, "redirect-302", Failed(Refused), "Redirected"),
    row(13, "redirect-307", Failed(Refused), "Redirected"),
    row(13, "redirect-308", Failed(Refused), "Redirected"),
    row(13, "redirect-other-port", Failed(Refused), "Redirected"),
    row(13, "redirect-http", Failed(Refused), "Redirected"),
    row(13, "redirect-loop", Failed(Refused), "Redirected"),
    row(13, "echo-secret", Failed(Unauthorised), "[secret]"),
    row(13, "echo-token,on=/iam", Failed(Refused), "[secret]"),
    row(
        14,
        "employments-500",
        Failed(Unreachable),
        "of: Employments",
    ),
    row(14, "companies-500", Failed(Unreachable), "of: Companies"),
];
