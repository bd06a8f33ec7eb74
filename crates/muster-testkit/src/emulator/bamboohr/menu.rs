//! Every scenario of BambooHR's menu, by its numbers.

use super::super::{
    cast, faults, paging,
    scenario::{Scenario, Scope, scenario},
};

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = access();
    all.extend(forms());
    all.extend(people());
    all.extend(changes());
    all.extend(paging::scenarios(8));
    all.extend([
        scenario(8, "total-pages-zero", "totalPages is 0 (datasets)"),
        scenario(
            8,
            "page-beyond-end",
            "a page behind the last is empty (datasets)",
        )
        .always(),
        scenario(8, "page-size-ignored", "pages of 20 at most (datasets)"),
        scenario(
            8,
            "page-size-checked",
            "pages of 100 unless asked for; 422 over 1,000 (datasets v2)",
        )
        .always(),
        scenario(
            8,
            "order-checked",
            "422 for orderBy on a field that is not asked for (datasets v2)",
        )
        .always(),
        scenario(
            8,
            "supervisor-ids",
            "supervisorId and supervisorEid are fields of the dataset",
        )
        .always(),
        scenario(8, "bad-page", "400 BadPage for the first cursor (new list)")
            .later()
            .times(1),
        scenario(
            8,
            "next-page-other-host",
            "next_page names another host (datasets v1)",
        ),
        scenario(
            8,
            "unknown-field-500",
            "500 in plain text for a field that there is not (datasets)",
        ),
    ]);
    all.extend(faults::limits(9));
    all.extend([
        scenario(
            9,
            "throttled-503",
            "503 as a limit without Retry-After, once",
        )
        .times(1),
        scenario(
            9,
            "throttled-503-seconds",
            "503 as a limit with Retry-After in seconds, once",
        )
        .times(1),
        scenario(
            9,
            "throttled-503-date",
            "503 as a limit with Retry-After as a date, once",
        )
        .times(1),
    ]);
    all.extend(faults::transport(10));
    all.push(scenario(10, "xml-instead", "XML though JSON is asked for"));
    all.extend(faults::redirects(11));
    all.extend(faults::echoes(12));
    all
}

fn access() -> Vec<Scenario> {
    vec![
        scenario(1, "plain", "switches all off: everything as documented").always(),
        scenario(1, "accept-missing", "XML without Accept").always(),
        scenario(
            1,
            "accept-any",
            "404 for a report with Accept */* and no format",
        )
        .always(),
        scenario(
            1,
            "content-type-charset",
            "400 Malformed XML for a report whose body has a charset",
        )
        .always(),
        scenario(1, "too-many-fields", "400 over 400 fields").always(),
        scenario(2, "wrong-key", "the key is not right: 401, empty, HTML"),
        scenario(2, "key-disabled", "the key's user is disabled: 403"),
        scenario(2, "wrong-domain", "404 for another company").always(),
        scenario(2, "wrong-domain-401", "401 for another company"),
        scenario(2, "other-password", "any password beside the key").always(),
        scenario(
            2,
            "oauth-expiry",
            "the access token dies before the second page",
        )
        .later()
        .times(1),
        scenario(
            2,
            "oauth-rotates",
            "each refresh gives another refresh token",
        )
        .scope(Scope::Token),
        scenario(2, "oauth-refused", "no token is given").scope(Scope::Token),
        scenario(3, "work-email-withheld", "nobody has workEmail"),
        scenario(3, "home-email-withheld", "nobody has homeEmail"),
        scenario(3, "birth-date-withheld", "nobody has dateOfBirth"),
        scenario(3, "termination-withheld", "nobody has terminationDate"),
        scenario(3, "hire-date-withheld", "nobody has hireDate"),
        scenario(3, "status-withheld", "nobody has status"),
        scenario(3, "alleo-withheld", "nobody has alleo_access"),
        scenario(
            3,
            "alleo-all-false",
            "alleo_access is false for all employees",
        ),
        scenario(
            3,
            "people-hidden",
            "one in thirty people may not be seen: 403 by id, and not there otherwise",
        ),
        scenario(3, "single-403", "403 for every lookup by id"),
        scenario(3, "directory-403", "403 for the directory"),
        scenario(3, "directory-empty-404", "404 for the directory"),
        scenario(
            3,
            "restricted-fields",
            "addresses hidden and named in _restrictedFields (new list)",
        ),
    ]
}

