//! The sample of a draft: what its connection test has read.

use super::Draft;
use crate::{access::Here, state::App};
use muster_core::{
    model::{
        calendar::Calendar, field::Schema, problem::Problem, response::ConnectionTest,
        workspace::Workspace,
    },
    read::sample::{SampledRecord, check_sample},
    setup::{
        integration::Setup,
        settings::{Purpose, RawSettings, check_for},
    },
};
use muster_store::StoreError;

pub(crate) type Sample = ConnectionTest<Problem>;

/// None: the connection was not tested yet, or by another version.
pub(crate) fn read(app: &App, here: &Here, draft: &Draft) -> Result<Option<Sample>, StoreError> {
    let stored = app
        .store
        .sample(here.workspace.id, draft.stored.integration)?;
    Ok(stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// A sample under the settings of a draft.
pub(crate) struct Checked {
    pub(crate) schema: Schema,
    pub(crate) setup: Setup,
    pub(crate) records: Vec<SampledRecord>,
}

/// What the settings make of a sample. None: they are not complete enough, or cannot be evaluated on these columns.
pub(crate) fn check(app: &App, here: &Here, raw: &RawSettings, sample: &Sample) -> Option<Checked> {
    let mut settings = check_for(Purpose::Connection, raw, app.web.setup.catalogue).ok()?;
    settings.drop_unknown_fields(&here.workspace.schema);
    let schema = settings.schema(&here.workspace.schema);
    let setup = Setup {
        workspace: Workspace {
            schema: schema.clone(),
            ..(*here.workspace).clone()
        },
        name: settings.name.clone(),
        rules: settings.rules(&schema),
    };
    let calendar = Calendar::at(app.now(), &here.workspace.settings);
    let records = check_sample(&setup, calendar, &sample.columns, &sample.sample).ok()?;
    Some(Checked {
        schema,
        setup,
        records,
    })
}
