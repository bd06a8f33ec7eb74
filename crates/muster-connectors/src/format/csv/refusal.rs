//! Problems that several parts of the decoder raise, so that each has one wording.

use muster_core::model::{
    code::Code,
    problem::{Problem, Severity},
};

/// The file is refused as a whole.
pub(super) fn refused(
    code: Code,
    message: impl Into<String>,
    advice: impl Into<String>,
) -> Problem {
    Problem::new(code, Severity::Refused, message, advice)
}

/// One row is rejected.
pub(super) fn rejected(
    code: Code,
    message: impl Into<String>,
    advice: impl Into<String>,
) -> Problem {
    Problem::new(code, Severity::Rejected, message, advice)
}

/// The file was read, but something about it should be looked at.
pub(super) fn warning(
    code: Code,
    message: impl Into<String>,
    advice: impl Into<String>,
) -> Problem {
    Problem::new(code, Severity::Warning, message, advice)
}

/// Reading failed. The system's text is given last and for the expert.
pub(super) fn unreadable(read: u64, error: &std::io::Error) -> Problem {
    refused(
        Code::TransferIncomplete,
        format!("reading stopped after {read} bytes: {error}"),
        "run the integration again; if it happens again, check the disk that deliveries are kept on",
    )
}

/// Something of the file is over a limit; `setting` is the name of the limit.
pub(super) fn limit(setting: &str, message: String) -> Problem {
    let advice = format!("check whether this is the right file, or raise the limit `{setting}`");
    refused(Code::CsvLimit, message, advice)
}

/// The file is larger than its limit.
pub(super) fn file_too_large(most: u64) -> Problem {
    limit(
        "file",
        format!("the file has more than {most} bytes, the limit for a file"),
    )
}

/// The file has a header at most.
pub(super) fn empty(what: &str) -> Problem {
    refused(
        Code::CsvEmpty,
        format!("no data rows: {what}"),
        "check the export; an empty file never means that everybody left",
    )
}

/// `one row`, `2 rows`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
