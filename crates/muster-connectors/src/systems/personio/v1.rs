//! Version 1: all employees in one list, page by page.

use super::{
    columns::{find_in_record, is_day, is_paid, permit, resolve},
    lookup::ById,
    wire::{AttributeV1, CatalogueV1, EmployeeV1, EmployeesV1},
};
use crate::{
    connector::{
        Collected, ConnectorError, ErrorKind, Extent, Offered, Pass, Records, Step,
        UnconfirmedAbsence, Value, Wanted, deliver, missing, unidentified, unreadable,
    },
    http::{Answer, Api, Bearer, Call},
    systems::{attributes::Attributes, leniency},
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Attempt, Detail, Failure, List as Source, PersonioRemedy, Remedy},
        },
    },
    read::record::Sink,
};
use serde_json::Value as Json;

/// People on a page: the most that Personio gives.
const PAGE: usize = 100;
const EMPLOYEES: &str = "v1/company/employees";
const ATTRIBUTES: &str = "v1/company/employees/attributes";

/// A wanted column and the attribute that it is.
struct Column {
    name: String,
    key: Option<String>,
}

impl Column {
    /// The value in a record. A record that carries the attribute counts, though the list of attributes does not name it.
    fn value(&self, record: &Attributes) -> Value {
        let key = match &self.key {
            Some(key) => key.as_str(),
            None => match find_in_record(&self.name, record).as_slice() {
                [] => return Value::Absent,
                [one] => one,
                _ => return Value::Unreadable,
            },
        };
        record
            .get(key)
            .map_or(Value::Absent, |envelope| value(key, envelope))
    }
}

pub(super) async fn read(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
    limit: usize,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let mut problems = Vec::new();
    let offered = match attributes(api, bearer).await {
        Ok(offered) => Some(offered),
        Err(error) if is_unlisted(&error) => {
            problems.push(unlisted(&error));
            None
        }
        Err(error) => return Err(error),
    };
    let mut columns = Vec::new();
    for name in &wanted.columns {
        columns.push(Column {
            name: name.clone(),
            key: resolve(name, offered.as_deref())?,
        });
    }
    let list = List {
        api,
        bearer,
        names: wanted.columns.clone(),
        columns,
    };
    let mut pass = list.pass().await?;
    if !pass.adds_up() {
        pass = list.pass().await?.with_earlier(pass);
    }
    let mut shortfall = pass.shortfall(VENDOR);
    if shortfall.is_none() {
        let missing = missing(&pass.records, wanted, api.session, |_| false);
        let by_id = ById {
            api,
            bearer,
            path: EMPLOYEES,
            list: Source::Employees,
            limit,
        };
        let absence = by_id.absence(wanted, pass.records.first_id().map(str::to_owned));
        let unconfirmed = absence.confirm(&missing, wanted, &mut pass.records).await?;
        // A total that adds up says that they left, where nobody can be asked for.
        let is_decided = |unconfirmed: &UnconfirmedAbsence| {
            !matches!(unconfirmed, UnconfirmedAbsence::StillThere(_)) && pass.last_total.is_some()
        };
        shortfall = unconfirmed
            .filter(|unconfirmed| !is_decided(unconfirmed))
            .map(UnconfirmedAbsence::shortfall);
    }
    let partial = shortfall.as_ref().map(|(reason, _)| *reason);
    problems.extend(shortfall.map(|(_, problem)| problem));
    problems.extend(api.notices());
    let collected = Collected {
        announced: pass.last_total,
        records: pass.records,
        partial,
        problems,
        endpoint: "GET /v1/company/employees",
        bytes: api.bytes(),
        permit: &permit,
    };
    deliver(collected, wanted, sink)
}

