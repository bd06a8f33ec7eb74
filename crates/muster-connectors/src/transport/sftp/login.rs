//! Logs in: one chain of the methods that the server still wants, under one limit.
//!
//! A refused password is never sent twice, and nothing is sent after success.

use super::{
    key::private_key,
    session::{Connection, Farewell, Identity},
};
use crate::transport::{ErrorKind, SourceSettings, TransportError};
use muster_core::model::{
    code::Code,
    problem::{
        shown,
        transport::{Attempt, Cause, LoginMethod, Remedy, Target},
    },
};
use russh::{
    Error, MethodKind, MethodSet,
    client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Reply},
    keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg},
};
use secrecy::ExposeSecret;
use std::{sync::Arc, time::Duration};

/// Rounds of questions that are answered at most.
const ROUNDS: usize = 5;

/// Who logs in where, and with what.
pub(super) struct Login {
    user: String,
    /// `user@host:port`.
    pub(super) server: String,
    password: Option<secrecy::SecretString>,
    key: Option<Arc<PrivateKey>>,
    settings: SourceSettings,
}

impl Login {
    /// Reads the credentials, so that invalid ones are reported before anything is sent.
    pub(super) fn new(settings: &SourceSettings) -> Result<Self, TransportError> {
        let credentials = &settings.credentials;
        let user = credentials.user.clone().unwrap_or_default();
        let server = format!("{}@{}", shown(&user), settings.location.server());
        let missing = |cause, remedy| {
            Err(TransportError::new(
                Code::TransportCredentials,
                ErrorKind::Unauthorised,
                (Attempt::LogIn, &settings.location.server_target()),
                cause,
                remedy,
            ))
        };
        if user.is_empty() {
            return missing(Cause::NoUser, Remedy::SetUser);
        }
        if credentials.password.is_none() && credentials.private_key.is_none() {
            return missing(Cause::NoCredentials, Remedy::SetMissingCredentials);
        }
        let key = private_key(credentials, &Target::Server(server.clone()))?.map(Arc::new);
        let password = credentials.password.clone();
        Ok(Self {
            user,
            server,
            password,
            key,
            settings: settings.clone(),
        })
    }

    /// Logs in within the limit.
    pub(super) async fn run(&self, connection: &mut Connection) -> Result<(), TransportError> {
        let limit = self.settings.limits.handshake;
        tokio::time::timeout(limit, self.chain(connection))
            .await
            .map_err(|_| {
                TransportError::timed_out((Attempt::LogIn, &self.account()), limit.as_secs())
            })?
    }

    async fn chain(&self, connection: &mut Connection) -> Result<(), TransportError> {
        let handle = &mut connection.handle;
        // Asks which methods there are; some servers need none.
        let mut answer = handle
            .authenticate_none(&self.user)
            .await
            .map_err(|error| self.broken(&error))?;
        let mut tried: Vec<MethodKind> = Vec::new();
        let mut passed: Vec<MethodKind> = Vec::new();
        let mut refused: Vec<MethodKind> = Vec::new();
        loop {
            let AuthResult::Failure {
                remaining_methods,
                partial_success,
            } = answer
            else {
                return Ok(());
            };
            // The library also gives this where the connection ended before an answer came.
            if remaining_methods.is_empty() && has_ended(handle).await {
                return Err(self.dropped(&refused, connection.farewell()));
            }
            if let Some(last) = tried.last() {
                if partial_success {
                    &mut passed
                } else {
                    &mut refused
                }
                .push(*last);
            }
            if handle.is_closed() {
                return Err(self.closed(&refused));
            }
            let Some(next) = self.next(&remaining_methods, &tried) else {
                return Err(self.refused(&refused, &passed, &remaining_methods));
            };
            tried.push(next);
            answer = match next {
                MethodKind::PublicKey => self.offer_key(handle).await?,
                MethodKind::Password => handle
                    .authenticate_password(&self.user, self.password())
                    .await
                    .map_err(|error| self.broken(&error))?,
                _ => self.answer_questions(handle).await?,
            };
        }
    }

    /// The next method that the server wants and we have something for, in the order of the server.
    fn next(&self, wanted: &MethodSet, tried: &[MethodKind]) -> Option<MethodKind> {
        let has = |method: &MethodKind| match method {
            MethodKind::PublicKey => self.key.is_some(),
            MethodKind::Password => self.password.is_some(),
            // Asks for the same password by another way: a second wrong answer could lock the account.
            MethodKind::KeyboardInteractive => {
                self.password.is_some()
                    && !wanted.contains(&MethodKind::Password)
                    && !tried.contains(&MethodKind::Password)
            }
            _ => false,
        };
        wanted
            .iter()
            .find(|method| has(method) && !tried.contains(method))
            .copied()
    }

    fn password(&self) -> &str {
        self.password
            .as_ref()
            .map(ExposeSecret::expose_secret)
            .unwrap_or_default()
    }

