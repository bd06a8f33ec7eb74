//! The companies of a workspace. They are added and changed, never taken away: employments name them.

use crate::{
    db::Store,
    error::{StoreError, Trouble, corrupt},
};
use jiff::civil::Date;
use muster_core::{company::Company, ids::WorkspaceId, workspace::Workspace};
use rusqlite::Connection;

impl Store {
    /// Adds companies, or gives those that exist these names and dates; says how many were new or changed.
    pub fn put_companies(&self, workspace: &Workspace, companies: &[Company]) -> Result<usize, StoreError> {
        let changed: Vec<&Company> =
            companies.iter().filter(|company| !workspace.companies.contains(company)).collect();
        if changed.is_empty() {
            return Ok(0);
        }
        self.write("write the companies", |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO company (workspace_id, external_id, short_name, full_name, valid_from, valid_until) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (workspace_id, external_id) DO UPDATE SET \
                 short_name = excluded.short_name, full_name = excluded.full_name, \
                 valid_from = excluded.valid_from, valid_until = excluded.valid_until",
            )?;
            for company in &changed {
                let day = |day: Option<Date>| day.map(|day| day.to_string());
                statement.execute((
                    workspace.id.0,
                    &company.external_id,
                    &company.short_name,
                    &company.full_name,
                    day(company.valid_from),
                    day(company.valid_to),
                ))?;
            }
            Ok(changed.len())
        })
    }

    /// How many scheduled and active people there are by the company of their primary employment.
    pub fn people_by_company(&self, workspace: WorkspaceId) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("count the people of companies", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT company, count(*) FROM employee WHERE workspace_id = ?1 AND company IS NOT NULL \
                 AND status IN ('scheduled', 'active') GROUP BY company ORDER BY company",
            )?;
            let rows =
                statement.query_map([workspace.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// All companies of a workspace, sorted by id.
pub(crate) fn all(connection: &Connection, workspace: i64) -> Result<Vec<Company>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT external_id, short_name, full_name, valid_from, valid_until FROM company \
         WHERE workspace_id = ?1 ORDER BY external_id",
    )?;
    let mut rows = statement.query([workspace])?;
    let mut companies = Vec::new();
    while let Some(row) = rows.next()? {
        let external_id: String = row.get(0)?;
        let day = |text: Option<String>| {
            text.map(|text| text.parse().map_err(|_| corrupt("company", "dates", &external_id))).transpose()
        };
        companies.push(Company {
            short_name: row.get(1)?,
            full_name: row.get(2)?,
            valid_from: day(row.get(3)?)?,
            valid_to: day(row.get(4)?)?,
            external_id,
        });
    }
    Ok(companies)
}
