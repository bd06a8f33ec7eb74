//! What lines of MLSD and LIST say.
//!
//! Times in LIST are in an unknown zone and mostly without seconds, so they are not used.

use crate::transport::{Entry, EntryKind};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use suppaftp::list::ListParser;

/// A line of MLSD or MLST (RFC 3659 section 7); none: it is about the folder itself or cannot be read.
pub(super) fn facts(line: &str) -> Option<Entry> {
    let (facts, name) = line.split_once(' ')?;
    let mut entry = Entry {
        name: name.to_owned(),
        kind: EntryKind::File,
        bytes: None,
        modified: None,
    };
    for fact in facts.split(';') {
        let Some((key, value)) = fact.split_once('=') else {
            continue;
        };
        match key.to_ascii_lowercase().as_str() {
            "type" => {
                let value = value.to_ascii_lowercase();
                entry.kind = match value.as_str() {
                    "file" => EntryKind::File,
                    "dir" => EntryKind::Folder,
                    "cdir" | "pdir" => return None,
                    other if other.contains("link") => EntryKind::Link,
                    _ => EntryKind::Special,
                };
            }
            "size" => entry.bytes = value.parse().ok(),
            "modify" => entry.modified = time(value),
            _ => {}
        }
    }
    Some(entry)
}

/// A time such as `20240131235959.123`, in UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let part = |from: usize| number(from, from + 2)?.try_into().ok();
    let (day, clock) = (
        (number(0, 4)?, part(4)?, part(6)?),
        (part(8)?, part(10)?, part(12)?),
    );
    let time = DateTime::new(day.0, day.1, day.2, clock.0, clock.1, clock.2, 0).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A line of LIST as Unix or Windows servers write it; none: it is a total or cannot be read.
pub(super) fn line(line: &str) -> Option<Entry> {
    if line.starts_with(['p', 's', 'c', 'b']) && line.split_whitespace().count() > 7 {
        let name = line.split_whitespace().last()?.to_owned();
        return Some(Entry {
            name,
            kind: EntryKind::Special,
            bytes: None,
            modified: None,
        });
    }
    // Lists of access rights are marked by one more letter.
    let plain = match (line.get(..10), line.get(11..)) {
        (Some(rights), Some(rest))
            if line
                .as_bytes()
                .get(10)
                .is_some_and(|mark| b"+.@".contains(mark)) =>
        {
            format!("{rights} {rest}")
        }
        _ => line.to_owned(),
    };
    let file = ListParser::parse_posix(&plain)
        .or_else(|_| ListParser::parse_dos(&plain))
        .ok()?;
    if file.name() == "." || file.name() == ".." {
        return None;
    }
    let kind = match file {
        _ if file.is_symlink() => EntryKind::Link,
        _ if file.is_directory() => EntryKind::Folder,
        _ => EntryKind::File,
    };
    Some(Entry {
        name: file.name().to_owned(),
        kind,
        bytes: Some(file.size() as u64),
        modified: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: Option<Entry>, wanted: Option<(&str, EntryKind, Option<u64>, Option<&str>)>) {
        let wanted = wanted.map(|(name, kind, bytes, time)| {
            let modified = time.map(|time| time.parse().unwrap());
            Entry {
                name: name.to_owned(),
                kind,
                bytes,
                modified,
            }
        });
        assert_eq!(found, wanted);
    }

    #[test]
    fn facts_are_read_in_any_order_and_case() {
        check(
            facts("Modify=20240131235958;Type=file;SIZE=12; a b; c.csv"),
            Some((
                "a b; c.csv",
                EntryKind::File,
                Some(12),
                Some("2024-01-31T23:59:58Z"),
            )),
        );
        check(
            facts("type=OS.unix=slink:/etc/passwd; l.csv"),
            Some(("l.csv", EntryKind::Link, None, None)),
        );
        check(
            facts("type=OS.unix=chr-1/3; d.csv"),
            Some(("d.csv", EntryKind::Special, None, None)),
        );
        check(
            facts("type=dir; d.csv"),
            Some(("d.csv", EntryKind::Folder, None, None)),
        );
        check(facts("type=cdir;modify=20240131235958; ."), None);
        check(
            facts("modify=20241399;size=x; odd.csv"),
            Some(("odd.csv", EntryKind::File, None, None)),
        );
    }

    #[test]
    fn lists_of_unix_and_windows_are_read_without_their_times() {
        let file = |name, bytes| Some((name, EntryKind::File, Some(bytes), None));
        check(
            line("-rw-r--r--   1 ann staff   42 Jan 31 23:59 a b.csv"),
            file("a b.csv", 42),
        );
        check(
            line("-rw-r--r--+  1 ann staff   42 Jan 31  2020 a.csv"),
            file("a.csv", 42),
        );
        check(
            line("01-31-24  11:59PM      1234 a.csv"),
            file("a.csv", 1234),
        );
        check(
            line("lrwxrwxrwx 1 a b 4 Jan 31 23:59 l.csv -> /etc"),
            Some(("l.csv", EntryKind::Link, Some(4), None)),
        );
        check(
            line("prw-r--r-- 1 a b 0 Jan 31 23:59 p.csv"),
            Some(("p.csv", EntryKind::Special, None, None)),
        );
        check(line("total 12"), None);
    }
}
