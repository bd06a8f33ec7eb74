//! What many updates of a plan have in common, so that a person reads one sentence instead of each of them: 312 employees change
//! because a department was renamed. Nothing is decided by it.

use crate::model::plan::{Change, Changed, Operation, OperationKind};
use std::collections::HashMap;

/// So many employees with the same old and the same new value are no coincidence.
const SHARED: u64 = 5;

/// What an update has in common with others of its plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedChange {
    /// The same value becomes the same other value.
    SameChange {
        what: Changed,
        old: Option<String>,
        new: Option<String>,
    },
    /// The same field gets a value that differs from employee to employee.
    SameField { what: Changed },
}

impl SharedChange {
    pub fn what(&self) -> Changed {
        match self {
            Self::SameChange { what, .. } | Self::SameField { what } => *what,
        }
    }
}

type Values<'o> = (Changed, Option<&'o str>, Option<&'o str>);

/// What each operation shares, in their order. Only updates share one, and only if no decision of their own is needed.
pub fn shared_changes(operations: &[Operation]) -> Vec<Option<SharedChange>> {
    let mut changes: HashMap<Values<'_>, u64> = HashMap::new();
    let mut fields: HashMap<Changed, u64> = HashMap::new();
    for change in operations
        .iter()
        .filter(|one| can_share(one))
        .flat_map(|one| &one.changes)
    {
        *changes.entry(values(change)).or_default() += 1;
        *fields.entry(change.what).or_default() += 1;
    }
    let shared = |operation: &Operation| {
        let all = || operation.changes.iter();
        let count = |change: &&Change| changes.get(&values(change)).copied().unwrap_or_default();
        // Of several that are as frequent, the first in the order of fields.
        let shared = all()
            .filter(|change| count(change) >= SHARED)
            .max_by_key(|change| (count(change), std::cmp::Reverse(change.what)));
        if let Some(change) = shared {
            return Some(SharedChange::SameChange {
                what: change.what,
                old: change.old.clone(),
                new: change.new.clone(),
            });
        }
        let frequent = all().max_by_key(|change| {
            let count = fields.get(&change.what).copied().unwrap_or_default();
            (count, std::cmp::Reverse(change.what))
        });
        frequent.map(|change| SharedChange::SameField { what: change.what })
    };
    operations
        .iter()
        .map(|one| can_share(one).then(|| shared(one)).flatten())
        .collect()
}

fn can_share(operation: &Operation) -> bool {
    operation.kind == OperationKind::Update && operation.held.is_none()
}

fn values(change: &Change) -> Values<'_> {
    (change.what, change.old.as_deref(), change.new.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        field::{FieldNumber, canonical},
        plan::{Reason, Who},
    };

    fn update(changes: &[(FieldNumber, &str, &str)]) -> Operation {
        let change = |(field, old, new): &(FieldNumber, &str, &str)| Change {
            what: Changed::Field(*field),
            old: Some((*old).to_owned()).filter(|old| !old.is_empty()),
            new: Some((*new).to_owned()).filter(|new| !new.is_empty()),
            reason: Reason::Record,
        };
        Operation {
            kind: OperationKind::Update,
            employee: None,
            revision: 1,
            draft: None,
            origin: None,
            reason: Reason::SameExternalId,
            changes: changes.iter().map(change).collect(),
            who: Who::default(),
            held: None,
            fingerprint: None,
            takes_ownership: false,
        }
    }

    fn renamed() -> SharedChange {
        SharedChange::SameChange {
            what: Changed::Field(canonical::DEPARTMENT),
            old: Some("Warehouse".to_owned()),
            new: Some("Logistics".to_owned()),
        }
    }

    const RENAMED: (FieldNumber, &str, &str) = (canonical::DEPARTMENT, "Warehouse", "Logistics");

    #[test]
    fn renamed_department_is_one_cause_also_beside_other_changes() {
        let mut plan = vec![update(&[RENAMED]); 4];
        plan.push(update(&[(canonical::TITLE, "Driver", "Planner"), RENAMED]));
        assert_eq!(shared_changes(&plan), vec![Some(renamed()); 5]);
    }

    #[test]
    fn four_employees_with_the_same_change_are_a_coincidence() {
        let plan = vec![update(&[RENAMED]); 4];
        let field = SharedChange::SameField {
            what: Changed::Field(canonical::DEPARTMENT),
        };
        assert_eq!(shared_changes(&plan), vec![Some(field); 4]);
    }

    #[test]
    fn changes_that_differ_are_grouped_by_the_field_that_most_of_them_have() {
        let title = |new| (canonical::TITLE, "Driver", new);
        let plan = [
            update(&[title("a")]),
            update(&[title("b"), (canonical::PHONE, "1", "2")]),
            update(&[(canonical::PHONE, "3", "4"), title("c")]),
            update(&[(canonical::PHONE, "5", "6")]),
        ];
        let fields: Vec<_> = shared_changes(&plan)
            .into_iter()
            .map(|shared| shared.unwrap().what())
            .collect();
        let title = Changed::Field(canonical::TITLE);
        assert_eq!(
            fields,
            [title, title, title, Changed::Field(canonical::PHONE)]
        );
    }

    #[test]
    fn value_that_many_get_or_lose_is_a_cause_too() {
        let plan = vec![update(&[(canonical::LANGUAGE, "", "da")]); 5];
        let Some(SharedChange::SameChange { old, new, .. }) = &shared_changes(&plan)[0] else {
            panic!("{plan:?}");
        };
        assert_eq!((old.as_deref(), new.as_deref()), (None, Some("da")));
    }

    #[test]
    fn departures_and_held_operations_have_no_cause() {
        let mut plan = vec![update(&[RENAMED]); 7];
        plan[0].kind = OperationKind::Deactivate;
        plan[1].held = Some(Reason::IdReused);
        let found = shared_changes(&plan);
        assert_eq!(found[..2], [None, None]);
        assert_eq!(found[2..], vec![Some(renamed()); 5]);
    }
}
