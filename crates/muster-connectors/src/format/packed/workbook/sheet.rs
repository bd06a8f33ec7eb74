//! The rows of a sheet, as a stream: first its bounds, then its rows as texts.

use super::{
    super::fault::Fault,
    number::{self, LOST},
    strings::RichText,
    styles::Styles,
    xml::{self, Node, attribute},
};
use crate::format::csv::{CsvSettings, refusal};
use muster_core::model::problem::csv::{Detail, Limit};
use quick_xml::events::BytesStart;
use std::io::BufRead;

/// The last row that a sheet can have.
const LAST_ROW: u32 = 1_048_576;

/// The last column that a sheet can have.
const LAST_COLUMN: usize = 16_384;

/// Merged cells that are filled.
const MAX_MERGED: usize = 100_000;

/// What the values of cells depend on.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) strings: &'a [String],
    pub(super) styles: &'a Styles,
    pub(super) settings: &'a CsvSettings,
}

/// What must be known before the first row is written.
#[derive(Default)]
pub(super) struct Bounds {
    columns: usize,
    merged: Vec<Merged>,
}

/// A cell over several rows, of which only the first has the value.
struct Merged {
    column: usize,
    first: u32,
    last: u32,
}

impl Bounds {
    pub(super) fn read(sheet: impl BufRead, cells: &Cells<'_>) -> Result<Self, Fault> {
        let mut bounds = Self::default();
        let mut scanner = Scanner::new(*cells);
        xml::walk(sheet, &mut |node| {
            if let Node::Open("mergeCell", element) = &node {
                bounds.merge(&attribute(element, "ref").unwrap_or_default());
            }
            if let Some((_, row)) = scanner.visit(node)? {
                let filled = row.iter().rposition(|cell| !cell.text.is_empty());
                bounds.columns = bounds.columns.max(filled.map_or(0, |last| last + 1));
            }
            Ok(())
        })?;
        let (found, limit) = (bounds.columns, cells.settings.limits.columns);
        if found > limit {
            let detail = Detail::TooManyColumns { found, limit };
            return Err(Fault::Problem(Box::new(refusal::over(
                Limit::Columns,
                detail,
            ))));
        }
        Ok(bounds)
    }

    fn merge(&mut self, range: &str) {
        let ends = range.split_once(':');
        let ends = ends.and_then(|(from, to)| Some((position(from)?, position(to)?)));
        if let Some(((column, first), (_, last))) = ends
            && last > first
            && self.merged.len() < MAX_MERGED
        {
            self.merged.push(Merged {
                column,
                first,
                last,
            });
        }
    }
}

/// Writes a line for every row up to the last one that has a value.
pub(super) fn rows(
    sheet: impl BufRead,
    cells: &Cells<'_>,
    bounds: &Bounds,
    identifiers: &[String],
    write: &mut dyn FnMut(&[String]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut scanner = Scanner::new(*cells);
    let mut columns: Option<Vec<bool>> = None;
    let mut filling: Vec<(&Merged, String)> = Vec::new();
    let mut written = 0;
    let header = cells.settings.skip_rows;
    let has_header = cells.settings.header;
    xml::walk(sheet, &mut |node| {
        let Some((number, row)) = scanner.visit(node)? else {
            return Ok(());
        };
        let is_identifier = |column: usize| {
            let columns = columns.as_ref();
            columns.is_some_and(|columns| columns.get(column).copied().unwrap_or(false))
        };
        let mut line: Vec<String> = (0..bounds.columns)
            .map(|column| match row.get(column) {
                Some(cell) if cell.is_fraction && is_identifier(column) => {
                    format!("{LOST}{}", cell.text)
                }
                Some(cell) => cell.text.clone(),
                None => String::new(),
            })
            .collect();
        filling.retain(|(merged, _)| merged.last >= number);
        for (merged, value) in &filling {
            if let Some(cell) = line.get_mut(merged.column) {
                cell.clone_from(value);
            }
        }
        for merged in bounds.merged.iter().filter(|merged| merged.first == number) {
            let value = line.get(merged.column).cloned().unwrap_or_default();
            filling.push((merged, value));
        }
        if line.iter().all(String::is_empty) {
            return Ok(());
        }
        while written + 1 < number {
            write(&[])?;
            written += 1;
        }
        written = number;
        if columns.is_none() && number > header {
            let is_id =
                |cell: &String| has_header && identifiers.iter().any(|id| id == cell.trim());
            columns = Some(line.iter().map(is_id).collect());
        }
        write(&line)
    })
}

/// One cell.
#[derive(Clone, Default)]
pub(super) struct Cell {
    text: String,
    is_fraction: bool,
}

/// Puts the cells of a row together.
struct Scanner<'a> {
    cells: Cells<'a>,
    number: u32,
    row: Vec<Cell>,
    column: usize,
    kind: String,
    style: Option<usize>,
    has_formula: bool,
    is_value: bool,
    value: String,
    rich: RichText,
}

