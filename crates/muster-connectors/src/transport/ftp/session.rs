//! A control connection: opening it, encryption, login, and a limit on every wait.
//!
//! Knows nothing about files. A user name is sent only after encryption, where that is asked for.

use super::encryption;
use crate::{
    http::HIDDEN,
    net::address_policy,
    transport::{ErrorKind, FtpMode, FtpTls, Scheme, SourceSettings, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        transport::{Attempt, Cause, Detail, Remedy, Target},
    },
};
use secrecy::ExposeSecret;
use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use suppaftp::{
    FtpError, FtpResult, Mode, ReplyTooLarge, Status,
    tokio::AsyncRustlsFtpStream,
    types::{FileType, Response},
};
use tokio::net::TcpStream;

/// What the server said about its data connections; written where they are opened.
#[derive(Debug, Default)]
pub(super) struct DataConnections {
    /// Whether the server named a port for the present transfer.
    pub(super) announced: bool,
    /// Another host that it named.
    other_host: Option<SocketAddr>,
}

/// A control connection, logged in.
pub(super) struct Session {
    pub(super) stream: AsyncRustlsFtpStream,
    pub(super) data: Arc<Mutex<DataConnections>>,
    settings: SourceSettings,
}

impl Session {
    pub(super) async fn open(settings: &SourceSettings) -> Result<Self, TransportError> {
        let phases = Phases { settings };
        let limits = &settings.limits;
        let mut stream = control(settings).await?;
        let host = stream.get_ref().await.peer_addr();
        let host = host.map_err(|error| {
            let on = settings.location.server_target();
            phases.failed((Attempt::Connect, &on), &FtpError::ConnectionError(error))
        })?;
        let data = Arc::new(Mutex::new(DataConnections::default()));
        let (shared, wait) = (Arc::clone(&data), limits.connect);
        // The control host is always used, whatever the server names: a server could have us connect anywhere.
        stream = stream.passive_stream_builder(move |announced| {
            let mut data = shared.lock().unwrap_or_else(PoisonError::into_inner);
            data.announced = true;
            if announced.ip().to_canonical() != host.ip().to_canonical()
                && !announced.ip().is_unspecified()
            {
                data.other_host = Some(announced);
            }
            let address = SocketAddr::new(host.ip(), announced.port());
            Box::pin(async move {
                let opened = tokio::time::timeout(wait, TcpStream::connect(address)).await;
                let opened = opened
                    .map_err(|elapsed| std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed));
                opened
                    .and_then(|opened| opened)
                    .map_err(FtpError::ConnectionError)
            })
        });
        match settings.ftp_mode {
            FtpMode::Passive => stream.set_mode(Mode::ExtendedPassive),
            FtpMode::Active => stream = stream.active_mode(limits.connect),
        }
        let mut session = Self {
            stream,
            data,
            settings: settings.clone(),
        };
        session.login().await?;
        Ok(session)
    }

    async fn login(&mut self) -> Result<(), TransportError> {
        let settings = &self.settings;
        let user = settings.credentials.user.as_deref().unwrap_or("anonymous");
        let password = settings
            .credentials
            .password
            .as_ref()
            .map_or("", |password| password.expose_secret());
        let phases = Phases { settings };
        let server = settings.location.server_target();
        let account = Target::Account {
            user: settings.account(),
            server: settings.location.server(),
        };
        let attempted = (Attempt::LogIn, &account);
        let limit = settings.limits.handshake;
        let answer = phases
            .limited(limit, attempted, self.stream.login(user, password))
            .await?;
        answer.map_err(|error| match &error {
            FtpError::UnexpectedResponse(response) if response.status != Status::NotAvailable => {
                let wants_tls = ["tls", "ssl", "encrypt"].iter().any(|word| {
                    String::from_utf8_lossy(&response.body)
                        .to_ascii_lowercase()
                        .contains(word)
                });
                let remedy = if wants_tls && settings.location.scheme == Scheme::Ftp {
                    Remedy::UseFtps
                } else {
                    Remedy::CorrectCredentials
                };
                // An answer that repeats the password says nothing else.
                let answer = Some(phases.answer_text(response)).filter(|it| !it.contains(HIDDEN));
                TransportError::new(
                    Code::TransportCredentials,
                    ErrorKind::Unauthorised,
                    attempted,
                    Cause::LoginRefused { answer },
                    remedy,
                )
            }
            _ => phases.failed(attempted, &error),
        })?;
        let binary = self.stream.transfer_type(FileType::Binary);
        phases
            .within(limit, (Attempt::SwitchToBinary, &server), binary)
            .await?;
        // Names outside ASCII; servers that do not know this still work.
        let names = self.stream.opts("UTF8", Some("ON"));
        let attempted = (Attempt::RequestUtf8Names, &server);
        match phases.limited(limit, attempted, names).await? {
            Err(error @ FtpError::ConnectionError(_)) => Err(phases.failed(attempted, &error)),
            _ => Ok(()),
        }
    }

    /// What should be said about the data connections.
    pub(super) fn other_host(&mut self) -> Option<Problem> {
        let named = self
            .data
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .other_host
            .take()?;
        let detail = Detail::OtherDataHost {
            named: named.ip().to_string(),
            used: self.settings.location.host.clone(),
        };
        Some(Problem::new(
            Code::TransportPassive,
            Severity::Warning,
            detail,
            Remedy::NoAction,
        ))
    }
}

