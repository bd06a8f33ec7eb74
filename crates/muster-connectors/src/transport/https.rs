//! One file on a web server, over HTTPS only.
//!
//! There is no listing, and nothing is ever written. Credentials go to the origin in the URL and nowhere
//! else. The query may be a secret: no message repeats it.

mod headers;

use super::{
    After, Entry, EntryKind, ErrorKind, Received, SourceSettings, Transport, TransportError,
};
use crate::http::{self, Redactor, web_page};
use crate::net::{address_policy, retry::Fault, tls};
use async_trait::async_trait;
use headers::{has_marked_end, header, kind, length, no_table, retry_after};
use muster_core::model::{
    code::Code,
    problem::{
        network::ConnectionFault,
        shown,
        transport::{Attempt, Cause, Instead, Received as Arrived, Remedy, Target},
    },
};
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, LAST_MODIFIED, LOCATION, RETRY_AFTER},
};
use secrecy::ExposeSecret;
use std::{io::Write, time::Duration};

/// Redirects that are followed within one origin.
const REDIRECTS: usize = 5;
/// Bytes of a page that are looked at to say what it is.
const PAGE_BYTES: usize = 4_096;

/// One file on a web server.
pub(crate) struct HttpsFile {
    client: Client,
    url: Url,
    name: String,
    settings: SourceSettings,
    /// Whether the server answers HEAD; assumed until it says otherwise.
    knows_head: bool,
    /// Takes the password and the query out of what a server says.
    redactor: Redactor,
}

impl HttpsFile {
    pub(crate) fn connect(settings: &SourceSettings) -> Result<Self, TransportError> {
        let on = settings.location.target();
        let configuration = |cause, remedy| {
            TransportError::new(
                Code::Configuration,
                ErrorKind::Configuration,
                (Attempt::Read, &on),
                cause,
                remedy,
            )
        };
        if settings.pattern.is_some() {
            return Err(configuration(Cause::PatternOnWeb, Remedy::NameFileInUrl));
        }
        if settings.after != After::Leave {
            return Err(configuration(Cause::ReadOnly, Remedy::LeaveFiles));
        }
        let url = address(settings)
            .map_err(|why| configuration(Cause::Url { why }, Remedy::CorrectUrl))?;
        let name = settings
            .location
            .shown_path()
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let name = if name.is_empty() {
            settings.location.host.clone()
        } else {
            name.to_owned()
        };
        let network = settings.network.clone();
        network
            .check_written(url.host_str().unwrap_or_default())
            .map_err(|address| address_policy::forbidden(settings, address))?;
        let client = http::client(
            &settings.limits,
            settings.ca_certificate.as_deref(),
            network,
        )
        .map_err(|fault| tls::not_configured(settings, fault))?;
        let redactor = settings.redactor();
        Ok(Self {
            client,
            url,
            name,
            settings: settings.clone(),
            knows_head: true,
            redactor,
        })
    }

    fn on(&self) -> Target {
        self.settings.location.target()
    }

    /// The address of the file, or of one beside it.
    fn url(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        if let Some(ending) = name.strip_prefix(&self.name) {
            let path = format!("{}{ending}", url.path());
            url.set_path(&path);
        }
        url
    }

    /// Asks, and follows redirects within the origin.
    async fn ask(&self, method: Method, name: &str) -> Result<Response, TransportError> {
        let mut url = self.url(name);
        for _ in 0..=REDIRECTS {
            let response = self.ask_once(&method, &url).await?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let next = header(&response, LOCATION).and_then(|location| url.join(location).ok());
            let Some(next) = next else {
                return Err(self.answer(Cause::RedirectToNowhere));
            };
            if next.origin() != url.origin() {
                let (from, to) = (url.origin().ascii_serialization(), origin(&next));
                return Err(self.redirected(Cause::RedirectElsewhere { from, to }));
            }
            url = next;
            // Only what was set for this source is ever sent as a login; these have a host, so both succeed.
            let _ = (url.set_username(""), url.set_password(None));
        }
        Err(self.redirected(Cause::TooManyRedirects {
            origin: url.origin().ascii_serialization(),
            most: REDIRECTS,
        }))
    }

    async fn ask_once(&self, method: &Method, url: &Url) -> Result<Response, TransportError> {
        let limits = &self.settings.limits;
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header(ACCEPT_ENCODING, "identity");
        // The reader that counts the bytes ends a transfer at its limit and reports how much came; this is a second limit.
        request = request.timeout(limits.whole * 2);
        if let Some(user) = &self.settings.credentials.user {
            let password = self
                .settings
                .credentials
                .password
                .as_ref()
                .map(|password| password.expose_secret());
            request = request.basic_auth(user, password);
        }
        let limit = limits.connect + limits.handshake + limits.first_byte;
        let answer = tokio::time::timeout(limit, request.send()).await;
        let answer = answer.map_err(|_| self.late(Attempt::GetAnswer, limit))?;
        answer.map_err(|error| self.failed(Attempt::Read, &error))
    }

