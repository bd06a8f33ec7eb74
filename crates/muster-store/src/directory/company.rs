//! The companies of a workspace, the lists that they come from, and their last days. Companies are
//! never removed, because the history refers to them.

use crate::db::sql::{Connection, Row};
use crate::db::{
    connection::Store,
    error::{DbError, StoreError, corrupt},
};
use jiff::civil::Date;
use muster_core::model::{
    company::{Company, CompanyEnd, named_by},
    ids::{EmployeeId, RunId, WorkspaceId},
    workspace::Workspace,
};
use std::collections::{BTreeMap, BTreeSet};

/// The companies of one list.
#[derive(Clone, Copy, Debug)]
pub struct CompanyList<'l> {
    /// Name of the integration.
    pub integration: &'l str,
    /// Where the list is configured.
    pub origin: ListOrigin,
    pub companies: &'l [Company],
    /// Whether a company that is missing from the list is removed from it.
    pub is_whole: bool,
}

/// Where a list of companies is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrigin {
    /// In the integration file.
    File,
    Source,
}

impl ListOrigin {
    fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Source => "source",
        }
    }
}

impl Store {
    /// Adds companies, updates the names and dates of existing ones, and stores which companies the
    /// list has. Returns how many were new or changed.
    pub fn put_companies(
        &self,
        workspace: &Workspace,
        list: &CompanyList<'_>,
    ) -> Result<usize, StoreError> {
        let changed: Vec<&Company> = list
            .companies
            .iter()
            .filter(|company| !workspace.companies.contains(company))
            .collect();
        let noted = self.read("read a list of companies", |connection| {
            noted(connection, workspace.id, list)
        })?;
        let listing = listing(list, &noted);
        if changed.is_empty() && listing.is_empty() {
            return Ok(0);
        }
        self.write_in(workspace.id, "write the companies", |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO company (workspace_id, external_id, short_name, full_name, valid_from, valid_until) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (workspace_id, external_id) DO UPDATE SET \
                 short_name = excluded.short_name, full_name = excluded.full_name, \
                 valid_from = excluded.valid_from, valid_until = excluded.valid_until",
            )?;
            for company in &changed {
                statement.execute((
                    workspace.id.0,
                    &company.external_id,
                    &company.short_name,
                    &company.full_name,
                    text(company.valid_from),
                    text(company.valid_to),
                ))?;
            }
            let mut statement = connection.prepare_cached(
                "INSERT INTO company_listing (workspace_id, integration, origin, company, listed) \
                 VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (workspace_id, integration, origin, company) DO UPDATE SET listed = excluded.listed",
            )?;
            for (company, listed) in &listing {
                let key = (workspace.id.0, list.integration, list.origin.as_str(), company, i64::from(*listed));
                statement.execute(key)?;
            }
            Ok(changed.len())
        })
    }

    /// The companies that were in a list, are in none now, and have not ended by a day.
    pub fn unlisted_companies(
        &self,
        workspace: WorkspaceId,
        today: Date,
    ) -> Result<Vec<Company>, StoreError> {
        self.read("look up companies without a list", |connection| {
            let text = format!(
                "{COMPANY} WHERE workspace_id = ?1 AND (valid_until IS NULL OR valid_until > ?2) \
                 AND external_id IN (SELECT company FROM company_listing WHERE workspace_id = ?1 \
                 GROUP BY company HAVING max(listed) = 0) ORDER BY external_id"
            );
            let mut statement = connection.prepare_cached(&text)?;
            let mut rows = statement.query((workspace.0, today.to_string()))?;
            let mut companies = Vec::new();
            while let Some(row) = rows.next()? {
                companies.push(company(row)?);
            }
            Ok(companies)
        })
    }

    /// The active and scheduled employees with an employment in one of these companies on or after
    /// a day.
    pub fn people_naming(
        &self,
        workspace: WorkspaceId,
        companies: &BTreeSet<String>,
        today: Date,
    ) -> Result<BTreeMap<EmployeeId, BTreeSet<String>>, StoreError> {
        self.read("look up the employees of companies", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, company, employments FROM employee WHERE workspace_id = ?1 \
                 AND status IN ('scheduled', 'active') AND (company IS NOT NULL OR employments IS NOT NULL)",
            )?;
            let mut rows = statement.query([workspace.0])?;
            let mut people = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let (company, jobs): (Option<String>, Option<String>) = (row.get("company")?, row.get("employments")?);
                let mut named = named_by(company.as_deref(), jobs.as_deref(), today);
                named.retain(|company| companies.contains(company));
                if !named.is_empty() {
                    people.insert(EmployeeId(row.get("id")?), named);
                }
            }
            Ok(people)
        })
    }

    /// The companies whose last day a run changed.
    pub fn company_ends(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Vec<CompanyEnd>, StoreError> {
        self.read("read which companies the run ended", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT external_id, short_name, old, new FROM company_end \
                 JOIN company ON company.workspace_id = company_end.workspace_id AND external_id = company \
                 WHERE company_end.workspace_id = ?1 AND run_id = ?2 ORDER BY external_id",
            )?;
            let mut rows = statement.query((workspace.0, run.0))?;
            let mut ends = Vec::new();
            while let Some(row) = rows.next()? {
                let external_id: String = row.get("external_id")?;
                let day = |text| day(text, &external_id);
                let (old, new) = (day(row.get("old")?)?, day(row.get("new")?)?);
                ends.push(CompanyEnd { short_name: row.get("short_name")?, old, new, external_id });
            }
            Ok(ends)
        })
    }

    /// The number of active and scheduled employees by the company of the primary employment.
    pub fn people_by_company(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("count the employees of companies", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT company, count(*) AS people FROM employee WHERE workspace_id = ?1 AND company IS NOT NULL \
                 AND status IN ('scheduled', 'active') GROUP BY company ORDER BY company",
            )?;
            statement.rows([workspace.0], |row| {
                Ok((row.get("company")?, row.get::<i64>("people")?.unsigned_abs()))
            })
        })
    }
}

