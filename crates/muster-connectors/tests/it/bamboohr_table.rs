//! What must come of every scenario of BambooHR's menu, by its numbers: of a read, and so of a whole job.

use muster_connectors::connector::ErrorKind;
use muster_core::read::reading::PartialReason;

/// People of the emulator's account.
pub(crate) const PEOPLE: usize = 114;

pub(crate) struct Case {
    /// What is switched on; the first is the one that it is about.
    pub(crate) scenarios: &'static [&'static str],
    /// Which interface meets it.
    pub(crate) over: Over,
    /// What must come out.
    pub(crate) then: Then,
    /// What must be read of person 3: column and cell (`-` absent, `null`, else the text in quotes).
    pub(crate) lead: &'static [(&'static str, &'static str)],
}

/// The interfaces of the setting `api`.
#[derive(Clone, Copy)]
pub(crate) enum Over {
    Report,
    Datasets,
    Both,
}

/// What comes out. Words are looked for in messages and advice.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// All employees are read, and there is nothing to report.
    Complete,
    /// All employees are read, and this is reported.
    Reported(&'static str),
    /// All employees are read, but person 3's record is not used, for this reason.
    Rejected(&'static str),
    /// So many people are read, and nothing says that there are more: whole jobs ask for those who are missing.
    Fewer(usize),
    /// So many people are read, and nobody departs.
    Partial(PartialReason, usize, &'static str),
    Failed(ErrorKind, &'static str),
}

use ErrorKind::{Forbidden, Malformed, RateLimited, Refused, Unauthorised, Unreachable};
use Over::{Both, Datasets, Report};
use PartialReason::{AttributeWithheld, ChangedWhileReading, Empty, Shrunk};
use Then::{Complete, Failed, Fewer, Partial, Rejected, Reported};

const fn case(scenarios: &'static [&'static str], over: Over, then: Then) -> Case {
    Case {
        scenarios,
        over,
        then,
        lead: &[],
    }
}

const fn says(
    scenarios: &'static [&'static str],
    over: Over,
    then: Then,
    lead: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        scenarios,
        over,
        then,
        lead,
    }
}

/// Pages of 20 people.
const SMALL: &str = "page-size-ignored";

