//! The apostrophe before values that a spreadsheet would run as formulas: the CSV export adds it and the import removes
//! it, so that an exported file gives the same values when it is read back.

use std::borrow::Cow;

/// The value with an apostrophe before it if a spreadsheet would run it as a formula. A value that already looks
/// guarded gets another one, so that [`unguarded`] is the exact opposite.
pub fn guarded(value: &str) -> Cow<'_, str> {
    if is_formula(value.trim_start_matches('\'')) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// The value without the apostrophe that [`guarded`] adds. Other values that begin with one, such as `'t Hart`, are
/// unchanged.
#[inline] // called for every mapped cell of a new record
pub fn unguarded(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => value,
    }
}

fn is_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guarded_values_are_read_back_unchanged() {
        for (value, written) in [
            ("=1+2", "'=1+2"),
            ("-7", "'-7"),
            ("+31612345678", "'+31612345678"),
            ("@ann", "'@ann"),
            ("'-7", "''-7"),
            ("'t Hart", "'t Hart"),
            ("O'Neill", "O'Neill"),
            ("''", "''"),
            ("", ""),
            ("7-", "7-"),
        ] {
            assert_eq!(guarded(value), written);
            assert_eq!(unguarded(written), value);
        }
    }
}
