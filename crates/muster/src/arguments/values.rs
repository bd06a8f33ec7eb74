//! How values of arguments are read, where their types do not say it.

use muster_core::{
    derive::budget::Month,
    model::{
        ids::RunId,
        plan::{OperationKind, PlanId},
    },
};
use muster_engine::From;

pub(super) fn from(text: &str) -> Result<From, String> {
    if let Ok(run) = text.parse() {
        return Ok(From::Run(RunId(run)));
    }
    text.parse()
        .map(From::Day)
        .map_err(|_| "use a run number or a day such as 2026-05-01".to_owned())
}

pub(super) fn levels(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "use a whole number, for example 1 for the direct reports".to_owned())
}

pub(super) fn kind(text: &str) -> Result<OperationKind, String> {
    OperationKind::parse(text).ok_or_else(|| {
        let known: Vec<&str> = OperationKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect();
        format!("use one of {}", known.join(", "))
    })
}

pub(super) fn plan_id(text: &str) -> Result<PlanId, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a plan id such as `12-3f9a2c1b`"))
}

pub(super) fn month(text: &str) -> Result<Month, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a month such as `2026-05`"))
}
