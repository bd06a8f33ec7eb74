//! What must come of every scenario of Personio's menu, by its numbers.

use crate::case::Then::{self, Complete, Failed, Held, Partial, Told};
use muster_core::{
    reading::PartialReason::{
        AttributeWithheld, ChangedWhileReading, Empty, Shrunk, Truncated, Unauthorised, Unreachable, Unreadable,
    },
    run::RunStatus,
};

/// The interfaces of the setting `api`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Api {
    V1,
    V2,
    Both,
}

use Api::{Both, V1, V2};

/// One scenario.
pub(crate) struct Row {
    /// What is switched on; the first is the one that it is about.
    pub(crate) scenarios: &'static [&'static str],
    pub(crate) api: Api,
    pub(crate) then: Then,
    /// What changes in the directory.
    pub(crate) changes: &'static [&'static str],
}

const fn row(scenarios: &'static [&'static str], api: Api, then: Then) -> Row {
    Row { scenarios, api, then, changes: &[] }
}

const fn does(
    scenarios: &'static [&'static str],
    api: Api,
    then: Then,
    changes: &'static [&'static str],
) -> Row {
    Row { scenarios, api, then, changes }
}

/// The run could not be done.
const fn failed(words: &'static str) -> Then {
    Failed(RunStatus::Failed, Unreachable, words)
}

/// The credentials are not let in.
const fn shut(words: &'static str) -> Then {
    Failed(RunStatus::Failed, Unauthorised, words)
}

/// What came is refused.
const fn refused(words: &'static str) -> Then {
    Failed(RunStatus::Refused, Unreadable, words)
}

