//! Everybody in one custom report.

use super::{
    VENDOR,
    columns::{Asked, needs_catalogue},
    door::{Door, Look},
    fields::{is_salary, permit},
    history::Planned,
    inquiry::ById,
    person::Reader,
    wire::{Catalogue, Field, People, ReportHead, Row, id},
};
use crate::{
    connector::{
        Collected, ConnectorError, Doubt, ErrorKind, Extent, Offered, Records, Step, Wanted,
        deliver, later, missing,
    },
    http::{Answer, Call},
};
use muster_core::{
    model::{
        code::Code,
        problem::{Problem, Severity},
    },
    read::{reading::PartialReason, record::Sink},
};
use serde_json::json;

const REPORT: &str = "v1/reports/custom";
const FIELDS: &str = "v1/meta/fields";
/// JSON whatever the account's habit; and with what is to come, which the report leaves out unless asked.
const QUERY: &[(&str, &str)] = &[("format", "json"), ("onlyCurrent", "false")];

pub(super) async fn read(
    door: &Door<'_>,
    currency: &str,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let mut problems = Vec::new();
    let mut catalogue = None;
    if needs_catalogue(&wanted.columns) {
        match fields(door).await? {
            Ok(fields) => catalogue = Some(fields),
            Err(withheld) => problems.push(unlisted(&withheld)),
        }
    }
    let asked = Asked::of_report(&wanted.columns, catalogue.as_deref())?;
    let body = json!({"title": "Muster", "fields": asked.names});
    let call = door.post("read the people at", REPORT, QUERY, &body);
    let answer = door.ask(&call).await?;
    let planned = Planned::read(door, &wanted.columns).await?;
    let mut reader = Reader::new(asked, planned, currency, door.api.session.today, wanted);
    let records = people(door, &call, &answer, &mut reader, wanted)?;
    drop(answer);
    (door.api.session.progress)(Step::Read(records.len() as u64));
    finish(
        door,
        "POST /v1/reports/custom",
        reader,
        Found {
            records,
            announced: None,
            partial: None,
            problems,
        },
        wanted,
        sink,
    )
    .await
}

/// What was read of everybody.
pub(super) struct Found {
    pub(super) records: Records,
    pub(super) announced: Option<u64>,
    pub(super) partial: Option<PartialReason>,
    pub(super) problems: Vec<Problem>,
}

/// Hands everybody on, with what is to be told besides.
pub(super) async fn finish(
    door: &Door<'_>,
    endpoint: &str,
    reader: Reader<'_>,
    found: Found,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let Found {
        mut records,
        announced,
        mut partial,
        mut problems,
    } = found;
    if partial.is_none() {
        let missing = missing(&records, wanted, door.api.session, |_| false);
        let by_id = ById { door };
        let absence = by_id.absence(wanted, records.first_id().map(str::to_owned));
        // What came is whole: where nobody can be asked for, who is not in it is believed to be gone.
        let doubt = absence.confirm(&missing, wanted, &mut records).await?;
        if let Some((reason, problem)) = doubt
            .filter(|it| matches!(it, Doubt::StillThere(_)))
            .map(Doubt::shortfall)
        {
            partial = Some(reason);
            problems.push(problem);
        }
    }
    let decides = wanted
        .deciding
        .iter()
        .flatten()
        .any(|column| column == "terminationDate");
    if let Some(problem) = reader.planned.problem(decides) {
        partial = partial.or(decides.then_some(PartialReason::AttributeWithheld));
        problems.push(problem);
    }
    problems.extend(reader.private_addresses(&records));
    let bytes = door.api.bytes();
    deliver(
        Collected {
            records,
            announced,
            partial,
            problems,
            endpoint,
            bytes,
            permit: &permit,
        },
        wanted,
        sink,
    )
}

/// The people of the answer. Its fields are looked at first, wherever they stand in it.
fn people(
    door: &Door<'_>,
    call: &Call,
    answer: &Answer,
    reader: &mut Reader<'_>,
    wanted: &Wanted,
) -> Result<Records, ConnectorError> {
    let head: ReportHead = answer.json(&door.api, call)?;
    if head.employees.is_none() {
        return Err(without(door, call, answer, "employees"));
    }
    let keys = reader
        .asked
        .keys(Some(head.fields.as_deref().unwrap_or_default()))?;
    let mut records = Records::new(&wanted.columns);
    let count = reader.asked.names.len();
    let mut take = |row: Row| {
        reader.add(&mut records, &row);
    };
    let people = People {
        list: "employees",
        is_wrapped: false,
        keys: &keys,
        count,
        take: &mut take,
    };
    answer.parse(&door.api, call, |text| people.read(text))?;
    Ok(records)
}

/// An answer with a good status that is not what was asked for: an error of BambooHR's, never an empty list.
pub(super) fn without(door: &Door<'_>, call: &Call, answer: &Answer, what: &str) -> ConnectorError {
    let says = answer.says();
    let is_object = says.starts_with('{') || says.is_empty();
    let (kind, why) = if is_object {
        (ErrorKind::Malformed, format!("the answer has no `{what}`"))
    } else {
        (
            ErrorKind::Refused,
            format!("{VENDOR} answers without `{what}`: `{says}`"),
        )
    };
    door.api.answered(kind, call, answer, &why, &later(VENDOR))
}

pub(super) async fn offered(door: &Door<'_>) -> Result<Vec<Offered>, ConnectorError> {
    let fields = fields(door).await?.unwrap_or_default();
    let mut offered: Vec<Offered> = Vec::new();
    for field in fields {
        let is_paid = [&field.alias, &field.name]
            .into_iter()
            .flatten()
            .any(|name| is_salary(name));
        let Some(column) = field
            .alias
            .or_else(|| id(field.id.as_ref()))
            .filter(|_| !is_paid)
        else {
            continue;
        };
        if !offered.iter().any(|known| known.column == column) {
            offered.push(Offered {
                column,
                label: field.name,
            });
        }
    }
    Ok(offered)
}

/// The fields of the account; or why the key may not list them.
async fn fields(door: &Door<'_>) -> Result<Result<Vec<Field>, ConnectorError>, ConnectorError> {
    let call = door.get("read the list of fields at", FIELDS, &[]);
    let answer = match door.look(&call).await? {
        Look::Given(answer) => answer,
        Look::Withheld(error) => return Ok(Err(error)),
    };
    let Catalogue(fields) = answer.json(&door.api, &call)?;
    fields
        .map(Ok)
        .ok_or_else(|| without(door, &call, &answer, "fields"))
}

fn unlisted(error: &ConnectorError) -> Problem {
    Problem::new(
        Code::ApiLookup,
        Severity::Warning,
        format!(
            "the list of fields is withheld ({}); your own fields are found by alias and number alone",
            error.why
        ),
        "map your own fields by number, which BambooHR shows in the address of the field's settings",
    )
}
