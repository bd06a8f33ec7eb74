//! What the values of a record say about the employee who has its id or address: the same human or another.

use crate::{
    decide::candidates::Candidates,
    model::{
        employee::{Employee, Status},
        facts::FactsRef,
        field::{FieldNumber, canonical},
    },
    read::normalise::fold_email,
};

/// One field of a record beside that of an employee.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    Equal,
    Different,
    /// One of the two has no value.
    Unknown,
}

fn compare(facts: FactsRef<'_>, employee: &Employee, field: FieldNumber) -> Compared {
    let (Some(ours), Some(theirs)) = (facts.value(field), employee.value(field)) else {
        return Compared::Unknown;
    };
    let equal = match field {
        canonical::EMAIL => fold_email(ours) == fold_email(theirs),
        _ => ours == theirs || ours.to_lowercase() == theirs.to_lowercase(),
    };
    if equal {
        Compared::Equal
    } else {
        Compared::Different
    }
}

/// First name, last name and birthday.
struct Person {
    first: Compared,
    last: Compared,
    birthday: Compared,
}

impl Person {
    fn of(facts: FactsRef<'_>, employee: &Employee) -> Self {
        Self {
            first: compare(facts, employee, canonical::FIRST_NAME),
            last: compare(facts, employee, canonical::LAST_NAME),
            birthday: compare(facts, employee, canonical::BIRTHDAY),
        }
    }

    fn some_name_differs(&self) -> bool {
        [self.first, self.last].contains(&Compared::Different)
    }

    fn both_names_differ(&self) -> bool {
        [self.first, self.last] == [Compared::Different; 2]
    }

    fn names_are_equal(&self) -> bool {
        [self.first, self.last] == [Compared::Equal; 2]
    }

    /// Names and birthday speak against it; a birthday that one side lacks proves nothing.
    fn is_another(&self) -> bool {
        match self.birthday {
            Compared::Equal => false,
            Compared::Different => self.some_name_differs(),
            Compared::Unknown => self.both_names_differ(),
        }
    }
}

/// Both names are equal, and the birthdays are equal or unknown.
pub(crate) fn is_likely_the_same(facts: FactsRef<'_>, employee: &Employee) -> bool {
    let person = Person::of(facts, employee);
    person.names_are_equal() && person.birthday != Compared::Different
}

/// Nothing that both sides know speaks against it.
pub(crate) fn could_be_the_same(facts: FactsRef<'_>, employee: &Employee) -> bool {
    let person = Person::of(facts, employee);
    !person.some_name_differs() && person.birthday != Compared::Different
}

/// Whether a record with the id of an employee looks as if the id were given to another employee.
pub(super) fn id_was_reused(
    facts: FactsRef<'_>,
    employee: &Employee,
    candidates: &Candidates,
) -> bool {
    let person = Person::of(facts, employee);
    match compare(facts, employee, canonical::EMAIL) {
        Compared::Equal => false,
        Compared::Different => {
            let holder = facts
                .value(canonical::EMAIL)
                .and_then(|email| candidates.by_email(email))
                .filter(|holder| holder.id != employee.id);
            person.is_another() || holder.is_some_and(|holder| is_rather(facts, holder, employee))
        }
        // Without an address only all the rest together is evidence.
        Compared::Unknown => person.both_names_differ() && person.birthday == Compared::Different,
    }
}

/// Names and birthday are those of one employee and not of another.
fn is_rather(facts: FactsRef<'_>, one: &Employee, other: &Employee) -> bool {
    let (one, other) = (Person::of(facts, one), Person::of(facts, other));
    let birthdays = (one.birthday, other.birthday) == (Compared::Equal, Compared::Different);
    one.names_are_equal()
        && one.birthday != Compared::Different
        && (other.some_name_differs() || birthdays)
}

/// Whether a record with the address of an employee looks as if the address were given to another employee.
pub(super) fn address_was_recycled(facts: FactsRef<'_>, employee: &Employee) -> bool {
    let person = Person::of(facts, employee);
    person.is_another() || (employee.status == Status::Inactive && person.some_name_differs())
}

/// Whether a record that matches by address has another id and another name than its employee.
pub(super) fn id_and_name_differ(facts: FactsRef<'_>, employee: &Employee) -> bool {
    compare(facts, employee, canonical::EXTERNAL_ID) == Compared::Different
        && Person::of(facts, employee).some_name_differs()
}
