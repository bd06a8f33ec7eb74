//! Lists, read page by page to their end.
//!
//! The next page is named by a link that lacks a part of the path, so only its query is used, on the address
//! that was asked before. There is no total: what does not look like an end is not taken for one.

use super::{
    NAME, YouServe, slice,
    token::refusal,
    wire::{Page, Record},
};
use crate::{
    connector::{ConnectorError, ErrorKind},
    http::{Api, Bearer, Call},
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            self, Problem, Severity,
            api::{self, Attempt, Detail, Failure, Link, Remedy, Shape, YouServeRemedy},
        },
    },
    read::reading::PartialReason,
};
use reqwest::{StatusCode, header::HeaderName};
use serde::de::IgnoredAny;
use std::collections::{HashMap, HashSet};

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Employees,
    Employments,
    Companies,
}

impl List {
    fn path(self) -> &'static str {
        match self {
            Self::Employees => "iam/v1.0/employees",
            Self::Employments => "iam/v1.0/employments",
            Self::Companies => "iam/v1.0/companies",
        }
    }

    /// What problems call it.
    fn source(self) -> api::List {
        match self {
            Self::Employees => api::List::Employees,
            Self::Employments => api::List::Employments,
            Self::Companies => api::List::Companies,
        }
    }
}

/// Why a list may not be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotWhole {
    /// A page, or a link, came again.
    Repeated,
    /// A page has nothing in it although another follows.
    Hollow,
    /// There was no envelope, so that nothing says whether more follow.
    Bare,
}

impl NotWhole {
    fn code(self) -> Code {
        match self {
            Self::Repeated => Code::ApiLink,
            Self::Hollow | Self::Bare => Code::ApiUnreconciled,
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::Repeated => Shape::Repeated,
            Self::Hollow => Shape::EmptyPage,
            Self::Bare => Shape::Bare,
        }
    }
}

/// A whole list, each record once: the newest copy.
#[derive(Debug, Default)]
pub(super) struct All {
    pub(super) items: Vec<Record>,
    pub(super) not_whole: Option<NotWhole>,
    by_key: HashMap<String, usize>,
}

impl All {
    /// Whether this slice of this record is there.
    pub(super) fn has(&self, item: &Record) -> bool {
        slice::key(item).is_some_and(|key| self.by_key.contains_key(&key))
    }

    /// Adds a record; whether it was not there yet. One that changes while it is read moves to the end and comes
    /// again.
    fn add(&mut self, item: Record) -> bool {
        let Some(key) = slice::key(&item) else {
            self.items.push(item);
            return true;
        };
        if let Some(&position) = self.by_key.get(&key) {
            self.items[position] = item;
            return false;
        }
        self.by_key.insert(key, self.items.len());
        self.items.push(item);
        true
    }

    /// Why the read is not complete, and what to say about it.
    pub(super) fn partial(&self, list: List) -> Option<(PartialReason, Problem)> {
        let not_whole = self.not_whole?;
        let detail = Detail::NotWhole {
            of: list.source(),
            shape: not_whole.shape(),
        };
        let remedy = Remedy::WaitForNextRun {
            system: NAME.to_owned(),
        };
        let problem = Problem::new(not_whole.code(), Severity::Warning, detail, remedy);
        Some((PartialReason::Truncated, problem))
    }
}

/// What is answered when one record is asked for.
pub(super) enum Single {
    There,
    NotFound,
    Refused(Failure),
}

#[derive(Clone, Copy)]
pub(super) struct Lists<'l> {
    pub(super) connector: &'l YouServe,
    pub(super) api: &'l Api<'l>,
    pub(super) bearer: &'l Bearer<'l>,
}

