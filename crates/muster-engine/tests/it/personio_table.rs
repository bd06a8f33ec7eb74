//! What must come of every scenario of Personio's menu, by its numbers.

use crate::case::Expected::{self, Complete, Failed, Held, Partial, Reported};
use muster_core::{
    model::run::RunStatus,
    read::reading::PartialReason::{
        AttributeWithheld, ChangedWhileReading, Empty, Shrunk, Truncated, Unauthorised,
        Unreachable, Unreadable,
    },
};

/// The interfaces of the setting `api`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Api {
    V1,
    V2,
    Both,
}

use Api::{Both, V1, V2};

pub(crate) struct Row {
    /// What is switched on; the first is the one that it is about.
    pub(crate) scenarios: &'static [&'static str],
    pub(crate) api: Api,
    pub(crate) expected: Expected,
    /// What changes in the directory.
    pub(crate) changes: &'static [&'static str],
}

const fn row(scenarios: &'static [&'static str], api: Api, expected: Expected) -> Row {
    Row {
        scenarios,
        api,
        expected,
        changes: &[],
    }
}

const fn does(
    scenarios: &'static [&'static str],
    api: Api,
    expected: Expected,
    changes: &'static [&'static str],
) -> Row {
    Row {
        scenarios,
        api,
        expected,
        changes,
    }
}

/// The run could not be done.
const fn failed(words: &'static str) -> Expected {
    Failed(RunStatus::Failed, Unreachable, words)
}

/// The credentials are not let in.
const fn shut(words: &'static str) -> Expected {
    Failed(RunStatus::Failed, Unauthorised, words)
}

/// What came is refused.
const fn refused(words: &'static str) -> Expected {
    Failed(RunStatus::Refused, Unreadable, words)
}

/// Who ended yesterday is gone; who ends today or tomorrow is still there.
const ENDS: &[&str] = &[
    "40003 status=inactive",
    "40004 offboarding_date=2026-11-02",
    "40004 onboarding_date=2024-05-16",
    "40005 offboarding_date=2026-11-03",
    "40005 onboarding_date=2024-05-16",
];