    async fn offer_key(&self, handle: &mut Handle<Identity>) -> Result<AuthResult, TransportError> {
        let Some(key) = &self.key else {
            return Ok(AuthResult::Failure {
                remaining_methods: MethodSet::empty(),
                partial_success: false,
            });
        };
        // What a server announces in `server-sig-algs` is not always what it accepts, so each is tried.
        let hashes: &[Option<HashAlg>] =
            match (key.algorithm().is_rsa(), self.settings.legacy_algorithms) {
                (false, _) => &[None],
                (true, false) => &[Some(HashAlg::Sha512), Some(HashAlg::Sha256)],
                (true, true) => &[Some(HashAlg::Sha512), Some(HashAlg::Sha256), None],
            };
        let mut answer = AuthResult::Failure {
            remaining_methods: MethodSet::empty(),
            partial_success: false,
        };
        for hash in hashes {
            let key = PrivateKeyWithHashAlg::new(Arc::clone(key), *hash);
            answer = handle
                .authenticate_publickey(&self.user, key)
                .await
                .map_err(|error| self.broken(&error))?;
            match &answer {
                AuthResult::Failure {
                    partial_success: false,
                    remaining_methods,
                } if !handle.is_closed() && remaining_methods.contains(&MethodKind::PublicKey) => {}
                _ => break,
            }
        }
        Ok(answer)
    }

    async fn answer_questions(
        &self,
        handle: &mut Handle<Identity>,
    ) -> Result<AuthResult, TransportError> {
        let mut reply = handle
            .authenticate_keyboard_interactive_start(&self.user, None)
            .await
            .map_err(|error| self.broken(&error))?;
        let mut reported = false;
        for _ in 0..ROUNDS {
            let prompts = match reply {
                Reply::Success => return Ok(AuthResult::Success),
                Reply::Failure {
                    remaining_methods,
                    partial_success,
                } => {
                    return Ok(AuthResult::Failure {
                        remaining_methods,
                        partial_success,
                    });
                }
                Reply::InfoRequest { prompts, .. } => prompts,
            };
            let answers = match prompts.as_slice() {
                [] => Vec::new(),
                [prompt] if !prompt.echo && !reported => {
                    reported = true;
                    vec![self.password().to_owned()]
                }
                [prompt, ..] => {
                    let prompt = self.settings.server_text(&prompt.prompt);
                    return Err(
                        self.credentials(Cause::MoreQuestions { prompt }, Remedy::AllowSimpleLogin)
                    );
                }
            };
            reply = handle
                .authenticate_keyboard_interactive_respond(answers)
                .await
                .map_err(|error| self.broken(&error))?;
        }
        Err(self.credentials(Cause::EndlessQuestions, Remedy::AllowSimpleLogin))
    }

    fn account(&self) -> Target {
        Target::Account {
            user: shown(&self.user),
            server: self.settings.location.server(),
        }
    }

    fn credentials(&self, cause: Cause, remedy: Remedy) -> TransportError {
        TransportError::new(
            Code::TransportCredentials,
            ErrorKind::Unauthorised,
            (Attempt::LogIn, &self.account()),
            cause,
            remedy,
        )
    }

    fn broken(&self, _: &Error) -> TransportError {
        TransportError::unreachable((Attempt::LogIn, &self.account()), super::CLOSED)
    }

    /// The connection ended before the server had answered.
    fn dropped(&self, refused: &[MethodKind], farewell: Option<Farewell>) -> TransportError {
        let is_refusal = farewell.as_ref().is_some_and(|it| it.is_refusal);
        let cause = Cause::DroppedDuringLogin {
            refused: methods(refused),
            farewell: farewell.map(|it| self.settings.server_text(&it.text)),
        };
        if is_refusal {
            return self.credentials(cause, Remedy::CorrectCredentials);
        }
        TransportError::unreachable((Attempt::LogIn, &self.account()), cause)
    }

    fn closed(&self, refused: &[MethodKind]) -> TransportError {
        if refused.is_empty() {
            return TransportError::unreachable((Attempt::LogIn, &self.account()), super::CLOSED);
        }
        let cause = Cause::DroppedDuringLogin {
            refused: methods(refused),
            farewell: None,
        };
        self.credentials(cause, Remedy::CorrectCredentials)
    }

    fn refused(
        &self,
        refused: &[MethodKind],
        passed: &[MethodKind],
        wanted: &MethodSet,
    ) -> TransportError {
        let names = |methods: &[MethodKind]| {
            let names = methods.iter().map(<&str>::from);
            names.map(str::to_owned).collect()
        };
        let cause = Cause::MethodsRefused {
            refused: methods(refused),
            accepted: names(passed),
            wanted: names(wanted),
        };
        let remedy = if refused.is_empty() {
            Remedy::SetMissingCredentials
        } else {
            Remedy::CorrectCredentials
        };
        self.credentials(cause, remedy)
    }
}

/// Whether the connection has ended, which shows a moment after the last answer was waited for in vain.
async fn has_ended(handle: &Handle<Identity>) -> bool {
    for _ in 0..20 {
        if handle.is_closed() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

/// What was refused, as messages name it.
fn methods(refused: &[MethodKind]) -> Vec<LoginMethod> {
    let method = |method: &MethodKind| match method {
        MethodKind::PublicKey => LoginMethod::PrivateKey,
        _ => LoginMethod::Password,
    };
    refused.iter().map(method).collect()
}
