//! What is unusual about a saved plan: the evidence is read here, what follows from it is decided in core.

use crate::db::{connection::Store, error::StoreError};
use jiff::{Timestamp, tz::TimeZone};
use muster_core::{
    derive::insight::{Evidence, Insight, insight},
    model::{ids::IntegrationId, origin::DeliveredFile, run::Run, workspace::Workspace},
};

/// Earlier deliveries that are compared.
const DELIVERIES: u32 = 20;

impl Store {
    /// What is unusual about the plan of a run of an integration.
    pub fn plan_insight(
        &self,
        workspace: &Workspace,
        run: &Run,
        integration: IntegrationId,
    ) -> Result<Insight, StoreError> {
        let evidence = self.departure_evidence(workspace, run.id, integration)?;
        let earlier = self.earlier_deliveries(workspace.id, integration, run.id, DELIVERIES)?;
        let minute = |files: &[DeliveredFile]| minute_of_day(workspace, newest(files)?);
        Ok(insight(&Evidence {
            departures: evidence.departures,
            staying: evidence.staying,
            values: evidence.values,
            files: &run.files,
            last_files: earlier.first().map_or(&[], Vec::as_slice),
            written: minute(&run.files),
            usually_written: earlier.iter().filter_map(|files| minute(files)).collect(),
        }))
    }
}

fn newest(files: &[DeliveredFile]) -> Option<Timestamp> {
    files.iter().filter_map(|file| file.modified).max()
}

fn minute_of_day(workspace: &Workspace, at: Timestamp) -> Option<u16> {
    let zone = TimeZone::get(&workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(zone);
    u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).ok()
}
