//! What the default mapping of Personio makes of its people: read, mapped and planned as in a run.

use crate::{
    people::{self, BUDGET},
    personio::{company_of, personio},
};
use muster_core::{
    decide::proposal::Proposal,
    model::employee::Status,
    read::reading::{Completeness, PartialReason},
    setup::integration::Setup,
};
use muster_testkit::emulator::{Emulator, Switch, person::Standing};

fn setup() -> Setup {
    people::setup("personio", "Alleo")
}

fn proposal(emulator: &Emulator, api: &str) -> Proposal {
    people::proposal(&setup(), &*personio(emulator, api))
}

fn created(proposal: &Proposal, id: &str, field: &str) -> Option<String> {
    people::created(proposal, &setup(), id, field)
}

#[test]
fn employed_people_with_access_come_in_and_others_stay_out() {
    for api in ["v1", "v2"] {
        let emulator = company_of(60, &[]);
        let proposal = proposal(&emulator, api);
        let company = emulator.company();
        let comes = |person: &&muster_testkit::emulator::person::Person| {
            person.standing(company.today) != Standing::Inactive && person.access
        };
        let expected = company.people.iter().filter(comes).count() as u64;
        let counts = &proposal.counts;
        assert_eq!(
            (counts.created, counts.excluded, counts.rejected),
            (expected, 60 - expected, 0),
            "{api}"
        );
        assert_eq!(
            proposal.reading.completeness,
            Completeness::Complete,
            "{api}"
        );
        let chosen = company
            .people
            .iter()
            .find(|it| comes(it) && it.supervisor.is_some() && it.budget.is_some())
            .unwrap();
        let id = (40_000 + chosen.number).to_string();
        let text = |field: &str| created(&proposal, &id, field).unwrap();
        assert_eq!(text("birthday"), chosen.born.to_string());
        assert_eq!(
            text("manager_external_id"),
            (40_000 + chosen.supervisor.unwrap()).to_string()
        );
        assert_eq!(text(BUDGET), chosen.budget.unwrap().to_string());
    }
}

/// The status that the leading person, who has access, comes in with; none if they stay out.
fn lead(scenario: &str, api: &str) -> Option<Status> {
    let emulator = company_of(60, &[scenario]);
    emulator.change(|company| {
        company
            .people
            .iter_mut()
            .filter(|it| it.number == 3)
            .for_each(|it| it.access = true)
    });
    let proposal = proposal(&emulator, api);
    proposal
        .views()
        .find(|view| view.who.external_id.as_deref() == Some("40003"))
        .and_then(|view| view.status)
}

#[test]
fn people_on_leave_and_of_unknown_status_are_employed_and_those_who_start_later_are_scheduled() {
    for api in ["v1", "v2"] {
        assert_eq!(lead("on-leave", api), Some(Status::Active), "{api}");
        assert_eq!(lead("future-start", api), Some(Status::Scheduled), "{api}");
        assert_eq!(lead("rehire-same-id", api), Some(Status::Active), "{api}");
    }
    assert_eq!(lead("unknown-status", "v1"), Some(Status::Active));
    assert_eq!(lead("inactive-future-termination", "v1"), None);
    assert_eq!(
        lead("start-after-end", "v1"),
        None,
        "rejected: the dates are in the wrong order"
    );
}

#[test]
fn a15_a_selection_column_that_is_withheld_deselects_nobody() {
    let emulator = company_of(60, &["alleo-withheld"]);
    let proposal = proposal(&emulator, "v1");
    assert_eq!(
        proposal.reading.completeness,
        Completeness::Partial(PartialReason::AttributeWithheld)
    );
    assert_eq!(proposal.counts.created, 0);
    emulator.switch(&Switch::new("plain")).unwrap();
    emulator.switch(&Switch::new("alleo-all-no")).unwrap();
    let proposal = self::proposal(&emulator, "v1");
    assert_eq!((proposal.counts.created, proposal.counts.excluded), (0, 60));
}
