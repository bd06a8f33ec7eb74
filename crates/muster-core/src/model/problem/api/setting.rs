//! Settings of an HR system that cannot be used.

use crate::model::problem::transport::KeyFault;
use serde::{Deserialize, Serialize};

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its key in the settings form, or `mapping`.
    pub key: String,
    pub fault: Fault,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Unknown {
        known: Vec<String>,
    },
    IsSecret,
    IsNotSecret,
    /// Its secret cannot be read from where the settings say that it is.
    SecretUnread,
    NotFilledIn,
    /// Another setting makes it necessary.
    NeededFor {
        key: String,
        value: String,
    },
    NoChoice {
        value: String,
        choices: Vec<String>,
    },
    NotACount {
        value: String,
    },
    NotAUrl {
        value: String,
        why: String,
    },
    /// The URL has a login, a query or a fragment.
    MoreThanAUrl,
    NotHttps {
        scheme: String,
    },
    OtherHost {
        host: String,
        hosts: Vec<String>,
    },
    /// The first part of a host has other characters than it may have.
    NotADomain {
        value: String,
    },
    NotACurrency {
        value: String,
    },
    /// The mapping reads more fields than one request may ask for.
    TooManyFields {
        fields: u64,
        limit: u64,
    },
    /// A column is the name of several attributes or fields.
    Ambiguous {
        column: String,
        of: Vec<String>,
    },
    Pay {
        column: String,
    },
    PrivateKey(PrivateKey),
}

/// Why a private key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivateKey {
    Unreadable(KeyFault),
    /// It is of a kind that does not sign tokens.
    OtherKind,
    /// It cannot sign: an RSA key is too short, for example.
    CannotSign,
    NotSigned {
        why: String,
    },
}
