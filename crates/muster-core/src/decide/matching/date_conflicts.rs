//! Onboarding and offboarding dates that contradict each other.

use super::{MatchContext, RecordMatch, key_table::Rejection, problems};
use crate::model::{
    code::Code,
    employee::Status,
    facts::FactsRef,
    field::canonical,
    plan::Reason,
    problem::{
        Problem, Severity, shown,
        value::{Detail, Remedy},
    },
};

/// An end before the start rejects the record, unless it cancels the start of a scheduled employee, or the employment
/// has ended: then the end is compared with the start that is stored.
pub(super) fn check(
    found: RecordMatch,
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Result<RecordMatch, Rejection> {
    // ISO dates compare as text.
    let Some(end) = facts.value(canonical::OFFBOARDING_DATE) else {
        return Ok(found);
    };
    let employee = match found {
        RecordMatch::Known(id, _) | RecordMatch::Held(_, Some(id)) => context.candidates.get(id),
        _ => None,
    };
    let status = employee.map(|employee| employee.status);
    if status == Some(Status::Scheduled) {
        return Ok(found);
    }
    let start = facts.value(canonical::ONBOARDING_DATE);
    if context.has_ended(facts) {
        let stored = employee.and_then(|employee| employee.value(canonical::ONBOARDING_DATE));
        let is_new_span = start.is_some_and(|start| start <= end);
        let contradicts = !is_new_span && stored.is_some_and(|stored| stored > end);
        return Ok(match (found, status) {
            (RecordMatch::Known(id, _), Some(Status::Active)) if contradicts => {
                RecordMatch::Held(Reason::EndBeforeStart, Some(id))
            }
            _ => found,
        });
    }
    match start {
        Some(start) if end < start => {
            let detail = Detail::OffboardingBeforeOnboarding {
                onboarding: shown(start),
                offboarding: shown(end),
            };
            let problem = Problem::new(
                Code::DateOrder,
                Severity::Rejected,
                detail,
                Remedy::CorrectOneDate,
            );
            let problem = problem.of("offboarding_date", end);
            Err((
                employee.map(|employee| employee.id),
                problems::about(facts, problem),
            ))
        }
        _ => Ok(found),
    }
}
