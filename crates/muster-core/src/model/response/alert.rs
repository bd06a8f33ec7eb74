//! Alerts: channels, and what was sent.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `alert list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertList {
    pub channels: Vec<AlertChannelLine>,
    /// The last alerts, the latest first.
    pub alerts: Vec<AlertLine>,
}

/// Where alerts are sent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertChannelLine {
    pub channel: i64,
    /// `email` or `webhook`.
    pub kind: String,
    pub target: String,
    /// None: every workspace, and the installation.
    pub workspace: Option<String>,
    pub digest: bool,
    /// When its receiver refused all further messages.
    pub disabled: Option<Timestamp>,
}

/// An alert.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertLine {
    pub alert: i64,
    pub channel: i64,
    pub created: Timestamp,
    pub subject: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    pub attempts: u32,
    /// When it is attempted next, while it waits.
    pub next_attempt: Option<Timestamp>,
    /// Why the last attempt failed.
    pub failure: Option<String>,
}

/// The answer of a command that changes channels or tries one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertAnswer {
    /// `set`, `added`, `sent`, `removed`.
    pub status: String,
    pub channel: Option<i64>,
    /// With what messages are signed. It is shown once.
    pub secret: Option<String>,
}