/// Puts a limit and a name on every wait.
#[derive(Clone, Copy)]
pub(super) struct Phases<'s> {
    pub(super) settings: &'s SourceSettings,
}

impl Phases<'_> {
    /// Waits no longer than the limit; the server's answer is left to the caller.
    pub(super) async fn limited<T>(
        self,
        limit: Duration,
        attempted: (Attempt, &Target),
        waiting: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let answer = tokio::time::timeout(limit, waiting).await;
        answer.map_err(|_| TransportError::timed_out(attempted, limit.as_secs()))
    }

    /// Waits no longer than the limit for an answer as wanted.
    pub(super) async fn within<T>(
        self,
        limit: Duration,
        attempted: (Attempt, &Target),
        waiting: impl Future<Output = FtpResult<T>>,
    ) -> Result<T, TransportError> {
        self.limited(limit, attempted, waiting)
            .await?
            .map_err(|error| self.failed(attempted, &error))
    }

    /// What an error of the protocol means.
    pub(super) fn failed(self, attempted: (Attempt, &Target), error: &FtpError) -> TransportError {
        let answer = |cause| {
            TransportError::new(
                Code::TransportAnswer,
                ErrorKind::Unreachable,
                attempted,
                cause,
                Remedy::CheckFtpServer,
            )
        };
        let system = |why: &str| {
            let why = why.to_owned();
            TransportError::unreachable(attempted, Cause::System { why })
        };
        match error {
            FtpError::ConnectionError(error)
                if error
                    .get_ref()
                    .is_some_and(|inner| inner.is::<ReplyTooLarge>()) =>
            {
                TransportError::new(
                    Code::TransportLimit,
                    ErrorKind::Refused,
                    attempted,
                    Cause::ReplyTooLarge,
                    Remedy::CheckFtpServer,
                )
            }
            FtpError::ConnectionError(error) => system(&error.to_string()),
            FtpError::SecureError(why) => match encryption::layers(why) {
                (why, true) => system(why),
                (why, false) => encryption::refused(self.settings, why),
            },
            FtpError::UnexpectedResponse(response) => {
                let said = |account| Cause::Answer {
                    answer: self.answer_text(response),
                    account,
                };
                match response.status {
                    Status::NotAvailable
                    | Status::CannotOpenDataConnection
                    | Status::TransferAborted
                    | Status::RequestFileActionIgnored
                    | Status::ActionAborted => TransportError::unreachable(attempted, said(None)),
                    Status::FileUnavailable => {
                        let account = Some(self.settings.account());
                        TransportError::not_found(attempted, said(account))
                    }
                    _ => answer(said(None)),
                }
            }
            FtpError::BadResponse
            | FtpError::InvalidAddress(_)
            | FtpError::DataConnectionAlreadyOpen => answer(Cause::NotFtp),
        }
    }

    /// What an error means that came while a data connection was opened or used.
    pub(super) fn data_failed(
        self,
        attempted: (Attempt, &Target),
        error: &FtpError,
    ) -> TransportError {
        self.on_data(self.failed(attempted, error))
    }

    /// The same error; where the server opens data connections, it probably could not reach this machine.
    pub(super) fn on_data(self, error: TransportError) -> TransportError {
        let is_about_the_file = [Code::TransportFolder, Code::TransportLimit].contains(&error.code);
        if self.settings.ftp_mode == FtpMode::Passive || is_about_the_file {
            return error;
        }
        error.with_remedy(Remedy::UsePassiveMode)
    }

    /// The first line of an answer, without secrets.
    pub(super) fn answer_text(self, response: &Response) -> String {
        let text = String::from_utf8_lossy(&response.body);
        self.settings
            .server_text(text.lines().next().unwrap_or_default())
    }
}

/// A control connection, encrypted where that is asked for, on which nothing was said yet.
async fn control(settings: &SourceSettings) -> Result<AsyncRustlsFtpStream, TransportError> {
    let is_encrypted = settings.location.scheme == Scheme::Ftps;
    if is_encrypted && settings.ftp_tls == FtpTls::Implicit {
        return encryption::from_the_start(settings).await;
    }
    let tcp = address_policy::open(settings).await?;
    let greeting = AsyncRustlsFtpStream::connect_with_stream(tcp);
    let greeted = Phases { settings }
        .within(
            settings.limits.handshake,
            (Attempt::GetGreeting, &settings.location.server_target()),
            greeting,
        )
        .await;
    if !is_encrypted {
        return greeted;
    }
    let stream = greeted.map_err(|error| match error.code {
        Code::TransportTimeout => error.with_remedy(Remedy::UseImplicitTls),
        _ => error,
    })?;
    encryption::begin(settings, stream).await
}
