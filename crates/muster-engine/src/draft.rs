//! The connection test of an integration that is being set up. What it reads is the sample on which its mapping and its rules
//! are tried; it is stored encrypted until the setup ends.

use crate::{
    outcome::{Deps, Progress, RunError},
    sample::sample,
    source::Source,
    sync::Integration,
    system::test_connection,
};
use muster_core::model::{ids::IntegrationId, problem::Problem, response::ConnectionTest};

/// The number of sample records of a setup.
const RECORDS: usize = 200;

/// Reads the sample.
pub(crate) async fn test(
    integration: &Integration,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<ConnectionTest<Problem>, RunError> {
    match &integration.source {
        Source::Files(files) => sample(integration, files, RECORDS, deps, progress).await,
        Source::System(system) => {
            test_connection(integration, system, RECORDS, deps, progress).await
        }
    }
}

/// Stores the sample.
pub(crate) fn store(
    integration: &Integration,
    id: IntegrationId,
    found: &ConnectionTest<Problem>,
    deps: &Deps,
) -> Result<(), RunError> {
    let bytes = serde_json::to_vec(found).unwrap_or_default();
    let workspace = integration.setup.workspace.id;
    Ok(deps.store.put_sample(workspace, id, &bytes)?)
}
