//! Reads a whole file with several reads in flight, and puts the answers in order.

use super::failed;
use crate::transport::{ErrorKind, TransportError, TransportLimits};
use futures_util::{StreamExt, stream::FuturesOrdered};
use muster_core::code::Code;
use russh_sftp::{
    client::{RawSftpSession, error::Error},
    protocol::StatusCode,
};
use std::io::Write;

/// Reads in flight.
const READS: usize = 16;
/// Bytes of one read: what most servers answer in one piece.
const PIECE: u32 = 32 << 10;

/// One stretch of the file, in order; shorter than asked for only at the end of the file.
struct Stretch {
    bytes: Vec<u8>,
    is_last: bool,
}

/// Writes the file behind `handle` to `into` and gives the number of bytes.
pub(super) async fn whole(
    sftp: &RawSftpSession,
    handle: &str,
    expected: Option<u64>,
    limits: &TransportLimits,
    on: &str,
    into: &mut (dyn Write + Send),
) -> Result<u64, TransportError> {
    let mut waiting = FuturesOrdered::new();
    let mut next = 0;
    let mut total = 0;
    loop {
        // One read goes past the announced end: it finds the end, or that the file grew.
        while waiting.len() < READS && expected.is_none_or(|expected| next <= expected) {
            waiting.push_back(stretch(sftp, handle, next));
            next += u64::from(PIECE);
        }
        let limit = if total == 0 { limits.first_byte } else { limits.between_bytes };
        let answer = tokio::time::timeout(limit, waiting.next())
            .await
            .map_err(|_| TransportError::timed_out(&format!("read, after {total} bytes,"), on, limit.as_secs()))?;
        let Some(answer) = answer else { return Ok(total) };
        let Stretch { bytes, is_last } = answer.map_err(|error| broken(&error, total, expected, on))?;
        total += bytes.len() as u64;
        into.write_all(&bytes).map_err(|error| TransportError::unreachable("keep a copy of", on, error.to_string()))?;
        if is_last {
            return Ok(total);
        }
    }
}

/// Reads until the stretch is full: servers may answer with less than was asked for.
async fn stretch(sftp: &RawSftpSession, handle: &str, offset: u64) -> Result<Stretch, Error> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let got = bytes.len() as u32;
        match sftp.read(handle, offset + u64::from(got), PIECE - got).await {
            Ok(answer) if answer.data.is_empty() => return Err(Error::UnexpectedPacket),
            Ok(answer) if answer.data.len() > (PIECE - got) as usize => return Err(Error::UnexpectedPacket),
            Ok(answer) if bytes.is_empty() => bytes = answer.data,
            Ok(answer) => bytes.extend_from_slice(&answer.data),
            Err(Error::Status(status)) if status.status_code == StatusCode::Eof => {
                return Ok(Stretch { bytes, is_last: true });
            }
            Err(error) => return Err(error),
        }
        if bytes.len() == PIECE as usize {
            return Ok(Stretch { bytes, is_last: false });
        }
    }
}

fn broken(error: &Error, total: u64, expected: Option<u64>, on: &str) -> TransportError {
    match error {
        Error::UnexpectedPacket => {
            let advice = "check the server; nothing of the file was used";
            let why = "the server answers a read with no bytes or with too many";
            TransportError::new(Code::TransportAnswer, ErrorKind::Refused, "read", on, why, advice)
        }
        Error::Status(_) | Error::Limited(_) => failed("read", on, error),
        _ => {
            let of = expected.map_or(String::new(), |expected| format!(" of {expected}"));
            TransportError::unreachable("read", on, format!("the connection broke after {total}{of} bytes"))
        }
    }
}
