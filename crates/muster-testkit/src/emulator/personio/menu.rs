//! Every scenario of Personio's menu, by its numbers.

use super::super::{
    cast, faults, paging,
    scenario::{Scenario, scenario},
};

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = access();
    all.extend(forms());
    all.extend(dates());
    all.extend(cast::scenarios(8));
    all.extend([
        scenario(
            8,
            "inactive-future-termination",
            "person 3 is inactive and ends in a month",
        ),
        scenario(8, "person-vanished", "person 3 is gone without a trace"),
        scenario(
            8,
            "unknown-status",
            "person 3 has a status that is not documented",
        ),
        scenario(
            8,
            "sub-company-switch",
            "person 3 changed the company of the group today (v2)",
        ),
        scenario(
            8,
            "last-working-date",
            "the last day of work under its other name (v2)",
        ),
    ]);
    all.extend(pages());
    all.push(scenario(
        10,
        "updated-since-whole",
        "updated_since ignores limit and offset: all in one answer",
    ));
    all.push(
        scenario(
            10,
            "updated-since-paged",
            "updated_since with pages as usual",
        )
        .always(),
    );
    all.extend(faults::limits(11));
    all.push(
        scenario(
            11,
            "token-429",
            "429 at the token endpoint, then a minute's rest",
        )
        .token()
        .times(1),
    );
    all.push(
        scenario(
            11,
            "burst",
            "429 over 15 requests a second or 300 a minute; v2 over its bucket",
        )
        .always(),
    );
    all.extend(faults::transport(12));
    all.extend(faults::redirects(13));
    all.extend(faults::echoes(14));
    all.push(scenario(
        15,
        "salary-unasked",
        "salaries in every row though not asked for",
    ));
    all.push(scenario(
        15,
        "salary-listed",
        "the list of attributes names salaries: the credential may read them (v1)",
    ));
    all
}

fn access() -> Vec<Scenario> {
    let refused = |name, about| scenario(2, name, about).token();
    vec![
        scenario(1, "plain", "switches all off: everything as documented").always(),
        refused(
            "wrong-secret",
            "the secret is not right: 403 (v1), 400 (v2)",
        ),
        refused("wrong-secret-401", "the secret is not right: 401 (v2)"),
        refused("token-without-lifetime", "a token without expires_in"),
        scenario(
            2,
            "credentials-in-query",
            "403 where credentials are in the query",
        )
        .always(),
        scenario(
            2,
            "json-to-token-endpoint",
            "400 invalid_request where JSON is sent to the v2 token endpoint",
        )
        .always(),
        scenario(2, "same-token", "the same v1 token for a day").always(),
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
        scenario(
            4,
            "rotating-token",
            "every answer names the next token, the old one is dead (v1)",
        ),
        scenario(4, "token-header-missing", "no answer names a token (v1)"),
        scenario(
            4,
            "token-header-same",
            "every answer names the same token (v1)",
        )
        .always(),
        scenario(5, "status-withheld", "nobody has the attribute status"),
        scenario(5, "email-withheld", "nobody has the attribute email"),
        scenario(
            5,
            "termination-withheld",
            "nobody has the attribute termination_date",
        ),
        scenario(
            5,
            "birthday-withheld",
            "nobody has the attribute of the birthday",
        ),
        scenario(5, "alleo-withheld", "nobody has the attribute Alleo"),
        scenario(5, "alleo-all-no", "Alleo is No for all employees"),
        scenario(
            5,
            "department-withheld",
            "nobody has the attribute department",
        ),
        scenario(
            5,
            "person-reduced",
            "persons with id, employments and _meta only (v2)",
        ),
        scenario(
            5,
            "employment-reduced",
            "employments with id, person, status and _meta only (v2)",
        ),
        scenario(
            5,
            "right-missing-401",
            "401 where the right is missing (v2)",
        ),
        scenario(5, "attributes-403", "403 at the list of attributes"),
        scenario(
            5,
            "attributes-without-id",
            "the list of attributes does not name id, which every record carries (v1)",
        )
        .always(),
        scenario(
            5,
            "single-whole",
            "one employee comes with every attribute: attributes[] is no parameter there (v1)",
        )
        .always(),
        scenario(5, "org-unit-403", "403 for every organisation unit (v2)"),
        scenario(5, "org-unit-404", "404 for every organisation unit (v2)"),
        scenario(5, "single-403", "403 for every lookup by id"),
    ]
}

fn forms() -> Vec<Scenario> {
    let all = [
        (
            "empty-forms",
            "termination_type is null, \"\", [] or absent, in turn",
        ),
        (
            "department-forms",
            "department is null, \"\", [] or an object, in turn",
        ),
        ("hours-as-number", "weekly hours as a number"),
        ("id-as-text", "ids as text"),
        ("tags-as-json", "tags as JSON in a text, or with commas"),
        ("labels-german", "labels in German"),
        ("alleo-localized", "Ja and Nein"),
        ("unknown-attribute", "an attribute that is not documented"),
        ("unknown-type", "types that are not documented"),
        ("type-missing", "no type and no universal id, as of old"),
    ];
    all.map(|(name, about)| scenario(6, name, about)).to_vec()
}

fn dates() -> Vec<Scenario> {
    let all = [
        ("dates-without-colon", "offsets as +0100"),
        (
            "dates-local-mean-time",
            "person 3's birthday with the offset +00:53",
        ),
        ("dates-plain", "days without time"),
        ("date-zero", "person 3's hire date is 0000-00-00"),
        ("date-impossible", "person 3's hire date is 30 February"),
        ("date-leap-day", "person 3 was born on 29 February"),
        (
            "date-extremes",
            "person 3 was born in 1900 and ends in 9999",
        ),
        (
            "date-dst-edges",
            "person 3's days are those on which clocks change",
        ),
        (
            "date-hired-as-text",
            "person 3's hire date in another notation",
        ),
    ];
    all.map(|(name, about)| scenario(7, name, about)).to_vec()
}

fn pages() -> Vec<Scenario> {
    let mut all = paging::scenarios(9);
    let link = |name, about| scenario(9, name, about);
    all.extend([
        link("total-pages-wrong", "99 pages are said to be (v1)"),
        link("metadata-missing", "no metadata, offset and limit (v1)"),
        link("offset-as-text", "offset and limit as text (v1)"),
        link(
            "limit-400",
            "400 over 100 a page; else it is cut to 100 (v1)",
        ),
        link("limit-checked", "400 over 200 a page, and for 0 (v1)").always(),
        link(
            "filters-checked",
            "400 for filters, operators and values that are not documented (v2)",
        )
        .always(),
        link("cursor-expired", "400 for the first cursor (v2)")
            .later()
            .times(1),
        link(
            "next-link-self",
            "the next link leads to the same page (v2)",
        ),
        link("next-link-relative", "the next link has no host (v2)"),
        link(
            "next-link-raw-plus",
            "the next link has a raw plus sign (v2)",
        ),
        link(
            "next-link-other-host",
            "the next link names another host (v2)",
        ),
        link(
            "next-link-http",
            "the next link names plain HTTP and another port (v2)",
        ),
    ]);
    all
}
