//! Records that are not used and could be about anybody: their external id is nobody's and their address cannot be
//! read, so that they may be all that the delivery says of somebody who seems to be missing from it.

use crate::{
    code::Code,
    field::canonical,
    pairing::{Pair, Pairing, Sides},
    policy::{MatchBy, Missing},
    problem::{Problem, Severity, shown},
    propose::who_from,
    reading::{Completeness, Reading},
};

/// A warning for each of them, where anybody could depart by absence because of it.
pub(crate) fn find(reading: &Reading, sides: &Sides<'_>, pairing: &Pairing) -> Vec<Problem> {
    let nobody_departs = reading.completeness != Completeness::Complete
        || sides.policy.missing == Missing::Keep
        || sides.roster.employed() == 0;
    // With one key alone, a record whose key can be read says whom it is about.
    if nobody_departs || sides.policy.match_by != MatchBy::ExternalIdThenEmail {
        return Vec::new();
    }
    let is_nobodys = |position: &&u32| matches!(pairing.pairs[**position as usize], Pair::Rejected(None));
    reading.unaddressed.iter().filter(is_nobodys).map(|position| warning(reading, *position)).collect()
}

fn warning(reading: &Reading, position: u32) -> Problem {
    let facts = reading.drafts.facts(position);
    let id = facts.value(canonical::EXTERNAL_ID).map(shown);
    let name = who_from(facts).name;
    let whose = if name.is_empty() { "this record".to_owned() } else { shown(&name) };
    let unknown =
        id.as_ref().map_or("there is no external id".to_owned(), |id| format!("nobody has the external id `{id}`"));
    let mut problem = Problem::new(
        Code::RecordUnknown,
        Severity::Warning,
        format!(
            "{whose} could be anybody: {unknown}, and the address cannot be read; nobody departs by absence in this run"
        ),
        "correct the address in the source; whoever is really missing departs with the next complete delivery",
    )
    .at(reading.drafts.get(position).place);
    problem.subject = id;
    problem
}
