//! The ways in which a delivery is damaged in a drill, as real exports have been.

use jiff::{ToSpan, civil::Date};
use muster_connectors::connector::{Records, Value};
use muster_core::{
    model::field::{FieldNumber, Schema, canonical},
    read::{
        normalise::FieldKind,
        record::{Cell, Record},
    },
    setup::mapping::{FieldMapping, Mapping},
};

macro_rules! damages {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Damage { $($(#[$doc])* $variant,)* }

        impl Damage {
            /// All damages, in the order in which they are reported.
            pub const ALL: [Self; 10] = [$(Self::$variant,)*];

            /// The damage as printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

damages! {
    /// No record.
    Empty = "empty";
    /// The second half is missing.
    Halved = "halved";
    /// The match key of each record stands in the next record.
    KeyShifted = "key_shifted";
    /// The first record has the match key of the last one, and so on.
    KeysExchanged = "keys_exchanged";
    /// Every employee left yesterday.
    EndDates = "end_dates";
    OtherDelimiter = "other_delimiter";
    DayAndMonthExchanged = "day_and_month_exchanged";
    /// Every employee has the group, department or location of the first.
    OneGroup = "one_group";
    /// Every record twice.
    Duplicated = "duplicated";
    /// The delivery before the last one.
    Earlier = "earlier";
}

/// Damaged records; `None` if the records have nothing to damage like this.
pub(super) fn apply(
    damage: Damage,
    table: &Records,
    mapping: &Mapping,
    schema: &Schema,
    today: Date,
) -> Option<Records> {
    let columns = table.columns();
    let mut rows: Vec<Vec<Value>> = table.iter().map(|record| values(record, columns)).collect();
    let count = rows.len();
    let of = |field| positions(mapping, field, columns);
    match damage {
        Damage::Empty => rows.clear(),
        Damage::Halved => rows.truncate(count / 2),
        Damage::KeyShifted => {
            for column in key(mapping, columns)? {
                let values = rows.iter().map(|row| row[column].clone());
                let mut values: Vec<Value> = values.collect();
                values.rotate_right(1.min(count));
                put(&mut rows, column, values);
            }
        }
        Damage::KeysExchanged => {
            for column in key(mapping, columns)? {
                let values = rows.iter().rev().map(|row| row[column].clone());
                let values = values.collect();
                put(&mut rows, column, values);
            }
        }
        Damage::EndDates => {
            let (column, entry) = of(canonical::OFFBOARDING_DATE).into_iter().next()?;
            let yesterday = today.checked_sub(1.day()).ok()?;
            let text = written(yesterday, shape(entry));
            let values = vec![Value::Text(text); count];
            put(&mut rows, column, values);
        }
        Damage::DayAndMonthExchanged => {
            let dates = schema
                .iter()
                .filter(|(_, field)| field.kind == FieldKind::Date);
            let dates: Vec<_> = dates.flat_map(|(field, _)| of(field)).collect();
            let before = rows.clone();
            for (column, entry) in dates {
                for row in &mut rows {
                    if let Value::Text(text) = &row[column] {
                        row[column] = Value::Text(exchanged(text, shape(entry)));
                    }
                }
            }
            if rows == before {
                return None;
            }
        }
        Damage::OneGroup => {
            let groups = [
                canonical::GROUP,
                canonical::DEPARTMENT,
                canonical::LOCATION,
                canonical::JOB_FUNCTION,
            ];
            let (column, _) = groups.into_iter().flat_map(of).next()?;
            let first = rows.first()?[column].clone();
            if rows.iter().all(|row| row[column] == first) {
                return None;
            }
            put(&mut rows, column, vec![first; count]);
        }
        Damage::Duplicated => rows.extend(rows.clone()),
        Damage::OtherDelimiter | Damage::Earlier => {}
    }
    let mut damaged = Records::new(columns);
    for (number, row) in rows.iter().enumerate() {
        damaged.put(&number.to_string(), row, None);
    }
    Some(damaged)
}

fn values(record: Record<'_>, columns: &[String]) -> Vec<Value> {
    let value = |column| match record.cell(column) {
        Cell::Absent => Value::Absent,
        Cell::Null => Value::Null,
        Cell::Unreadable => Value::Unreadable,
        Cell::Text(text) => Value::Text(text.to_owned()),
    };
    (0..columns.len()).map(value).collect()
}

fn put(rows: &mut [Vec<Value>], column: usize, values: Vec<Value>) {
    for (row, value) in rows.iter_mut().zip(values) {
        row[column] = value;
    }
}

/// The columns of a field with its mapping.
fn positions<'m>(
    mapping: &'m Mapping,
    field: FieldNumber,
    columns: &[String],
) -> Vec<(usize, &'m FieldMapping)> {
    let entries = mapping.entries.iter().filter(|entry| entry.field == field);
    let named =
        entries.flat_map(|entry| entry.source.columns().iter().map(move |name| (name, entry)));
    let found = named.filter_map(|(name, entry)| {
        let at = columns.iter().position(|column| column == name)?;
        Some((at, entry))
    });
    found.collect()
}

/// The columns by which employees are found: the external id, or the address without one.
fn key(mapping: &Mapping, columns: &[String]) -> Option<Vec<usize>> {
    let of = |field| positions(mapping, field, columns);
    let keys = [canonical::EXTERNAL_ID, canonical::EMAIL];
    let key = keys.into_iter().map(of).find(|key| !key.is_empty())?;
    Some(key.into_iter().map(|(column, _)| column).collect())
}

/// The preferred format of the dates of a field.
fn shape(entry: &FieldMapping) -> &str {
    let mut shapes = entry.format.iter().chain(&entry.formats);
    shapes.next().map_or("YYYY-MM-DD", String::as_str)
}

fn written(date: Date, shape: &str) -> String {
    let tokens = [
        ("YYYY", "%Y"),
        ("YY", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%-m"),
        ("DD", "%d"),
        ("D", "%-d"),
    ];
    let (mut text, mut rest) = (String::new(), shape);
    while let Some(next) = rest.chars().next() {
        match tokens.iter().find(|(token, _)| rest.starts_with(token)) {
            Some((token, directive)) => {
                text += &date.strftime(directive).to_string();
                rest = &rest[token.len()..];
            }
            None => {
                text.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    text
}

/// A date with its day and its month exchanged, as by a program of another country.
fn exchanged(text: &str, shape: &str) -> String {
    if shape.contains("MMM") {
        return text.to_owned();
    }
    let unchanged = || text.to_owned();
    let (Some(day), Some(month)) = (shape.find('D'), shape.find('M')) else {
        return unchanged();
    };
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    if let [whole] = parts[..] {
        let slices = (whole.get(day..day + 2), whole.get(month..month + 2));
        let (Some(days), Some(months)) = slices else {
            return unchanged();
        };
        if whole.len() != shape.len() {
            return unchanged();
        }
        let mut swapped = whole.to_owned();
        swapped.replace_range(day..day + 2, months);
        swapped.replace_range(month..month + 2, days);
        return swapped;
    }
    // The order of the parts in the shape.
    let mut order = [
        (day, 'D'),
        (month, 'M'),
        (shape.find('Y').unwrap_or(usize::MAX), 'Y'),
    ];
    order.sort_unstable();
    let at = |letter| order.iter().position(|(_, one)| *one == letter);
    let (Some(day), Some(month)) = (at('D'), at('M')) else {
        return unchanged();
    };
    if parts.len() <= day.max(month) {
        return unchanged();
    }
    let mut swapped = parts.clone();
    swapped.swap(day, month);
    let mut separators = text.matches(|c: char| !c.is_ascii_digit());
    let mut whole = swapped[0].to_owned();
    for part in &swapped[1..] {
        whole += separators.next().unwrap_or_default();
        whole += part;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use muster_core::setup::mapping::Source;

    fn table(rows: &[[&str; 3]]) -> Records {
        let columns = ["id", "born", "unit"].map(str::to_owned);
        let mut table = Records::new(&columns);
        for (number, row) in rows.iter().enumerate() {
            let values = row.map(Value::of);
            table.put(&number.to_string(), &values, None);
        }
        table
    }

    fn mapping() -> Mapping {
        let entry =
            |field, column: &str| FieldMapping::new(field, Source::Column(column.to_owned()));
        Mapping {
            entries: vec![
                entry(canonical::EXTERNAL_ID, "id"),
                FieldMapping {
                    format: Some("DD.MM.YYYY".to_owned()),
                    ..entry(canonical::BIRTHDAY, "born")
                },
                entry(canonical::DEPARTMENT, "unit"),
            ],
        }
    }

    const ROWS: [[&str; 3]; 3] = [
        ["1", "31.01.1990", "Sales"],
        ["2", "02.03.1991", "Sales"],
        ["3", "", "IT"],
    ];

    fn column(damage: Damage, column: usize) -> Option<Vec<String>> {
        let today = date(2026, 5, 4);
        let damaged = apply(damage, &table(&ROWS), &mapping(), &Schema::new([]), today)?;
        let texts = damaged.iter().map(|record| match record.cell(column) {
            Cell::Text(text) => text.to_owned(),
            _ => String::new(),
        });
        Some(texts.collect())
    }

    #[track_caller]
    fn becomes(damage: Damage, at: usize, wanted: &[&str]) {
        let wanted: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(column(damage, at), Some(wanted), "{damage:?}");
    }

    #[test]
    fn every_damage_changes_what_it_is_named_after_and_nothing_else() {
        becomes(Damage::Empty, 0, &[]);
        becomes(Damage::Halved, 0, &["1"]);
        becomes(Damage::KeyShifted, 0, &["3", "1", "2"]);
        becomes(Damage::KeyShifted, 2, &["Sales", "Sales", "IT"]);
        becomes(Damage::KeysExchanged, 0, &["3", "2", "1"]);
        becomes(
            Damage::DayAndMonthExchanged,
            1,
            &["01.31.1990", "03.02.1991", ""],
        );
        becomes(Damage::OneGroup, 2, &["Sales", "Sales", "Sales"]);
        becomes(Damage::Duplicated, 0, &["1", "2", "3", "1", "2", "3"]);
    }

    #[test]
    fn what_is_not_mapped_is_not_damaged() {
        assert_eq!(column(Damage::EndDates, 0), None);
    }

    #[test]
    fn dates_are_written_and_exchanged_in_every_format() {
        let day = date(2026, 5, 3);
        for (shape, text) in [
            ("YYYY-MM-DD", "2026-05-03"),
            ("D-M-YYYY", "3-5-2026"),
            ("DDMMYYYY", "03052026"),
            ("D MMMM YYYY", "3 May 2026"),
            ("DD/MM/YY", "03/05/26"),
        ] {
            assert_eq!(written(day, shape), text);
        }
        for (shape, text, wanted) in [
            ("YYYY-MM-DD", "2026-05-03", "2026-03-05"),
            ("D-M-YYYY", "3-12-2026", "12-3-2026"),
            ("YYYYMMDD", "20260503", "20260305"),
            ("DD MMM YYYY", "03 May 2026", "03 May 2026"),
            ("YYYY-MM-DD", "unknown", "unknown"),
        ] {
            assert_eq!(exchanged(text, shape), wanted, "{shape}");
        }
    }
}
