//! Sentinels: assertions of an administrator about the directory, which every plan of an integration must keep.

use std::fmt;

/// One assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentinel {
    /// The number of employees of the integration.
    Headcount { at_least: u64, at_most: u64 },
    /// An employee, by external id or address, is not deactivated or deleted.
    NeverDeactivated { employee: String },
    /// Nothing of the employee changes.
    NeverChanged { employee: String },
}

impl Sentinel {
    /// Reads `headcount between 190 and 240`, `E-001 is never deactivated` or `E-001 is never changed`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let named = |end: &str| {
            let employee = text.strip_suffix(end)?.trim();
            (!employee.is_empty()).then(|| employee.to_owned())
        };
        if let Some(range) = text.strip_prefix("headcount between ") {
            let (least, most) = range.split_once(" and ")?;
            let (at_least, at_most) = (least.trim().parse().ok()?, most.trim().parse().ok()?);
            return (at_least <= at_most).then_some(Self::Headcount { at_least, at_most });
        }
        if let Some(employee) = named(" is never deactivated") {
            return Some(Self::NeverDeactivated { employee });
        }
        let employee = named(" is never changed")?;
        Some(Self::NeverChanged { employee })
    }
}

impl fmt::Display for Sentinel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Headcount { at_least, at_most } => {
                write!(f, "headcount between {at_least} and {at_most}")
            }
            Self::NeverDeactivated { employee } => write!(f, "{employee} is never deactivated"),
            Self::NeverChanged { employee } => write!(f, "{employee} is never changed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sentinel;

    #[test]
    fn sentinels_are_read_and_written() {
        for text in [
            "headcount between 190 and 240",
            "headcount between 0 and 0",
            "E-001 is never deactivated",
            "ann@acme.example is never changed",
        ] {
            let read = Sentinel::parse(text).map(|sentinel| sentinel.to_string());
            assert_eq!(read.as_deref(), Some(text));
        }
        for text in [
            "",
            "headcount",
            "headcount between 240 and 190",
            "headcount between 1 and many",
            "headcount between -1 and 5",
            " is never deactivated",
            "E-001 is deactivated",
            "E-001",
        ] {
            assert_eq!(Sentinel::parse(text), None, "{text}");
        }
    }
}
