//! An employee as an operation of a plan leaves them.

use crate::model::{
    employee::{Employee, Status},
    facts::{Fact, Facts},
    plan::{Changed, Operation},
};

/// The owner stays: only the plan knows which integration takes the employee over.
pub(crate) fn after(employee: &Employee, operation: &Operation) -> Employee {
    let mut after = employee.clone();
    after.revision += 1;
    let mut facts = after.facts.clone();
    for change in &operation.changes {
        match (change.what, change.new.as_deref()) {
            (Changed::Status, new) => {
                after.status = new.and_then(Status::parse).unwrap_or(after.status);
            }
            (Changed::Field(field), new) => {
                if change.reason.ends_pin() {
                    after.pins.retain(|pin| pin.field != field);
                }
                facts = facts.with(field, new.map_or(Fact::Cleared, Fact::Set));
            }
            (Changed::Owner, _) => {}
        }
    }
    let set = facts.as_ref();
    after.facts = Facts::new(set.iter().filter(|(_, fact)| fact.value().is_some()));
    after
}
