//! Asks BambooHR for one person by id. A report is one answer, and datasets say how many people they have; but a key sees
//! only what its user may see, so that people that an access level no longer shows look like people who were deleted.

use super::{VENDOR, api_client::ApiClient};
use crate::connector::{Absence, Answered, ConnectorError, Expected, Lookup, MISSING_KEY, Wanted};
use async_trait::async_trait;
use muster_core::model::problem::api::{self, Access, Attempt, BambooHrRemedy, List, Remedy};
use reqwest::StatusCode;

/// The most employees that one read looks up unless the setting says otherwise: under two minutes at the pace of this connector.
pub(super) const LIMIT: &str = "500";

/// Asks for people by id.
pub(super) struct ById<'d> {
    pub(super) client: &'d ApiClient<'d>,
    /// The most employees that one read looks up.
    pub(super) limit: usize,
}

impl ById<'_> {
    /// How those are asked for who are missing; `listed` is the id of an employee who is not.
    pub(super) fn absence(&self, wanted: &Wanted, listed: Option<String>) -> Absence<'_> {
        let is_id = wanted.identity.iter().eq(["id"]);
        Absence {
            vendor: VENDOR,
            list: List::People,
            lookup: is_id.then_some(self),
            permit: Access::BambooPeople,
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
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            // BambooHR's ids are numbers, so it has no employee with this one.
            return Ok(Answered::Gone);
        }
        let call = self.client.get(
            Attempt::LookUpEmployee,
            &format!("v1/employees/{id}"),
            &[("fields", "id")],
        );
        let answer = self.client.api.ask(&call).await?;
        Ok(match answer.status {
            StatusCode::NOT_FOUND => Answered::Gone,
            StatusCode::FORBIDDEN => Answered::Hidden,
            status if status.is_success() => {
                answer.json::<serde::de::IgnoredAny>(&self.client.api, &call)?;
                Answered::There
            }
            _ => {
                let error =
                    self.client
                        .api
                        .refusal(&call, &answer, Remedy::BambooHr(BambooHrRemedy::User));
                Answered::Refused(api::Lookup::Failed(error.failure()))
            }
        })
    }
}
