//! Placeholder until the rules arrive.
use serde::{Deserialize, Serialize};
/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub column: String,
}
