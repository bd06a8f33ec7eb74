//! All employees page by page, from datasets version 2.

use super::{
    Options, VENDOR,
    api_client::ApiClient,
    columns::Asked,
    history::History,
    person::Reader,
    report::{Found, finish, without},
    wire::{People, Row, SetField, SetFields, SetPage},
};
use crate::{
    connector::{ConnectorError, ErrorKind, Extent, Offered, Pass, Step, Wanted},
    http::Call,
    systems::salary::is_salary,
};
use muster_core::{
    model::{
        code::Code,
        problem::api::{Attempt, Failure, List as Source, Remedy},
    },
    read::record::Sink,
};
use serde_json::json;
use std::collections::{HashMap, HashSet};

const DATA: &str = "v2/datasets/employee/data";
const FIELDS: &str = "v1_2/datasets/employee/fields";
/// People, or fields, on a page: the most that BambooHR gives.
const PAGE: u64 = 1_000;

pub(super) async fn read(
    client: &ApiClient<'_>,
    options: &Options,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let mut asked = Asked::of_set(&wanted.columns, &fields(client).await?)?;
    let keys = asked.keys(None)?;
    let history = History::read(client, &wanted.columns).await?;
    let reader = Reader::new(
        asked,
        history,
        &options.currency,
        client.api.session.today,
        wanted,
    );
    let mut list = List {
        client,
        keys,
        reader,
        wanted,
        withheld: HashSet::new(),
    };
    let mut pass = match list.pass().await {
        Err(error) if matches!(error.code(), Code::ApiForbidden | Code::ApiRefused) => {
            list.find_withheld(error).await?;
            list.pass().await?
        }
        other => other?,
    };
    if !pass.adds_up() {
        pass = list.pass().await?.with_earlier(pass);
    }
    let shortfall = pass.shortfall(VENDOR);
    let partial = shortfall.as_ref().map(|(reason, _)| *reason);
    let problems = shortfall.map(|(_, problem)| problem).into_iter().collect();
    let found = Found {
        announced: pass.last_total,
        records: pass.records,
        partial,
        problems,
    };
    finish(
        client,
        options,
        "POST /v2/datasets/employee/data",
        list.reader,
        found,
        wanted,
        sink,
    )
    .await
}

pub(super) async fn offered(client: &ApiClient<'_>) -> Result<Vec<Offered>, ConnectorError> {
    let is_paid =
        |field: &SetField| is_salary(&field.name) || field.label.as_deref().is_some_and(is_salary);
    let fields = fields(client)
        .await?
        .into_iter()
        .filter(|field| !is_paid(field));
    Ok(fields
        .map(|field| Offered {
            column: field.name,
            label: field.label,
        })
        .collect())
}

/// The fields that the dataset has.
async fn fields(client: &ApiClient<'_>) -> Result<Vec<SetField>, ConnectorError> {
    let mut fields: Vec<SetField> = Vec::new();
    let mut names = HashSet::new();
    for page in 1..=client.api.session.network.limits.pages {
        let query = [("page", page.to_string()), ("page_size", PAGE.to_string())];
        let query: Vec<(&str, &str)> = query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let call = client.get(
            Attempt::Read {
                of: Source::DatasetFields,
            },
            FIELDS,
            &query,
        );
        let answer = client.ask(&call).await?;
        let SetFields {
            fields: some,
            pagination,
        } = answer.json(&client.api, &call)?;
        let some = some.ok_or_else(|| without(client, &call, &answer, "fields"))?;
        let before = fields.len();
        fields.extend(
            some.into_iter()
                .filter(|field| names.insert(field.name.clone())),
        );
        let pages = pagination
            .and_then(|pagination| pagination.total_pages)
            .and_then(|pages| pages.number());
        // A page behind the last is the last once more.
        if fields.len() == before || pages.is_none_or(|pages| page >= pages) {
            break;
        }
    }
    Ok(fields)
}

/// The list of people, for one read.
struct List<'l> {
    client: &'l ApiClient<'l>,
    keys: HashMap<String, usize>,
    reader: Reader<'l>,
    wanted: &'l Wanted,
    /// Fields that the key may not read, by position.
    withheld: HashSet<usize>,
}

