//! BambooHR's menu: what must come out of each of its scenarios.
//!
//! The table says it for a whole job; the test here holds a read to it.

use crate::{
    bamboohr::{LEAD, PEOPLE, bamboohr, everything, started},
    session::{Ground, cell},
};
use jiff::Timestamp;
use muster_connectors::connector::ErrorKind;
use muster_core::{problem::Problem, reading::PartialReason, record::Record, record::Sink};
use muster_testkit::emulator::Product;
use std::collections::BTreeSet;

/// One scenario.
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
    /// Everybody is read, and there is nothing to tell.
    Complete,
    /// Everybody is read, and this is told.
    Told(&'static str),
    /// Everybody is read, but person 3's record is not used, for this reason.
    Rejected(&'static str),
    /// So many people are read, and nobody departs.
    Partial(PartialReason, usize, &'static str),
    /// Nothing is used.
    Failed(ErrorKind, &'static str),
}

use ErrorKind::{Forbidden, Malformed, RateLimited, Refused, Unauthorised, Unreachable};
use Over::{Both, Datasets, Report};
use PartialReason::{AttributeWithheld, ChangedWhileReading, Empty, Shrunk};
use Then::{Complete, Failed, Partial, Rejected, Told};

const fn case(scenarios: &'static [&'static str], over: Over, then: Then) -> Case {
    Case { scenarios, over, then, lead: &[] }
}

const fn says(
    scenarios: &'static [&'static str],
    over: Over,
    then: Then,
    lead: &'static [(&'static str, &'static str)],
) -> Case {
    Case { scenarios, over, then, lead }
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
    case(&["wrong-key"], Both, Failed(Unauthorised, "API key not provided or invalid")),
    case(&["key-disabled"], Both, Failed(Forbidden, "User is not enabled")),
    case(&["wrong-domain"], Both, Failed(Refused, "company_domain")),
    case(&["wrong-domain-401"], Both, Failed(Unauthorised, "company_domain")),
    case(&["other-password"], Both, Complete),
    case(&["oauth-expiry"], Both, Complete),
    case(&["oauth-rotates"], Both, Complete),
    case(&["oauth-refused"], Both, Complete),
    // 3: rights. The directory and the new list are never asked for.
    says(&["work-email-withheld"], Both, Partial(AttributeWithheld, PEOPLE, "Work Email"), &[("homeEmail", "-")]),
    says(&["home-email-withheld"], Both, Told("Home Email"), &[("homeEmail", "-")]),
    says(&["birth-date-withheld"], Both, Told("Birth Date"), &[("dateOfBirth", "-")]),
    case(&["termination-withheld"], Both, Partial(AttributeWithheld, PEOPLE, "Employment Status")),
    case(&["hire-date-withheld"], Both, Partial(AttributeWithheld, PEOPLE, "Hire Date")),
    case(&["status-withheld"], Report, Partial(AttributeWithheld, PEOPLE, "Employment Status")),
    case(&["alleo-withheld"], Both, Partial(AttributeWithheld, PEOPLE, "alleo_access")),
    says(&["alleo-all-false"], Both, Complete, &[("alleo_access", "`false`")]),
    case(&["directory-403"], Both, Complete),
    case(&["directory-empty-404"], Both, Complete),
    case(&["restricted-fields"], Both, Complete),
    // 4: forms of values.
    says(&["dates-empty"], Both, Complete, &[("originalHireDate", "null"), ("terminationDate", "null")]),
    says(&["dates-null"], Both, Complete, &[("originalHireDate", "null"), ("terminationDate", "null")]),
    says(&["nothing-forms"], Both, Complete, &[("originalHireDate", "null")]),
    says(&["id-as-number"], Both, Complete, &[("id", "`6`")]),
    says(&["bool-real"], Both, Complete, &[("alleo_access", "`true`")]),
    says(&["bool-yes-no"], Both, Complete, &[("alleo_access", "`Yes`")]),
    says(&["bool-digit"], Both, Complete, &[("alleo_access", "`1`")]),
    says(&["alias-missing"], Both, Complete, &[("alleo_access", "`true`")]),
    says(&["field-id-decimal", "alias-missing"], Both, Complete, &[("alleo_access", "`true`")]),
    says(&["unlisted-key"], Both, Complete, &[("terminationDate", "null")]),
    says(&["status-localized"], Report, Complete, &[("status", "`Aktiv`")]),
    says(&["status-swapped"], Report, Complete, &[("status", "`Part-Time`")]),
    says(&["status-unknown"], Report, Complete, &[("status", "`Dormant`")]),
    says(&["names-odd"], Both, Complete, &[("firstName", "`Ann, the 2nd; \"x\"`")]),
    // 5: addresses.
    says(
        &["email-null"],
        Both,
        Told("no work address"),
        &[("workEmail", "null"), ("homeEmail", "`lead@home.example`")],
    ),
    case(&["email-case-twins"], Both, Complete),
    case(&["email-same"], Both, Complete),
    case(&["email-changed"], Both, Complete),
    says(&["email-both-null"], Both, Complete, &[("workEmail", "null"), ("homeEmail", "null")]),
    case(&["email-padded"], Both, Complete),
    case(&["best-email-differs"], Both, Complete),
    // 6: employment.
    case(&["id-changed"], Both, Complete),
    says(&["rehire-same-id"], Both, Complete, &[("hireDate", "`2026-10-23`"), ("terminationDate", "null")]),
    says(&["termination-days"], Both, Complete, &[("terminationDate", "`2026-11-01`"), ("status", "`Inactive`")]),
    says(&["future-start"], Both, Complete, &[("hireDate", "`2026-11-16`"), ("status", "`Active`")]),
    says(&["on-leave"], Both, Complete, &[("status", "`Active`")]),
    says(&["overlapping-employments"], Both, Complete, &[("terminationDate", "null")]),
    says(&["start-after-end"], Both, Complete, &[("hireDate", "`2026-10-03`"), ("terminationDate", "`2026-09-03`")]),
    case(&["shell-person"], Report, Rejected("has a name in BambooHR and nothing else")),
    says(&["overlapping-rows"], Both, Complete, &[("terminationDate", "null")]),
    says(&["hire-date-zero"], Both, Complete, &[("hireDate", "null")]),
    says(&["inactive-without-termination"], Report, Complete, &[("status", "`Inactive`"), ("terminationDate", "null")]),
    case(&["active-with-termination"], Both, Rejected("which cannot both be")),
    case(&["row-twice"], Report, Complete),
    // 7: changes are never asked for.
    case(&["changed-empty-list"], Both, Complete),
    case(&["changed-empty-object"], Both, Complete),
    case(&["changed-deleted"], Both, Complete),
    case(&["changed-latest-old"], Both, Complete),
    case(&["include-null"], Both, Complete),
    case(&["changed-duplicate"], Both, Complete),
    // 8: pages, of which a report has none.
    case(&["page-duplicate", SMALL], Datasets, Partial(Shrunk, 20, "announces 114 people")),
    case(&["page-for-ever", SMALL], Datasets, Partial(Shrunk, 20, "announces 114 people")),
    case(&["person-deleted-mid-read", SMALL], Datasets, Partial(ChangedWhileReading, 113, "(114 at first)")),
    case(&["person-inserted-mid-read", SMALL], Datasets, Partial(Shrunk, 114, "(114 at first)")),
    case(&["total-changes", SMALL], Datasets, Partial(Shrunk, 114, "announces 117 people")),
    case(&["empty-page", SMALL], Datasets, Partial(Shrunk, 20, "announces 114 people")),
    case(&["empty-list"], Both, Partial(Empty, 0, "has nobody")),
    case(&["half-list"], Datasets, Partial(Shrunk, 57, "57 were read")),
    case(&["order-descending"], Both, Complete),
    case(&["total-pages-zero", SMALL], Both, Complete),
    case(&["page-beyond-end"], Both, Complete),
    case(&["page-size-ignored"], Both, Complete),
    case(&["bad-page"], Both, Complete),
    case(&["next-page-other-host"], Both, Complete),
    case(&["unknown-field-500"], Both, Complete),
    // 9: limits.
    case(&["rate-limited"], Both, Complete),
    case(&["rate-limited-seconds"], Both, Complete),
    case(&["rate-limited-date"], Both, Complete),
    case(&["rate-limited-zero"], Both, Complete),
    case(&["rate-limited-negative"], Both, Complete),
    case(&["rate-limited-huge"], Both, Failed(RateLimited, "1000000 s")),
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
    case(&["empty-body"], Both, Failed(Malformed, "empty")),
    case(&["error-inside"], Both, Failed(Refused, "Something went wrong")),
    case(&["truncated"], Both, Failed(Unreachable, "bytes")),
    case(&["chunk-cut"], Both, Failed(Unreachable, "bytes")),
    case(&["chunked"], Both, Complete),
    case(&["wrong-content-type"], Both, Complete),
    case(&["byte-order-mark"], Both, Complete),
    case(&["invalid-utf8"], Both, Failed(Malformed, "not UTF-8 at byte")),
    case(&["duplicate-keys"], Report, Failed(Malformed, "duplicate field `employees`")),
    case(&["duplicate-keys,on=/api/gateway.php/acme/v2"], Datasets, Failed(Malformed, "duplicate field `data`")),
    case(&["deep-nesting"], Both, Complete),
    case(&["not-a-number"], Both, Failed(Malformed, "cannot be read at byte")),
    case(&["huge-page"], Both, Complete),
    case(&["gzip"], Both, Complete),
    case(&["gzip-bomb"], Both, Failed(Refused, "larger than")),
    case(&["slow-trickle"], Both, Failed(Unreachable, "no answer within")),
    case(&["silence"], Both, Failed(Unreachable, "no answer within")),
    case(&["endless-header"], Both, Failed(Unreachable, "")),
    case(&["connection-reset"], Both, Failed(Unreachable, "")),
    case(&["tls-failure"], Both, Failed(Unreachable, "")),
    case(&["xml-instead"], Both, Failed(Malformed, "XML (`text/xml`) came instead of JSON")),
    // 11: redirects.
    case(&["redirect-301"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-302"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-307"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-308"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-other-port"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-http"], Both, Failed(Refused, "which is not followed")),
    case(&["redirect-loop"], Both, Failed(Refused, "which is not followed")),
    // 12: echoes.
    case(&["echo-secret"], Both, Failed(Refused, "[secret]")),
    case(&["echo-token"], Both, Failed(Refused, "[secret]")),
];

/// Why records are not used.
#[derive(Default)]
struct Unused(Vec<String>);

impl Sink for Unused {
    fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, _: Record<'_>) {}

    fn broken(&mut self, _: Record<'_>, problem: Problem) {
        self.0.push(problem.message);
    }
}

/// Holds a read to a case; says what is wrong.
fn check(case: &Case, api: &str) -> Result<(), String> {
    let name = case.scenarios[0];
    let emulator = started(case.scenarios);
    let mut ground = Ground::patient();
    match name {
        // These are about time-outs.
        "slow-trickle" | "silence" | "endless-header" => {
            ground = Ground::default();
            ground.network.limits.attempts = 1;
        }
        "rate-limited-date" | "throttled-503-date" => ground.now = machine_time(),
        _ => {}
    }
    let domain = if name.starts_with("wrong-domain") { "other" } else { "acme" };
    let connector = bamboohr(&emulator, &[("api", api), ("company_domain", domain)]);
    let read = ground.read(&*connector, &everything());
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty(), "{name}");
    let key = emulator.credential("api_key");
    let (records, extent) = match (read, case.then) {
        (Ok(read), Complete | Told(_) | Rejected(_) | Partial(..)) => read,
        (Err(error), Failed(kind, words)) => {
            let text = format!("{error}; {}", error.advice);
            let is_right = error.kind == kind && text.contains(words) && text.contains("nobody departs");
            let is_safe = !text.contains(&key[..12]) && !text.contains("MGYzYzlhN2I1");
            return if is_right && is_safe {
                Ok(())
            } else {
                Err(format!("{name} over {api}: {:?} {text}", error.kind))
            };
        }
        (Ok((records, extent)), then) => {
            return Err(format!("{name} over {api}: {} people, {extent:?}, not {then:?}", records.len()));
        }
        (Err(error), then) => return Err(format!("{name} over {api}: {error}, not {then:?}")),
    };
    let told: Vec<String> = extent.problems.iter().map(|it| format!("{}; {}", it.message, it.advice)).collect();
    let is_told = |words: &str| told.iter().any(|told| told.contains(words));
    let mut unused = Unused::default();
    records.pour(&mut unused).unwrap();
    let (people, partial) = (records.len(), extent.partial);
    let is_right = match case.then {
        Complete => people == PEOPLE && partial.is_none() && told.is_empty() && unused.0.is_empty(),
        Told(words) => people == PEOPLE && partial.is_none() && is_told(words) && unused.0.is_empty(),
        Rejected(words) => people == PEOPLE && partial.is_none() && unused.0.len() == 1 && unused.0[0].contains(words),
        Partial(reason, expected, words) => people == expected && partial == Some(reason) && is_told(words),
        Failed(..) => false,
    };
    let said = case.lead.iter().map(|(column, expected)| (column, cell(&records, LEAD, column), expected));
    let wrong: Vec<_> = said.filter(|(_, said, expected)| said != *expected).collect();
    if is_right && wrong.is_empty() {
        return Ok(());
    }
    let came = format!("{people} people, {partial:?}, {told:?}, {:?}, {wrong:?}", unused.0);
    Err(format!("{name} over {api}: {came}, not {:?}", case.then))
}

fn machine_time() -> Timestamp {
    #[allow(clippy::disallowed_methods, reason = "the emulator says until when to wait by this machine's clock")]
    let now = Timestamp::now();
    now
}

fn check_all(first: usize) {
    let mut wrong = Vec::new();
    // Every other case, so that the two halves run side by side.
    for case in MENU.iter().skip(first).step_by(2) {
        let apis: &[&str] = match case.over {
            Report => &["report"],
            Datasets => &["datasets"],
            Both => &["report", "datasets"],
        };
        wrong.extend(apis.iter().filter_map(|api| check(case, api).err()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_of_the_menu_comes_out_as_the_table_says() {
    check_all(0);
}

#[test]
fn every_other_scenario_of_the_menu_comes_out_as_the_table_says() {
    check_all(1);
}

#[test]
fn the_table_has_every_scenario_of_the_menu() {
    let menu: BTreeSet<&str> = Product::BambooHr.scenarios().iter().map(|scenario| scenario.name).collect();
    let bare = |case: &Case| case.scenarios[0].split(',').next().unwrap_or_default();
    let table: BTreeSet<&str> = MENU.iter().map(bare).collect();
    assert_eq!(table, menu);
}
