//! Opens an SSH connection to a server that proves to be the accepted one. Sends no credential.

use super::{
    algorithms::{nothing_in_common, preferred, weakness},
    offer::{Heard, Offer, Overheard},
};
use crate::{
    net::address_policy,
    transport::{ErrorKind, SourceSettings, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity, shown,
        transport::{Attempt, Cause as Why, Detail, Remedy},
    },
};
use russh::{
    Disconnect, Error, Names,
    client::{self, Config, DisconnectReason, GexParams, Handle},
    keys::{Algorithm, HashAlg, PublicKeyOrCertificate},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::timeout;

const KEEPALIVE: Duration = Duration::from_secs(15);
const WINDOW: u32 = 16 << 20;
const PACKET: u32 = 65_535;
/// The largest packet that the library takes.
const MAX_PACKET: u64 = 262_144;

/// What the server showed of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Fingerprint and kind of its host key.
    key: Option<(String, Algorithm)>,
    certificate: bool,
    weakness: Option<String>,
    heard: Heard,
    /// What the server said when it ended the connection.
    farewell: Option<Farewell>,
}

/// The last message of a server.
#[derive(Clone, Debug)]
pub(super) struct Farewell {
    pub(super) text: String,
    /// Whether it is about who logs in.
    pub(super) is_refusal: bool,
}

/// Decides on the server's identity.
pub(super) struct Identity {
    accepted: Vec<String>,
    seen: Arc<Mutex<Seen>>,
}

impl client::Handler for Identity {
    type Error = Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else {
            seen.certificate = true;
            return Ok(false);
        };
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let accepted = self
            .accepted
            .iter()
            .any(|accepted| same(accepted, &fingerprint));
        seen.key = Some((fingerprint, key.algorithm()));
        Ok(accepted)
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Error>) -> Result<(), Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(reported) => {
                let is_refusal = matches!(
                    reported.reason_code,
                    Disconnect::NoMoreAuthMethodsAvailable | Disconnect::IllegalUserName
                ) || reported
                    .message
                    .to_ascii_lowercase()
                    .contains("authentication");
                self.seen
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .farewell = Some(Farewell {
                    text: reported.message,
                    is_refusal,
                });
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }

    async fn kex_done(
        &mut self,
        _: Option<&[u8]>,
        names: &Names,
        _: &mut client::Session,
    ) -> Result<(), Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.weakness = weakness(
            names.cipher.as_ref(),
            names.client_mac.as_ref(),
            names.strict_kex(),
        );
        Ok(())
    }
}

/// Padding is written by some tools and not by others.
fn same(accepted: &str, fingerprint: &str) -> bool {
    accepted.trim().trim_end_matches('=') == fingerprint.trim_end_matches('=')
}

/// An encrypted connection to the accepted server, not logged in.
pub(super) struct Connection {
    pub(super) handle: Handle<Identity>,
    pub(super) fingerprint: String,
    pub(super) warnings: Vec<Problem>,
    seen: Arc<Mutex<Seen>>,
}

impl Connection {
    /// What the server said when it ended the connection; `None`: nothing.
    pub(super) fn farewell(&self) -> Option<Farewell> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.farewell.clone()
    }
}

/// Connects and checks the host key. Where the server shows another kind of key than the accepted one, its
/// other kinds are asked for before the key counts as changed: servers have several.
pub(super) async fn open(settings: &SourceSettings) -> Result<Connection, TransportError> {
    let mut without: Vec<Algorithm> = Vec::new();
    let mut changed = None;
    loop {
        let shared = Arc::new(Mutex::new(Seen::default()));
        let result = attempt(settings, &without, &shared).await;
        let seen = shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let error = match (result, seen.key) {
            (Ok(handle), Some((fingerprint, _))) => {
                return Ok(Connection {
                    handle,
                    fingerprint,
                    warnings: warnings(settings, seen.weakness),
                    seen: shared,
                });
            }
            (Ok(_), None) => return Err(failed(settings, &Error::UnknownKey, None)),
            (Err(Cause::Ssh(Error::UnknownKey)), Some((fingerprint, algorithm))) => {
                let error = unaccepted(settings, fingerprint);
                // With nothing accepted the key most wanted is the one to show.
                if settings.host_keys.is_empty() || without.len() >= 4 {
                    return Err(changed.unwrap_or(error));
                }
                without.push(algorithm);
                changed.get_or_insert(error);
                continue;
            }
            (Err(Cause::Ssh(Error::UnknownKey)), None) if seen.certificate => certificate(settings),
            (Err(Cause::Ssh(error)), _) => failed(settings, &error, seen.heard.offer()),
            (Err(Cause::Transport(error)), _) => error,
        };
        return Err(changed.unwrap_or(error));
    }
}