pub(super) async fn offered(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
) -> Result<Vec<Offered>, ConnectorError> {
    let offered = |attribute: AttributeV1| {
        // A mark is the same in every account, which a key is not.
        let is_custom = attribute.key.starts_with("dynamic_");
        let column = attribute
            .universal_id
            .filter(|_| is_custom)
            .unwrap_or(attribute.key);
        Offered {
            column,
            label: attribute.label,
        }
    };
    match attributes(api, bearer).await {
        Ok(attributes) => Ok(attributes
            .into_iter()
            .filter(|attribute| !is_paid(attribute))
            .map(offered)
            .collect()),
        Err(error) if is_unlisted(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The attributes that the credential may read.
async fn attributes(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
) -> Result<Vec<AttributeV1>, ConnectorError> {
    let call = Call::get(
        Attempt::Read {
            of: Source::Attributes,
        },
        api.base.join(ATTRIBUTES),
    );
    let answer = bearer.ask(api, &call).await?;
    let CatalogueV1 { success, data } = succeeded(api, &call, &answer)?;
    take(api, &call, &answer, success, data)
}

fn succeeded<T: serde::de::DeserializeOwned>(
    api: &Api<'_>,
    call: &Call,
    answer: &Answer,
) -> Result<T, ConnectorError> {
    if answer.status.is_success() {
        answer.json(api, call)
    } else {
        Err(api.refusal(call, answer, support()))
    }
}

/// What a page has; a page that says "no success" with a good status is a refusal, never an empty list.
fn take<T>(
    api: &Api<'_>,
    call: &Call,
    answer: &Answer,
    success: Option<bool>,
    data: Option<Vec<T>>,
) -> Result<Vec<T>, ConnectorError> {
    match (success, data) {
        (Some(false), _) => {
            let failure = Failure::NotSuccessful {
                system: VENDOR.to_owned(),
                says: answer.says(),
            };
            Err(api.answered(ErrorKind::Refused, call, answer, failure, support()))
        }
        (_, Some(data)) => Ok(data),
        (_, None) => {
            let failure = Failure::Lacks {
                part: "data".to_owned(),
                says: None,
            };
            Err(api.answered(ErrorKind::Malformed, call, answer, failure, support()))
        }
    }
}

/// What messages call it.
pub(super) const VENDOR: &str = "Personio";

pub(super) fn support() -> Remedy {
    Remedy::ContactSupport {
        system: Some(VENDOR.to_owned()),
    }
}

/// The list of employees, for one read.
struct List<'l> {
    api: &'l Api<'l>,
    bearer: &'l Bearer<'l>,
    names: Vec<String>,
    columns: Vec<Column>,
}

impl List<'_> {
    async fn pass(&self) -> Result<Pass, ConnectorError> {
        let mut pass = Pass::new(&self.names);
        let mut offset = 0;
        for number in 1..=self.api.session.network.limits.pages {
            let page = self.page(number, offset).await?;
            let total = page
                .metadata
                .and_then(|metadata| metadata.total_elements)
                .and_then(|total| total.number());
            pass.announce(number, total);
            let people = page.data.unwrap_or_default();
            let count = people.len();
            let fresh = people
                .into_iter()
                .filter(|person| self.add(&mut pass.records, person))
                .count();
            (self.api.session.progress)(Step::Read(pass.records.len() as u64));
            offset += count;
            let is_last = match total {
                // An answer of more than a page ignores paging and is everything.
                _ if count == 0 || count > PAGE => true,
                Some(total) => offset as u64 >= total,
                None => count < PAGE,
            };
            // A page without a new employee says that the offset is ignored.
            pass.is_repeated = fresh == 0 && count > 0 && !is_last;
            if is_last || pass.is_repeated {
                return Ok(pass);
            }
        }
        let read = self.api.session.network.limits.pages;
        let (call, failure) = (self.call(read, offset), Failure::EndlessPages { read });
        Err(self
            .api
            .error(ErrorKind::Refused, &call, failure, Remedy::AskWhyEndless)
            .coded(Code::ApiLimit))
    }

    async fn page(&self, number: u64, offset: usize) -> Result<EmployeesV1, ConnectorError> {
        let call = self.call(number, offset);
        let answer = self.bearer.ask(self.api, &call).await?;
        let EmployeesV1 {
            success,
            data,
            metadata,
        } = succeeded(self.api, &call, &answer)?;
        let data = take(self.api, &call, &answer, success, data)?;
        Ok(EmployeesV1 {
            success,
            data: Some(data),
            metadata,
        })
    }

    /// Asks for the wanted attributes and no other, so that nobody's salary ever travels.
    fn call(&self, number: u64, offset: usize) -> Call {
        let mut url = self.api.base.join(EMPLOYEES);
        let mut query = url.query_pairs_mut();
        query
            .append_pair("limit", &PAGE.to_string())
            .append_pair("offset", &offset.to_string());
        query.append_pair("attributes[]", "id");
        for key in self
            .columns
            .iter()
            .filter_map(|column| column.key.as_deref())
            .filter(|key| *key != "id")
        {
            query.append_pair("attributes[]", key);
        }
        drop(query);
        let attempted = Attempt::ReadPage {
            page: number,
            of: Source::Employees,
        };
        Call::get(attempted, url)
    }

    /// Adds one person; whether the id is new.
    fn add(&self, records: &mut Records, person: &EmployeeV1) -> bool {
        let id = match person
            .attributes
            .get("id")
            .and_then(|envelope| envelope.get("value"))
            .map(leniency::scalar)
        {
            Some(Value::Text(id)) => id,
            _ => {
                records.put_unknown(unidentified(VENDOR));
                return true;
            }
        };
        let mut problem = None;
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let value = column.value(&person.attributes);
            if value == Value::Unreadable && problem.is_none() {
                problem = Some(unreadable(VENDOR, &column.name, &id));
            }
            values.push(value);
        }
        records.put(&id, &values, problem)
    }
}

/// The value within an attribute's envelope.
pub(super) fn value(key: &str, envelope: &Json) -> Value {
    let Json::Object(envelope) = envelope else {
        return Value::Unreadable;
    };
    let value = envelope.get("value").unwrap_or(&Json::Null);
    match envelope.get("type").and_then(Json::as_str) {
        _ if key == "supervisor" => leniency::named(value, "id"),
        _ if is_day(key) => leniency::day(value),
        Some("date") if key.starts_with("dynamic_") => leniency::day(value),
        // Of old there was no type, and new ones come: midnight says that a day is meant.
        _ if key.starts_with("dynamic_") && is_midnight(value) => leniency::day(value),
        Some("tags") => leniency::tags(value),
        _ => leniency::text(value),
    }
}

fn is_midnight(value: &Json) -> bool {
    value
        .as_str()
        .and_then(|text| text.get(10..))
        .is_some_and(|time| time.starts_with("T00:00:00"))
}

/// Whether the list of attributes alone is withheld, as it is from some credentials.
fn is_unlisted(error: &ConnectorError) -> bool {
    error
        .failed_request()
        .is_some_and(|request| request.on.ends_with(ATTRIBUTES))
        && matches!(error.code(), Code::ApiForbidden | Code::ApiRefused)
}

fn unlisted(error: &ConnectorError) -> Problem {
    let detail = Detail::Unlisted {
        system: VENDOR.to_owned(),
        why: error.failure(),
    };
    Problem::new(
        Code::ApiLookup,
        Severity::Warning,
        detail,
        Remedy::Personio(PersonioRemedy::MapByKey),
    )
}
