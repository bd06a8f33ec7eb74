//! A configured connector as the core sees it: what it maps, selects and may do.

use crate::{mapping::Mapping, policy::Policy, workspace::Workspace};
use serde::{Deserialize, Serialize};

/// What turns records into proposals.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The workspace that the integration belongs to.
    pub workspace: Workspace,
    /// The integration's name.
    pub name: String,
    /// Mapping, selection and policy.
    pub rules: Rules,
}

/// The settings of an integration that decide what a record does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Columns to fields.
    pub mapping: Mapping,
    /// Which records are taken: all of these must hold. (Filled in with `selection::Rule`.)
    pub selection: Vec<crate::selection::Rule>,
    /// What the integration may do.
    pub policy: Policy,
}