    fn redirected(&self, cause: Cause) -> TransportError {
        TransportError::new(
            Code::TransportRedirect,
            ErrorKind::Refused,
            (Attempt::Read, &self.on()),
            cause,
            Remedy::FollowRedirect,
        )
    }

    fn answer(&self, cause: Cause) -> TransportError {
        TransportError::new(
            Code::TransportAnswer,
            ErrorKind::Refused,
            (Attempt::Read, &self.on()),
            cause,
            Remedy::OpenInBrowser,
        )
    }

    fn late(&self, attempt: Attempt, limit: Duration) -> TransportError {
        TransportError::timed_out((attempt, &self.on()), limit.as_secs())
    }

    /// What an error of the connection means. The error itself would repeat the query.
    fn failed(&self, attempt: Attempt, error: &reqwest::Error) -> TransportError {
        if let Some(address) = http::forbidden(error) {
            return address_policy::forbidden(&self.settings, address);
        }
        if let Some(fault) = http::encryption(error) {
            return tls::refused(&self.settings, fault);
        }
        let fault = http::connection(error);
        if fault == ConnectionFault::HeadersTooLarge {
            return TransportError::new(
                Code::TransportLimit,
                ErrorKind::Refused,
                (attempt, &self.on()),
                Cause::ReplyTooLarge,
                Remedy::OpenInBrowser,
            );
        }
        let limits = &self.settings.limits;
        if error.is_timeout() && error.is_connect() {
            return self.late(Attempt::Connect, limits.connect + limits.handshake);
        }
        if error.is_timeout() {
            return self.late(attempt, limits.first_byte.max(limits.between_bytes));
        }
        TransportError::unreachable((attempt, &self.on()), Cause::Connection(fault))
    }

    /// What a status other than 200 means.
    fn status(&self, response: &Response) -> TransportError {
        let status = response.status();
        let on = self.on();
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let has_login = self.settings.credentials.user.is_some();
                let is_login_refused = status == StatusCode::UNAUTHORIZED;
                let status = status.to_string();
                let (cause, remedy) = match (has_login, is_login_refused) {
                    (true, true) => (
                        Cause::CredentialsRefused { status },
                        Remedy::CorrectCredentials,
                    ),
                    (false, true) => (Cause::CredentialsWanted { status }, Remedy::SetCredentials),
                    (true, false) => (Cause::AccessDenied { status }, Remedy::CheckAccess),
                    (false, false) => (Cause::AccessDenied { status }, Remedy::CheckUrlOrSignIn),
                };
                let on = if has_login {
                    Target::Account {
                        user: self.settings.account(),
                        server: self.settings.location.to_string(),
                    }
                } else {
                    on
                };
                let (code, kind) = (Code::TransportCredentials, ErrorKind::Unauthorised);
                TransportError::new(code, kind, (Attempt::Read, &on), cause, remedy)
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => TransportError::new(
                Code::NoFile,
                ErrorKind::NoFile,
                (Attempt::Read, &on),
                Cause::Status {
                    status: status.to_string(),
                    retry_after: None,
                },
                Remedy::CheckUrl,
            ),
            status if is_retried(response) => {
                let cause = Cause::Status {
                    status: status.to_string(),
                    retry_after: header(response, RETRY_AFTER)
                        .map(|when| self.settings.server_text(when)),
                };
                TransportError {
                    kind: ErrorKind::Unreachable,
                    retry_after: retry_after(response),
                    ..self
                        .answer(cause)
                        .with_remedy(Remedy::WaitForServer)
                        .again()
                }
            }
            status => self.answer(Cause::Status {
                status: status.to_string(),
                retry_after: None,
            }),
        }
    }

    /// Refuses an answer that is not the file as it is.
    async fn check(&self, mut response: Response) -> Result<Response, TransportError> {
        if response.status() != StatusCode::OK {
            return Err(self.status(&response));
        }
        if let Some(encoding) =
            header(&response, CONTENT_ENCODING).filter(|encoding| *encoding != "identity")
        {
            let encoding = self.settings.server_text(encoding);
            return Err(self.answer(Cause::Compressed { encoding }));
        }
        if let Some(what) = no_table(&kind(&response)) {
            let mut start = Vec::new();
            while start.len() < PAGE_BYTES
                && let Ok(Some(more)) = self.chunk(&mut response, 0).await
            {
                start.extend_from_slice(&more);
            }
            return Err(self.instead(what, &kind(&response), &start));
        }
        Ok(response)
    }

    /// Something else where a file should be, such as a page that asks for a login.
    fn instead(&self, what: Instead, kind: &str, start: &[u8]) -> TransportError {
        let text = self
            .redactor
            .clean(String::from_utf8_lossy(start).into_owned());
        let words = if web_page::is_page(start) {
            web_page::first_words(&text)
        } else {
            text.trim().to_owned()
        };
        let content_type = (!kind.is_empty()).then(|| self.settings.server_text(kind));
        self.answer(Cause::NotTheFile {
            kind: what,
            content_type,
            start: shown(&words),
        })
    }

    async fn chunk(
        &self,
        response: &mut Response,
        total: u64,
    ) -> Result<Option<bytes::Bytes>, TransportError> {
        let limits = &self.settings.limits;
        let limit = if total == 0 {
            limits.first_byte
        } else {
            limits.between_bytes
        };
        let chunk = tokio::time::timeout(limit, response.chunk())
            .await
            .map_err(|_| self.late(Attempt::Read, limit))?;
        chunk.map_err(|error| {
            let received = Arrived {
                bytes: total,
                of: length(response),
            };
            let then = |cause| Cause::Incomplete {
                received,
                then: Some(Box::new(cause)),
            };
            self.failed(Attempt::Read, &error).with_cause(then)
        })
    }
}

