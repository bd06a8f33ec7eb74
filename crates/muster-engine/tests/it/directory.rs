//! A directory as text, so that two can be compared.

use muster_core::model::workspace::Workspace;
use muster_store::{PeopleFilter, Store};
use std::collections::BTreeMap;

/// What is known of everybody, by number: each field by its key, and `status`.
pub(crate) type Directory = BTreeMap<i64, BTreeMap<String, String>>;

/// The directory as it is.
pub(crate) fn directory(store: &Store, workspace: &Workspace) -> Directory {
    let mut all = Directory::new();
    store
        .people(workspace, PeopleFilter::default(), &mut |person| {
            let values = person.facts.as_ref().iter();
            let mut said: BTreeMap<String, String> = values
                .filter_map(|(field, fact)| {
                    Some((
                        workspace.schema.key(field).to_owned(),
                        fact.value()?.to_owned(),
                    ))
                })
                .collect();
            said.insert("status".to_owned(), person.status.as_str().to_owned());
            all.insert(person.id.0, said);
            true
        })
        .unwrap();
    all
}

/// So much of a value is said.
const SHOWN: usize = 40;

/// What became of people: `ID field=value`, and `+ID status` for a new employee. Nobody ever vanishes.
pub(crate) fn changes(before: &Directory, after: &Directory) -> Vec<String> {
    assert!(
        before.keys().all(|person| after.contains_key(person)),
        "nobody is deleted"
    );
    let mut all = Vec::new();
    for (person, now) in after {
        let id = &now["external_id"];
        let Some(was) = before.get(person) else {
            all.push(format!("+{id} {}", now["status"]));
            continue;
        };
        let fields = now
            .keys()
            .chain(was.keys().filter(|key| !now.contains_key(*key)));
        for field in fields.filter(|field| was.get(*field) != now.get(*field)) {
            let was = &was["external_id"];
            let value = now.get(field).map_or("", String::as_str);
            let shown: String = value.chars().take(SHOWN).collect();
            all.push(format!("{was} {field}={shown}"));
        }
    }
    all
}
