//! Which listed names are taken: plain file names that match the pattern. Everything else is skipped and said.

use super::{Entry, EntryKind, SourceSettings};
use globset::{GlobBuilder, GlobMatcher};
use muster_core::model::problem::transport::{NameFault, SkipReason, Skipped};

/// Longest file name that is taken, in bytes.
const LONGEST: usize = 255;

/// The pattern of a folder source.
pub(crate) struct Pattern(GlobMatcher);

impl Pattern {
    /// Reads a glob such as `alleo_employees_*.csv`. Case counts in the name but not in the extension.
    /// The error is what the library says.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let (stem, extension) = pattern.rsplit_once('.').unwrap_or((pattern, ""));
        let either = |character: char| match (
            character.to_ascii_lowercase(),
            character.to_ascii_uppercase(),
        ) {
            (lower, upper) if lower != upper => format!("[{lower}{upper}]"),
            _ => character.to_string(),
        };
        let plain = extension.chars().all(char::is_alphanumeric);
        let glob = match extension {
            "" => pattern.to_owned(),
            extension if plain => format!(
                "{stem}.{}",
                extension.chars().map(either).collect::<String>()
            ),
            _ => pattern.to_owned(),
        };
        let glob = GlobBuilder::new(&glob)
            .literal_separator(true)
            .backslash_escape(false)
            .build();
        glob.map(|glob| Self(glob.compile_matcher()))
            .map_err(|error| error.kind().to_string())
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

/// Why a name is not safe to use; none: it is.
pub(crate) fn unsafe_name(name: &str) -> Option<NameFault> {
    if name.is_empty() {
        Some(NameFault::Empty)
    } else if name.len() > LONGEST {
        Some(NameFault::TooLong)
    } else if name.contains('\u{FFFD}') {
        Some(NameFault::NotUtf8)
    } else if name.chars().any(char::is_control) {
        Some(NameFault::ControlCharacters)
    } else if name.contains(['/', '\\']) || name == "." || name == ".." {
        Some(NameFault::Path)
    } else {
        None
    }
}

/// Names that uploads in progress and our own companions have.
pub(crate) fn is_temporary(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with('.')
        || [".part", ".filepart", ".tmp"]
            .iter()
            .any(|ending| lower.ends_with(ending))
}

/// Takes the matching plain files of a listing; notes what matched but is not opened.
pub(crate) fn choose(
    entries: &[Entry],
    pattern: &Pattern,
    settings: &SourceSettings,
    skipped: &mut Vec<Skipped>,
) -> Vec<Entry> {
    let mut chosen = Vec::new();
    for entry in entries {
        let skip = |reason| Skipped {
            name: settings.listed_name(&entry.name),
            reason,
        };
        if is_temporary(&entry.name) && unsafe_name(&entry.name).is_none() {
            continue;
        }
        // A dangerous name is reported even if it does not match: it may be an attack.
        let looks_meant = pattern.matches(&entry.name)
            || entry.name.contains(['/', '\\', '\r', '\n', '\u{FFFD}']);
        if let Some(fault) = unsafe_name(&entry.name) {
            if looks_meant {
                skipped.push(skip(SkipReason::Name(fault)));
            }
            continue;
        }
        if !pattern.matches(&entry.name) {
            continue;
        }
        match entry.kind {
            EntryKind::File => chosen.push(entry.clone()),
            EntryKind::Folder => skipped.push(skip(SkipReason::Folder)),
            EntryKind::Link => skipped.push(skip(SkipReason::Link)),
            EntryKind::Special => skipped.push(skip(SkipReason::Special)),
        }
    }
    // Newest first, so that the newest file wins where two have the same person.
    chosen.sort_by(|a, b| (b.modified, &b.name).cmp(&(a.modified, &a.name)));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Location;
    use std::path::Path;

    fn settings() -> SourceSettings {
        SourceSettings::new(Location::parse("file:in", Path::new("")).unwrap())
    }

    fn entry(name: &str, kind: EntryKind) -> Entry {
        Entry {
            name: name.to_owned(),
            kind,
            bytes: Some(1),
            modified: None,
        }
    }

    #[test]
    fn the_pattern_takes_the_extension_in_any_case_and_the_name_exactly() {
        let pattern = Pattern::new("alleo_employees_*.csv").unwrap();
        for name in [
            "alleo_employees_20240101.csv",
            "alleo_employees_export.CSV",
            "alleo_employees_001.Csv",
            "alleo_employees_.csv",
        ] {
            assert!(pattern.matches(name), "{name}");
        }
        for name in [
            "Alleo_employees_1.csv",
            "alleo_employees_1.csv.gz",
            "alleo_employee_1.csv",
            "x/alleo_employees_1.csv",
        ] {
            assert!(!pattern.matches(name), "{name}");
        }
    }

    #[test]
    fn t17_dangerous_names_are_skipped_and_shown_escaped() {
        let pattern = Pattern::new("*.csv").unwrap();
        let long = format!("{}.csv", "x".repeat(300));
        let names = [
            "../x.csv",
            "/etc/x.csv",
            "a\\b.csv",
            "a\r\nDELE b.csv",
            long.as_str(),
            "",
            "caf\u{FFFD}.csv",
        ];
        let entries: Vec<Entry> = names
            .iter()
            .map(|name| entry(name, EntryKind::File))
            .collect();
        let mut problems = Vec::new();
        assert_eq!(choose(&entries, &pattern, &settings(), &mut problems), []);
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(
            problems
                .iter()
                .any(|skipped| skipped.name.contains("a\\r\\nDELE b.csv"))
        );
    }

    #[test]
    fn t18_links_pipes_and_folders_are_skipped_and_named() {
        let pattern = Pattern::new("*.csv").unwrap();
        let entries = [
            entry("l.csv", EntryKind::Link),
            entry("p.csv", EntryKind::Special),
            entry("d.csv", EntryKind::Folder),
        ];
        let mut problems = Vec::new();
        assert_eq!(choose(&entries, &pattern, &settings(), &mut problems), []);
        let reasons: Vec<SkipReason> = problems.iter().map(|skipped| skipped.reason).collect();
        assert_eq!(
            reasons,
            [SkipReason::Link, SkipReason::Special, SkipReason::Folder]
        );
    }

    #[test]
    fn temporary_names_are_ignored_silently() {
        let pattern = Pattern::new("*").unwrap();
        let entries = ["a.csv.part", "b.filepart", "c.TMP", ".d.csv"]
            .map(|name| entry(name, EntryKind::File));
        let mut problems = Vec::new();
        assert_eq!(
            (
                choose(&entries, &pattern, &settings(), &mut problems),
                problems.len()
            ),
            (Vec::new(), 0)
        );
    }
}
