//! All employees in one custom report.

use super::{
    Options, VENDOR,
    api_client::{ApiClient, Reply, support},
    columns::{Asked, needs_catalogue},
    fields::permit,
    history::History,
    lookup::ById,
    person::Reader,
    wire::{Catalogue, Field, People, ReportHead, Row, id},
};
use crate::{
    connector::{
        Collected, ConnectorError, ErrorKind, Extent, Offered, Records, Step, UnconfirmedAbsence,
        Wanted, deliver, missing,
    },
    http::{Answer, Call},
    systems::salary::is_salary,
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Attempt, BambooHrRemedy, Detail, Failure, List, Remedy},
        },
    },
    read::{reading::PartialReason, record::Sink},
};
use serde_json::json;

const REPORT: &str = "v1/reports/custom";
const FIELDS: &str = "v1/meta/fields";
/// Values that count today: rows of job, department and status that are dated in the future are left out.
const TODAY: &[(&str, &str)] = &[("format", "json"), ("onlyCurrent", "true")];
/// Values to come. Transfers and terminations would be applied ahead of their day, so nothing but employees who are to
/// start, who are not in the report of today, and planned departures are taken from it.
const AHEAD: &[(&str, &str)] = &[("format", "json"), ("onlyCurrent", "false")];

pub(super) async fn read(
    client: &ApiClient<'_>,
    options: &Options,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let mut problems = Vec::new();
    let mut catalogue = None;
    if needs_catalogue(&wanted.columns) {
        match fields(client).await? {
            Ok(fields) => catalogue = Some(fields),
            Err(withheld) => problems.push(unlisted(&withheld)),
        }
    }
    let asked = Asked::of_report(&wanted.columns, catalogue.as_deref())?;
    let body = json!({"title": "Muster", "fields": asked.names});
    let history = History::read(client, &wanted.columns).await?;
    let mut reader = Reader::new(
        asked,
        history,
        &options.currency,
        client.api.session.today,
        wanted,
    );
    let call = client.post(read_of(List::FutureEmployees), REPORT, AHEAD, &body);
    let answer = client.ask(&call).await?;
    let ahead = employees(client, &call, &answer, &mut reader, wanted)?;
    drop(answer);
    reader.note_ahead(&ahead);
    let call = client.post(read_of(List::Employees), REPORT, TODAY, &body);
    let answer = client.ask(&call).await?;
    let mut records = employees(client, &call, &answer, &mut reader, wanted)?;
    drop(answer);
    records.add_missing(ahead);
    (client.api.session.progress)(Step::Read(records.len() as u64));
    finish(
        client,
        options,
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

/// What was read of all employees.
pub(super) struct Found {
    pub(super) records: Records,
    pub(super) announced: Option<u64>,
    pub(super) partial: Option<PartialReason>,
    pub(super) problems: Vec<Problem>,
}

/// Hands all records on, with the problems of the read.
pub(super) async fn finish(
    client: &ApiClient<'_>,
    options: &Options,
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
        let missing = missing(&records, wanted, client.api.session, |_| false);
        let by_id = ById {
            client,
            limit: options.most_missing,
        };
        let absence = by_id.absence(wanted, records.first_id().map(str::to_owned));
        // What came is whole: where no lookup is answered, it says who is gone.
        let unconfirmed = absence.confirm(&missing, wanted, &mut records).await?;
        if let Some((reason, problem)) = unconfirmed
            .filter(|it| !matches!(it, UnconfirmedAbsence::Unanswered(_)))
            .map(UnconfirmedAbsence::shortfall)
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
    if let Some(problem) = reader.history.problem(decides) {
        partial = partial.or(decides.then_some(PartialReason::AttributeWithheld));
        problems.push(problem);
    }
    problems.extend(reader.private_addresses(&records));
    let bytes = client.api.bytes();
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

/// The employees of the answer. Its fields are read first, wherever they are in it.
fn employees(
    client: &ApiClient<'_>,
    call: &Call,
    answer: &Answer,
    reader: &mut Reader<'_>,
    wanted: &Wanted,
) -> Result<Records, ConnectorError> {
    let head: ReportHead = answer.json(&client.api, call)?;
    if head.employees.is_none() {
        return Err(without(client, call, answer, "employees"));
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
    answer.parse(&client.api, call, |text| people.read(text))?;
    Ok(records)
}

/// An answer with a good status that is not what was asked for: an error of BambooHR's, never an empty list.
pub(super) fn without(
    client: &ApiClient<'_>,
    call: &Call,
    answer: &Answer,
    what: &str,
) -> ConnectorError {
    let says = answer.says();
    let is_object = says.starts_with('{') || says.is_empty();
    let (kind, says) = if is_object {
        (ErrorKind::Malformed, None)
    } else {
        (ErrorKind::Refused, Some(says))
    };
    let part = what.to_owned();
    let failure = Failure::Lacks { part, says };
    client.api.answered(kind, call, answer, failure, support())
}

pub(super) async fn offered(client: &ApiClient<'_>) -> Result<Vec<Offered>, ConnectorError> {
    let fields = fields(client).await?.unwrap_or_default();
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
async fn fields(
    client: &ApiClient<'_>,
) -> Result<Result<Vec<Field>, ConnectorError>, ConnectorError> {
    let call = client.get(read_of(List::Fields), FIELDS, &[]);
    let answer = match client.attempt(&call).await? {
        Reply::Answered(answer) => answer,
        Reply::Withheld(error) => return Ok(Err(error)),
    };
    let Catalogue(fields) = answer.json(&client.api, &call)?;
    fields
        .map(Ok)
        .ok_or_else(|| without(client, &call, &answer, "fields"))
}

fn unlisted(error: &ConnectorError) -> Problem {
    let detail = Detail::Unlisted {
        system: VENDOR.to_owned(),
        why: error.failure(),
    };
    let remedy = Remedy::BambooHr(BambooHrRemedy::MapByNumber);
    Problem::new(Code::ApiLookup, Severity::Warning, detail, remedy)
}

fn read_of(of: List) -> Attempt {
    Attempt::Read { of }
}
