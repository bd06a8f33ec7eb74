//! Whether the dates of a delivery are in the configured order of day and month.
//!
//! An export that changes from `DD/MM/YYYY` to `MM/DD/YYYY` keeps most of its values possible. Values that
//! are dates in one order only are the evidence; they are counted over every record, also the unchanged.

use crate::{
    model::field::FieldNumber,
    read::{
        normalise::{DateFormat, FieldKind, Order},
        reading::DoubtfulDates,
        record::{Cell, Record},
    },
    setup::integration::Setup,
};

/// Up to this share of exchanged values, in percent, they are single mistakes.
const MAX_PERCENT: u64 = 5;

/// Up to this number of exchanged values, they are single mistakes.
const MAX_MISTAKES: u64 = 2;

/// The counts of each format that begins with day or month.
pub(crate) struct DateOrders(Vec<Counted>);

struct Counted {
    format: DateFormat,
    fields: Vec<FieldNumber>,
    names: Vec<String>,
    /// For the current file.
    columns: Vec<usize>,
    configured: u64,
    exchanged: u64,
}

impl DateOrders {
    pub(crate) fn new(setup: &Setup) -> Self {
        let schema = &setup.workspace.schema;
        let mut formats: Vec<Counted> = Vec::new();
        for entry in &setup.rules.mapping.entries {
            let is_date = schema
                .get(entry.field)
                .is_some_and(|field| field.kind == FieldKind::Date);
            let Ok(format) = entry.date_format() else {
                continue;
            };
            if !is_date || !format.can_be_exchanged() {
                continue;
            }
            let at = formats
                .iter()
                .position(|known| known.format == format)
                .unwrap_or_else(|| {
                    formats.push(Counted {
                        format,
                        fields: Vec::new(),
                        names: Vec::new(),
                        columns: Vec::new(),
                        configured: 0,
                        exchanged: 0,
                    });
                    formats.len() - 1
                });
            formats[at].fields.push(entry.field);
            formats[at]
                .names
                .extend(entry.source.columns().iter().cloned());
        }
        Self(formats)
    }

    /// A file begins.
    pub(crate) fn begin(&mut self, columns: &[String]) {
        for counted in &mut self.0 {
            let names = counted.names.iter();
            counted.columns = names
                .filter_map(|name| columns.iter().position(|column| column == name))
                .collect();
        }
    }

    pub(crate) fn count(&mut self, record: &Record<'_>) {
        for counted in &mut self.0 {
            for column in &counted.columns {
                let Cell::Text(text) = record.cell(*column) else {
                    continue;
                };
                match counted.format.order(text.trim()) {
                    Order::Configured => counted.configured += 1,
                    Order::Exchanged => counted.exchanged += 1,
                    Order::Any => {}
                }
            }
        }
    }

    /// The formats whose order is in doubt.
    pub(crate) fn in_doubt(&self) -> Vec<DoubtfulDates> {
        let doubtful = |counted: &&Counted| is_in_doubt(counted.configured, counted.exchanged);
        let dates = |counted: &Counted| DoubtfulDates {
            fields: counted.fields.clone(),
            format: counted.format.shape().to_owned(),
            configured: counted.configured,
            exchanged: counted.exchanged,
        };
        self.0.iter().filter(doubtful).map(dates).collect()
    }
}

fn is_in_doubt(configured: u64, exchanged: u64) -> bool {
    let all = configured + exchanged;
    exchanged > 0 && configured == 0
        || exchanged > MAX_MISTAKES && exchanged * 100 > MAX_PERCENT * all
}

#[cfg(test)]
mod tests {
    use super::is_in_doubt;

    #[test]
    fn single_mistakes_raise_no_doubt() {
        for (configured, exchanged, doubt) in [
            (0, 0, false),
            (10, 0, false),
            (0, 1, true),
            (1, 1, false),
            (1, 2, false),
            (1, 3, true),
            (57, 3, false),
            (56, 3, true),
            (950, 50, false),
            (949, 50, true),
        ] {
            assert_eq!(
                is_in_doubt(configured, exchanged),
                doubt,
                "{configured} {exchanged}"
            );
        }
    }
}
