//! How the numbers of a workbook are shown: as dates, with padded zeros, or plainly.

use super::{
    super::fault::Fault,
    MAX_KEPT, part,
    xml::{self, Node, attribute},
};
use std::{
    collections::HashMap,
    io::{Read, Seek},
};
use zip::ZipArchive;

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Date,
    /// With zeros in front, which the stored number does not have.
    Padded,
}

/// The looks of a workbook, by the style of a cell.
pub(super) struct Styles {
    looks: Vec<Look>,
    pub(super) begins_in_1904: bool,
}

impl Styles {
    pub(super) fn read(
        archive: &mut ZipArchive<impl Read + Seek>,
        begins_in_1904: bool,
    ) -> Result<Self, Fault> {
        const PART: &str = "xl/styles.xml";
        let mut styles = Self {
            looks: Vec::new(),
            begins_in_1904,
        };
        if archive.index_for_name(PART).is_none() {
            return Ok(styles);
        }
        let mut formats: HashMap<String, Look> = HashMap::new();
        let mut is_of_cells = false;
        xml::walk(part(archive, PART, MAX_KEPT)?, &mut |node| {
            match node {
                Node::Open("numFmt", element) => {
                    let text = |name| attribute(element, name).unwrap_or_default();
                    formats.insert(text("numFmtId"), look(&text("formatCode")));
                }
                Node::Open("cellXfs", _) => is_of_cells = true,
                Node::Close("cellXfs") => is_of_cells = false,
                Node::Open("xf", element) if is_of_cells => {
                    let id = attribute(element, "numFmtId").unwrap_or_default();
                    let look = formats.get(&id).copied().unwrap_or_else(|| built_in(&id));
                    styles.looks.push(look);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(styles)
    }

    pub(super) fn look(&self, style: Option<usize>) -> Look {
        let look = self.looks.get(style.unwrap_or(0));
        look.copied().unwrap_or(Look::Plain)
    }
}

/// Formats that have a number instead of a code.
fn built_in(id: &str) -> Look {
    match id.parse().unwrap_or(0) {
        14..=22 | 27..=36 | 45..=47 | 50..=58 => Look::Date,
        _ => Look::Plain,
    }
}

/// What the code of a format shows.
pub(super) fn look(code: &str) -> Look {
    let mut letters = String::new();
    let mut characters = code.split(';').next().unwrap_or_default().chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            // A colour, a currency or a condition; elapsed hours such as `[h]` are no dates.
            '[' => drop(characters.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(characters.next()),
            other => letters.extend(other.to_lowercase()),
        }
    }
    if letters.contains("general") {
        Look::Plain
    } else if letters.contains(['y', 'd', 'm', 'h', 's']) {
        Look::Date
    } else if whole_zeros(&letters) > 1 {
        Look::Padded
    } else {
        Look::Plain
    }
}

/// The zeros that a format shows before the decimal mark.
fn whole_zeros(letters: &str) -> usize {
    let whole = letters.split('.').next().unwrap_or_default();
    whole.chars().filter(|c| *c == '0').count()
}
