//! The texts of a workbook, which its cells refer to by number.

use super::{
    super::fault::Fault,
    MAX_KEPT, part,
    xml::{self, Node},
};
use std::io::{Read, Seek};
use zip::ZipArchive;

pub(super) fn read(archive: &mut ZipArchive<impl Read + Seek>) -> Result<Vec<String>, Fault> {
    const PART: &str = "xl/sharedStrings.xml";
    let mut strings = Vec::new();
    if archive.index_for_name(PART).is_none() {
        return Ok(strings);
    }
    let mut text = RichText::default();
    xml::walk(part(archive, PART, MAX_KEPT)?, &mut |node| {
        match node {
            Node::Close("si") => strings.push(text.take()),
            node => text.visit(&node),
        }
        Ok(())
    })?;
    Ok(strings)
}

/// A text in several runs, without the reading aids of East Asian texts.
#[derive(Default)]
pub(super) struct RichText {
    text: String,
    is_text: bool,
    is_reading_aid: bool,
}

impl RichText {
    pub(super) fn visit(&mut self, node: &Node<'_>) {
        match node {
            Node::Open("rPh", _) => self.is_reading_aid = true,
            Node::Close("rPh") => self.is_reading_aid = false,
            Node::Open("t", _) => self.is_text = true,
            Node::Close("t") => self.is_text = false,
            Node::Text(text) if self.is_text && !self.is_reading_aid => self.text.push_str(text),
            _ => {}
        }
    }

    pub(super) fn take(&mut self) -> String {
        unescaped(std::mem::take(&mut self.text))
    }
}

/// `_x000D_` stands for a character that XML cannot have or would change.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        let character = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let character = character.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match character.and_then(char::from_u32) {
            Some(character) => {
                out.push_str(&rest[..at]);
                out.push(character);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}
