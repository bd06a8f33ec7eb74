//! Parts that many pages have: icons, signs of what happens to an employee, badges of states, counts, changes of values.

use crate::{
    assets,
    pages::frame::Frame,
    texts::{Argument, Words},
    wording::{number, visible, visible_lines},
};
use askama::filters::HtmlSafe;
use muster_core::{
    decide::proposal::Counts,
    model::{
        employee::Status,
        employment::{self, Employment},
        field::{FieldNumber, FieldOrigin, Schema, canonical},
        plan::{Change, Changed, OperationKind},
    },
};
use std::fmt;

/// Markup made here. Everything from outside in it is escaped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Markup(String);

impl HtmlSafe for Markup {}

impl Markup {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

pub(crate) fn icon(name: &str) -> Markup {
    Markup(format!(
        "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#i-{name}\"/></svg>",
        assets::url("icons.svg")
    ))
}

/// A sentence of ours, in which backticks mark what is written exactly so.
pub(crate) fn sentence_with_code(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return Markup(escaped(text));
    }
    let parts = parts.iter().enumerate().map(|(at, part)| {
        let part = escaped(part);
        if at % 2 == 1 {
            format!("<code>{part}</code>")
        } else {
            part
        }
    });
    Markup(parts.collect())
}

/// A sentence of the documentation: with backticks, and `**` around what is emphasised.
pub(crate) fn marked(text: &str) -> Markup {
    let parts = text.split("**").enumerate();
    let parts = parts.map(|(at, part)| match (sentence_with_code(part), at % 2) {
        (part, 1) => format!("<b>{part}</b>"),
        (part, _) => part.to_string(),
    });
    Markup(parts.collect())
}

/// A record as the source wrote it: its values with `;` between them, each with the name of its column as its title. The
/// value of `marked` is marked.
pub(crate) fn raw_record(columns: &[String], cells: &[String], marked: Option<&str>) -> Markup {
    let cells = columns.iter().zip(cells).map(|(column, cell)| {
        let element = if marked == Some(column) {
            "mark"
        } else {
            "span"
        };
        format!(
            "<{element} title=\"{}\">{}</{element}>",
            escaped(&visible(column)),
            escaped(&visible(cell))
        )
    });
    Markup(cells.collect::<Vec<_>>().join(";"))
}

/// How something looks: the class of its colour, and its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) class: &'static str,
    pub(crate) icon: &'static str,
}

pub(crate) const fn look(class: &'static str, icon: &'static str) -> Look {
    Look { class, icon }
}

pub(crate) const HELD: Look = look("is-held", "pause");
pub(crate) const REJECTED: Look = look("is-rejected", "x");
pub(crate) const GOOD: Look = look("is-create", "check");
pub(crate) const BAD: Look = look("is-deactivate", "triangle-alert");

/// The state of a thing: word and icon.
pub(crate) fn badge(look: Look, text: &str) -> Markup {
    Markup(format!(
        "<span class=\"badge {}\">{}{}</span>",
        look.class,
        icon(look.icon),
        escaped(text)
    ))
}

/// What happens to an employee, with its word for screen readers; an empty word if text beside it says the same.
pub(crate) fn sign(look: Look, word: &str) -> Markup {
    let word = match word {
        "" => String::new(),
        word => format!("<span class=\"sr\">{}</span>", escaped(word)),
    };
    Markup(format!(
        "<span class=\"sign {}\">{}{word}</span>",
        look.class,
        icon(look.icon)
    ))
}

pub(crate) fn look_of(kind: OperationKind) -> Look {
    match kind {
        OperationKind::Create => look("is-create", "plus"),
        OperationKind::Update => look("is-update", "tilde"),
        OperationKind::Activate => look("is-create", "calendar"),
        OperationKind::Reactivate => look("is-reactivate", "rotate-ccw"),
        OperationKind::Deactivate => look("is-deactivate", "minus"),
        OperationKind::Delete => look("is-deactivate", "eraser"),
    }
}

