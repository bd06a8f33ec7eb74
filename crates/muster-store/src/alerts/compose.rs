//! Puts items together to alerts, in one transaction for each channel.

use super::{
    channel::{AlertChannel, next_number},
    outbox::ReportedItem,
};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::Connection,
    },
    directory::changes::json,
    runs::record::instant,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    alert::{PendingItem, due_groups},
    model::ids::WorkspaceId,
};
use std::collections::BTreeMap;

/// For how long it is remembered when an alert of a group was made.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

impl Store {
    /// Makes alerts of the items that are due. Returns their number.
    pub fn compose_alerts(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut made = 0;
        for channel in self.channels()? {
            let is_due = self.read("look for alerts", |connection| {
                let pending = pending(connection, &channel)?;
                if pending.is_empty() {
                    return Ok(false);
                }
                let last = last(connection, &channel, now)?;
                Ok(!due_groups(&pending, &last, now).is_empty())
            })?;
            if is_due {
                made += self.write_shared("make alerts", |connection| {
                    compose(connection, &channel, now)
                })?;
            }
        }
        Ok(made)
    }
}

fn compose(
    connection: &Connection,
    channel: &AlertChannel,
    now: Timestamp,
) -> Result<usize, DbError> {
    let pending = pending(connection, channel)?;
    let groups = due_groups(&pending, &last(connection, channel, now)?, now);
    for group in &groups {
        let items = pending
            .iter()
            .filter(|item| group.items.contains(&item.number));
        let content: Vec<ReportedItem> = items
            .map(|pending| ReportedItem {
                workspace: pending.workspace,
                item: pending.item.clone(),
            })
            .collect();
        let id = next_number(connection)?;
        connection
            .prepare_cached(
                "INSERT INTO alert (workspace_id, id, channel_id, group_key, content, created_at, state, attempts, \
                 next_attempt_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', 0, ?6)",
            )?
            .execute((
                channel.workspace.0,
                id,
                channel.id,
                &group.key,
                json(&content),
                now.as_microsecond(),
            ))?;
        for number in &group.items {
            connection
                .prepare_cached("DELETE FROM alert_item WHERE channel_id = ?1 AND number = ?2")?
                .execute((channel.id, number))?;
        }
    }
    Ok(groups.len())
}

fn pending(connection: &Connection, channel: &AlertChannel) -> Result<Vec<PendingItem>, DbError> {
    connection
        .prepare_cached(
            "SELECT workspace_id, number, content FROM alert_item WHERE channel_id = ?1 ORDER BY number",
        )?
        .rows([channel.id], |row| {
            let workspace = WorkspaceId(row.get("workspace_id")?);
            let number: i64 = row.get("number")?;
            let content: String = row.get("content")?;
            Ok(PendingItem {
                number,
                workspace,
                item: serde_json::from_str(&content)
                    .map_err(|_| corrupt("alert_item", "content", number))?,
            })
        })
}

/// When an alert of each group was last made.
fn last(
    connection: &Connection,
    channel: &AlertChannel,
    now: Timestamp,
) -> Result<BTreeMap<String, Timestamp>, DbError> {
    let since = now.checked_sub(REMEMBERED).unwrap_or(now);
    connection
        .prepare_cached(
            "SELECT group_key, max(created_at) AS created_at FROM alert WHERE channel_id = ?1 AND created_at >= ?2 \
             GROUP BY group_key",
        )?
        .rows((channel.id, since.as_microsecond()), |row| {
            Ok((
                row.get("group_key")?,
                instant(row.get("created_at")?, "alert", "created_at")?,
            ))
        })
}
