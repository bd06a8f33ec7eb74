//! Why a packed file is refused, and the limit of what comes out of it.

use crate::format::csv::refusal;
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        csv::{Detail, PackedKind, Remedy},
    },
};
use std::io::{self, ErrorKind, Read};

pub(super) enum Fault {
    /// The file is not whole, or not what it seems to be.
    Damaged,
    /// More comes out than the limit.
    TooLarge,
    /// The temporary file could not be written.
    Temporary(io::Error),
    /// Another reason.
    Problem(Box<Problem>),
}

impl Fault {
    pub(super) fn refused(code: Code, detail: Detail, remedy: Remedy) -> Self {
        Self::Problem(Box::new(refusal::refused(code, detail, remedy)))
    }

    pub(super) fn problem(self, kind: PackedKind, limit: u64) -> Problem {
        match self {
            Self::Damaged => refusal::refused(
                Code::CsvTruncated,
                Detail::Damaged { kind },
                Remedy::DeliverWhole,
            ),
            Self::TooLarge => refusal::file_too_large(limit),
            Self::Temporary(error) => refusal::unreadable(0, &error),
            Self::Problem(problem) => *problem,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::Damaged,
        }
    }
}

impl From<quick_xml::Error> for Fault {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) if error.kind() == ErrorKind::FileTooLarge => {
                Self::TooLarge
            }
            _ => Self::Damaged,
        }
    }
}

/// Fails when more than the limit comes out, before memory or disk is used for it.
pub(super) struct Limited<R> {
    inside: R,
    left: u64,
}

impl<R: Read> Limited<R> {
    pub(super) fn new(inside: R, limit: u64) -> Self {
        Self {
            inside,
            left: limit,
        }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.inside.read(space)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or(ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}