pub(crate) fn word_of(words: &Words, kind: OperationKind) -> String {
    words.t(match kind {
        OperationKind::Create => "kind-create",
        OperationKind::Update => "kind-update",
        OperationKind::Activate => "kind-activate",
        OperationKind::Reactivate => "kind-reactivate",
        OperationKind::Deactivate => "kind-deactivate",
        OperationKind::Delete => "kind-delete",
    })
}

pub(crate) fn status_badge(words: &Words, status: Status) -> Markup {
    let look = match status {
        Status::Scheduled => look("is-update", "calendar"),
        Status::Active => GOOD,
        Status::Inactive => look("is-plain", "minus"),
        Status::Erased => look("is-plain", "eraser"),
    };
    badge(look, &status_word(words, status))
}

pub(crate) fn status_word(words: &Words, status: Status) -> String {
    words.t(match status {
        Status::Scheduled => "status-scheduled",
        Status::Active => "status-active",
        Status::Inactive => "status-inactive",
        Status::Erased => "status-erased",
    })
}

/// `+34 ~187 −2,394`: what a run changed, or would.
pub(crate) fn minis(words: &Words, counts: &Counts) -> Markup {
    let parts = [
        ("is-create", "+", counts.created, "kind-create"),
        ("is-update", "~", counts.updated + counts.due, "kind-update"),
        ("is-reactivate", "↺", counts.reactivated, "kind-reactivate"),
        (
            "is-deactivate",
            "−",
            counts.deactivated + counts.missing,
            "kind-deactivate",
        ),
        ("is-held", "‖", counts.held, "kind-held"),
        ("is-rejected", "×", counts.rejected, "kind-rejected"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, _, count, _)| *count > 0)
        .map(|(class, sign, count, word)| {
            format!(
                "<span class=\"mini {class}\"><span class=\"sr\">{} </span>{sign}{}</span>",
                escaped(&words.t(word)),
                number(*count)
            )
        })
        .collect();
    match shown.as_slice() {
        [] => Markup("<span class=\"quiet\">–</span>".to_owned()),
        shown => Markup(shown.join(" ")),
    }
}

/// One value before and after.
#[derive(Clone, Debug)]
pub(crate) struct DiffRow {
    pub(crate) field: String,
    /// None: there was none.
    pub(crate) old: Option<String>,
    /// None: there is none.
    pub(crate) new: Option<String>,
}

/// Changes as they are shown. A create shows at most so many values; its employee's page has all.
pub(crate) fn diff(words: &Words, schema: &Schema, changes: &[Change]) -> Vec<DiffRow> {
    let rows = changes.iter().map(|change| DiffRow {
        field: changed_name(words, schema, change.what),
        old: shown(words, change.what, change.old.as_deref()),
        new: shown(words, change.what, change.new.as_deref()),
    });
    rows.collect()
}

/// A value in words: a status, employments, or what the source wrote.
pub(crate) fn shown(words: &Words, what: Changed, value: Option<&str>) -> Option<String> {
    let value = value?;
    Some(match what {
        Changed::Status => match Status::parse(value) {
            Some(status) => status_word(words, status),
            None => visible(value),
        },
        Changed::Field(canonical::EMPLOYMENTS) => match employment::read(value) {
            Ok(all) => {
                let lines: Vec<String> =
                    all.iter().map(|one| employment_line(words, one)).collect();
                lines.join("; ")
            }
            Err(_) => visible(value),
        },
        Changed::Field(_) => visible_lines(value),
        Changed::Owner => visible(value),
    })
}

/// An employment in words, such as `permanent at ACME from 2020-01-01 until 2026-03-31 (E-7-1)`.
pub(crate) fn employment_line(words: &Words, employment: &Employment) -> String {
    let mut line = match &employment.employment_type {
        Some(kind) => visible(kind),
        None => words.t("employment-untyped"),
    };
    let parts = [
        ("employment-company", employment.company.clone()),
        ("employment-start", Some(employment.start.to_string())),
        ("employment-end", employment.end.map(|end| end.to_string())),
        ("employment-id", employment.external_id.clone()),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            let value = visible(&value);
            let values = [
                ("employment", Argument::Text(&line)),
                ("value", Argument::Text(&value)),
            ];
            line = words.with(key, &values);
        }
    }
    line
}

