//! What is unusual about a plan, in words.

use crate::show::{count, safe};
use muster_core::{
    derive::insight::{Insight, LikelyCause, Observation},
    model::{field::Schema, response::PlanInsight},
};

/// An insight in words.
pub(crate) fn insight(found: &Insight, schema: &Schema) -> PlanInsight {
    PlanInsight::new(
        found,
        |one| observation(one, schema),
        |one| cause(one, schema),
    )
}

/// One observation, as a sentence without its full stop.
pub(crate) fn observation(observation: &Observation, schema: &Schema) -> String {
    match observation {
        Observation::InCommon { value, of } => format!(
            "`{}` is \"{}\" for {} of {} who would be deactivated, and for {} of the others",
            schema.key(value.field),
            safe(&value.value),
            value.departing,
            count(*of, "employee", "employees"),
            value.staying
        ),
        Observation::FileMissing { name } => format!(
            "the last applied delivery had `{}`; no file of this delivery has such a name",
            safe(name)
        ),
        Observation::UnusualTime { at, from, to } => format!(
            "the newest file was written at {}; earlier ones were written between {} and {}",
            clock(*at),
            clock(*from),
            clock(*to)
        ),
    }
}

/// What most likely happened.
pub(crate) fn cause(cause: &LikelyCause, schema: &Schema) -> String {
    match cause {
        LikelyCause::FileMissing { name } => {
            format!("most likely, `{}` has not arrived yet", safe(name))
        }
        LikelyCause::PartMissing { field, value } => format!(
            "most likely, the part of the delivery with `{}` \"{}\" is missing",
            schema.key(*field),
            safe(value)
        ),
    }
}

/// `05:43`.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
