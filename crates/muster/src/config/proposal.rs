//! The mapping that a connection test proposes, as the text of an integration file.

use muster_core::setup::suggestion::Suggestion;

/// A less likely field is proposed as a comment.
const LIKELY: f64 = 0.7;

/// Fields that every employee must have.
const REQUIRED: [&str; 3] = ["email", "first_name", "last_name"];

/// The section `[mapping]`, ready to be pasted. What must be decided by a person stands in comments.
pub(crate) fn mapping(suggestions: &[Suggestion]) -> String {
    let mut text = "[mapping]\n".to_owned();
    let is_likely = |suggestion: &&Suggestion| suggestion.confidence >= LIKELY;
    let field = |suggestion: &Suggestion| suggestion.field.clone();
    let likely: Vec<&Suggestion> = suggestions
        .iter()
        .filter(is_likely)
        .filter(|one| one.field.is_some())
        .collect();
    for suggestion in &likely {
        text += &line(suggestion);
        text.push('\n');
    }
    for suggestion in suggestions.iter().filter(|one| !is_likely(one)) {
        if suggestion.field.is_some() {
            let percent = suggestion.confidence * 100.0;
            text += &format!("# {}  # {percent:.0} % likely\n", line(suggestion));
        }
    }
    for required in REQUIRED {
        let is_mapped = |one: &&Suggestion| field(one).as_deref() == Some(required);
        if !likely.iter().any(is_mapped) {
            text += &format!("# {required} = \"COLUMN\"  # required for every employee\n");
        }
    }
    let unused: Vec<String> = suggestions
        .iter()
        .filter(|one| one.field.is_none())
        .map(|one| quoted(&one.column))
        .collect();
    if !unused.is_empty() {
        text += &format!("# not mapped: {}\n", unused.join(", "));
    }
    text
}

/// `birthday = { column = "Geboren", format = "DD-MM-YYYY" }`.
fn line(suggestion: &Suggestion) -> String {
    let field = suggestion.field.as_deref().unwrap_or_default();
    let column = quoted(&suggestion.column);
    match &suggestion.format {
        Some(format) => {
            let format = quoted(format);
            format!("{field} = {{ column = {column}, format = {format} }}")
        }
        None => format!("{field} = {column}"),
    }
}

/// A text as an integration file writes it, on one line, whatever it contains.
pub(crate) fn quoted(text: &str) -> String {
    let mut written = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            control if control.is_control() => {
                written += &format!("\\u{:04X}", u32::from(control));
            }
            plain => written.push(plain),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use muster_core::setup::suggestion::suggest;
    use std::path::Path;

    fn proposed(columns: &[&str], row: &[&str]) -> String {
        let texts = |list: &[&str]| {
            list.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        mapping(&suggest(&texts(columns), &[texts(row)], &[]))
    }

    #[test]
    fn proposed_mapping_has_date_formats_and_names_what_is_left() {
        let columns = [
            "Personeelsnr",
            "Voornaam",
            "Achternaam",
            "E-mail",
            "Geboortedatum",
            "Salaris",
        ];
        let row = [
            "1001",
            "Ann",
            "Bos",
            "ann@acme.example",
            "31-12-1980",
            "3000",
        ];
        let text = proposed(&columns, &row);
        assert_eq!(
            text,
            "[mapping]\nexternal_id = \"Personeelsnr\"\nfirst_name = \"Voornaam\"\nlast_name = \"Achternaam\"\nemail = \"E-mail\"\n\
             birthday = { column = \"Geboortedatum\", format = \"DD-MM-YYYY\" }\n# not mapped: \"Salaris\"\n"
        );
    }

    #[test]
    fn required_field_without_a_column_is_a_comment() {
        let text = proposed(&["Voornaam", "Achternaam"], &["Ann", "Bos"]);
        assert!(
            text.contains("\n# email = \"COLUMN\"  # required"),
            "{text}"
        );
    }

    #[test]
    fn proposed_mapping_is_read_back_whatever_the_columns_are_called() {
        let columns = [
            "first_name",
            "last name",
            "e mail",
            "a \"b\" \\ c\td\u{7f}",
            "# x",
            "title\n",
        ];
        let text = proposed(
            &columns,
            &["Ann", "Bos", "ann@acme.example", "1", "2", "Lead"],
        );
        let whole = format!("name = \"n\"\nworkspace = \"w\"\n[source]\nurl = \"file:x\"\n{text}");
        let read = parse(&whole, Path::new("/x")).unwrap_or_else(|why| panic!("{text}\n{why:?}"));
        let mapped = read.raw.mapping.unwrap_or_default();
        assert!(
            mapped.contains_key("email") && mapped.contains_key("title"),
            "{text}"
        );
    }
}
