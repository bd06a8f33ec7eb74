//! The same for the records of an HR system: one JSON object a line, with the columns under `values`.

use super::{FileErasure, Form, Subjects, has_address};
use serde_json::{Map, Value};

const VALUES: &str = "values";

/// Blanks the lines of records about the people, and their ids and addresses in records about others.
pub(super) fn erase_records(bytes: &[u8], form: &Form, subjects: Subjects<'_>) -> FileErasure {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return FileErasure::Unsure;
    };
    let mut out = String::with_capacity(text.len());
    let (mut lines, mut is_blanked) = (Vec::new(), false);
    for (line, number) in text.split_inclusive('\n').zip(1u32..) {
        let record = line.trim_end_matches('\n');
        let end = &line[record.len()..];
        if record.is_empty() {
            out.push_str(line);
            continue;
        }
        let Ok(Value::Object(mut object)) = serde_json::from_str(record) else {
            return FileErasure::Unsure;
        };
        let mut none = Map::new();
        let values = match object.get_mut(VALUES) {
            Some(Value::Object(values)) => values,
            _ => &mut none,
        };
        if is_about(values, form, subjects) {
            lines.push(number);
        } else if blank(values, form, subjects) {
            is_blanked = true;
            out.push_str(&Value::Object(object).to_string());
        } else {
            out.push_str(record);
        }
        out.push_str(end);
    }
    if has_address(out.as_bytes(), subjects) {
        return FileErasure::Unsure;
    }
    match lines.is_empty() && !is_blanked {
        true => FileErasure::Nothing,
        false => FileErasure::Done {
            bytes: out.into_bytes(),
            lines,
        },
    }
}

/// Whether a record is about one of the people. An address in any column but that of another employee's id identifies.
fn is_about(values: &Map<String, Value>, form: &Form, subjects: Subjects<'_>) -> bool {
    let has_ids = form.ids.iter().any(|column| form.columns.contains(column));
    values.iter().any(|(column, value)| {
        let text = value.as_str().unwrap_or_default().trim();
        // Where no column holds ids, an id in any column is taken for the record's own.
        let is_id = form.ids.contains(column) || !has_ids && !form.ids.is_empty();
        !text.is_empty()
            && !form.others.contains(column)
            && (is_id && subjects.has_id(text) || subjects.has_email(text))
    })
}

/// Makes the ids and addresses of the people null where a record is about another employee.
fn blank(values: &mut Map<String, Value>, form: &Form, subjects: Subjects<'_>) -> bool {
    let mut is_blanked = false;
    for column in &form.others {
        let names = |value: &Value| {
            let text = value.as_str().unwrap_or_default().trim();
            subjects.has_id(text) || subjects.has_email(text)
        };
        if let Some(value) = values.get_mut(column).filter(|value| names(value)) {
            *value = Value::Null;
            is_blanked = true;
        }
    }
    is_blanked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::file_erasure::Keys;

    fn erase_records(text: &str) -> FileErasure {
        let columns = ["id", "mail", "boss"].map(str::to_owned).to_vec();
        let form = Form {
            delimiter: None,
            header: false,
            ids: vec!["id".to_owned()],
            others: vec!["boss".to_owned()],
            columns,
            json_lines: true,
            part: None,
            skip_rows: 0,
            sheet: None,
        };
        let keys = Keys {
            ids: ["1".to_owned()].into(),
            emails: ["eva@acme.example".to_owned()].into(),
        };
        super::erase_records(text.as_bytes(), &form, Subjects::Keys(&keys))
    }

    #[test]
    fn a_record_goes_and_the_lines_of_the_others_keep_their_numbers() {
        let text = concat!(
            "{\"values\":{\"id\":\"1\",\"mail\":null}}\n",
            "{\"values\":{\"id\":\"2\",\"boss\":\"1\"}}\n",
            "{\"values\":{\"id\":\"3\",\"mail\":\" EVA@acme.example\"}}\n",
            "{\"values\":{\"id\":\"11\",\"mail\":\"1\"}}\n",
        );
        let expected = concat!(
            "\n",
            "{\"values\":{\"boss\":null,\"id\":\"2\"}}\n",
            "\n",
            "{\"values\":{\"id\":\"11\",\"mail\":\"1\"}}\n",
        );
        let FileErasure::Done { bytes, lines } = erase_records(text) else {
            panic!()
        };
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn nothing_is_nothing_and_what_is_unsure_is_dropped() {
        assert_eq!(
            erase_records("{\"values\":{\"id\":\"2\"}}\n\n"),
            FileErasure::Nothing
        );
        assert_eq!(
            erase_records("{\"values\":{\"id\":\"2\"}\n"),
            FileErasure::Unsure
        );
        let inside = "{\"values\":{\"id\":\"2\",\"mail\":\"x <eva@acme.example>\"}}\n";
        assert_eq!(erase_records(inside), FileErasure::Unsure);
    }
}
