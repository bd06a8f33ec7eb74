//! Rows of the CSV files that pages offer. Values that a spreadsheet would run as formulas are guarded.

use muster_core::read::formula::guarded;

/// Without it, spreadsheets read UTF-8 as something else.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

pub(crate) fn write_row<'c>(
    text: &mut String,
    cells: impl Iterator<Item = &'c str>,
    delimiter: char,
) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            text.push(delimiter);
        }
        let cell = guarded(cell);
        if cell.contains([delimiter, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P39.
    #[test]
    fn cells_are_quoted_and_formulas_are_guarded() {
        let mut text = String::new();
        let cells = ["a;b", "say \"hi\"", "two\nlines", "=1+2", "plain", ""];
        write_row(&mut text, cells.into_iter(), ';');
        assert_eq!(
            text,
            "\"a;b\";\"say \"\"hi\"\"\";\"two\nlines\";'=1+2;plain;\r\n"
        );
    }
}
