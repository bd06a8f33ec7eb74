//! Names of departments, which employments know only by id. Each is looked up once; if that is not allowed,
//! the id stays, and that is said once.

use super::{Pages, person::is_part, unnamed};
use crate::connector::ConnectorError;
use muster_core::model::problem::Problem;
use serde_json::Value as Json;
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Departments {
    names: HashMap<String, String>,
    problem: Option<Problem>,
}

impl Departments {
    /// The name of a department, else its id.
    pub(super) async fn name(
        &mut self,
        pages: &Pages<'_>,
        id: &str,
    ) -> Result<String, ConnectorError> {
        if let Some(name) = self.names.get(id) {
            return Ok(name.clone());
        }
        if self.problem.is_some() {
            return Ok(id.to_owned());
        }
        let found = match is_part(id) {
            true => {
                pages
                    .find(&format!("v2/org-units/{id}"), "department")
                    .await?
            }
            false => None,
        };
        let name = found.as_ref().and_then(name);
        if name.is_none() {
            self.problem = Some(unnamed(id));
        }
        let name = name.unwrap_or(id).to_owned();
        self.names.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    /// The warning, if a name could not be had.
    pub(super) fn into_problem(self) -> Option<Problem> {
        self.problem
    }
}

/// The name in an answer, whose exact form Personio does not publish.
fn name(answer: &Json) -> Option<&str> {
    let places = [
        "/name",
        "/_data/name",
        "/data/name",
        "/_data/0/name",
        "/attributes/name",
        "/data/attributes/name",
    ];
    places
        .iter()
        .find_map(|place| answer.pointer(place)?.as_str())
        .filter(|name| !name.trim().is_empty())
}