/// Every scenario of the menu.
pub(crate) const MENU: &[Row] = &[
    // 1 and 2
    row(&["plain"], Both, Complete),
    row(&["wrong-secret"], Both, shut("Personio(Credentials)")),
    row(&["wrong-secret-401"], V2, shut("Personio(Credentials)")),
    row(&["token-without-lifetime"], Both, Complete),
    row(&["credentials-in-query"], Both, Complete),
    row(&["json-to-token-endpoint"], Both, Complete),
    row(&["same-token"], Both, Complete),
    // 3
    row(&["token-expiry"], Both, Complete),
    row(&["token-refused"], Both, shut("refused: Some(FreshToken)")),
    // 4
    row(&["rotating-token"], V1, Complete),
    row(&["token-header-missing"], V1, Complete),
    row(&["token-header-same"], V1, Complete),
    // 5
    row(
        &["status-withheld"],
        Both,
        Partial(AttributeWithheld, r#"attribute: "Status""#),
    ),
    row(
        &["email-withheld"],
        Both,
        Partial(AttributeWithheld, r#"attribute: "Email""#),
    ),
    row(
        &["termination-withheld"],
        V1,
        Partial(AttributeWithheld, r#"attribute: "Termination date""#),
    ),
    row(&["birthday-withheld"], Both, Reported("PersonioAttribute")),
    row(
        &["alleo-withheld"],
        Both,
        Partial(AttributeWithheld, r#"attribute: "Alleo""#),
    ),
    row(&["alleo-all-no"], V1, Held("removals 78 of 78")),
    row(&["alleo-all-no"], V2, Held("removals 39 of 39")),
    row(&["department-withheld"], V1, Reported("PersonioAttribute")),
    row(
        &["person-reduced"],
        V2,
        Partial(AttributeWithheld, "PersonioAttribute"),
    ),
    row(
        &["employment-reduced"],
        V2,
        Partial(AttributeWithheld, "PersonioAttribute"),
    ),
    row(&["right-missing-401"], V2, shut("PersonioEmployees")),
    row(&["single-403"], Both, Complete),
    row(&["attributes-without-id"], Both, Complete),
    row(&["single-whole"], Both, Complete),
    // Departments keep their names.
    row(&["org-unit-403"], V2, Reported("UnitsUnnamed")),
    row(&["org-unit-404"], V2, Reported("UnitsUnnamed")),
    row(
        &["org-unit-404,on=/v2/org-units,times=1"],
        V2,
        Reported("UnitsUnnamed { count: 1"),
    ),
    row(
        &["attributes-403"],
        V1,
        Partial(AttributeWithheld, r#"attribute: "Alleo""#),
    ),
    // 6
    row(&["empty-forms"], Both, Complete),
    row(&["department-forms"], V1, Held("one_value 30 of 120")),
    row(&["hours-as-number"], Both, Complete),
    row(&["id-as-text"], Both, Complete),
    row(&["tags-as-json"], Both, Complete),
    row(&["labels-german"], Both, Complete),
    // A language that nobody configured is never taken for No.
    row(&["alleo-localized"], Both, Complete),
    row(&["unknown-attribute"], Both, Complete),
    row(&["unknown-type"], Both, Complete),
    row(&["type-missing"], Both, Complete),
    // 7
    row(&["dates-without-colon"], Both, Complete),
    row(
        &["dates-local-mean-time"],
        V1,
        Reported("`####-##-##` Warning Value(Invalid { fault: DateOutOfRange"),
    ),
    row(&["dates-plain"], Both, Complete),
    row(
        &["date-zero"],
        V1,
        Reported("`0000-00-00` Rejected Value(Invalid { fault: NotADay"),
    ),
    row(
        &["date-impossible"],
        V1,
        Reported("`2026-02-30` Rejected Value(Invalid { fault: NotADay"),
    ),
    does(
        &["date-leap-day"],
        V1,
        Complete,
        &["40003 birthday=1992-02-29"],
    ),
    does(
        &["date-extremes"],
        V1,
        Complete,
        &["40003 birthday=1900-01-01"],
    ),
    does(
        &["date-dst-edges"],
        V1,
        Complete,
        &[
            "40003 birthday=1996-10-27",
            "40003 onboarding_date=2019-03-31",
        ],
    ),
    row(
        &["date-hired-as-text"],
        V1,
        Reported("`30.04.2014` Rejected Value(Invalid { fault: DateFormat"),
    ),
    // 8
    row(
        &["email-null"],
        Both,
        Reported("email: `` Rejected Value(Required { is_absent: false })"),
    ),
    row(
        &["email-case-twins"],
        Both,
        Reported(
            r#"Rejected Match(AddressTaken { address: "JURGEN.DANG3@ACME.EXAMPLE", external_id: Some("40004"), holder: Holder { name: "Jürgen Đặng", external_id: Some("40003")"#,
        ),
    ),
    row(
        &["email-same"],
        Both,
        Reported(
            r#"Rejected Match(AddressTaken { address: "jurgen.dang3@acme.example", external_id: Some("40004"), holder: Holder { name: "Jürgen Đặng", external_id: Some("40003")"#,
        ),
    ),
    does(
        &["email-changed"],
        Both,
        Complete,
        &["40003 email=changed.jurgen.dang3@acme.example"],
    ),
    // Only a person can say whether this is the same human.
    does(
        &["id-changed"],
        V1,
        Reported("held NewExternalId: `40003` as `940003`"),
        &[
            "40026 manager_external_id=940003",
            "40030 manager_external_id=940003",
            "40031 manager_external_id=940003",
            "40040 manager_external_id=940003",
            "40042 manager_external_id=940003",
            "40045 manager_external_id=940003",
            "40049 manager_external_id=940003",
            "40060 manager_external_id=940003",
            "40065 manager_external_id=940003",
            "40085 manager_external_id=940003",
            "40097 manager_external_id=940003",
            "40109 manager_external_id=940003",
            "40114 manager_external_id=940003",
            "40117 manager_external_id=940003",
        ],
    ),
    row(
        &["id-changed"],
        V2,
        Held("held NewExternalId: `40003` as `940003`"),
    ),
    does(
        &["rehire-same-id"],
        Both,
        Complete,
        &["40003 onboarding_date=2026-10-23"],
    ),
    does(&["termination-days"], Both, Complete, ENDS),
    row(
        &["future-start"],
        Both,
        Reported(
            r#"onboarding_date: `2026-11-16` Warning Lifecycle(OnboardingIgnored { date: "2026-11-16" })"#,
        ),
    ),
    does(
        &["on-leave"],
        Both,
        Complete,
        &["40003 onboarding_date=2024-05-16"],
    ),
    does(
        &["overlapping-employments"],
        V1,
        Complete,
        &["40003 onboarding_date=2024-05-16"],
    ),
    does(
        &["overlapping-employments"],
        V2,
        Complete,
        &["40003 onboarding_date=2026-07-25"],
    ),
    // The status says that the employee left, for which the key is enough; the stored start is before that end.
    does(
        &["start-after-end"],
        Both,
        Complete,
        &["40003 status=inactive"],
    ),
    does(
        &["inactive-future-termination"],
        V1,
        Complete,
        &["40003 status=inactive"],
    ),
    does(
        &["person-vanished"],
        Both,
        Complete,
        &["40003 status=inactive"],
    ),
    row(
        &["person-vanished", "single-403"],
        V2,
        Partial(Shrunk, "Missing(Missing"),
    ),
    row(&["unknown-status"], Both, Complete),
    does(
        &["sub-company-switch"],
        V2,
        Complete,
        &["40003 onboarding_date=2026-11-02"],
    ),
    row(&["last-working-date"], V2, Complete),
    // 9
    row(
        &["page-duplicate"],
        V1,
        Partial(Shrunk, "first: 120, last: 120, read: 100"),
    ),
    row(
        &["page-duplicate"],
        V2,
        Partial(ChangedWhileReading, "shape: Changed"),
    ),
    row(
        &["page-for-ever"],
        V1,
        Partial(Shrunk, "first: 120, last: 120, read: 100"),
    ),
    row(&["page-for-ever"], V2, Partial(Truncated, "Repeated")),
    row(
        &["person-deleted-mid-read"],
        V1,
        Partial(ChangedWhileReading, "first: 120, last: 119, read: "),
    ),
    row(
        &["person-deleted-mid-read,on=/v2/persons,after=1,times=1"],
        V2,
        Partial(ChangedWhileReading, "shape: Changed"),
    ),
    row(
        &["person-inserted-mid-read"],
        V1,
        Partial(Shrunk, "first: 120, last: 121, read: "),
    ),
    row(
        &["person-inserted-mid-read"],
        V2,
        Partial(ChangedWhileReading, "shape: Changed"),
    ),
    row(
        &["total-changes"],
        V1,
        Partial(Shrunk, "first: 120, last: 123, read: 120"),
    ),
    row(
        &["empty-page"],
        V1,
        Partial(Shrunk, "first: 120, last: 120, read: 100"),
    ),
    row(&["empty-page"], V2, Partial(Truncated, "EmptyEnd")),
    row(
        &["empty-list"],
        Both,
        Failed(RunStatus::Refused, Empty, "NoEmployees"),
    ),
    row(
        &["half-list"],
        V1,
        Partial(Shrunk, "first: 120, last: 120, read: 60"),
    ),
    // Nothing says how many there are: those who are missing are asked for.
    row(&["half-list"], V2, Partial(Truncated, "StillThere")),
    row(
        &["half-list", "single-403"],
        V2,
        Partial(Shrunk, "Missing(Missing"),
    ),
    row(&["half-total"], Both, Partial(Truncated, "StillThere")),
    // A total that adds up is believed where nobody can be asked for.
    row(&["half-total", "single-403"], V1, Held("removals ")),
    // Who is passed over both times is nobody whom the directory has.
    row(&["person-deleted-mid-read"], V2, Complete),
    row(&["order-descending"], Both, Complete),
    row(&["total-pages-wrong"], V1, Complete),
    row(&["metadata-missing"], V1, Complete),
    row(&["offset-as-text"], V1, Complete),
    row(&["limit-400"], V1, Complete),
    row(&["limit-checked"], Both, Complete),
    row(&["filters-checked"], Both, Complete),
    row(&["cursor-expired"], V2, refused("filter encoding")),
    row(
        &["next-link-self,on=/v2/persons"],
        V2,
        Partial(Truncated, "Repeated"),
    ),
    row(&["next-link-relative"], V2, Complete),
    row(&["next-link-raw-plus"], V2, Complete),
    row(&["next-link-other-host"], V2, refused("OtherOrigin")),
    row(&["next-link-http"], V2, refused("OtherOrigin")),
    // 10
    row(&["updated-since-whole"], Both, Complete),
    row(&["updated-since-paged"], Both, Complete),
    // 11
    row(&["rate-limited"], Both, Complete),
    row(&["rate-limited-seconds"], Both, Complete),
    row(&["rate-limited-date"], Both, Complete),
    row(&["rate-limited-zero"], Both, Complete),
    row(&["rate-limited-negative"], Both, Complete),
    row(
        &["rate-limited-huge"],
        Both,
        failed("retry_after: Some(1000000)"),
    ),
    row(&["token-429"], Both, Complete),
    row(&["burst"], Both, Complete),
    // 12
    row(&["server-500"], Both, Complete),
    row(&["server-502"], Both, Complete),
    row(&["server-503"], Both, Complete),
    row(&["server-504"], Both, Complete),
    row(&["server-503-html"], Both, Complete),
    row(&["html-login"], Both, refused("WebPage")),
    row(&["empty-body"], Both, refused("EmptyAnswer")),
    row(&["error-inside"], V1, refused("Something went wrong")),
    row(&["error-inside"], V2, refused(r#"part: "_data""#)),
    row(&["truncated"], Both, failed("Interrupted")),
    row(&["chunk-cut"], Both, failed("Interrupted")),
    row(&["chunked"], Both, Complete),
    row(&["wrong-content-type"], Both, Complete),
    row(&["byte-order-mark"], Both, Complete),
    row(&["invalid-utf8"], Both, refused("NotUtf8")),
    row(&["duplicate-keys"], Both, refused("duplicate field")),
    row(&["deep-nesting"], V1, Complete),
    // Only the lookup of departments is in doubt.
    row(&["deep-nesting"], V2, Reported("UnitsUnnamed")),
    row(&["not-a-number"], Both, refused("NotJson")),
    row(&["huge-page"], Both, Complete),
    row(&["gzip"], Both, Complete),
    row(&["gzip-bomb"], V1, refused("TooLarge")),
    row(&["slow-trickle"], Both, failed("_millis")),
    row(&["silence"], Both, failed("_millis")),
    row(&["endless-header"], Both, refused("HeadersTooLarge")),
    row(&["connection-reset"], Both, failed("")),
    row(&["tls-failure"], Both, failed("")),
    // 13
    row(&["redirect-301"], Both, refused("Redirected")),
    row(&["redirect-302"], Both, refused("Redirected")),
    row(&["redirect-307"], Both, refused("Redirected")),
    row(&["redirect-308"], Both, refused("Redirected")),
    row(&["redirect-other-port"], Both, refused("Redirected")),
    row(&["redirect-http"], Both, refused("Redirected")),
    row(&["redirect-loop"], Both, refused("Redirected")),
    // 14
    row(&["echo-secret"], Both, shut("[secret]")),
    row(&["echo-token,on=/v1/company"], V1, refused("[secret]")),
    row(&["echo-token,on=/v2/persons"], V2, refused("[secret]")),
    // 15
    row(&["salary-unasked"], Both, Complete),
    row(&["salary-listed"], Both, Complete),
];
