//! Data connections: opening one for a command, and reading what comes over it within the limits.

use super::{FtpFolder, facts::unknown, session::Phases};
use crate::transport::{ErrorKind, TransportError};
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, Remedy, Target},
};
use std::sync::PoisonError;
use suppaftp::{
    FtpError, FtpResult, Mode, Status,
    tokio::{AsyncRustlsStream, TransferStream},
};
use tokio::io::AsyncReadExt;

/// Bytes of a listing that are read for each name allowed.
const LISTING_BYTES_PER_NAME: usize = 1_024;

/// A data connection that a command opened.
type Incoming = TransferStream<AsyncRustlsStream>;

impl FtpFolder {
    /// Opens a data connection for a command: extended passive mode first, the older one if it is refused.
    pub(super) async fn open(
        &mut self,
        attempted: (Attempt, &Target),
        command: &str,
    ) -> Result<FtpResult<Incoming>, TransportError> {
        let expected = [Status::AboutToSend, Status::AlreadyOpen];
        let limit = self.settings.limits.first_byte;
        loop {
            self.session
                .data
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .announced = false;
            let phases = Phases {
                settings: &self.settings,
            };
            let opening = self.session.stream.custom_data_command(command, &expected);
            let opened = phases.limited(limit, attempted, opening).await;
            let opened = opened.map_err(|error| phases.on_data(error))?;
            let announced = self
                .session
                .data
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .announced;
            match opened {
                Err(FtpError::UnexpectedResponse(answer))
                    if self.knows_extended && !announced && unknown(answer.status) =>
                {
                    self.knows_extended = false;
                    self.session.stream.set_mode(Mode::Passive);
                }
                other => return Ok(other.map(|(_, stream)| stream)),
            }
        }
    }

    /// The next bytes of a data connection; none at its end.
    pub(super) async fn next(
        &self,
        incoming: &mut Incoming,
        buffer: &mut [u8],
        attempted: (Attempt, &Target),
        total: u64,
    ) -> Result<std::io::Result<usize>, TransportError> {
        let limits = &self.settings.limits;
        let limit = if total == 0 {
            limits.first_byte
        } else {
            limits.between_bytes
        };
        Phases {
            settings: &self.settings,
        }
        .limited(limit, attempted, incoming.read(buffer))
        .await
    }

    /// The lines that a listing command sends; no more than the limits allow.
    pub(super) async fn lines(
        &mut self,
        command: &str,
    ) -> Result<FtpResult<Vec<String>>, TransportError> {
        let folder = self.folder.clone();
        let attempted = (Attempt::List, &folder);
        let phases = Phases {
            settings: &self.settings.clone(),
        };
        let limits = &phases.settings.limits;
        let mut incoming = match self.open(attempted, command).await? {
            Ok(incoming) => incoming,
            Err(error) => return Ok(Err(error)),
        };
        let mut text = Vec::new();
        let mut buffer = vec![0; 1 << 14];
        loop {
            let read = self
                .next(&mut incoming, &mut buffer, attempted, text.len() as u64)
                .await?;
            let read = read.map_err(|error| {
                phases.data_failed(attempted, &FtpError::ConnectionError(error))
            })?;
            if read == 0 {
                break;
            }
            text.extend_from_slice(&buffer[..read]);
            if text.len() > limits.names_read.saturating_mul(LISTING_BYTES_PER_NAME) {
                let names_limit = limits.names_read;
                return Err(TransportError::new(
                    Code::TransportLimit,
                    ErrorKind::Refused,
                    attempted,
                    Cause::ListingTooLong { names_limit },
                    Remedy::ClearFolder,
                ));
            }
        }
        phases
            .within(limits.first_byte, attempted, incoming.finish())
            .await?;
        let text = String::from_utf8_lossy(&text);
        let lines = text
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line));
        Ok(Ok(lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()))
    }
}