/// Every scenario of the menu.
pub(crate) const MENU: &[Row] = &[
    // 1 and 2
    row(&["plain"], Both, Complete),
    row(&["wrong-secret"], Both, shut("")),
    row(&["wrong-secret-401"], V2, shut("")),
    row(&["token-without-lifetime"], Both, Complete),
    row(&["credentials-in-query"], Both, Complete),
    row(&["json-to-token-endpoint"], Both, Complete),
    row(&["same-token"], Both, Complete),
    // 3
    row(&["token-expiry"], Both, Complete),
    row(&["token-refused"], Both, shut("")),
    // 4
    row(&["rotating-token"], V1, Complete),
    row(&["token-header-missing"], V1, Complete),
    row(&["token-header-same"], V1, Complete),
    // 5
    row(&["status-withheld"], Both, Partial(AttributeWithheld, "`Status`")),
    row(&["email-withheld"], Both, Partial(AttributeWithheld, "`Email`")),
    row(&["termination-withheld"], V1, Partial(AttributeWithheld, "`Termination date`")),
    row(&["birthday-withheld"], Both, Told("API credentials")),
    row(&["alleo-withheld"], Both, Partial(AttributeWithheld, "`Alleo`")),
    row(&["alleo-all-no"], Both, Held("")),
    row(&["department-withheld"], V1, Told("API credentials")),
    row(&["person-reduced"], V2, Partial(AttributeWithheld, "API credentials")),
    row(&["employment-reduced"], V2, Partial(AttributeWithheld, "API credentials")),
    row(&["right-missing-401"], V2, shut("")),
    row(&["attributes-403"], V1, Partial(AttributeWithheld, "`Alleo`")),
    // 6
    row(&["empty-forms"], Both, Complete),
    row(&["department-forms"], V1, Complete),
    row(&["hours-as-number"], Both, Complete),
    row(&["id-as-text"], Both, Complete),
    row(&["tags-as-json"], Both, Complete),
    row(&["labels-german"], Both, Complete),
    row(&["alleo-localized"], Both, Complete),
    row(&["unknown-attribute"], Both, Complete),
    row(&["unknown-type"], Both, Complete),
    row(&["type-missing"], Both, Complete),
    // 7
    row(&["dates-without-colon"], Both, Complete),
    row(&["dates-local-mean-time"], V1, Complete),
    row(&["dates-plain"], Both, Complete),
    row(&["date-zero"], V1, Told("")),
    row(&["date-impossible"], V1, Told("")),
    row(&["date-leap-day"], V1, Complete),
    row(&["date-extremes"], V1, Complete),
    row(&["date-dst-edges"], V1, Complete),
    row(&["date-hired-as-text"], V1, Told("")),
    // 8
    row(&["email-null"], Both, Told("")),
    row(&["email-case-twins"], Both, Told("")),
    row(&["email-same"], Both, Told("")),
    row(&["email-changed"], Both, Complete),
    row(&["id-changed"], Both, Complete),
    row(&["rehire-same-id"], Both, Complete),
    row(&["termination-days"], Both, Complete),
    row(&["future-start"], Both, Complete),
    row(&["on-leave"], Both, Complete),
    row(&["overlapping-employments"], Both, Complete),
    row(&["start-after-end"], Both, Complete),
    row(&["inactive-future-termination"], V1, Complete),
    row(&["unknown-status"], Both, Complete),
    row(&["sub-company-switch"], V2, Complete),
    row(&["last-working-date"], V2, Complete),
    // 9
    row(&["page-duplicate"], V1, Partial(Shrunk, "")),
    row(&["page-duplicate"], V2, Partial(Truncated, "")),
    row(&["page-for-ever"], V1, Partial(Shrunk, "")),
    row(&["page-for-ever"], V2, Partial(Truncated, "")),
    row(&["person-deleted-mid-read"], Both, Partial(ChangedWhileReading, "")),
    row(&["person-inserted-mid-read"], Both, Partial(ChangedWhileReading, "")),
    row(&["total-changes"], V1, Partial(Shrunk, "")),
    row(&["empty-page"], V1, Partial(Shrunk, "")),
    row(&["empty-page"], V2, Partial(Truncated, "")),
    row(&["empty-list"], Both, Partial(Empty, "")),
    row(&["half-list"], V1, Partial(Shrunk, "")),
    row(&["half-list"], V2, Held("")),
    row(&["order-descending"], Both, Complete),
    row(&["total-pages-wrong"], V1, Complete),
    row(&["metadata-missing"], V1, Complete),
    row(&["offset-as-text"], V1, Complete),
    row(&["limit-400"], V1, Complete),
    row(&["cursor-expired"], V2, refused("filter encoding")),
    row(&["next-link-self,on=/v2/persons"], V2, Partial(Truncated, "")),
    row(&["next-link-relative"], V2, Complete),
    row(&["next-link-raw-plus"], V2, Complete),
    row(&["next-link-other-host"], V2, refused("another origin")),
    row(&["next-link-http"], V2, refused("another origin")),
    // 10
    row(&["updated-since-whole"], Both, Complete),
    row(&["updated-since-paged"], Both, Complete),
    // 11
    row(&["rate-limited"], Both, Complete),
    row(&["rate-limited-seconds"], Both, Complete),
    row(&["rate-limited-date"], Both, Complete),
    row(&["rate-limited-zero"], Both, Complete),
    row(&["rate-limited-negative"], Both, Complete),
    row(&["rate-limited-huge"], Both, failed("1000000 s")),
    row(&["token-429"], Both, Complete),
    row(&["burst"], Both, Complete),
    // 12
    row(&["server-500"], Both, Complete),
    row(&["server-502"], Both, Complete),
    row(&["server-503"], Both, Complete),
    row(&["server-504"], Both, Complete),
    row(&["server-503-html"], Both, Complete),
    row(&["html-login"], Both, refused("a web page")),
    row(&["empty-body"], Both, refused("the answer is empty")),
    row(&["error-inside"], Both, refused("Something went wrong")),
    row(&["truncated"], Both, failed("bytes")),
    row(&["chunk-cut"], Both, failed("bytes")),
    row(&["chunked"], Both, Complete),
    row(&["wrong-content-type"], Both, Complete),
    row(&["byte-order-mark"], Both, Complete),
    row(&["invalid-utf8"], Both, refused("not UTF-8 at byte")),
    row(&["duplicate-keys"], Both, refused("duplicate field")),
    row(&["deep-nesting"], Both, Complete),
    row(&["not-a-number"], Both, refused("cannot be read at byte")),
    row(&["huge-page"], Both, Complete),
    row(&["gzip"], Both, Complete),
    row(&["gzip-bomb"], V1, refused("larger than")),
    row(&["slow-trickle"], Both, failed("no answer within")),
    row(&["silence"], Both, failed("no answer within")),
    row(&["endless-header"], Both, failed("")),
    row(&["connection-reset"], Both, failed("")),
    row(&["tls-failure"], Both, failed("")),
    // 13
    row(&["redirect-301"], Both, refused("which is not followed")),
    row(&["redirect-302"], Both, refused("which is not followed")),
    row(&["redirect-307"], Both, refused("which is not followed")),
    row(&["redirect-308"], Both, refused("which is not followed")),
    row(&["redirect-other-port"], Both, refused("which is not followed")),
    row(&["redirect-http"], Both, refused("which is not followed")),
    row(&["redirect-loop"], Both, refused("which is not followed")),
    // 14
    row(&["echo-secret"], Both, refused("[secret]")),
    row(&["echo-token,on=/v"], Both, refused("[secret]")),
    // 15
    row(&["salary-unasked"], Both, Complete),
];
