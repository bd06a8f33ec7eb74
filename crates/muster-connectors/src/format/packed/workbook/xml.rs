//! Walks the elements of a part of a workbook, without namespaces.

use super::super::fault::Fault;
use quick_xml::{
    XmlVersion,
    events::{BytesRef, BytesStart, Event},
    reader::Reader,
};
use std::io::BufRead;

/// One step.
pub(super) enum Node<'a> {
    Open(&'a str, &'a BytesStart<'a>),
    Text(&'a str),
    Close(&'a str),
}

pub(super) fn walk(
    part: impl BufRead,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(element) => visit(Node::Open(element.local_name().as_ref(), &element))?,
            Event::Empty(element) => {
                visit(Node::Open(element.local_name().as_ref(), &element))?;
                visit(Node::Close(element.local_name().as_ref()))?;
            }
            Event::End(element) => visit(Node::Close(element.local_name().as_ref()))?,
            Event::Text(text) => visit(Node::Text(&text.xml_content(XmlVersion::Implicit1_0)))?,
            Event::CData(text) => visit(Node::Text(&text.xml_content(XmlVersion::Implicit1_0)))?,
            Event::GeneralRef(reference) => {
                let character = character(&reference).ok_or(Fault::Damaged)?;
                visit(Node::Text(character.encode_utf8(&mut [0; 4])))?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// The value of an attribute, whatever its namespace.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    value.ok().map(|value| value.into_owned())
}
