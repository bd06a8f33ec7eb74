//! The profile of a change as a person reads it.

use super::text::{count, safe, value};
use anstream::println;
use muster_core::{
    decide::{
        guard::Guard,
        profile::{Profile, profile as profile_of},
        proposal::Proposal,
    },
    model::field::Schema,
};

/// The profile of a plan that comes from changed settings; none for any other.
pub(crate) fn profile_of_change(proposal: &Proposal, schema: &Schema) -> Option<Profile> {
    let changed = proposal
        .findings
        .iter()
        .any(|finding| finding.guard == Guard::SetupChanged);
    changed.then(|| profile_of(proposal.views(), schema))
}

/// Prints a profile: the number of employees, then each field with its first changes.
pub(crate) fn profile(profile: &Profile) {
    println!(
        "what a run with these settings would change: {} ({} created, {} deactivated, {} deleted)",
        count(profile.people, "employee", "employees"),
        profile.created,
        profile.removed - profile.deleted,
        profile.deleted
    );
    for field in &profile.fields {
        println!(
            "  {}: {}",
            field.field,
            count(field.people, "employee", "employees")
        );
        for example in &field.first {
            let (old, new) = (value(example.old.as_deref()), value(example.new.as_deref()));
            println!("    {}: {old} -> {new}", safe(&example.who));
        }
        if field.people > field.first.len() as u64 {
            println!(
                "    ... and {} more",
                field.people - field.first.len() as u64
            );
        }
    }
}