/// Whether the same request may succeed a little later.
fn is_retried(response: &Response) -> bool {
    let asks_for_pause = header(response, RETRY_AFTER).is_some();
    http::fault(response.status(), asks_for_pause) != Fault::Permanent
}

/// The URL with its path encoded again.
fn address(settings: &SourceSettings) -> Result<Url, String> {
    let location = &settings.location;
    let url = format!("https://{}:{}/", location.host, location.port);
    let mut url = Url::parse(&url).map_err(|error| error.to_string())?;
    url.set_path(&location.shown_path().replace('%', "%25"));
    url.set_query(location.path.split_once('?').map(|(_, query)| query));
    Ok(url)
}

/// Scheme, host and port, also of schemes that have no origin of their own.
fn origin(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() {
        origin.ascii_serialization()
    } else {
        format!("{}:", url.scheme())
    }
}

#[async_trait]
impl Transport for HttpsFile {
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError> {
        Ok(self.stat(&self.name.clone()).await?.into_iter().collect())
    }

    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError> {
        let mut entry = Entry {
            name: name.to_owned(),
            kind: EntryKind::File,
            bytes: None,
            modified: None,
        };
        if !self.knows_head {
            return Ok(Some(entry));
        }
        let response = self.ask(Method::HEAD, name).await?;
        let is_beside = name != self.name;
        match response.status().as_u16() {
            // What lies beside the file is read before it counts, and is not there if that fails.
            400..=499 if is_beside => Ok(None),
            200 => {
                let modified = header(&response, LAST_MODIFIED).and_then(http::time);
                let packed = header(&response, CONTENT_ENCODING)
                    .is_some_and(|encoding| encoding != "identity");
                entry.bytes = length(&response).filter(|_| !packed);
                entry.modified = modified;
                Ok(Some(entry))
            }
            404 | 410 => Ok(None),
            // Signed URLs are often good for GET alone, and some programs know only that.
            400 | 403 | 405 | 501 => {
                self.knows_head = false;
                Ok(Some(entry))
            }
            _ => Err(self.status(&response)),
        }
    }

    async fn fetch(
        &mut self,
        entry: &Entry,
        into: &mut (dyn Write + Send),
    ) -> Result<Received, TransportError> {
        let response = self.ask(Method::GET, &entry.name).await?;
        let mut response = self.check(response).await?;
        let announced = length(&response);
        let is_framed = announced.is_some() || has_marked_end(&response);
        let mut total = 0;
        while let Some(chunk) = self.chunk(&mut response, total).await? {
            if total == 0 && web_page::is_page(&chunk) {
                return Err(self.instead(Instead::WebPage, &kind(&response), &chunk));
            }
            into.write_all(&chunk)
                .map_err(|error| TransportError::not_kept(&entry.name, &error))?;
            total += chunk.len() as u64;
        }
        if let Some(announced) = announced.filter(|announced| *announced != total) {
            let cause = Cause::Incomplete {
                received: Arrived {
                    bytes: total,
                    of: Some(announced),
                },
                then: None,
            };
            return Err(TransportError::unreachable(
                (Attempt::Read, &self.on()),
                cause,
            ));
        }
        Ok(Received {
            bytes: total,
            is_framed,
        })
    }

    async fn remove(&mut self, _name: &str) -> Result<(), TransportError> {
        Err(self.answer(Cause::ReadOnly))
    }

    async fn archive(
        &mut self,
        _name: &str,
        _folder: &str,
        _target: &str,
    ) -> Result<(), TransportError> {
        Err(self.answer(Cause::ReadOnly))
    }
}
