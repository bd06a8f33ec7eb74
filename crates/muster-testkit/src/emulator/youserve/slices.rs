//! Slices of time: one record's past, present and future under the same id.

use super::{
    super::{
        api::Scene,
        cast::LEAD,
        company::{earlier, later},
    },
    Contract,
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The end of what has no end.
pub(super) const OPEN: &str = "9999-12-31";

/// Cuts the lead's record as the scenarios want; the others stay whole.
pub(super) fn cut(
    record: Value,
    contract: &Contract<'_>,
    today: Date,
    scene: &Scene,
) -> Vec<Value> {
    let is_first = contract.service.contract == contract.person.service[0].contract;
    let slices = if contract.person.number == LEAD && is_first {
        bounds(today, scene)
    } else {
        Vec::new()
    };
    let (overlapping, whole) = (scene.has("slices-overlapping"), slices.is_empty());
    let cut = slices
        .into_iter()
        .enumerate()
        .map(|(place, (from, until))| {
            let mut slice = record.clone();
            slice["validFrom"] = json!(from.to_string());
            slice["validUntil"] = json!(until.map_or(OPEN.to_owned(), |day| day.to_string()));
            if overlapping && place == 0 {
                slice["lastName"] = json!("Geboortenaam");
            }
            dates(slice, scene)
        });
    if whole {
        vec![dates(record, scene)]
    } else {
        cut.collect()
    }
}

/// First valid day and first day no longer valid.
fn bounds(today: Date, scene: &Scene) -> Vec<(Date, Option<Date>)> {
    let (ago, ahead) = (|days| earlier(today, days), |days| later(today, days));
    match () {
        () if scene.has("slices-three") => {
            vec![
                (ago(800), Some(ago(100))),
                (ago(100), Some(ahead(50))),
                (ahead(50), None),
            ]
        }
        () if scene.has("slices-adjacent") => vec![(ago(800), Some(today)), (today, None)],
        () if scene.has("slices-gap") => vec![(ago(800), Some(ago(30))), (ahead(30), None)],
        () if scene.has("slice-future-only") => vec![(ahead(20), None)],
        () if scene.has("slice-past-only") => vec![(ago(800), Some(ago(20)))],
        () if scene.has("slices-overlapping") => vec![(ago(800), None), (ago(40), None)],
        () => Vec::new(),
    }
}

/// The forms of dates.
pub(super) fn dates(mut record: Value, scene: &Scene) -> Value {
    if scene.has("valid-until-missing")
        && let Some(members) = record.as_object_mut()
    {
        members.remove("validUntil");
    }
    if scene.has("valid-until-empty") {
        record["validUntil"] = json!("");
    }
    if scene.has("dates-with-zone") {
        zoned(&mut record);
    }
    record
}

/// Puts midnight behind every day.
fn zoned(value: &mut Value) {
    match value {
        Value::String(text) if text.len() == 10 && text.parse::<Date>().is_ok() => {
            text.push_str("T00:00:00Z")
        }
        Value::Array(items) => items.iter_mut().for_each(zoned),
        Value::Object(members) => members.values_mut().for_each(zoned),
        _ => {}
    }
}
