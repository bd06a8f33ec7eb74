//! Alerts that wait are claimed, one of each channel at a time, so that they arrive in order; then they are sent, wait for
//! another attempt, or have failed.

use super::channel::AlertChannel;
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::Row,
    },
    directory::changes::json,
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    alert::{AlertItem, SendFailure, SendRetry},
    model::ids::WorkspaceId,
};
use serde::{Deserialize, Serialize};

/// An item of an alert, with its workspace (0: the installation).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedItem {
    pub workspace: WorkspaceId,
    pub item: AlertItem,
}

/// An alert that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedAlert {
    pub id: i64,
    pub channel: AlertChannel,
    pub items: Vec<ReportedItem>,
    pub created: Timestamp,
    /// The number of this attempt, from 1.
    pub attempt: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertState {
    Waiting,
    Sent,
    Failed,
}

impl AlertState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// An alert as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAlert {
    pub id: i64,
    pub channel: i64,
    pub items: Vec<ReportedItem>,
    pub created: Timestamp,
    pub state: AlertState,
    pub attempts: u32,
    pub next_attempt: Timestamp,
    /// Of the last attempt.
    pub failure: Option<SendFailure>,
}

/// A process that claimed an alert and does not say what became of it has ended.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

impl Store {
    /// Claims the oldest waiting alert of each channel, if its next attempt is due.
    pub fn claim_alerts(&self, now: Timestamp) -> Result<Vec<ClaimedAlert>, StoreError> {
        let due = "state = 'waiting' AND next_attempt_at <= ?1 AND id IN \
             (SELECT min(id) FROM alert WHERE state = 'waiting' GROUP BY channel_id)";
        let at = now.as_microsecond();
        let has_work = self.read("look for alerts", |connection| {
            connection
                .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM alert WHERE {due})"))?
                .scalar::<bool>([at])
        })?;
        if !has_work {
            return Ok(Vec::new());
        }
        let channels = self.channels()?;
        self.write_shared("claim alerts", |connection| {
            let until = now.checked_add(CLAIM).unwrap_or(now);
            let claimed: Vec<(i64, i64, String, i64, i64)> = connection
                .prepare_cached(&format!(
                    "UPDATE alert SET attempts = attempts + 1, next_attempt_at = ?2 WHERE {due} \
                     RETURNING id, channel_id, content, created_at, attempts"
                ))?
                .rows((at, until.as_microsecond()), |row| {
                    Ok((
                        row.get("id")?,
                        row.get("channel_id")?,
                        row.get("content")?,
                        row.get("created_at")?,
                        row.get("attempts")?,
                    ))
                })?;
            let mut alerts = Vec::with_capacity(claimed.len());
            for (id, of, content, created, attempt) in claimed {
                let Some(channel) = channels.iter().find(|channel| channel.id == of) else {
                    continue;
                };
                alerts.push(ClaimedAlert {
                    id,
                    channel: channel.clone(),
                    items: serde_json::from_str(&content)
                        .map_err(|_| corrupt("alert", "content", id))?,
                    created: instant(created, "alert", "created_at")?,
                    attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
                });
            }
            Ok(alerts)
        })
    }

    /// Writes that an alert was sent.
    pub fn alert_sent(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.write_shared("record a sent alert", |connection| {
            connection.execute(
                "UPDATE alert SET state = 'sent', ended_at = ?2, failure = NULL WHERE id = ?1",
                (id, now.as_microsecond()),
            )?;
            Ok(())
        })
    }

    /// Writes why an alert was not sent, and when it is attempted again; none: it has failed.
    pub fn alert_failed(
        &self,
        id: i64,
        failure: &SendFailure,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("record an alert that was not sent", |connection| {
            let failed = json(failure);
            match next {
                Some(next) => connection.execute(
                    "UPDATE alert SET next_attempt_at = ?2, failure = ?3 WHERE id = ?1",
                    (id, next.as_microsecond(), failed),
                )?,
                None => connection.execute(
                    "UPDATE alert SET state = 'failed', ended_at = ?2, failure = ?3 WHERE id = ?1",
                    (id, now.as_microsecond(), failed),
                )?,
            };
            if failure.retry == SendRetry::Gone {
                connection.execute(
                    "UPDATE alert_channel SET disabled_at = ?2 \
                     WHERE id = (SELECT channel_id FROM alert WHERE alert.id = ?1)",
                    (id, now.as_microsecond()),
                )?;
            }
            Ok(())
        })
    }

    /// The last alerts, the latest first.
    pub fn alerts(&self, limit: u32) -> Result<Vec<ListedAlert>, StoreError> {
        self.read("list the alerts", |connection| {
            connection
                .prepare_cached(
                    "SELECT id, channel_id, content, created_at, state, attempts, next_attempt_at, failure FROM alert \
                     ORDER BY id DESC LIMIT ?1",
                )?
                .rows([i64::from(limit)], listed)
        })
    }

    /// The last alerts of the channels of a workspace, the latest first.
    pub fn alerts_of(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<ListedAlert>, StoreError> {
        self.read("list the alerts of a workspace", |connection| {
            connection
                .prepare_cached(
                    "SELECT id, channel_id, content, created_at, state, attempts, next_attempt_at, failure FROM alert \
                     WHERE channel_id IN (SELECT id FROM alert_channel WHERE workspace_id = ?1) ORDER BY id DESC LIMIT ?2",
                )?
                .rows((workspace.0, i64::from(limit)), listed)
        })
    }

    /// Deletes alerts that ended before an instant.
    pub fn forget_alerts(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write_shared("delete old alerts", |connection| {
            connection.execute(
                "DELETE FROM alert WHERE ended_at < ?1",
                [before.as_microsecond()],
            )
        })
    }
}

fn listed(row: Row<'_>) -> Result<ListedAlert, DbError> {
    let id: i64 = row.get("id")?;
    let of = row.get("channel_id")?;
    let content: String = row.get("content")?;
    let created = instant(row.get("created_at")?, "alert", "created_at")?;
    let state: String = row.get("state")?;
    let attempts: i64 = row.get("attempts")?;
    let next_attempt = instant(row.get("next_attempt_at")?, "alert", "next_attempt_at")?;
    let failure: Option<String> = row.get("failure")?;
    Ok(ListedAlert {
        id,
        channel: of,
        items: serde_json::from_str(&content).map_err(|_| corrupt("alert", "content", id))?,
        created,
        state: parsed(&state, AlertState::parse, "alert", "state")?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        next_attempt,
        failure: failure
            .map(|text| serde_json::from_str(&text).map_err(|_| corrupt("alert", "failure", id)))
            .transpose()?,
    })
}