fn forms() -> Vec<Scenario> {
    let all = [
        ("dates-empty", "no date is \"\""),
        ("dates-null", "no date is null"),
        (
            "nothing-forms",
            "nothing is 0000-00-00, \"\", null or absent, in turn",
        ),
        ("id-as-number", "ids as numbers"),
        ("empty-amount", "an empty currency field is \" USD\""),
        ("bool-real", "alleo_access as true and false"),
        ("bool-yes-no", "alleo_access as Yes and No"),
        ("bool-digit", "alleo_access as 1 and 0"),
        ("alias-missing", "the customer's fields have no alias"),
        (
            "field-id-decimal",
            "a field asked as 4391 is listed as 4391.0",
        ),
        (
            "unlisted-key",
            "rows have a key that is neither asked for nor listed",
        ),
        ("status-localized", "Aktiv and Inaktiv"),
        (
            "status-swapped",
            "status and employmentHistoryStatus the wrong way round",
        ),
        (
            "status-unknown",
            "person 3 has a status that is not documented",
        ),
        (
            "names-odd",
            "persons 3 to 7: comma, emoji, right to left, 300 characters, an HTML entity",
        ),
    ];
    all.map(|(name, about)| scenario(4, name, about)).to_vec()
}

fn people() -> Vec<Scenario> {
    let (mails, mut others): (Vec<_>, Vec<_>) = cast::scenarios(6)
        .into_iter()
        .partition(|it| it.name.starts_with("email"));
    let mut all: Vec<Scenario> = mails.into_iter().map(|it| it.menu(5)).collect();
    all.extend([
        scenario(5, "email-both-null", "person 3 has no address at all"),
        scenario(5, "email-padded", "blanks around addresses"),
        scenario(5, "best-email-differs", "bestEmail is neither of the two"),
    ]);
    all.append(&mut others);
    all.extend([
        scenario(6, "person-vanished", "person 3 is gone without a trace"),
        scenario(6, "shell-person", "person 3 has a name and nothing else"),
        scenario(
            6,
            "overlapping-rows",
            "person 3 has two rows of one day in the table of employment status",
        ),
        scenario(6, "hire-date-zero", "person 3's hireDate is 0000-00-00"),
        scenario(
            6,
            "inactive-without-termination",
            "person 3 is inactive without a termination date",
        ),
        scenario(
            6,
            "active-with-termination",
            "person 3 is active with a termination date in the past",
        ),
        scenario(6, "row-twice", "person 3 has two rows in the report"),
        scenario(
            6,
            "planned-transfer",
            "person 3 moves in a month: the report has it with onlyCurrent=false, jobInfo in a row to come",
        ),
        scenario(
            6,
            "planned-leaver",
            "person 3 leaves in three months and is Inactive and Terminated already",
        ),
    ]);
    all
}

fn changes() -> Vec<Scenario> {
    vec![
        scenario(
            7,
            "changed-empty-list",
            "nobody changed: employees is a list",
        ),
        scenario(
            7,
            "changed-empty-object",
            "nobody changed: employees is an object",
        ),
        scenario(7, "changed-deleted", "an employee was deleted"),
        scenario(7, "changed-latest-old", "latest is before since"),
        scenario(
            7,
            "include-null",
            "includeNull is yes unless said otherwise",
        )
        .always(),
        scenario(7, "changed-duplicate", "one id is there twice"),
    ]
}