enum Cause {
    Ssh(Error),
    Transport(TransportError),
}

async fn attempt(
    settings: &SourceSettings,
    without: &[Algorithm],
    seen: &Arc<Mutex<Seen>>,
) -> Result<Handle<Identity>, Cause> {
    let on = settings.location.server_target();
    let limits = &settings.limits;
    let stream = address_policy::open(settings)
        .await
        .map_err(Cause::Transport)?;
    let config = configuration(settings, without).map_err(Cause::Ssh)?;
    let heard = seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .heard
        .clone();
    let stream = Overheard { stream, heard };
    let identity = Identity {
        accepted: settings.host_keys.clone(),
        seen: Arc::clone(seen),
    };
    timeout(
        limits.handshake,
        client::connect_stream(Arc::new(config), stream, identity),
    )
    .await
    .map_err(|_| {
        Cause::Transport(TransportError::timed_out(
            (Attempt::NegotiateEncryption, &on),
            limits.handshake.as_secs(),
        ))
    })?
    .map_err(Cause::Ssh)
}

fn configuration(settings: &SourceSettings, without: &[Algorithm]) -> Result<Config, Error> {
    let legacy = settings.legacy_algorithms;
    Ok(Config {
        preferred: preferred(legacy, without),
        gex: if legacy {
            GexParams::new(2048, 2048, 8192)?
        } else {
            GexParams::new(2048, 3072, 8192)?
        },
        window_size: WINDOW,
        maximum_packet_size: PACKET,
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: 3,
        ..Config::default()
    })
}

fn warnings(settings: &SourceSettings, weakness: Option<String>) -> Vec<Problem> {
    let Some(algorithms) = weakness else {
        return Vec::new();
    };
    let server = settings.location.server();
    vec![Problem::new(
        Code::TransportAlgorithms,
        Severity::Warning,
        Detail::WithoutStrictKeyExchange { server, algorithms },
        Remedy::UpdateServer,
    )]
}

fn unaccepted(settings: &SourceSettings, fingerprint: String) -> TransportError {
    let accepted: Vec<String> = settings
        .host_keys
        .iter()
        .map(|key| shown_key(key))
        .collect();
    let (code, cause) = if accepted.is_empty() {
        let fingerprint = fingerprint.clone();
        (Code::HostKeyUnknown, Why::HostKeyUnknown { fingerprint })
    } else {
        let cause = Why::HostKeyChanged {
            fingerprint: fingerprint.clone(),
            accepted: accepted.join(", "),
            since: settings.host_keys_since,
        };
        (Code::HostKeyChanged, cause)
    };
    let error = TransportError::new(
        code,
        ErrorKind::Unauthorised,
        (Attempt::Trust, &settings.location.server_target()),
        cause,
        Remedy::AcceptHostKey,
    );
    TransportError {
        fingerprint: Some(fingerprint),
        ..error
    }
}

/// Fingerprints are longer than what `shown` leaves.
fn shown_key(key: &str) -> String {
    key.trim()
        .chars()
        .filter(|character| character.is_ascii_graphic())
        .take(100)
        .collect()
}

fn certificate(settings: &SourceSettings) -> TransportError {
    TransportError::new(
        Code::HostKeyUnknown,
        ErrorKind::Unauthorised,
        (Attempt::Trust, &settings.location.server_target()),
        Why::CertificateInsteadOfKey,
        Remedy::OfferPlainHostKey,
    )
}

/// Why no encrypted connection came about.
fn failed(settings: &SourceSettings, error: &Error, offer: Option<Offer>) -> TransportError {
    let on = settings.location.server_target();
    let attempted = (Attempt::NegotiateEncryption, &on);
    let refused = |code, cause| {
        TransportError::new(
            code,
            ErrorKind::Refused,
            attempted,
            cause,
            Remedy::CheckSshServer,
        )
    };
    match error {
        Error::NoCommonAlgo { .. } => {
            nothing_in_common(&offer.unwrap_or_default(), settings.legacy_algorithms, &on)
        }
        Error::Version => refused(Code::TransportAnswer, Why::NotSsh),
        Error::PacketSize(bytes) => {
            let cause = Why::PacketTooLarge {
                bytes: *bytes as u64,
                limit: MAX_PACKET,
            };
            refused(Code::TransportLimit, cause)
        }
        Error::IO(_)
        | Error::HUP
        | Error::Disconnect
        | Error::RecvError
        | Error::SendError
        | Error::KeepaliveTimeout
        | Error::Join(_) => TransportError::unreachable(attempted, super::CLOSED),
        other => {
            let why = shown(&other.to_string());
            refused(Code::TransportAnswer, Why::System { why })
        }
    }
}
