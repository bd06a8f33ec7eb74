//! Companies that no list has any more: who would still be employed in them once a plan is applied, and what becomes
//! of them.

use jiff::civil::Date;
use muster_core::{
    decide::{known::Known, proposal::Proposal},
    model::{
        company::{named_by, unlisted},
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::{Changed, Operation},
        workspace::Workspace,
    },
    read::reading::Completeness,
};
use muster_store::{Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Ends the companies that no list has and nobody is employed in after the plan; warns of the others. Only a complete
/// delivery says so: of an incomplete one, a company may be missing by mistake.
pub(crate) fn end(
    proposal: &mut Proposal,
    workspace: &Workspace,
    known: &Known,
    today: Date,
    store: &Store,
) -> Result<(), StoreError> {
    if proposal.reading.completeness != Completeness::Complete {
        return Ok(());
    }
    let companies = store.unlisted_companies(workspace.id, today)?;
    if companies.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<String> = companies
        .iter()
        .map(|company| company.external_id.clone())
        .collect();
    let mut people: BTreeMap<&str, u64> = BTreeMap::new();
    let named = after(
        proposal,
        store.people_naming(workspace.id, &ids, today)?,
        known,
        today,
    );
    for company in named.iter().flatten() {
        if let Some(id) = ids.get(company) {
            *people.entry(id).or_default() += 1;
        }
    }
    for company in &companies {
        match unlisted(
            company,
            people
                .get(company.external_id.as_str())
                .copied()
                .unwrap_or(0),
            today,
        ) {
            Ok(end) => proposal.company_ends.push(end),
            Err(problem) => proposal.problems.push(problem),
        }
    }
    Ok(())
}

/// The companies that each person names after a plan; `before` are those whom the directory has.
fn after(
    proposal: &Proposal,
    mut before: BTreeMap<EmployeeId, BTreeSet<String>>,
    known: &Known,
    today: Date,
) -> Vec<BTreeSet<String>> {
    let mut named = Vec::new();
    for create in &proposal.plan.creates {
        let facts = proposal.reading.drafts.facts(create.draft);
        named.push(named_by(
            facts.value(canonical::COMPANY),
            facts.value(canonical::EMPLOYMENTS),
            today,
        ));
    }
    for operation in proposal
        .plan
        .operations
        .iter()
        .filter(|operation| operation.held.is_none())
    {
        let Some(person) = operation.employee.and_then(|id| known.get(id)) else {
            continue;
        };
        before.remove(&person.id);
        if !operation.kind.is_removal() {
            let value = |field| new(operation, field).unwrap_or_else(|| person.value(field));
            named.push(named_by(
                value(canonical::COMPANY),
                value(canonical::EMPLOYMENTS),
                today,
            ));
        }
    }
    named.extend(before.into_values());
    named
}

/// What an operation sets a field to; none: it leaves the field alone.
fn new(operation: &Operation, field: FieldNumber) -> Option<Option<&str>> {
    let change = operation
        .changes
        .iter()
        .find(|change| change.what == Changed::Field(field))?;
    Some(change.new.as_deref())
}
