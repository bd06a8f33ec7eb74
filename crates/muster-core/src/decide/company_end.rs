//! Companies that are on no list: what becomes of each depends on who would still be employed in it once the plan
//! is applied.

use crate::model::plan::Operation;
use crate::{
    decide::{candidates::Candidates, proposal::Proposal},
    model::{
        company::{Company, named_by, unlisted},
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::Changed,
    },
    read::reading::Completeness,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a delivery can end companies: of an incomplete one, a company may be missing by mistake.
pub fn is_decided(proposal: &Proposal) -> bool {
    proposal.reading.completeness == Completeness::Complete
}

/// Ends the companies in which nobody would be employed after the plan; warns of the others. `naming` has the
/// employees of today that name any of them.
pub fn decide(
    proposal: &mut Proposal,
    companies: &[Company],
    naming: BTreeMap<EmployeeId, BTreeSet<String>>,
    candidates: &Candidates,
    today: Date,
) {
    let mut employees: BTreeMap<String, u64> = BTreeMap::new();
    for company in after(proposal, naming, candidates, today)
        .into_iter()
        .flatten()
    {
        *employees.entry(company).or_default() += 1;
    }
    for company in companies {
        let number = employees.get(&company.external_id).copied().unwrap_or(0);
        match unlisted(company, number, today) {
            Ok(end) => proposal.company_ends.push(end),
            Err(problem) => proposal.problems.push(problem),
        }
    }
}

/// The companies that each employee names after the plan.
fn after(
    proposal: &Proposal,
    mut before: BTreeMap<EmployeeId, BTreeSet<String>>,
    candidates: &Candidates,
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
    for operation in super::guard::acting(proposal) {
        let Some(employee) = operation.employee.and_then(|id| candidates.get(id)) else {
            continue;
        };
        before.remove(&employee.id);
        if !operation.kind.is_removal() {
            let value =
                |field| new_value(operation, field).unwrap_or_else(|| employee.value(field));
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

/// What an operation sets a field to; none: it does not change the field.
fn new_value(operation: &Operation, field: FieldNumber) -> Option<Option<&str>> {
    let change = operation
        .changes
        .iter()
        .find(|change| change.what == Changed::Field(field))?;
    Some(change.new.as_deref())
}
