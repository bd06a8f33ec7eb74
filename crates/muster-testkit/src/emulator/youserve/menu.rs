//! Every scenario of YouServe's menu, by its numbers.

use super::super::{
    cast, faults, paging,
    scenario::{Scenario, Scope, scenario},
};

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = links();
    all.extend(access());
    all.extend(named(6, &SLICES));
    all.extend(people());
    all.extend(named(8, &MAILS));
    all.extend(named(9, &NAMES));
    all.extend(named(10, &LOOKUPS));
    // This provider states no total, and pages go on from the last record, so nobody is passed over.
    let not_here = ["total-changes", "half-total", "person-deleted-mid-read"];
    all.extend(
        paging::scenarios(11)
            .into_iter()
            .filter(|it| !not_here.contains(&it.name)),
    );
    all.push(scenario(
        11,
        "record-deleted",
        "the first record of the second page goes before that page is read",
    ));
    all.push(scenario(
        11,
        "second-records-lost",
        "the list of employees passes over people's second records",
    ));
    all.push(scenario(
        11,
        "record-moved",
        "the first record changes while it is read and comes again at the end",
    ));
    all.extend(faults::transport(12));
    all.push(
        scenario(
            12,
            "http-404",
            "404 for everything, as plain HTTP is refused",
        )
        .scope(Scope::Both),
    );
    all.extend(faults::redirects(13));
    all.extend(faults::echoes(13));
    all.push(scenario(
        14,
        "employments-500",
        "500 for employments, the rest is fine",
    ));
    all.push(scenario(
        14,
        "companies-500",
        "500 for companies, the rest is fine",
    ));
    all
}

fn named(menu: u8, list: &[(&'static str, &'static str)]) -> Vec<Scenario> {
    list.iter()
        .map(|(name, about)| scenario(menu, name, about))
        .collect()
}

fn links() -> Vec<Scenario> {
    let mut all = vec![
        scenario(1, "plain", "switches all off: everything as documented").always(),
        scenario(1, "next-link-null", "nextLink is null on the last page"),
        scenario(1, "next-link-empty", "nextLink is empty on the last page"),
        scenario(1, "next-link-absolute", "nextLink has scheme and host"),
        scenario(1, "next-link-other-host", "nextLink names another host"),
        scenario(1, "next-link-other-case", "nextLink is in capitals"),
        scenario(
            1,
            "next-link-http",
            "nextLink names plain HTTP and another port",
        ),
        scenario(1, "next-link-plus", "nextLink has plus signs in its token"),
        scenario(1, "next-link-loop", "nextLink leads to the same page"),
        scenario(1, "next-token-expired", "400 for a nextToken"),
        scenario(1, "next-token-gone", "404 for a nextToken"),
    ];
    let envelopes = [
        ("value-first", "value before nextLink"),
        ("bare-array", "the values without an envelope"),
        ("values-envelope", "values for value"),
        ("value-null", "value is null"),
        ("value-missing", "there is no value"),
        ("single-object", "one object where a list is usual"),
    ];
    all.extend(named(2, &envelopes));
    all
}

fn access() -> Vec<Scenario> {
    let token = |name, about| scenario(3, name, about).token();
    let tenant = |name, about| scenario(4, name, about);
    let mut all = vec![
        scenario(
            3,
            "secret-or-assertion",
            "a secret, an assertion in either form, or an assertion as the token",
        )
        .always(),
        token("wrong-secret", "the secret is not right"),
        scenario(3, "wrong-key", "the assertion's signature is not right").scope(Scope::Both),
        scenario(3, "assertion-expired", "every assertion has expired").scope(Scope::Both),
        token("assertion-replayed", "every assertion was used before"),
        scenario(3, "clock-ahead", "the server's clock is ten minutes ahead").scope(Scope::Both),
        scenario(
            3,
            "clock-behind",
            "the server's clock is ten minutes behind",
        )
        .scope(Scope::Both),
        token("lifetime-as-text", "expires_in as text"),
        token("token-without-lifetime", "no expires_in"),
        token("token-missing", "200 without a token"),
        token(
            "token-quota",
            "429 at the token endpoint: 400 calls a month are used up",
        ),
        scenario(
            3,
            "token-expiry",
            "the token dies before the second page; a new one works",
        )
        .later()
        .times(1),
        scenario(
            3,
            "token-refused",
            "every token is refused after the first request",
        )
        .after(1),
        tenant("tenant-required", "403 without a tenant"),
        tenant("tenant-ignored", "any tenant will do"),
        tenant("tenant-404", "404 for a wrong tenant; else 403"),
        tenant(
            "single-404",
            "404 for every employee who is asked for by id: no access, which is not said",
        ),
        tenant("client-id-required", "401 without X-Client-Id"),
        tenant("client-id-mismatch", "401: X-Client-Id is not the token's"),
        scenario(
            5,
            "pacing",
            "429 inside 0.6 seconds, over 100 a minute, 3 at once or 6,000 a day",
        )
        .always(),
    ];
    all.extend(faults::limits(5));
    all
}

