//! Reads a whole file with several reads in flight, and puts the answers in order.

use super::Failure;
use crate::transport::{ErrorKind, TransportError};
use futures_util::{StreamExt, stream::FuturesOrdered};
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, Received, Remedy},
};
use russh_sftp::{
    client::{RawSftpSession, error::Error},
    protocol::StatusCode,
};
use std::{io::Write, ops::RangeInclusive};

/// Bytes that are asked for ahead, so that a far server is kept busy: 4 MiB in 20 ms are 200 MB/s.
const AHEAD: usize = 4 << 20;
/// Reads in flight: enough that answers overlap, and not more than servers keep in mind.
const READS: RangeInclusive<usize> = 16..=64;
/// Bytes of one read that every server answers in one piece.
pub(super) const PIECE: u32 = 32 << 10;
/// Bytes of one read at most, so that the answer with what is around it fits into a packet that the library takes.
const LONGEST_PIECE: u32 = 255 << 10;

/// Bytes of one read where the server says how many it gives at once.
pub(super) fn piece(offered: u64) -> u32 {
    u32::try_from(offered)
        .unwrap_or(u32::MAX)
        .clamp(PIECE, LONGEST_PIECE)
}

/// One stretch of the file, in order; shorter than asked for only at the end of the file.
struct Stretch {
    bytes: Vec<u8>,
    is_last: bool,
}

/// Writes the file behind `handle` to `into` and gives the number of bytes.
pub(super) async fn whole(
    sftp: &RawSftpSession,
    handle: &str,
    piece: u32,
    (name, expected): (&str, Option<u64>),
    failure: &Failure<'_>,
    into: &mut (dyn Write + Send),
) -> Result<u64, TransportError> {
    let limits = &failure.settings.limits;
    let mut waiting = FuturesOrdered::new();
    let reads = (AHEAD / piece as usize).clamp(*READS.start(), *READS.end());
    let mut next = 0;
    let mut total = 0;
    loop {
        // One read goes past the announced end: it finds the end, or that the file grew.
        while waiting.len() < reads && expected.is_none_or(|expected| next <= expected) {
            waiting.push_back(stretch(sftp, handle, piece, next));
            next += u64::from(piece);
        }
        let limit = if total == 0 {
            limits.first_byte
        } else {
            limits.between_bytes
        };
        let answer = tokio::time::timeout(limit, waiting.next())
            .await
            .map_err(|_| {
                let received = Received {
                    bytes: total,
                    of: expected,
                };
                let then = |cause| Cause::Incomplete {
                    received,
                    then: Some(Box::new(cause)),
                };
                let attempted = (Attempt::Read, &failure.on);
                TransportError::timed_out(attempted, limit.as_secs()).with_cause(then)
            })?;
        let Some(answer) = answer else {
            return Ok(total);
        };
        let Stretch { bytes, is_last } =
            answer.map_err(|error| broken(&error, total, expected, failure))?;
        total += bytes.len() as u64;
        into.write_all(&bytes)
            .map_err(|error| TransportError::not_kept(name, &error))?;
        if is_last {
            return Ok(total);
        }
    }
}

/// Reads until the stretch is full: servers may answer with less than was asked for.
async fn stretch(
    sftp: &RawSftpSession,
    handle: &str,
    piece: u32,
    offset: u64,
) -> Result<Stretch, Error> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let got = bytes.len() as u32;
        match sftp
            .read(handle, offset + u64::from(got), piece - got)
            .await
        {
            Ok(answer) if answer.data.is_empty() => return Err(Error::UnexpectedPacket),
            Ok(answer) if answer.data.len() > (piece - got) as usize => {
                return Err(Error::UnexpectedPacket);
            }
            Ok(answer) if bytes.is_empty() => bytes = answer.data,
            Ok(answer) => bytes.extend_from_slice(&answer.data),
            Err(Error::Status(status)) if status.status_code == StatusCode::Eof => {
                return Ok(Stretch {
                    bytes,
                    is_last: true,
                });
            }
            Err(error) => return Err(error),
        }
        if bytes.len() == piece as usize {
            return Ok(Stretch {
                bytes,
                is_last: false,
            });
        }
    }
}

fn broken(
    error: &Error,
    total: u64,
    expected: Option<u64>,
    failure: &Failure<'_>,
) -> TransportError {
    match error {
        Error::UnexpectedPacket => TransportError::new(
            Code::TransportAnswer,
            ErrorKind::Refused,
            (Attempt::Read, &failure.on),
            Cause::OddRead,
            Remedy::CheckServer,
        ),
        Error::Status(_) | Error::Limited(_) => failure.of(Attempt::Read, error),
        _ => {
            let failed = failure.of(Attempt::Read, error);
            failed.with_cause(|cause| match cause {
                Cause::Closed { why, .. } => Cause::Closed {
                    received: Some(Received {
                        bytes: total,
                        of: expected,
                    }),
                    why,
                },
                cause => cause,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_what_the_server_gives_within_what_fits() {
        for (offered, wanted) in [
            (0, 32),
            (1_000, 32),
            (64 << 10, 64),
            (255 << 10, 255),
            (1 << 40, 255),
        ] {
            assert_eq!(piece(offered), wanted << 10, "{offered}");
        }
    }
}
