//! The contract of connectors that read an HR system over HTTP.
//!
//! A connector knows one HR system: how it authenticates clients, how it returns employees page by page, and how
//! its answers become records. It reads and nothing else: it never writes to the source, keeps nothing
//! between runs but what the token cache keeps for it, has no schedule and no clock of its own, and never
//! decides who left. Everything that is not the system's own peculiarity is handed in with the [`Session`]
//! or done by the shared HTTP client.
//!
//! To add a connector:
//!
//! 1. Make a folder with `mod.rs` (settings and reading), `wire.rs` (exactly the fields that are read),
//!    `mapping.toml` (the default mapping, in the words of an integration file), `README.md` (how the customer
//!    makes the credentials, what is read, what the limits are), `fixtures/` and `tests.rs`.
//! 2. Add one `mod` line and one list entry to `catalogue.rs`. The contract test then covers it.
//! 3. In `read`: open one client with the published limits and every secret, collect all people in
//!    [`Records`] (the same person twice is one record: the newest wins), and only at the end hand them to the
//!    sink with [`deliver`], which also finds what is withheld. An error at any time means that the sink was
//!    never given anything.
//! 4. Where nothing proves that the list was whole, look up the employees who are [`missing`] from it ([`Absence`]): a list that
//!    ends early looks like one that people have left.
//!
//! What a record says, cell by cell: an attribute that the answer does not have at all is *absent* (the key
//! may not read it: stored values stay); null, or what the system writes for "nothing", is *null*; a value of
//! a kind that cannot be meant makes the record *broken*, which still proves that its person is there. Dates
//! are the first ten characters of what was delivered, never converted through a time zone. All columns that
//! are wanted are announced to the sink, also those that no record has.
//!
//! What a record cannot say in flat cells: employments are one cell, in a column `employments`, with a JSON
//! array `[{"external_id","payroll_id","type","company","start","original_start","end"}]` (keys absent when
//! unknown, ISO dates); companies are in [`Extent::companies`].

mod archived;
mod archived_0_1;
mod connection_test;
mod deliver;
mod error;
mod expected;
mod form;
mod missing;
mod pass;
mod records;
mod session;
mod unopened;
mod unusable;
mod wanted;

use async_trait::async_trait;
use muster_core::{
    model::{origin::DeliveredFile, problem::Problem},
    read::{reading::PartialReason, record::Sink},
};
use std::fmt;

pub use connection_test::Findings;
pub(crate) use deliver::{Collected, deliver};
pub use error::{ConnectorError, ErrorKind};
pub use expected::Expected;
pub use form::Settings;
pub(crate) use form::{BASE_URL, MISSING_KEY, MOST_MISSING, base_url};
pub(crate) use missing::{Absence, Answered, Lookup, UnconfirmedAbsence, missing};
pub use muster_core::{
    model::{company::Company, response::FieldState},
    setup::{
        listing::{Setting, SettingKind},
        source::NetworkLimits,
    },
};
pub(crate) use pass::Pass;
pub use records::{Records, Value};
pub use session::{Network, Session, Step, SystemTimer, Timer, TokenCache};
pub use unopened::Unopened;
pub(crate) use unusable::{unidentified, unreadable};
pub use wanted::Wanted;

/// Reads one HR system. `Debug` shows no secret.
#[async_trait]
pub trait Connector: fmt::Debug + Send + Sync {
    /// Reads all employees. The sink gets them only after the last answer has come, so that an error at any time
    /// leaves it as it was.
    async fn read(
        &self,
        session: &Session<'_>,
        wanted: &Wanted,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Extent, ConnectorError>;

    /// What the credentials may read, whether it is mapped or not.
    async fn offered(&self, session: &Session<'_>) -> Result<Vec<Offered>, ConnectorError>;

    /// The connection test: reads all employees and reports what there is. Changes nothing.
    async fn test(
        &self,
        session: &Session<'_>,
        wanted: &Wanted,
    ) -> Result<Findings, ConnectorError> {
        let offered = self.offered(session).await?;
        let mut records = Records::default();
        let extent = self.read(session, wanted, &mut records).await?;
        connection_test::find(offered, &records, extent, wanted, session.today)
    }
}

/// One attribute that the credentials may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What a mapping calls it.
    pub column: String,
    /// What the source calls it in its own pages, where it says so.
    pub label: Option<String>,
}

/// What one read amounted to.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    /// Why the delivery is not complete; none: all employees were read.
    pub partial: Option<PartialReason>,
    /// What should be looked at: withheld attributes, counts that do not add up. Each says what to do.
    pub problems: Vec<Problem>,
    pub records: u64,
    /// People that the source announced, where it does.
    pub announced: Option<u64>,
    /// What was read, for the record of the run: one entry an endpoint, its hash over the records.
    pub delivered: Vec<DeliveredFile>,
    /// Companies that employments refer to.
    pub companies: Vec<Company>,
}
