//! Sends a mail through a server.

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use muster_core::{
    alert::{SendCause, SendFailure},
    model::problem::network::{ConnectionFault, TlsFault, TlsSetupFault},
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How long the server may take for each step.
const LIMIT: Duration = Duration::from_secs(30);

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// After the greeting; without it, nothing is sent.
    Starttls,
    /// From the first byte.
    Tls,
    None,
}

#[derive(Clone, Debug)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<(String, SecretString)>,
    /// PEM of a certificate authority to trust in addition to those of the machine.
    pub ca_certificate: Option<String>,
}

/// A mail of plain text.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub body: String,
    /// The same for every attempt, so that a repeat is recognised. Without the domain.
    pub id: String,
}

/// Sends a mail once.
pub async fn send_mail(server: &MailServer, mail: &Mail) -> Result<(), SendFailure> {
    let message = written(mail)?;
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .timeout(Some(LIMIT))
        .tls(encryption(server)?);
    if let Some((user, password)) = &server.credentials {
        let password = password.expose_secret().to_owned();
        transport = transport.credentials(Credentials::new(user.clone(), password));
    }
    // What the transport allows for one step, it allows for each of them; this ends all.
    let sent = tokio::time::timeout(LIMIT * 4, transport.build().send(message)).await;
    match sent {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(SendFailure::later(SendCause::TimedOut)),
    }
}

fn written(mail: &Mail) -> Result<Message, SendFailure> {
    let mailbox = |address: &str| -> Result<Mailbox, SendFailure> {
        let address: Address = address
            .parse()
            .map_err(|_| SendFailure::never(SendCause::MailAddress))?;
        Ok(Mailbox::new(None, address))
    };
    let from = mailbox(&mail.from)?;
    let domain = from.email.domain().to_owned();
    // A line break would end the header.
    let subject: String = mail
        .subject
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let message = Message::builder()
        .from(from)
        .to(mailbox(&mail.to)?)
        .subject(subject)
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .body(mail.body.clone()),
        );
    message.map_err(|_| SendFailure::never(SendCause::MailAddress))
}

fn encryption(server: &MailServer) -> Result<Tls, SendFailure> {
    if server.security == Security::None {
        return Ok(Tls::None);
    }
    let unusable = |error: Error| {
        SendFailure::later(SendCause::EncryptionSetup(TlsSetupFault::Unusable {
            says: error.to_string(),
        }))
    };
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.ca_certificate {
        let authority = Certificate::from_pem(pem.as_bytes()).map_err(unusable)?;
        parameters = parameters.add_root_certificate(authority);
    }
    let parameters = parameters.build_rustls().map_err(unusable)?;
    Ok(match server.security {
        Security::Tls => Tls::Wrapper(parameters),
        // Not "if the server offers it".
        Security::Starttls | Security::None => Tls::Required(parameters),
    })
}

/// A reply that begins with 5 is final; everything else may pass.
fn failed(error: &Error) -> SendFailure {
    if let Some(code) = error.status() {
        let reply = u16::from(code).min(599);
        let cause = SendCause::Reply(reply);
        // Refused credentials may be corrected.
        let is_final = error.is_permanent() && ![530, 534, 535].contains(&reply);
        return match is_final {
            true => SendFailure::never(cause),
            false => SendFailure::later(cause),
        };
    }
    if error.is_timeout() {
        return SendFailure::later(SendCause::TimedOut);
    }
    if error.is_tls() {
        let says = deepest(error);
        return SendFailure::later(SendCause::Encryption(TlsFault::Other { says }));
    }
    let says = deepest(error);
    SendFailure::later(SendCause::Unreachable(ConnectionFault::Other { says }))
}

fn deepest(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => deepest(source),
        None => error.to_string(),
    }
}
