//! Asks Personio for one person by id: version 2's list does not say how long it is, and version 1's not always.

use super::wire::Single;
use crate::{
    connector::{
        Absence, Answered, ConnectorError, ErrorKind, Expected, Lookup, MISSING_KEY, Wanted,
    },
    http::{Api, Bearer, Call},
};
use async_trait::async_trait;
use muster_core::model::problem::api::{self, Access, Attempt, Failure, List, Remedy};
use reqwest::StatusCode;

/// The most employees that one read looks up unless the setting says otherwise: two minutes at the published pace.
pub(super) const LIMIT: &str = "500";

/// Asks for people by id.
pub(super) struct ById<'b> {
    pub(super) api: &'b Api<'b>,
    pub(super) bearer: &'b Bearer<'b>,
    /// The list that they should be on.
    pub(super) path: &'static str,
    pub(super) list: List,
    /// The most employees that one read looks up.
    pub(super) limit: usize,
}

impl ById<'_> {
    /// How those are asked for who are missing; `listed` is the id of an employee who is not.
    pub(super) fn absence(&self, wanted: &Wanted, listed: Option<String>) -> Absence<'_> {
        let is_id = wanted.identity.iter().eq(["id"]);
        Absence {
            vendor: super::v1::VENDOR,
            list: self.list,
            lookup: is_id.then_some(self),
            permit: Access::PersonioLookup,
            control: listed.map(|external_id| Expected {
                external_id,
                has_started: true,
            }),
            limit: self.limit,
            raised_by: MISSING_KEY,
        }
    }
}

#[async_trait]
impl Lookup for ById<'_> {
    async fn ask(&self, person: &Expected) -> Result<Answered, ConnectorError> {
        let id = &person.external_id;
        if !super::v2::is_part(id) {
            return Ok(Answered::Refused(api::Lookup::NotItsId));
        }
        // Neither path has a parameter that narrows the answer; all of it but the id is passed over.
        let url = self.api.base.join(&format!("{}/{id}", self.path));
        let call = Call::get(Attempt::LookUpEmployee, url);
        let refused = |failure| Ok(Answered::Refused(api::Lookup::Failed(failure)));
        let answer = match self.bearer.ask(self.api, &call).await {
            Ok(answer) => answer,
            Err(error) if error.kind == ErrorKind::Forbidden => {
                return refused(error.failure());
            }
            Err(error) => return Err(error),
        };
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Answered::Gone),
            status if status.is_success() => {
                let single: Single = answer.json(self.api, &call)?;
                match single.id() {
                    _ if single.success == Some(false) => refused(Failure::NotSuccessful {
                        system: super::v1::VENDOR.to_owned(),
                        says: answer.says(),
                    }),
                    Some(other) if other != *id => {
                        Ok(Answered::Refused(api::Lookup::OtherEmployee))
                    }
                    _ => Ok(Answered::There),
                }
            }
            _ => {
                let error = self.api.refusal(&call, &answer, Remedy::CheckStatusPage);
                refused(error.failure())
            }
        }
    }
}