/// Every scenario of the menu, by its numbers.
pub(crate) const MENU: &[Case] = &[
    // 1: requests that the connector never makes.
    case(&["plain"], Both, Complete),
    case(&["accept-missing"], Both, Complete),
    case(&["accept-any"], Both, Complete),
    case(&["content-type-charset"], Both, Complete),
    case(&["too-many-fields"], Both, Complete),
    // 2: keys. Of the account `other` where the domain is the subject. OAuth is not used.
    case(
        &["wrong-key"],
        Both,
        Failed(Unauthorised, "API key not provided or invalid"),
    ),
    case(
        &["key-disabled"],
        Both,
        Failed(Forbidden, "User is not enabled"),
    ),
    case(&["wrong-domain"], Both, Failed(Refused, "BambooHr(Domain)")),
    case(
        &["wrong-domain-401"],
        Both,
        Failed(Unauthorised, "BambooHr(Key)"),
    ),
    case(&["other-password"], Both, Complete),
    case(&["oauth-expiry"], Both, Complete),
    case(&["oauth-rotates"], Both, Complete),
    case(&["oauth-refused"], Both, Complete),
    // 3: rights. The directory and the new list are never asked for.
    says(
        &["work-email-withheld"],
        Both,
        Partial(AttributeWithheld, PEOPLE, "Work Email"),
        &[("homeEmail", "-")],
    ),
    says(
        &["home-email-withheld"],
        Both,
        Reported("Home Email"),
        &[("homeEmail", "-")],
    ),
    says(
        &["birth-date-withheld"],
        Both,
        Reported("Birth Date"),
        &[("dateOfBirth", "-")],
    ),
    case(
        &["termination-withheld"],
        Both,
        Partial(AttributeWithheld, PEOPLE, "Employment Status"),
    ),
    case(
        &["hire-date-withheld"],
        Both,
        Partial(AttributeWithheld, PEOPLE, "Hire Date"),
    ),
    case(
        &["status-withheld"],
        Report,
        Partial(AttributeWithheld, PEOPLE, "Employment Status"),
    ),
    case(
        &["alleo-withheld"],
        Both,
        Partial(AttributeWithheld, PEOPLE, "alleo_access"),
    ),
    says(
        &["alleo-all-false"],
        Both,
        Complete,
        &[("alleo_access", "`false`")],
    ),
    case(&["people-hidden"], Both, Fewer(PEOPLE - 4)),
    case(&["single-403"], Both, Complete),
    case(&["directory-403"], Both, Complete),
    case(&["directory-empty-404"], Both, Complete),
    case(&["restricted-fields"], Both, Complete),
    // 4: forms of values.
    says(
        &["dates-empty"],
        Both,
        Complete,
        &[("originalHireDate", "null"), ("terminationDate", "null")],
    ),
    says(
        &["dates-null"],
        Both,
        Complete,
        &[("originalHireDate", "null"), ("terminationDate", "null")],
    ),
    says(
        &["nothing-forms"],
        Both,
        Complete,
        &[("originalHireDate", "null")],
    ),
    says(&["id-as-number"], Both, Complete, &[("id", "`6`")]),
    says(
        &["bool-real"],
        Both,
        Complete,
        &[("alleo_access", "`true`")],
    ),
    says(
        &["bool-yes-no"],
        Both,
        Complete,
        &[("alleo_access", "`Yes`")],
    ),
    says(&["bool-digit"], Both, Complete, &[("alleo_access", "`1`")]),
    case(&["empty-amount"], Both, Complete),
    says(
        &["alias-missing"],
        Both,
        Complete,
        &[("alleo_access", "`true`")],
    ),
    says(
        &["field-id-decimal", "alias-missing"],
        Both,
        Complete,
        &[("alleo_access", "`true`")],
    ),
    says(
        &["unlisted-key"],
        Both,
        Complete,
        &[("terminationDate", "null")],
    ),
    says(
        &["status-localized"],
        Report,
        Complete,
        &[("status", "`Aktiv`")],
    ),
    says(
        &["status-swapped"],
        Report,
        Complete,
        &[("status", "`Part-Time`")],
    ),
    says(
        &["status-unknown"],
        Report,
        Complete,
        &[("status", "`Dormant`")],
    ),
    says(
        &["names-odd"],
        Both,
        Complete,
        &[("firstName", "`Ann, the 2nd; \"x\"`")],
    ),
    // 5: addresses.
    says(
        &["email-null"],
        Both,
        Reported("PrivateAddresses"),
        &[("workEmail", "null"), ("homeEmail", "`lead@home.example`")],
    ),
    case(&["email-case-twins"], Both, Complete),
    case(&["email-same"], Both, Complete),
    case(&["email-changed"], Both, Complete),
    says(
        &["email-both-null"],
        Both,
        Complete,
        &[("workEmail", "null"), ("homeEmail", "null")],
    ),
    case(&["email-padded"], Both, Complete),
    case(&["best-email-differs"], Both, Complete),
    // 6: employment.
    case(&["id-changed"], Both, Complete),
    says(
        &["rehire-same-id"],
        Both,
        Complete,
        &[("hireDate", "`2026-10-23`"), ("terminationDate", "null")],
    ),
    says(
        &["termination-days"],
        Both,
        Complete,
        &[
            ("terminationDate", "`2026-11-01`"),
            ("status", "`Inactive`"),
        ],
    ),
    says(
        &["future-start"],
        Both,
        Complete,
        &[("hireDate", "`2026-11-16`"), ("status", "`Active`")],
    ),
    says(&["on-leave"], Both, Complete, &[("status", "`Active`")]),
    says(
        &["overlapping-employments"],
        Both,
        Complete,
        &[("terminationDate", "null")],
    ),
    says(
        &["start-after-end"],
        Both,
        Complete,
        &[
            ("hireDate", "`2026-10-03`"),
            ("terminationDate", "`2026-09-03`"),
        ],
    ),
    case(&["person-vanished"], Both, Fewer(PEOPLE - 1)),
    case(&["shell-person"], Report, Rejected("Shell")),
    says(
        &["overlapping-rows"],
        Both,
        Complete,
        &[("terminationDate", "null")],
    ),
    says(&["hire-date-zero"], Both, Complete, &[("hireDate", "null")]),
    says(
        &["inactive-without-termination"],
        Report,
        Complete,
        &[("status", "`Inactive`"), ("terminationDate", "null")],
    ),
    case(
        &["active-with-termination"],
        Both,
        Rejected("Contradiction"),
    ),
    case(&["row-twice"], Report, Complete),
    // A transfer and a departure to come do not count before their day.
    says(
        &["planned-transfer"],
        Report,
        Complete,
        &[("department", "`Sales`"), ("location", "`Utrecht`")],
    ),
    says(
        &["planned-leaver"],
        Both,
        Complete,
        &[("terminationDate", "`2027-01-31`"), ("status", "`Active`")],
    ),
    // 7: changes are never asked for.
    case(&["changed-empty-list"], Both, Complete),
    case(&["changed-empty-object"], Both, Complete),
    case(&["changed-deleted"], Both, Complete),
    case(&["changed-latest-old"], Both, Complete),
    case(&["include-null"], Both, Complete),
    case(&["changed-duplicate"], Both, Complete),
    // 8: pages, of which a report has none.
    case(
        &["page-duplicate", SMALL],
        Datasets,
        Partial(Shrunk, 20, "last: 114"),
    ),
    case(
        &["page-for-ever", SMALL],
        Datasets,
        Partial(Shrunk, 20, "last: 114"),
    ),
    case(
        &["person-deleted-mid-read", SMALL],
        Datasets,
        Partial(ChangedWhileReading, 113, "first: 114"),
    ),
    case(
        &["person-inserted-mid-read", SMALL],
        Datasets,
        Partial(Shrunk, 114, "first: 114"),
    ),
    case(
        &["total-changes", SMALL],
        Datasets,
        Partial(Shrunk, 114, "last: 117"),
    ),
    case(
        &["empty-page", SMALL],
        Datasets,
        Partial(Shrunk, 20, "last: 114"),
    ),
    case(&["empty-list"], Both, Partial(Empty, 0, "NoEmployees")),
    case(&["half-list"], Datasets, Partial(Shrunk, 57, "read: 57")),
    case(&["half-total"], Datasets, Fewer(57)),
    case(&["order-descending"], Both, Complete),
    case(&["total-pages-zero", SMALL], Both, Complete),
    case(&["page-beyond-end"], Both, Complete),
    case(&["page-size-ignored"], Both, Complete),
    case(&["page-size-checked"], Both, Complete),
    case(&["order-checked"], Both, Complete),
    case(&["supervisor-ids"], Both, Complete),
    case(&["bad-page"], Both, Complete),
    case(&["next-page-other-host"], Both, Complete),
    case(&["unknown-field-500"], Both, Complete),
    // 9: limits.
    case(&["rate-limited"], Both, Complete),
    case(&["rate-limited-seconds"], Both, Complete),
    case(&["rate-limited-date"], Both, Complete),
    case(&["rate-limited-zero"], Both, Complete),
    case(&["rate-limited-negative"], Both, Complete),
    case(
        &["rate-limited-huge"],
        Both,
        Failed(RateLimited, "retry_after: Some(1000000)"),
    ),
    case(&["throttled-503"], Both, Complete),
    case(&["throttled-503-seconds"], Both, Complete),
    case(&["throttled-503-date"], Both, Complete),
    // 10: the line.
    case(&["server-500"], Both, Complete),
    case(&["server-502"], Both, Complete),
    case(&["server-503"], Both, Complete),
    case(&["server-504"], Both, Complete),
    case(&["server-503-html"], Both, Complete),
    case(&["html-login"], Both, Failed(Malformed, "Sign in")),
    case(&["empty-body"], Both, Failed(Malformed, "EmptyAnswer")),
    case(
        &["error-inside"],
        Both,
        Failed(Refused, "Something went wrong"),
    ),
    case(&["truncated"], Both, Failed(Unreachable, "Interrupted")),
    case(&["chunk-cut"], Both, Failed(Unreachable, "Interrupted")),
    case(&["chunked"], Both, Complete),
    case(&["wrong-content-type"], Both, Complete),
    case(&["byte-order-mark"], Both, Complete),
    case(&["invalid-utf8"], Both, Failed(Malformed, "NotUtf8")),
    case(
        &["duplicate-keys"],
        Report,
        Failed(Malformed, "duplicate field `employees`"),
    ),
    case(
        &["duplicate-keys,on=/api/gateway.php/acme/v2"],
        Datasets,
        Failed(Malformed, "duplicate field `data`"),
    ),
    case(&["deep-nesting"], Both, Complete),
    case(&["not-a-number"], Both, Failed(Malformed, "NotJson")),
    case(&["huge-page"], Both, Complete),
    case(&["gzip"], Both, Complete),
    case(&["gzip-bomb"], Both, Failed(Refused, "TooLarge")),
    case(&["slow-trickle"], Both, Failed(Unreachable, "_millis")),
    case(&["silence"], Both, Failed(Unreachable, "_millis")),
    case(
        &["endless-header"],
        Both,
        Failed(Refused, "HeadersTooLarge"),
    ),
    case(&["connection-reset"], Both, Failed(Unreachable, "")),
    case(&["tls-failure"], Both, Failed(Unreachable, "")),
    case(
        &["xml-instead"],
        Both,
        Failed(Malformed, r#"Xml { content_type: "text/xml" }"#),
    ),
    // 11: redirects.
    case(&["redirect-301"], Both, Failed(Refused, "Redirected")),
    case(&["redirect-302"], Both, Failed(Refused, "Redirected")),
    case(&["redirect-307"], Both, Failed(Refused, "Redirected")),
    case(&["redirect-308"], Both, Failed(Refused, "Redirected")),
    case(
        &["redirect-other-port"],
        Both,
        Failed(Refused, "Redirected"),
    ),
    case(&["redirect-http"], Both, Failed(Refused, "Redirected")),
    case(&["redirect-loop"], Both, Failed(Refused, "Redirected")),
    // 12: echoes.
    case(&["echo-secret"], Both, Failed(Refused, "[secret]")),
    case(&["echo-token"], Both, Failed(Refused, "[secret]")),
];