/// All companies of a workspace, sorted by id.
pub(crate) fn all(connection: &Connection, workspace: i64) -> Result<Vec<Company>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "{COMPANY} WHERE workspace_id = ?1 ORDER BY external_id"
    ))?;
    let mut rows = statement.query([workspace])?;
    let mut companies = Vec::new();
    while let Some(row) = rows.next()? {
        companies.push(company(row)?);
    }
    Ok(companies)
}

/// Sets the last days of companies and records the run. Returns how many. A company whose last day
/// has changed since is skipped.
pub(crate) fn end(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ends: &[CompanyEnd],
) -> Result<i64, DbError> {
    let mut changed = 0;
    for end in ends {
        let key = (workspace.0, &end.external_id, text(end.old), text(end.new));
        let done = connection
            .prepare_cached(
                "UPDATE company SET valid_until = ?4 WHERE workspace_id = ?1 AND external_id = ?2 \
                 AND valid_until IS NOT DISTINCT FROM ?3",
            )?
            .execute(key)?;
        if done == 1 {
            connection
                .prepare_cached(
                    "INSERT INTO company_end (workspace_id, run_id, company, old, new) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((workspace.0, run.0, &end.external_id, text(end.old), text(end.new)))?;
            changed += 1;
        }
    }
    Ok(changed)
}

const COMPANY: &str =
    "SELECT external_id, short_name, full_name, valid_from, valid_until FROM company";

fn company(row: Row<'_>) -> Result<Company, DbError> {
    let external_id: String = row.get("external_id")?;
    Ok(Company {
        short_name: row.get("short_name")?,
        full_name: row.get("full_name")?,
        valid_from: day(row.get("valid_from")?, &external_id)?,
        valid_to: day(row.get("valid_until")?, &external_id)?,
        external_id,
    })
}

fn day(text: Option<String>, company: &str) -> Result<Option<Date>, DbError> {
    text.map(|text| {
        text.parse()
            .map_err(|_| corrupt("company", "dates", company))
    })
    .transpose()
}

fn text(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// The stored state of a list: its companies, and those that it had before.
fn noted(
    connection: &Connection,
    workspace: WorkspaceId,
    list: &CompanyList<'_>,
) -> Result<BTreeMap<String, bool>, DbError> {
    connection
        .prepare_cached(
            "SELECT company, listed FROM company_listing WHERE workspace_id = ?1 AND integration = ?2 AND origin = ?3",
        )?
        .rows((workspace.0, list.integration, list.origin.as_str()), |row| {
            Ok((row.get("company")?, row.get::<i64>("listed")? != 0))
        })
}

/// The differences to record: companies that are now in the list, and those that no longer are.
fn listing<'l>(
    list: &CompanyList<'l>,
    noted: &'l BTreeMap<String, bool>,
) -> BTreeMap<&'l str, bool> {
    let has: BTreeSet<&str> = list
        .companies
        .iter()
        .map(|company| company.external_id.as_str())
        .collect();
    let gone = noted
        .iter()
        .filter(|(company, listed)| list.is_whole && **listed && !has.contains(company.as_str()));
    let gone = gone.map(|(company, _)| (company.as_str(), false));
    let new = has
        .iter()
        .filter(|company| noted.get(**company) != Some(&true))
        .map(|company| (*company, true));
    gone.chain(new).collect()
}
