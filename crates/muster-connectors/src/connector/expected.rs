//! An employee that an earlier read brought.

/// An employee that an earlier read brought, and who would be missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What the mapped external id was.
    pub external_id: String,
    /// Whether they work there already; some systems do not answer for who is to start.
    pub has_started: bool,
}
