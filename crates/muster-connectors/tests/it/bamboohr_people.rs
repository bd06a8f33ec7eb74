//! What the default mapping of BambooHR makes of its people: read, mapped and planned as in a run.

use crate::{
    bamboohr::{LEAD, bamboohr, started},
    people::{self, BUDGET},
};
use muster_core::{
    decide::proposal::Proposal,
    model::employee::Status,
    read::reading::{Completeness, PartialReason},
    setup::integration::Setup,
};
use muster_testkit::emulator::{Emulator, person::Standing};

fn setup() -> Setup {
    people::setup("bamboohr", "alleo_access")
}

fn proposal(emulator: &Emulator, api: &str) -> Proposal {
    people::proposal(&setup(), &*bamboohr(emulator, &[("api", api)]))
}

#[test]
fn employed_people_with_access_come_in_and_others_stay_out() {
    for api in ["report", "datasets"] {
        let emulator = started(&[]);
        let proposal = proposal(&emulator, api);
        let company = emulator.company();
        let comes = |person: &&muster_testkit::emulator::person::Person| {
            person.standing(company.today) != Standing::Inactive && person.access
        };
        let expected = company.people.iter().filter(comes).count() as u64;
        let counts = &proposal.counts;
        assert_eq!(
            (counts.created, counts.excluded, counts.rejected),
            (expected, 114 - expected, 0),
            "{api}"
        );
        assert_eq!(
            proposal.reading.completeness,
            Completeness::Complete,
            "{api}"
        );
        let back = |person: &&muster_testkit::emulator::person::Person| {
            comes(person) && person.service.len() > 1
        };
        let chosen = company.people.iter().find(back).unwrap();
        let text = |field: &str| {
            people::created(&proposal, &setup(), &(chosen.number + 3).to_string(), field)
        };
        assert_eq!(text("birthday"), Some(chosen.born.to_string()));
        assert_eq!(
            text("onboarding_date"),
            Some(chosen.service[1].from.to_string())
        );
        assert_eq!(
            text("work_anniversary"),
            Some(chosen.service[0].from.to_string()),
            "the first hire ever"
        );
        assert_eq!(text("offboarding_date"), None);
        let leaving = company
            .people
            .iter()
            .find(|it| comes(it) && it.service.len() == 1 && it.service[0].until.is_some())
            .unwrap();
        let id = (leaving.number + 3).to_string();
        let planned = people::created(&proposal, &setup(), &id, "offboarding_date");
        assert_eq!(
            planned,
            leaving.service[0].until.map(|day| day.to_string()),
            "planned, and not yet left"
        );
    }
}

#[test]
fn budgets_come_without_their_currency() {
    let emulator = started(&[]);
    let (proposal, company) = (proposal(&emulator, "report"), emulator.company());
    let person = company.people.iter().find(|it| {
        it.budget.is_some() && it.access && it.standing(company.today) == Standing::Active
    });
    let person = person.unwrap();
    let budget = people::created(
        &proposal,
        &setup(),
        &(person.number + 3).to_string(),
        BUDGET,
    );
    assert_eq!(budget, Some(person.budget.unwrap().to_string()));
}

/// The status that the leading person, who has access, comes in with and the address; none if they stay out.
fn lead(scenarios: &[&str], api: &str) -> (Option<Status>, Option<String>) {
    let proposal = proposal(&started(scenarios), api);
    let status = proposal
        .views()
        .find(|it| it.who.external_id.as_deref() == Some(LEAD))
        .and_then(|it| it.status);
    (
        status,
        status.and_then(|_| people::created(&proposal, &setup(), LEAD, "email")),
    )
}

#[test]
fn who_is_on_leave_came_back_or_has_an_unknown_status_is_employed_and_who_starts_later_is_scheduled()
 {
    for api in ["report", "datasets"] {
        assert_eq!(lead(&["on-leave"], api).0, Some(Status::Active), "{api}");
        assert_eq!(
            lead(&["future-start"], api).0,
            Some(Status::Scheduled),
            "{api}"
        );
        assert_eq!(
            lead(&["rehire-same-id"], api).0,
            Some(Status::Active),
            "{api}"
        );
        assert_eq!(
            lead(&["termination-days"], api).0,
            None,
            "{api}: left yesterday"
        );
        assert_eq!(
            lead(&["active-with-termination"], api).0,
            None,
            "{api}: contradicts itself"
        );
        assert_eq!(
            lead(&["email-both-null"], api).0,
            None,
            "{api}: no address at all"
        );
    }
    assert_eq!(lead(&["status-unknown"], "report").0, Some(Status::Active));
    assert_eq!(
        lead(&["status-localized"], "report").0,
        Some(Status::Active)
    );
    assert_eq!(lead(&["inactive-without-termination"], "report").0, None);
    assert_eq!(lead(&["shell-person"], "report").0, None);
}

#[test]
fn a19_the_private_address_stands_in_and_a_withheld_work_address_rejects() {
    for api in ["report", "datasets"] {
        assert_eq!(
            lead(&["email-null"], api).1.as_deref(),
            Some("lead@home.example"),
            "{api}"
        );
        let proposal = proposal(&started(&["work-email-withheld"]), api);
        assert_eq!(
            proposal.reading.completeness,
            Completeness::Partial(PartialReason::AttributeWithheld),
            "{api}"
        );
        assert_eq!(
            proposal.counts.created, 0,
            "{api}: nobody gets a private address in place of a work address"
        );
    }
}

#[test]
fn a15_a_selection_column_that_is_withheld_deselects_nobody() {
    let proposal = proposal(&started(&["alleo-withheld"]), "report");
    assert_eq!(
        proposal.reading.completeness,
        Completeness::Partial(PartialReason::AttributeWithheld)
    );
    assert_eq!(proposal.counts.created, 0);
    let proposal = self::proposal(&started(&["alleo-all-false"]), "report");
    assert_eq!(
        (proposal.counts.created, proposal.counts.excluded),
        (0, 114)
    );
}
