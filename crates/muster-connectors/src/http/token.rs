//! Tokens: kept from one run to the next, renewed before they expire, and once when they are refused.

use super::{Answer, Api, Call};
use crate::connector::{ConnectorError, ErrorKind};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        api::{Detail, Refused, Remedy, TokenAction},
        shown,
    },
};
use reqwest::{StatusCode, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long before its end a token is renewed, at most.
const MARGIN: Duration = Duration::from_secs(60);

/// A token and how long it lives.
pub(crate) struct Issued {
    pub(crate) token: SecretString,
    pub(crate) lives: Duration,
}

/// How one API gives out tokens.
#[async_trait]
pub(crate) trait Issuer: Send + Sync {
    /// What tells this way of logging in from every other: host, client, form, and the secrets. Only a hash of
    /// it is kept, and that encrypted beside the token.
    fn identity(&self) -> Vec<SecretString>;

    /// Asks for a token.
    async fn issue(&self, api: &Api<'_>) -> Result<Issued, ConnectorError>;

    /// A token that a good answer brings in place of the current one.
    fn replaced(&self, _answer: &Answer) -> Option<SecretString> {
        None
    }

    /// Whether an answer says that the token is no good, so that a new one may help.
    fn refuses(&self, answer: &Answer) -> bool {
        matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        )
    }

    /// What it means that a fresh token is refused, where it is not that a right is missing.
    fn meaning(&self, _api: &Api<'_>, _call: &Call, _answer: &Answer) -> Option<ConnectorError> {
        None
    }

    /// What to do when a fresh token is refused: which right to give, and where.
    fn remedy(&self) -> Remedy;
}

/// The token of one read.
pub(crate) struct Bearer<'i> {
    issuer: &'i dyn Issuer,
    key: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Kept>,
    is_loaded: bool,
    is_renewed: bool,
}

struct Kept {
    token: SecretString,
    until: Timestamp,
}

