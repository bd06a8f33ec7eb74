//! The matching table: what the keys of one record say, before the other records of the delivery are looked at.

use super::{MatchContext, RecordMatch, evidence, problems};
use crate::{
    model::{
        employee::{Employee, Status},
        facts::FactsRef,
        field::canonical,
        ids::EmployeeId,
        plan::Reason,
        problem::Problem,
    },
    setup::policy::{Deselected, MatchBy},
};

/// The employee that a record is about although it is rejected, and why it is.
pub(super) type Rejection = (Option<EmployeeId>, Problem);

/// The employee that a record names by its match key: by id, else by address.
pub(super) fn named<'k>(facts: FactsRef<'_>, context: &MatchContext<'k>) -> Option<&'k Employee> {
    let by_id = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| context.policy.match_by != MatchBy::Email);
    let by_email = facts
        .value(canonical::EMAIL)
        .filter(|_| context.policy.match_by != MatchBy::ExternalId);
    by_id
        .and_then(|id| context.candidates.by_external_id(id))
        .or_else(|| by_email.and_then(|email| context.candidates.by_email(email)))
        .filter(|employee| employee.status != Status::Erased)
}

/// The same among employees of this integration, but never by the address of an employee with another id.
pub(super) fn named_own<'k>(
    facts: FactsRef<'_>,
    context: &MatchContext<'k>,
) -> Option<&'k Employee> {
    let id = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| context.policy.match_by != MatchBy::Email);
    named(facts, context).filter(|employee| {
        let same_id =
            id.is_none() || employee.external_id().is_none() || id == employee.external_id();
        same_id && employee.owner.is_some() && employee.owner == context.roster.integration
    })
}

/// What a record that is not selected is about: an employee of the integration who leaves, unless the evidence says that
/// it is another person's.
pub(super) fn not_selected(facts: FactsRef<'_>, context: &MatchContext<'_>) -> RecordMatch {
    let Some(employee) = named_own(facts, context) else {
        return RecordMatch::New;
    };
    let id = facts.value(canonical::EXTERNAL_ID);
    let is_by_id =
        context.policy.match_by != MatchBy::Email && id.is_some() && id == employee.external_id();
    let is_kept = context.policy.deselected == Deselected::Keep;
    if is_kept || !employee.status.is_employed() {
        return RecordMatch::Known(employee.id, Reason::Deselected);
    }
    if is_by_id && evidence::id_was_reused(facts, employee, context.candidates) {
        return RecordMatch::Held(Reason::IdReused, Some(employee.id));
    }
    if !is_by_id && evidence::address_was_recycled(facts, employee) {
        return RecordMatch::Held(Reason::RecycledAddress, Some(employee.id));
    }
    RecordMatch::Known(employee.id, Reason::Deselected)
}

/// What a record that can be used is about.
pub(super) fn look_up(
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Result<RecordMatch, Rejection> {
    let id = facts.value(canonical::EXTERNAL_ID);
    match id.filter(|_| context.policy.match_by != MatchBy::Email) {
        Some(id) => by_id(id, facts, context),
        None => by_address(id, facts, context),
    }
}

fn by_id(
    id: &str,
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Result<RecordMatch, Rejection> {
    if let Some(employee) = context.candidates.by_external_id(id) {
        if let Some(held) = check_owner(employee, facts, context)? {
            return Ok(held);
        }
        if evidence::id_was_reused(facts, employee, context.candidates) {
            return Ok(RecordMatch::Held(Reason::IdReused, Some(employee.id)));
        }
        return Ok(RecordMatch::Known(employee.id, Reason::SameExternalId));
    }
    let email = facts.value(canonical::EMAIL).unwrap_or_default();
    let Some(holder) = context.candidates.by_email(email) else {
        return Ok(RecordMatch::New);
    };
    match holder.external_id() {
        None => {
            let held = check_owner(holder, facts, context)?;
            Ok(held.unwrap_or(RecordMatch::Known(holder.id, Reason::IdAdopted)))
        }
        // Whether an employed holder gives the address up is known when all records are matched.
        Some(_) if holder.status.is_employed() => Ok(RecordMatch::New),
        Some(_) => {
            let held = check_owner(holder, facts, context)?;
            let reason = Reason::RehireOrRecycledAddress;
            Ok(held.unwrap_or(RecordMatch::Held(reason, Some(holder.id))))
        }
    }
}

/// Without an id in the record, or where addresses alone match; an id is evidence even then.
fn by_address(
    id: Option<&str>,
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Result<RecordMatch, Rejection> {
    let email = facts.value(canonical::EMAIL).unwrap_or_default();
    // Whether another employee who has the id gives it up is known when all records are matched.
    let Some(employee) = context.candidates.by_email(email) else {
        return Ok(RecordMatch::New);
    };
    if let Some(held) = check_owner(employee, facts, context)? {
        return Ok(held);
    }
    let is_recycled = evidence::address_was_recycled(facts, employee)
        || (id.is_some() && evidence::id_and_name_differ(facts, employee));
    if is_recycled {
        let reason = Reason::RecycledAddress;
        return Ok(RecordMatch::Held(reason, Some(employee.id)));
    }
    Ok(RecordMatch::Known(employee.id, Reason::SameEmail))
}

/// Refuses an employee of another integration; one that it no longer delivers is held as a take-over.
fn check_owner(
    employee: &Employee,
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Result<Option<RecordMatch>, Rejection> {
    match employee.owner {
        Some(owner) if Some(owner) != context.roster.integration => {
            if employee.status == Status::Inactive {
                let held = RecordMatch::Held(Reason::TakeOver, Some(employee.id));
                return Ok(Some(held));
            }
            let problem = problems::other_integration(facts, employee, owner, context.roster);
            Err((Some(employee.id), problem))
        }
        _ => Ok(None),
    }
}
