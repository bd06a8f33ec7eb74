//! Plain tables that fit a terminal.

use comfy_table::{ContentArrangement, Table, presets::NOTHING};

/// A table with a header row.
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.to_vec());
    table.add_rows(rows);
    table
}