impl Lists<'_> {
    /// A list to its end; again if it may not have been whole the first time.
    pub(super) async fn all(&self, list: List) -> Result<All, ConnectorError> {
        let all = self.pass(list).await?;
        match all.not_whole {
            Some(_) => self.pass(list).await,
            None => Ok(all),
        }
    }

    async fn pass(&self, list: List) -> Result<All, ConnectorError> {
        let mut all = All::default();
        let mut queries = HashSet::new();
        let mut query: Option<String> = None;
        for number in 1..=self.api.session.network.limits.pages {
            let call = self.call(list, number, query.as_deref());
            let page = self.page(&call).await?;
            let items = page.value.unwrap_or_default();
            let count = items.len();
            let fresh = items
                .into_iter()
                .map(|item| all.add(item))
                .filter(|is_new| *is_new)
                .count();
            if page.is_bare {
                all.not_whole = Some(NotWhole::Bare);
            }
            let Some(next) = page.next.filter(|next| !next.trim().is_empty()) else {
                return Ok(all);
            };
            let next = self.query(&call, &next)?;
            all.not_whole = match (count, fresh) {
                (0, _) => Some(NotWhole::Hollow),
                (_, 0) => Some(NotWhole::Repeated),
                _ if !queries.insert(next.clone()) => Some(NotWhole::Repeated),
                _ => None,
            };
            if all.not_whole.is_some() {
                return Ok(all);
            }
            query = Some(next);
        }
        let read = self.api.session.network.limits.pages;
        let (call, failure) = (self.call(list, read, None), Failure::EndlessPages { read });
        Err(self
            .api
            .error(ErrorKind::Refused, &call, failure, Remedy::AskWhyEndless)
            .coded(Code::ApiLimit))
    }

    /// A list that says something of people who are on another one: without a part of it, what is known of them would be
    /// taken back.
    pub(super) async fn whole(&self, list: List) -> Result<All, ConnectorError> {
        let all = self.all(list).await.map_err(|error| match error.kind {
            ErrorKind::Forbidden | ErrorKind::Refused => advised(list, error),
            _ => error,
        })?;
        match all
            .not_whole
            .filter(|not_whole| *not_whole != NotWhole::Bare)
        {
            Some(not_whole) => Err(self
                .broken_off(
                    list,
                    Failure::NotWholeList {
                        shape: not_whole.shape(),
                    },
                )
                .coded(not_whole.code())),
            None => Ok(all),
        }
    }

    /// A list that is not whole.
    pub(super) fn broken_off(&self, list: List, failure: Failure) -> ConnectorError {
        let call = Call {
            attempted: Attempt::ReadAll { of: list.source() },
            ..self.call(list, 0, None)
        };
        self.api
            .error(ErrorKind::Malformed, &call, failure, support())
    }

    /// The records of the first page.
    pub(super) async fn first(&self, list: List) -> Result<Vec<Record>, ConnectorError> {
        Ok(self
            .page(&self.call(list, 1, None))
            .await?
            .value
            .unwrap_or_default())
    }

    /// What a list has of a human's code.
    pub(super) async fn of_code(
        &self,
        list: List,
        code: &str,
    ) -> Result<Vec<Record>, ConnectorError> {
        let mut call = self.call(list, 1, None);
        call.url.query_pairs_mut().append_pair("personCode", code);
        call.attempted = Attempt::LookUpEmployee;
        Ok(self.page(&call).await?.value.unwrap_or_default())
    }

    /// What is answered when one record of the employees is asked for.
    pub(super) async fn single(&self, id: &str) -> Result<Single, ConnectorError> {
        let mut call = self.call(List::Employees, 1, None);
        // An id is data: as a segment of its own it leads nowhere else.
        call.url = self.api.base.join(List::Employees.path());
        if let Ok(mut path) = call.url.path_segments_mut() {
            path.push(id);
        }
        call.attempted = Attempt::LookUpEmployee;
        let answer = self.bearer.ask(self.api, &call).await?;
        if answer.status.is_success() {
            answer.json::<IgnoredAny>(self.api, &call)?;
            return Ok(Single::There);
        }
        Ok(match answer.status {
            StatusCode::NOT_FOUND => Single::NotFound,
            _ => Single::Refused(self.api.refusal(&call, &answer, support()).failure()),
        })
    }

    async fn page(&self, call: &Call) -> Result<Page, ConnectorError> {
        let answer = self.bearer.ask(self.api, call).await?;
        if !answer.status.is_success() {
            let tenant = self.connector.tenant.as_deref();
            return Err(refusal(self.api, call, &answer, tenant));
        }
        let page: Page = answer.json(self.api, call)?;
        if page.error.is_some() {
            let failure = Failure::NotSuccessful {
                system: NAME.to_owned(),
                says: answer.says(),
            };
            return Err(self
                .api
                .answered(ErrorKind::Refused, call, &answer, failure, support()));
        }
        Ok(page)
    }

    /// The query of a link, as it came: tokens in it are opaque. A link to elsewhere is refused.
    fn query(&self, call: &Call, link: &str) -> Result<String, ConnectorError> {
        self.api.base.link(&call.attempted, link)?;
        let query = link
            .split_once('?')
            .map(|(_, query)| query.split('#').next().unwrap_or_default());
        query
            .filter(|query| !query.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| {
                let failure = Failure::Link(Link::NoQuery);
                self.api
                    .error(ErrorKind::Malformed, call, failure, support())
                    .coded(Code::ApiLink)
            })
    }

    fn call(&self, list: List, number: u64, query: Option<&str>) -> Call {
        let mut url = self.api.base.join(list.path());
        url.set_query(query);
        let attempted = Attempt::ReadPage {
            page: number,
            of: list.source(),
        };
        let call = Call::get(attempted, url);
        let client = self.connector.client_id.as_str();
        let call = call.with(HeaderName::from_static("x-client-id"), client.into());
        match &self.connector.tenant {
            Some(tenant) => call.with(
                HeaderName::from_static("x-raet-tenant-id"),
                tenant.as_str().into(),
            ),
            None => call,
        }
    }
}

/// What else can be done where the list of employments is not to be had.
pub(super) fn advised(list: List, error: ConnectorError) -> ConnectorError {
    if list != List::Employments {
        return error;
    }
    let otherwise = match &error.problem.remedy {
        problem::Remedy::Api(remedy) => Box::new(remedy.clone()),
        _ => Box::new(support()),
    };
    error.remedied(Remedy::YouServe(YouServeRemedy::EmploymentsFromRecords {
        otherwise,
    }))
}

pub(super) fn support() -> Remedy {
    Remedy::ContactSupport {
        system: Some(NAME.to_owned()),
    }
}
