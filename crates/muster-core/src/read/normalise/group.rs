//! Group names: they must match exactly.

use super::{Invalid, listed};
use crate::{
    model::{code::Code, problem::shown},
    setup::suggestion::nearest,
};

/// The names of a workspace's groups.
#[derive(Clone, Debug, Default)]
pub struct GroupNames(Vec<String>);

impl GroupNames {
    /// Takes the names in any order.
    pub fn new(mut names: Vec<String>) -> Self {
        names.sort();
        Self(names)
    }

    /// Refuses a name that does not exist, with the closest that does.
    pub fn check(&self, name: &str) -> Result<(), Invalid> {
        if self
            .0
            .binary_search_by(|known| known.as_str().cmp(name))
            .is_ok()
        {
            return Ok(());
        }
        let advice = match nearest(name, self.0.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{}`? Names must match exactly", shown(near)),
            None if self.0.is_empty() => {
                "the workspace has no groups yet; add them under [workspace]".to_owned()
            }
            None => format!("the groups are {}", listed(&self.0)),
        };
        Err(Invalid::new(
            Code::ValueGroup,
            format!("there is no group `{}`", shown(name)),
            advice,
        ))
    }
}
