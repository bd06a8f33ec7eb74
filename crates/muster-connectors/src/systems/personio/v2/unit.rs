//! Names of departments and teams, which employments know by id alone. Each is looked up once.
//!
//! A name that cannot be looked up is no reason to rename anything: the value is then absent, so that the stored one
//! stays, and the run says which units are concerned.

use super::{Pages, person::is_part};
use crate::connector::{ConnectorError, ErrorKind};
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        api::{Detail, Failure, PersonioRemedy, Remedy},
        shown,
    },
};
use serde_json::Value as Json;
use std::collections::HashMap;

/// How many units a message names.
const MAX_NAMED: usize = 3;

#[derive(Default)]
pub(super) struct Units {
    /// By kind and id; none: the name cannot be looked up.
    names: HashMap<(String, String), Option<String>>,
    /// Why no further unit is looked up: the credential may not, or the lookup does not answer.
    refusal: Option<Failure>,
    /// Units without a name, in the order in which they came.
    unnamed: Vec<String>,
    first_kind: Option<String>,
}

impl Units {
    /// The name of a unit; none if it cannot be looked up.
    pub(super) async fn name(
        &mut self,
        pages: &Pages<'_>,
        kind: &str,
        id: &str,
    ) -> Result<Option<String>, ConnectorError> {
        let key = (kind.to_owned(), id.to_owned());
        if let Some(name) = self.names.get(&key) {
            return Ok(name.clone());
        }
        let name = self.look_up(pages, kind, id).await?;
        if name.is_none() {
            self.unnamed.push(shown(id));
            self.first_kind.get_or_insert_with(|| kind.to_owned());
        }
        self.names.insert(key, name.clone());
        Ok(name)
    }

    async fn look_up(
        &mut self,
        pages: &Pages<'_>,
        kind: &str,
        id: &str,
    ) -> Result<Option<String>, ConnectorError> {
        if self.refusal.is_some() || !is_part(id) {
            return Ok(None);
        }
        match pages.find(&format!("v2/org-units/{id}"), kind).await {
            Ok(found) => Ok(found.as_ref().and_then(name).map(str::to_owned)),
            Err(error) if error.kind == ErrorKind::Configuration => Err(error),
            Err(error) => {
                self.refusal = Some(error.failure());
                Ok(None)
            }
        }
    }

    /// The warning, if a name could not be looked up.
    pub(super) fn into_problem(self) -> Option<Problem> {
        let kind = self.first_kind?;
        let detail = Detail::UnitsUnnamed {
            count: self.unnamed.len() as u64,
            ids: self.unnamed.into_iter().take(MAX_NAMED).collect(),
            why: self.refusal,
        };
        let remedy = Remedy::Personio(PersonioRemedy::GiveUnits);
        let mut problem = Problem::new(Code::ApiLookup, Severity::Warning, detail, remedy);
        problem.field = Some(kind);
        Some(problem)
    }
}

/// The name in an answer, whose exact form Personio does not publish.
fn name(answer: &Json) -> Option<&str> {
    let pointers = [
        "/name",
        "/_data/name",
        "/data/name",
        "/_data/0/name",
        "/attributes/name",
        "/data/attributes/name",
    ];
    pointers
        .iter()
        .find_map(|pointer| answer.pointer(pointer)?.as_str())
        .filter(|name| !name.trim().is_empty())
}
