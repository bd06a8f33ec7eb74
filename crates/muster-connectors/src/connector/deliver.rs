//! The end of every read: says what is withheld, whether all employees were read, and hands the records on.

use super::{ConnectorError, Extent, Records, Wanted};
use muster_core::{
    model::{
        code::Code,
        origin::DeliveredFile,
        problem::{
            Problem, Severity,
            api::{Detail, Remedy},
            shown,
        },
    },
    read::{
        reading::PartialReason,
        record::{Cell, Sink},
    },
};

/// What a connector collected.
pub(crate) struct Collected<'c> {
    pub(crate) records: Records,
    /// People that the source announced, where it does.
    pub(crate) announced: Option<u64>,
    /// Why not all employees were read, as far as the connector knows.
    pub(crate) partial: Option<PartialReason>,
    /// What should be looked at.
    pub(crate) problems: Vec<Problem>,
    /// What was asked, as in `GET /v1/company/employees`.
    pub(crate) endpoint: &'c str,
    /// Bytes of all answers.
    pub(crate) bytes: u64,
    /// What lets the credentials read a column.
    pub(crate) permit: &'c (dyn Fn(&str) -> Remedy + Sync),
}

/// Hands all records to the sink and says whether they are complete.
pub(crate) fn deliver(
    collected: Collected<'_>,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    let Collected {
        records,
        announced,
        mut partial,
        mut problems,
        endpoint,
        bytes,
        permit,
    } = collected;
    if records.is_empty() {
        partial = Some(PartialReason::Empty);
        problems.push(Problem::new(
            Code::ApiEmpty,
            Severity::Warning,
            Detail::NoEmployees,
            Remedy::CheckAccount,
        ));
    } else {
        let withheld = withheld(&records);
        let deciding = deciding(&withheld, wanted);
        partial = partial.or((!deciding.is_empty()).then_some(PartialReason::AttributeWithheld));
        problems.extend(withheld.iter().map(|column| {
            let decides = deciding
                .iter()
                .any(|any| any.iter().any(|known| known == column));
            withheld_problem(column, decides, permit)
        }));
    }
    records.pour(sink)?;
    let sha256 = records.digest();
    let delivered = vec![DeliveredFile {
        name: endpoint.to_owned(),
        bytes,
        modified: None,
        sha256,
        final_line_break: None,
    }];
    Ok(Extent {
        partial,
        problems,
        records: records.len() as u64,
        announced,
        delivered,
        companies: Vec::new(),
    })
}

/// The deciding groups of columns of which nothing can be read.
fn deciding<'w>(withheld: &[&str], wanted: &'w Wanted) -> Vec<&'w Vec<String>> {
    let decides = |any: &&Vec<String>| any.iter().all(|column| withheld.contains(&column.as_str()));
    wanted.deciding.iter().filter(decides).collect()
}

impl Records {
    /// Whether something that decides about people is withheld from every record.
    pub fn withhold(&self, wanted: &Wanted) -> bool {
        !deciding(&withheld(self), wanted).is_empty()
    }
}

/// The columns that no record has.
pub(crate) fn withheld(records: &Records) -> Vec<&str> {
    let is_absent = |column: usize| {
        records
            .iter()
            .all(|record| record.cell(column) == Cell::Absent)
    };
    records
        .columns()
        .iter()
        .enumerate()
        .filter(|(at, _)| is_absent(*at))
        .map(|(_, name)| name.as_str())
        .collect()
}

fn withheld_problem(
    column: &str,
    decides: bool,
    permit: &(dyn Fn(&str) -> Remedy + Sync),
) -> Problem {
    let detail = Detail::Withheld {
        column: shown(column),
        decides,
    };
    let remedy = permit(column);
    let mut problem = Problem::new(Code::ApiWithheld, Severity::Warning, detail, remedy);
    problem.field = Some(shown(column));
    problem
}