impl<'i> Bearer<'i> {
    /// `key` names the token among those of one integration.
    pub(crate) fn new(issuer: &'i dyn Issuer, key: &str) -> Self {
        Self {
            issuer,
            key: key.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Asks with a token. A refusal costs one new token a read; after that it is an error.
    pub(crate) async fn ask(&self, api: &Api<'_>, call: &Call) -> Result<Answer, ConnectorError> {
        let token = self.current(api).await?;
        let call = with_token(call.clone(), &token);
        let answer = api.ask(&call).await?;
        if !self.issuer.refuses(&answer) {
            self.adopt(api, &answer).await;
            return Ok(answer);
        }
        let Some(token) = self.renewed(api, &token).await? else {
            return Err(self.refused(api, &call, &answer));
        };
        let call = with_token(call, &token);
        let answer = api.ask(&call).await?;
        if self.issuer.refuses(&answer) {
            return Err(self.refused(api, &call, &answer));
        }
        self.adopt(api, &answer).await;
        Ok(answer)
    }

    /// Asks with the current token, and gives the answer whatever it is.
    pub(crate) async fn ask_once(
        &self,
        api: &Api<'_>,
        call: &Call,
    ) -> Result<Answer, ConnectorError> {
        let token = self.current(api).await?;
        let answer = api.ask(&with_token(call.clone(), &token)).await?;
        if answer.status.is_success() {
            self.adopt(api, &answer).await;
        }
        Ok(answer)
    }

    /// The token that is good now. The lock is held while one is asked for, so that it is requested once.
    async fn current(&self, api: &Api<'_>) -> Result<SecretString, ConnectorError> {
        let mut state = self.state.lock().await;
        let now = (api.session.now)();
        if !state.is_loaded {
            state.is_loaded = true;
            state.current = self.load(api, now).await;
        }
        match &state.current {
            Some(kept) if kept.until > now => Ok(kept.token.clone()),
            _ => self.issue(api, &mut state).await,
        }
    }

    /// A new token in place of one that was refused; none if this read had its new one already.
    async fn renewed(
        &self,
        api: &Api<'_>,
        refused: &SecretString,
    ) -> Result<Option<SecretString>, ConnectorError> {
        let mut state = self.state.lock().await;
        if let Some(kept) = &state.current
            && kept.token.expose_secret() != refused.expose_secret()
        {
            return Ok(Some(kept.token.clone()));
        }
        if state.is_renewed {
            return Ok(None);
        }
        state.is_renewed = true;
        if let Err(why) = api.session.tokens.forget(&self.key).await {
            api.notice(unkept(api, TokenAction::Forget, why));
        }
        self.issue(api, &mut state).await.map(Some)
    }

    async fn issue(
        &self,
        api: &Api<'_>,
        state: &mut State,
    ) -> Result<SecretString, ConnectorError> {
        state.current = None;
        let Issued { token, lives } = self.issuer.issue(api).await?;
        api.hide(&token);
        let lives = lives - MARGIN.min(lives / 4);
        let until = (api.session.now)()
            .saturating_add(SignedDuration::try_from(lives).unwrap_or(SignedDuration::MAX));
        let kept = Kept {
            token: token.clone(),
            until: until.unwrap_or(Timestamp::MAX),
        };
        self.save(api, &kept).await;
        state.current = Some(kept);
        Ok(token)
    }

    async fn adopt(&self, api: &Api<'_>, answer: &Answer) {
        let Some(token) = self.issuer.replaced(answer) else {
            return;
        };
        let mut state = self.state.lock().await;
        let Some(kept) = &mut state.current else {
            return;
        };
        if kept.token.expose_secret() != token.expose_secret() {
            api.hide(&token);
            kept.token = token;
            self.save(api, kept).await;
        }
    }

    async fn load(&self, api: &Api<'_>, now: Timestamp) -> Option<Kept> {
        let kept = match api.session.tokens.get(&self.key, now).await {
            Ok(kept) => kept?,
            Err(why) => {
                api.notice(unkept(api, TokenAction::Read, why));
                return None;
            }
        };
        let text = std::str::from_utf8(kept.expose_secret()).ok()?;
        let mut lines = text.splitn(3, '\n');
        let (identity, until, token) = (lines.next()?, lines.next()?, lines.next()?);
        if identity != self.fingerprint() {
            return None;
        }
        let token = SecretString::from(token);
        api.hide(&token);
        Some(Kept {
            token,
            until: until.parse().ok()?,
        })
    }

    async fn save(&self, api: &Api<'_>, kept: &Kept) {
        let text = format!(
            "{}\n{}\n{}",
            self.fingerprint(),
            kept.until,
            kept.token.expose_secret()
        );
        let secret = SecretSlice::from(text.into_bytes());
        if let Err(why) = api.session.tokens.put(&self.key, secret, kept.until).await {
            api.notice(unkept(api, TokenAction::Save, why));
        }
    }

    /// Other credentials must never go on with a token of these.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.issuer.identity() {
            hash.update((part.expose_secret().len() as u64).to_le_bytes());
            hash.update(part.expose_secret());
        }
        hex::encode(hash.finalize())
    }

    fn refused(&self, api: &Api<'_>, call: &Call, answer: &Answer) -> ConnectorError {
        if let Some(error) = self.issuer.meaning(api, call, answer) {
            return error;
        }
        let error = api.refusal(call, answer, self.issuer.remedy());
        let error = ConnectorError {
            kind: ErrorKind::Forbidden,
            ..error.refusing(Refused::FreshToken)
        };
        error.coded(Code::ApiForbidden)
    }
}

/// A cache that fails costs a token, never a run; but tokens may be counted, so it is said.
fn unkept(api: &Api<'_>, action: TokenAction, why: String) -> Problem {
    let why = shown(&api.redactor.clean(why));
    let detail = Detail::TokenNotKept { action, why };
    let remedy = Remedy::CheckTokenStore;
    Problem::new(Code::ApiToken, Severity::Warning, detail, remedy)
}

fn with_token(call: Call, token: &SecretString) -> Call {
    call.with(
        AUTHORIZATION,
        format!("Bearer {}", token.expose_secret()).into(),
    )
}
