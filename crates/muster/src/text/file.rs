//! Delivered files.

use muster_core::model::problem::{
    Problem,
    file::{Detail, Remedy},
};

pub(super) fn message(detail: &Detail, problem: &Problem) -> String {
    match detail {
        Detail::Inside { file, line, cause } => {
            let line = line.map_or(String::new(), |line| format!(":{line}"));
            let inner = Problem {
                detail: (**cause).clone(),
                ..problem.clone()
            };
            format!("{file}{line}: {}", super::message(&inner))
        }
        Detail::SwallowedRows { opened, inner, key } => {
            let sign = match key {
                Some(key) => format!(
                    "begins with `{key}`, the match key of an employee that no other record names"
                ),
                None => "has the form of a row".to_owned(),
            };
            format!(
                "the quoted value that begins on line {opened} includes line {inner}, which {sign}: \
                 a misplaced quote has probably swallowed rows; the record was rejected"
            )
        }
        Detail::NoFinalLineBreak => {
            "the last row has no line break at its end, which earlier deliveries had: the file was \
             probably cut off"
                .to_owned()
        }
        Detail::Unproven { file } => format!(
            "nothing proves that `{file}` is complete, because the server states no length; no \
             employee is deactivated for being missing"
        ),
    }
}

pub(super) fn help(remedy: Remedy) -> String {
    match remedy {
        Remedy::CorrectQuotes => {
            "correct the quotes in the export: a quote inside a quoted value is written twice (\"\")"
        }
        Remedy::DeliverWithFinalLineBreak => {
            "deliver the whole file again; if the export no longer writes a line break at its end, set \
             `final_line_break = false` under [source]"
        }
        Remedy::ProveLength => {
            "have the server send the length, put a `.sha256` file next to it or use `trailer`; if the \
             server always sends whole files, set `trust_length = true` under [source]"
        }
    }
    .to_owned()
}
