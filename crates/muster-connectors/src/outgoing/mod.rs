//! What leaves the installation: messages to webhooks, and mails.
//!
//! An attempt either succeeds or says whether another one may. Repeating it is for the caller, who remembers it.

mod mail;
mod signature;
mod webhook;

pub use mail::{Mail, MailServer, Security, send_mail};
pub use signature::{SECRET_PREFIX, SigningSecret};
pub use webhook::{Message, Receiver, check_url, post};
