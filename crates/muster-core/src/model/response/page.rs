//! Pages of long lists.

use schemars::JsonSchema;
use serde::Serialize;

/// One page of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The value of `after` for the next page; null: this is the last one.
    pub next: Option<String>,
}