impl<'a> Scanner<'a> {
    fn new(cells: Cells<'a>) -> Self {
        Self {
            cells,
            number: 0,
            row: Vec::new(),
            column: 0,
            kind: String::new(),
            style: None,
            has_formula: false,
            is_value: false,
            value: String::new(),
            rich: RichText::default(),
        }
    }

    /// The row, when it ends.
    fn visit(&mut self, node: Node<'_>) -> Result<Option<(u32, Vec<Cell>)>, Fault> {
        match node {
            Node::Open("row", element) => self.begin_row(element)?,
            Node::Close("row") => return Ok(Some((self.number, std::mem::take(&mut self.row)))),
            Node::Open("c", element) => self.begin_cell(element)?,
            Node::Close("c") => self.end_cell()?,
            Node::Open("f", _) => self.has_formula = true,
            Node::Open("v", _) => self.is_value = true,
            Node::Close("v") => self.is_value = false,
            Node::Text(text) if self.is_value => self.value.push_str(text),
            node => self.rich.visit(&node),
        }
        Ok(None)
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        let number = match attribute(element, "r") {
            Some(number) => number.parse().map_err(|_| Fault::Damaged)?,
            None => self.number + 1,
        };
        if number <= self.number || number > LAST_ROW {
            return Err(Fault::Damaged);
        }
        self.number = number;
        self.column = 0;
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        if let Some(at) = attribute(element, "r") {
            let (column, _) = position(&at).ok_or(Fault::Damaged)?;
            self.column = column;
        }
        if self.column >= LAST_COLUMN {
            return Err(Fault::Damaged);
        }
        self.kind = attribute(element, "t").unwrap_or_default();
        self.style = attribute(element, "s").and_then(|style| style.parse().ok());
        self.has_formula = false;
        self.value.clear();
        self.rich.take();
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Fault> {
        let cell = self.cell()?;
        if !cell.text.is_empty() {
            if self.row.len() <= self.column {
                self.row.resize(self.column + 1, Cell::default());
            }
            self.row[self.column] = cell;
        }
        self.column += 1;
        Ok(())
    }

    fn cell(&mut self) -> Result<Cell, Fault> {
        let value = self.value.as_str();
        let mut is_fraction = false;
        let text = match self.kind.as_str() {
            "inlineStr" => self.rich.take(),
            // A formula whose result was not stored.
            _ if value.is_empty() && self.has_formula => LOST.to_string(),
            _ if value.is_empty() => String::new(),
            "s" => {
                let index: usize = value.trim().parse().map_err(|_| Fault::Damaged)?;
                let text = self.cells.strings.get(index);
                text.cloned().ok_or(Fault::Damaged)?
            }
            "b" => if value.trim() == "1" { "true" } else { "false" }.to_owned(),
            // An error such as `#N/A` stays as it is, and no field accepts it.
            "str" | "e" | "d" => value.to_owned(),
            _ => {
                let styles = self.cells.styles;
                let look = styles.look(self.style);
                let text = number::text(value, look, styles.begins_in_1904);
                is_fraction = look == super::styles::Look::Plain && text.contains('.');
                text
            }
        };
        Ok(Cell { text, is_fraction })
    }
}

/// Column from 0 and row from 1 of a name such as `AB12`.
fn position(name: &str) -> Option<(usize, u32)> {
    let length = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at(length);
    if !(1..=3).contains(&length) {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, letter| {
        sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    Some((column - 1, digits.parse().ok()?))
}
