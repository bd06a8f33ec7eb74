//! Lists of version 2, read by cursor to their end.

use super::{
    super::{v1::support, wire::PageV2},
    PERSONS, person,
};
use crate::{
    connector::{ConnectorError, ErrorKind},
    http::{Api, Bearer, Call, query_value},
    systems::attributes::Attributes,
};
use muster_core::model::{
    code::Code,
    problem::api::{Attempt, Failure, Link, List, Remedy},
};
use reqwest::StatusCode;
use serde_json::Value as Json;
use std::collections::HashSet;

/// Items on a page: the most that Personio gives.
const PAGE: &str = "50";

/// Everything that a list has.
#[derive(Default)]
pub(super) struct All {
    pub(super) items: Vec<Attributes>,
    /// A link led to a page that was read already, or a page had no new employee.
    pub(super) is_repeated: bool,
    /// An employee was on two pages: people moved between them, and others may have been passed over.
    pub(super) is_shifted: bool,
    /// There is no such list: its employee was deleted.
    pub(super) is_missing: bool,
    /// A link led to a page with nothing on it: what should have been there is unknown.
    pub(super) is_hollow: bool,
    pub(super) pages: u64,
}

impl All {
    /// Whether two readings found other people.
    pub(super) fn differs(&self, other: &Self) -> bool {
        let ids = |all: &Self| {
            all.items
                .iter()
                .filter_map(person::id)
                .collect::<HashSet<_>>()
        };
        ids(self) != ids(other)
    }
}

/// Reads lists of version 2 by cursor.
#[derive(Clone, Copy)]
pub(super) struct Pages<'p> {
    pub(super) api: &'p Api<'p>,
    pub(super) bearer: &'p Bearer<'p>,
}

impl Pages<'_> {
    /// Reads a list to its end. The same item on two pages is kept twice: the later one is newer.
    pub(super) async fn all(&self, path: &str, what: List) -> Result<All, ConnectorError> {
        let mut all = All::default();
        let (mut cursors, mut ids) = (HashSet::new(), HashSet::new());
        let mut cursor: Option<String> = None;
        for number in 1..=self.api.session.network.limits.pages {
            let Some(page) = self.page(path, what, number, cursor.as_deref()).await? else {
                all.is_missing = true;
                return Ok(all);
            };
            let items = page.data.unwrap_or_default();
            let fresh = items
                .iter()
                .filter(|item| person::id(item).is_none_or(|id| ids.insert(id)))
                .count();
            let is_stale = fresh == 0 && !items.is_empty();
            all.is_shifted |= fresh < items.len();
            all.is_hollow |= number > 1 && items.is_empty();
            all.pages = number;
            all.items.extend(items);
            let next = page
                .meta
                .and_then(|meta| meta.links)
                .and_then(|links| links.next)
                .and_then(|next| next.href);
            let Some(next) = next.filter(|next| !next.trim().is_empty()) else {
                return Ok(all);
            };
            let attempted = Attempt::ReadAfterPage {
                page: number,
                of: what,
            };
            let link = self.api.base.link(&attempted, &next)?;
            // Other lists are named in some links, and filters are left out: only the cursor counts.
            let found = query_value(&link, "cursor").ok_or_else(|| {
                let call = self.call(path, what, number, cursor.as_deref());
                let failure = Failure::Link(Link::NoCursor);
                self.api
                    .error(ErrorKind::Malformed, &call, failure, support())
                    .coded(Code::ApiLink)
            })?;
            if is_stale || !cursors.insert(found.clone()) {
                all.is_repeated = true;
                return Ok(all);
            }
            cursor = Some(found);
        }
        let read = self.api.session.network.limits.pages;
        let (call, failure) = (
            self.call(path, what, read, None),
            Failure::EndlessPages { read },
        );
        Err(self
            .api
            .error(ErrorKind::Refused, &call, failure, Remedy::AskWhyEndless)
            .coded(Code::ApiLimit))
    }

    /// The first page of a list.
    pub(super) async fn first(
        &self,
        path: &str,
        what: List,
    ) -> Result<Vec<Attributes>, ConnectorError> {
        Ok(self
            .page(path, what, 1, None)
            .await?
            .and_then(|page| page.data)
            .unwrap_or_default())
    }

    /// One page; none if there is no such list.
    async fn page(
        &self,
        path: &str,
        what: List,
        number: u64,
        cursor: Option<&str>,
    ) -> Result<Option<PageV2>, ConnectorError> {
        let call = self.call(path, what, number, cursor);
        let answer = self.bearer.ask(self.api, &call).await?;
        if answer.status == StatusCode::NOT_FOUND && path != PERSONS {
            return Ok(None);
        }
        if !answer.status.is_success() {
            return Err(self.api.refusal(&call, &answer, support()));
        }
        let page: PageV2 = answer.json(self.api, &call)?;
        if page.data.is_none() {
            let failure = Failure::Lacks {
                part: "_data".to_owned(),
                says: None,
            };
            let kind = ErrorKind::Malformed;
            return Err(self.api.answered(kind, &call, &answer, failure, support()));
        }
        Ok(Some(page))
    }

    fn call(&self, path: &str, what: List, number: u64, cursor: Option<&str>) -> Call {
        let mut url = self.api.base.join(path);
        url.query_pairs_mut().append_pair("limit", PAGE);
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        let attempted = Attempt::ReadPage {
            page: number,
            of: what,
        };
        Call::get(attempted, url)
    }

    /// One organisation unit; none if there is no such unit. An error says that no unit can be looked up. A refusal does not
    /// cost a new token, unless it says that the token is unknown.
    pub(super) async fn find(
        &self,
        path: &str,
        kind: &str,
    ) -> Result<Option<Json>, ConnectorError> {
        let mut url = self.api.base.join(path);
        url.query_pairs_mut().append_pair("type", kind);
        let attempted = Attempt::LookUpUnit {
            kind: kind.to_owned(),
        };
        let call = Call::get(attempted, url);
        let mut answer = self.bearer.ask_once(self.api, &call).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            answer = self.bearer.ask(self.api, &call).await?;
        }
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => answer.json(self.api, &call).map(Some),
            _ => Err(self.api.refusal(&call, &answer, support())),
        }
    }
}