pub(crate) fn changed_name(words: &Words, schema: &Schema, what: Changed) -> String {
    match what {
        Changed::Status => words.t("field-status"),
        Changed::Owner => words.t("field-managed-by"),
        Changed::Field(number) => field_name(words, schema, number),
    }
}

/// The texts of the canonical fields, in the order of their numbers.
const FIELDS: [&str; 25] = [
    "field-external-id",
    "field-email",
    "field-private-email",
    "field-first-name",
    "field-last-name",
    "field-prefix",
    "field-onboarding-date",
    "field-offboarding-date",
    "field-probation-end-date",
    "field-birthday",
    "field-work-anniversary",
    "field-marriage-date",
    "field-language",
    "field-group",
    "field-title",
    "field-job-function",
    "field-department",
    "field-location",
    "field-payroll-id",
    "field-employment-type",
    "field-phone",
    "field-country",
    "field-manager",
    "field-company",
    "field-employments",
];

/// The name of a field; that of a custom one follows from its key.
pub(crate) fn field_name(words: &Words, schema: &Schema, field: FieldNumber) -> String {
    match FIELDS.get(usize::from(field.0)) {
        Some(key) => words.t(key),
        None => {
            let key = schema.key(field).replace('_', " ");
            let mut letters = key.chars();
            let first = letters
                .next()
                .map(|first| first.to_uppercase().collect::<String>());
            first.unwrap_or_default() + letters.as_str()
        }
    }
}

pub(crate) fn is_custom(schema: &Schema, field: FieldNumber) -> bool {
    let definition = schema.get(field);
    definition.is_some_and(|field| field.origin == FieldOrigin::Custom)
}

/// A filter with its count; a link, because its state is in the address.
#[derive(Clone, Debug)]
pub(crate) struct Chip {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) count: Option<String>,
    /// Empty: none.
    pub(crate) sign: Markup,
    pub(crate) is_on: bool,
}

/// Something to open.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
}

impl Link {
    pub(crate) fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            text: text.into(),
        }
    }
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) text: String,
}

impl FieldError {
    pub(crate) fn new(field: &'static str, key: &'static str) -> Self {
        Self {
            field,
            text: Frame::words().t(key),
        }
    }
}

/// The errors of a form, above it and at its fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) errors: Vec<FieldError>,
}

impl Form {
    pub(crate) fn error(&self, field: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == field);
        found.map(|error| error.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_custom_fields_follow_from_their_keys() {
        let field = |key: &str| muster_core::model::field::FieldDefinition {
            key: key.to_owned(),
            kind: muster_core::read::normalise::FieldKind::Text,
            origin: FieldOrigin::Custom,
            required: false,
        };
        let schema = Schema::new([field("contract_hours")]);
        let words = Words::english();
        assert_eq!(
            field_name(words, &schema, FieldNumber(25)),
            "Contract hours"
        );
        assert_eq!(
            field_name(words, &schema, canonical::MANAGER_EXTERNAL_ID),
            "Manager"
        );
        assert_eq!(
            FIELDS.len(),
            usize::from(muster_core::model::field::CANONICAL_FIELDS)
        );
    }

    #[test]
    fn backticks_become_code_and_the_rest_is_escaped() {
        let shown = |text| sentence_with_code(text).to_string();
        assert_eq!(shown("`a<b` is <b>"), "<code>a&lt;b</code> is &lt;b&gt;");
        assert_eq!(shown("one ` alone"), "one ` alone");
    }

    #[test]
    fn w8_record_as_delivered_is_escaped_and_its_wrong_value_is_marked() {
        let text = |text: &str| text.to_owned();
        let columns = [text("id"), text("a\"b")];
        let cells = [text("1"), text("<b>\u{202e}")];
        assert_eq!(
            raw_record(&columns, &cells, Some("a\"b")).to_string(),
            "<span title=\"id\">1</span>;<mark title=\"a&quot;b\">&lt;b&gt;[U+202E]</mark>"
        );
    }

    #[test]
    fn w8_what_parts_show_is_escaped() {
        let shown = badge(GOOD, "<script>alert('1')</script>\"&").to_string();
        assert!(
            shown.ends_with("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;</span>"),
            "{shown}"
        );
    }
}
