//! Problems that several parts of the decoder raise.

use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        csv::{Detail, Limit, NoRecords, Remedy},
    },
};

/// The file is refused as a whole.
pub(crate) fn refused(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Refused, detail, remedy)
}

/// One row is rejected.
pub(crate) fn rejected(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Rejected, detail, remedy)
}

/// The file was read, but it is irregular.
pub(crate) fn warning(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Warning, detail, remedy)
}

/// Reading failed.
pub(crate) fn unreadable(bytes: u64, error: &std::io::Error) -> Problem {
    let why = error.to_string();
    refused(
        Code::TransferIncomplete,
        Detail::Unreadable { bytes, why },
        Remedy::RunAgainOrCheckDisk,
    )
}

/// Something of the file is over a limit.
pub(crate) fn over(limit: Limit, detail: Detail) -> Problem {
    refused(Code::CsvLimit, detail, Remedy::RaiseLimit { limit })
}

/// The file is larger than its limit.
pub(crate) fn file_too_large(limit: u64) -> Problem {
    over(Limit::File, Detail::FileTooLarge { limit })
}

/// The file has a header at most.
pub(crate) fn empty(cause: NoRecords) -> Problem {
    refused(
        Code::CsvEmpty,
        Detail::NoRecords(cause),
        Remedy::CheckExport,
    )
}

/// The file can be used, but no departure may follow from it.
pub(crate) fn truncated(detail: Detail) -> Problem {
    warning(Code::CsvTruncated, detail, Remedy::DeliverWhole)
}
