//! Group names: they must match exactly.

use super::first_names;
use crate::{model::problem::value::Fault, setup::suggestion::nearest};

/// The names of a workspace's groups.
#[derive(Clone, Debug, Default)]
pub struct GroupNames(Vec<String>);

impl GroupNames {
    /// Accepts the names in any order.
    pub fn new(mut names: Vec<String>) -> Self {
        names.sort();
        Self(names)
    }

    /// Refuses a name that does not exist, with the nearest that does.
    pub fn check(&self, name: &str) -> Result<(), Fault> {
        if self
            .0
            .binary_search_by(|known| known.as_str().cmp(name))
            .is_ok()
        {
            return Ok(());
        }
        let nearest = nearest(name, self.0.iter().map(String::as_str)).map(str::to_owned);
        let groups = match nearest {
            Some(_) => Vec::new(),
            None => first_names(&self.0),
        };
        Err(Fault::Group { nearest, groups })
    }
}