const SLICES: [(&str, &str); 9] = [
    (
        "slices-three",
        "person 3 past, present and future under one id",
    ),
    ("slices-adjacent", "person 3 in two slices that share today"),
    (
        "slices-gap",
        "person 3 in two slices with today between them",
    ),
    ("slice-future-only", "person 3 in the future only"),
    ("slice-past-only", "person 3 in the past only"),
    (
        "slices-overlapping",
        "person 3 in two slices at once, with two last names",
    ),
    ("valid-until-missing", "no validUntil"),
    ("valid-until-empty", "validUntil is empty"),
    ("dates-with-zone", "days as midnight in UTC"),
];

fn people() -> Vec<Scenario> {
    let (mails, mut all): (Vec<_>, Vec<_>) = cast::scenarios(7)
        .into_iter()
        .partition(|it| it.name.starts_with("email"));
    // On leave and the change of an id are not part of this provider's API.
    all.retain(|it| !["on-leave", "id-changed"].contains(&it.name));
    all.extend(mails.into_iter().map(|it| it.menu(8)));
    let more = [
        (
            "rehire-new-id",
            "person 3 left and is back under another id, the code stays",
        ),
        ("person-code-missing", "person 3 has no personCode"),
        (
            "contract-renewed",
            "person 3's contract ended yesterday, the next began today",
        ),
        (
            "end-date-ahead",
            "person 3's employment has an endDate to come",
        ),
        (
            "original-later",
            "person 3's originalHireDate is after the hireDate",
        ),
        ("hire-date-missing", "person 3 has no hireDate"),
        ("hire-date-withheld", "nobody has hireDate, in either list"),
        (
            "nested-missing",
            "no employee has employments inside: they are in their own list alone",
        ),
        (
            "employments-of-one-missing",
            "person 3 has no employment in either list",
        ),
        (
            "inactive-open",
            "person 3 is not active, the contract is open",
        ),
        ("active-discharged", "person 3 is active and was discharged"),
        ("is-active-missing", "nobody has isActive"),
        ("deceased", "person 3 died"),
        ("person-vanished", "person 3 is gone without a trace"),
        ("birthday-missing", "nobody has dateOfBirth"),
        ("extension-missing", "nobody has extensions"),
        (
            "extension-all-no",
            "the extension alleo is N for all employees",
        ),
        ("unknown-property", "a property that is not documented"),
    ];
    all.extend(named(7, &more));
    all.push(
        scenario(
            7,
            "two-ids",
            "one in eight people has two records and one personCode",
        )
        .always(),
    );
    all
}

const MAILS: [(&str, &str); 6] = [
    ("mail-types-mixed", "types in three spellings, in turn"),
    (
        "mail-type-unknown",
        "person 3's address has a type that is not documented",
    ),
    (
        "mail-two-business",
        "person 3 has three business addresses, the first empty",
    ),
    ("mail-address-missing", "person 3's entries have no address"),
    ("mail-only-private", "person 3 has a private address only"),
    ("mail-array-missing", "nobody has emailAddresses"),
];

const NAMES: [(&str, &str); 3] = [
    ("known-as-missing", "person 3 has no knownAs"),
    (
        "name-odd",
        "person 3's last name has ’t, Ĳ, ë and an apostrophe",
    ),
    ("name-long", "person 3's last name has 120 characters"),
];

const LOOKUPS: [(&str, &str); 6] = [
    (
        "company-unknown",
        "person 3's company is not among the companies",
    ),
    ("company-renamed", "a company in two slices with two names"),
    (
        "company-gone",
        "the first company is not among the companies any more, and people work in it",
    ),
    (
        "companies-of-others",
        "the companies are those of another customer",
    ),
    (
        "company-same-short-name",
        "two companies with one short name",
    ),
    ("manager-unknown", "a unit's manager is nobody"),
];
