//! Encryption of FTP: asked for after the greeting, or there from the first byte. Sends no user name.

use super::session::Phases;
use crate::{
    net::{address_policy, tls},
    transport::{SourceSettings, TransportError},
};
use async_trait::async_trait;
use muster_core::model::problem::{
    network::TlsFault,
    shown,
    transport::{Attempt, Cause, Remedy},
};
use rustls::pki_types::ServerName;
use std::{fmt, sync::Arc};
use suppaftp::{
    FtpError, FtpResult, Status,
    tokio::{AsyncRustlsFtpStream, AsyncRustlsStream, AsyncTlsConnector},
    tokio_rustls::TlsConnector,
};
use tokio::net::TcpStream;

const ATTEMPT: Attempt = Attempt::NegotiateEncryption;

/// Encrypts the control connection and each data connection.
struct Connector(TlsConnector);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

#[async_trait]
impl AsyncTlsConnector for Connector {
    type Stream = AsyncRustlsStream;

    async fn connect(&self, host: &str, stream: TcpStream) -> FtpResult<AsyncRustlsStream> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| FtpError::SecureError(error.to_string()))?;
        let secured = self.0.connect(name, stream).await;
        secured.map(AsyncRustlsStream::from).map_err(|error| {
            match error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            {
                // The library carries errors as texts.
                Some(error) => FtpError::SecureError(
                    serde_json::to_string(&tls::fault(error)).unwrap_or_default(),
                ),
                None => FtpError::ConnectionError(error),
            }
        })
    }
}

fn connector(settings: &SourceSettings) -> Result<Connector, TransportError> {
    let configuration = tls::configuration(settings.ca_certificate.as_deref())
        .map_err(|fault| tls::not_configured(settings, fault))?;
    // One configuration for all connections: servers want the session of the control connection used again.
    Ok(Connector(TlsConnector::from(Arc::new(configuration))))
}

/// What an error of encryption means.
pub(super) fn refused(settings: &SourceSettings, why: &str) -> TransportError {
    let fault = serde_json::from_str(why);
    tls::refused(
        settings,
        fault.unwrap_or_else(|_| TlsFault::Other { says: shown(why) }),
    )
}

/// An error of encryption without the layers around it, because the library makes texts of errors; and whether it was
/// rather the connection that broke.
pub(super) fn layers(why: &str) -> (&str, bool) {
    let inner = why.trim_start_matches("Secure error: ");
    inner
        .strip_prefix("Connection error: ")
        .map_or((inner, false), |why| (why, true))
}

fn host(settings: &SourceSettings) -> &str {
    settings.location.host.trim_matches(['[', ']'])
}

/// Asks a server that has greeted for encryption (RFC 4217).
pub(super) async fn begin(
    settings: &SourceSettings,
    stream: AsyncRustlsFtpStream,
) -> Result<AsyncRustlsFtpStream, TransportError> {
    let phases = Phases { settings };
    let secured = stream.into_secure(connector(settings)?, host(settings));
    phases
        .limited(
            settings.limits.handshake,
            (ATTEMPT, &settings.location.server_target()),
            secured,
        )
        .await?
        .map_err(|error| match &error {
            FtpError::UnexpectedResponse(response) if response.status != Status::NotAvailable => {
                let answer = Some(phases.answer_text(response));
                tls::failed(settings, Cause::NoTls { answer }, Remedy::SwitchTlsOn)
            }
            FtpError::BadResponse => {
                tls::failed(settings, Cause::NoTls { answer: None }, Remedy::SwitchTlsOn)
            }
            _ => phases.failed((ATTEMPT, &settings.location.server_target()), &error),
        })
}

/// Connects to a server that speaks nothing but TLS, and has it encrypt data too, which is not a matter of course.
pub(super) async fn from_the_start(
    settings: &SourceSettings,
) -> Result<AsyncRustlsFtpStream, TransportError> {
    let (phases, limits) = (Phases { settings }, &settings.limits);
    let connector = connector(settings)?;
    let addresses = address_policy::addresses(settings).await?;
    let opening = AsyncRustlsFtpStream::connect_secure_implicit(
        addresses.as_slice(),
        connector,
        host(settings),
    );
    let on = settings.location.server_target();
    let opened = phases
        .within(limits.connect + limits.handshake, (ATTEMPT, &on), opening)
        .await;
    let mut stream = opened.map_err(|error| match error.failure.cause {
        Cause::Tls(TlsFault::AnswersUnencrypted) => error.with_remedy(Remedy::UseExplicitTls),
        _ => error,
    })?;
    // Commands are short and each waits for its answer.
    let _without_it_is_only_slower = stream.get_ref().await.set_nodelay(true);
    for command in ["PBSZ 0", "PROT P"] {
        let protected = stream.custom_command(command, &[Status::CommandOk]);
        let protected = phases.limited(limits.handshake, (ATTEMPT, &on), protected);
        protected.await?.map_err(|error| match &error {
            FtpError::UnexpectedResponse(response) => {
                let cause = Cause::DataNotEncrypted {
                    command: command.to_owned(),
                    answer: phases.answer_text(response),
                };
                tls::failed(settings, cause, Remedy::SwitchTlsOn)
            }
            _ => phases.failed((ATTEMPT, &on), &error),
        })?;
    }
    Ok(stream)
}
