//! The companies of a workspace, in which people are employed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// The source's id, by which employments name it.
    pub external_id: String,
    /// Short name.
    pub short_name: String,
    /// Full name, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// First day on which people may be employed in it; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last such day; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

impl Company {
    /// Whether people may be employed in it on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|until| until >= day)
    }
}