impl List<'_> {
    /// Finds the fields that the key may not read, after a refusal. The dataset refuses a request for any of them
    /// whole, and may not say for which; so each is tried alone, unless the dataset itself is refused.
    async fn find_withheld(&mut self, refused: ConnectorError) -> Result<(), ConnectorError> {
        if self.is_refused(&[0]).await? {
            return Err(refused);
        }
        for position in 1..self.reader.asked.names.len() {
            if self.is_refused(&[0, position]).await? {
                self.withheld.insert(position);
            }
        }
        if self.withheld.is_empty() {
            Err(refused)
        } else {
            Ok(())
        }
    }

    /// Asks for one person with these fields.
    async fn is_refused(&self, positions: &[usize]) -> Result<bool, ConnectorError> {
        match self
            .client
            .ask(&self.call(1, 1, positions.iter().copied()))
            .await
        {
            Ok(_) => Ok(false),
            Err(error) if matches!(error.code(), Code::ApiForbidden | Code::ApiRefused) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Reads all employees once. Pages are by number, so an employee who comes or goes moves people between them: they
    /// are sorted by id, taken once, and counted against what the first and the last page announce.
    async fn pass(&self) -> Result<Pass, ConnectorError> {
        let mut pass = Pass::new(&self.wanted.columns);
        let mut seen = 0;
        for number in 1..=self.client.api.session.network.limits.pages {
            let (count, fresh, total) = self.page(number, &mut pass).await?;
            pass.announce(number, total);
            seen += count;
            (self.client.api.session.progress)(Step::Read(pass.records.len() as u64));
            // The number of pages is not looked at: it is wrong where pages are smaller than asked for.
            let is_last = count == 0 || total.is_some_and(|total| seen >= total);
            pass.is_repeated = fresh == 0 && count > 0 && !is_last;
            if is_last || pass.is_repeated {
                return Ok(pass);
            }
        }
        let read = self.client.api.session.network.limits.pages;
        let (call, failure) = (self.page_call(read), Failure::EndlessPages { read });
        let error =
            self.client
                .api
                .error(ErrorKind::Refused, &call, failure, Remedy::AskWhyEndless);
        Err(error.coded(Code::ApiLimit))
    }

    /// Adds the people of a page. Gives how many there are, how many of them are new, and how many are announced.
    async fn page(
        &self,
        number: u64,
        pass: &mut Pass,
    ) -> Result<(u64, u64, Option<u64>), ConnectorError> {
        let call = self.page_call(number);
        let answer = self.client.ask(&call).await?;
        let page: SetPage = answer.json(&self.client.api, &call)?;
        if page.data.is_none() {
            return Err(without(self.client, &call, &answer, "data"));
        }
        let (mut count, mut fresh) = (0, 0);
        let (reader, records) = (&self.reader, &mut pass.records);
        let asked = reader.asked.names.len();
        let mut take = |row: Row| {
            count += 1;
            fresh += u64::from(reader.add(records, &row));
        };
        let people = People {
            list: "data",
            is_wrapped: true,
            keys: &self.keys,
            count: asked,
            take: &mut take,
        };
        answer.parse(&self.client.api, &call, |text| people.read(text))?;
        Ok((
            count,
            fresh,
            page.meta
                .and_then(|meta| meta.total)
                .and_then(|total| total.number()),
        ))
    }

    fn page_call(&self, number: u64) -> Call {
        let readable =
            (0..self.reader.asked.names.len()).filter(|position| !self.withheld.contains(position));
        self.call(number, PAGE, readable)
    }

    fn call(&self, number: u64, size: u64, positions: impl Iterator<Item = usize>) -> Call {
        let names = &self.reader.asked.names;
        let fields: Vec<&String> = positions.map(|position| &names[position]).collect();
        let body = json!({"fields": fields, "page": number, "pageSize": size, "orderBy": format!("{} asc", names[0])});
        self.client.post(
            Attempt::ReadPage {
                page: number,
                of: Source::People,
            },
            DATA,
            &[],
            &body,
        )
    }
}
