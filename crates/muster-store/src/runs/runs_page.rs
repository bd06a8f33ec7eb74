//! One page of the runs, newest first, without the files that each of them read.

use crate::{
    db::{
        connection::Store,
        error::StoreError,
        sql::{ToSql, params_from_iter},
    },
    runs::record,
};
use muster_core::model::{
    ids::{IntegrationId, RunId, WorkspaceId},
    run::{Run, RunStatus},
};

/// Which runs, and how many of them.
#[derive(Clone, Copy, Debug)]
pub struct RunsQuery<'q> {
    /// Only those that ended like this; none given: all.
    pub statuses: &'q [RunStatus],
    /// Only those whose plan waits.
    pub is_waiting: bool,
    /// Only those of this integration.
    pub integration: Option<IntegrationId>,
    /// Only those before this one.
    pub before: Option<RunId>,
    pub limit: u32,
}

impl Store {
    pub fn runs_page(
        &self,
        workspace: WorkspaceId,
        query: &RunsQuery<'_>,
    ) -> Result<Vec<Run>, StoreError> {
        self.read("list the runs", |connection| {
            let mut condition = "WHERE run.workspace_id = ?1 AND run.id < ?2".to_owned();
            let mut parameters: Vec<Box<dyn ToSql>> = vec![
                Box::new(workspace.0),
                Box::new(query.before.map_or(i64::MAX, |before| before.0)),
            ];
            if let Some(integration) = query.integration {
                parameters.push(Box::new(integration.0));
                condition.push_str(" AND run.integration_id = ?3");
            }
            if query.is_waiting {
                condition.push_str(
                    " AND EXISTS (SELECT 1 FROM plan WHERE plan.workspace_id = run.workspace_id \
                     AND plan.run_id = run.id AND plan.status IN ('held', 'partly', 'saved'))",
                );
            }
            if !query.statuses.is_empty() {
                let first = parameters.len() + 1;
                let marks: Vec<String> = (first..first + query.statuses.len())
                    .map(|number| format!("?{number}"))
                    .collect();
                condition.push_str(&format!(" AND run.status IN ({})", marks.join(", ")));
                for status in query.statuses {
                    parameters.push(Box::new(status.as_str()));
                }
            }
            parameters.push(Box::new(i64::from(query.limit)));
            condition.push_str(&format!(
                " ORDER BY run.id DESC LIMIT ?{}",
                parameters.len()
            ));
            record::select_without_files(connection, &condition, params_from_iter(parameters))
        })
    }
}
