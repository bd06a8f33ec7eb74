//! Logs in: one chain of the methods that the server still wants, under one limit.
//!
//! A refused password is never sent twice, and nothing is sent after success.

use super::{
    key::private_key,
    session::{Connection, Farewell, Identity},
};
use crate::transport::{ErrorKind, SourceSettings, TransportError};
use muster_core::model::{code::Code, problem::shown};
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
    pub(super) on: String,
    password: Option<secrecy::SecretString>,
    key: Option<Arc<PrivateKey>>,
    settings: SourceSettings,
}

impl Login {
    /// Reads the credentials, so that what is wrong with them is told before anything is sent.
    pub(super) fn new(settings: &SourceSettings) -> Result<Self, TransportError> {
        let credentials = &settings.credentials;
        let user = credentials.user.clone().unwrap_or_default();
        let on = format!("{}@{}", shown(&user), settings.location.server());
        let missing = |why, advice| {
            let server = settings.location.server();
            Err(TransportError::new(
                Code::TransportCredentials,
                ErrorKind::Unauthorised,
                "log in at",
                &server,
                why,
                advice,
            ))
        };
        if user.is_empty() {
            return missing("no user is set", "set `user` under [credentials]");
        }
        if credentials.password.is_none() && credentials.private_key.is_none() {
            return missing(
                "neither a password nor a private key is set",
                "set `password` or `private_key` under [credentials]",
            );
        }
        let key = private_key(credentials, &on)?.map(Arc::new);
        let password = credentials.password.clone();
        Ok(Self {
            user,
            on,
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
            .map_err(|_| TransportError::timed_out("log in as", &self.on, limit.as_secs()))?
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
                    let why = format!(
                        "the server asks for more than a password: {}",
                        self.settings.server_text(&prompt.prompt)
                    );
                    return Err(self.credentials(
                        why,
                        "let the account log in with a password or a key alone",
                    ));
                }
            };
            reply = handle
                .authenticate_keyboard_interactive_respond(answers)
                .await
                .map_err(|error| self.broken(&error))?;
        }
        Err(self.credentials(
            "the server does not stop asking".to_owned(),
            "let the account log in with a key",
        ))
    }

    fn credentials(&self, why: String, advice: &str) -> TransportError {
        let kind = ErrorKind::Unauthorised;
        TransportError::new(
            Code::TransportCredentials,
            kind,
            "log in as",
            &self.on,
            why,
            advice,
        )
    }

    fn broken(&self, _: &Error) -> TransportError {
        TransportError::unreachable("log in as", &self.on, "the connection broke")
    }

    /// The connection ended before the server had answered.
    fn dropped(&self, refused: &[MethodKind], farewell: Option<Farewell>) -> TransportError {
        let before = if refused.is_empty() {
            String::new()
        } else {
            format!("{}, then ", said(refused))
        };
        let Some(farewell) = farewell else {
            let why = format!("{before}the server dropped the connection without an answer");
            return TransportError::unreachable("log in as", &self.on, why);
        };
        let text = self.settings.server_text(&farewell.text);
        let why = format!("{before}the server ended the connection with {text}");
        if farewell.is_refusal {
            return self.credentials(
                why,
                "correct the credentials; they are not tried again until then",
            );
        }
        TransportError::unreachable("log in as", &self.on, why)
    }

    fn closed(&self, refused: &[MethodKind]) -> TransportError {
        if refused.is_empty() {
            return TransportError::unreachable(
                "log in as",
                &self.on,
                "the server closed the connection",
            );
        }
        let why = format!("{}; the server closed the connection", said(refused));
        self.credentials(
            why,
            "correct the credentials; they are not tried again until then",
        )
    }

    fn refused(
        &self,
        refused: &[MethodKind],
        passed: &[MethodKind],
        wanted: &MethodSet,
    ) -> TransportError {
        let wanted: Vec<&str> = wanted.iter().map(<&str>::from).collect();
        let wanted = if wanted.is_empty() {
            "nothing that we know".to_owned()
        } else {
            wanted.join(", ")
        };
        let mut why = said(refused);
        if !passed.is_empty() {
            let passed: Vec<&str> = passed.iter().map(<&str>::from).collect();
            let accepted = format!("{} accepted", passed.join(", "));
            why = if why.is_empty() {
                accepted
            } else {
                format!("{accepted}, {why}")
            };
        }
        if why.is_empty() {
            why = "none of the credentials fits".to_owned();
        }
        let why = format!("{why}; the server still wants {wanted}");
        let advice = if refused.is_empty() {
            "set what the server still wants under [credentials]"
        } else {
            "correct the credentials; they are not tried again until then"
        };
        self.credentials(why, advice)
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

fn said(refused: &[MethodKind]) -> String {
    let name = |method: &MethodKind| match method {
        MethodKind::PublicKey => "private key refused",
        _ => "password refused",
    };
    refused.iter().map(name).collect::<Vec<_>>().join(", ")
}
