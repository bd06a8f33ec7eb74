//! Settings of an HR system that cannot be used.

use crate::text::transport::key_fault;
use muster_core::model::problem::api::{Fault, PrivateKey};

/// What is wrong with a setting.
pub(crate) fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Unknown { known } => format!(
            "there is no such setting; there are `{}`",
            known.join("`, `")
        ),
        Fault::IsSecret => "it is a secret".to_owned(),
        Fault::IsNotSecret => "it is not a secret".to_owned(),
        Fault::SecretUnread => "its secret cannot be read".to_owned(),
        Fault::NotFilledIn => "it is not filled in".to_owned(),
        Fault::NeededFor { key, value } => {
            format!("it is not filled in, and `{key}` is `{value}`")
        }
        Fault::NoChoice { value, .. } => format!("`{value}` is not one of its choices"),
        Fault::NotACount { value } => format!("`{value}` is not a whole number from 1 on"),
        Fault::NotAUrl { value, why } => format!("`{value}` is not a URL: {why}"),
        Fault::MoreThanAUrl => "it has a login, a query or a fragment".to_owned(),
        Fault::NotHttps { scheme } => format!("`{scheme}` is not `https`"),
        Fault::OtherHost { host, hosts } => format!(
            "`{host}` is not a host of the vendor (`{}`)",
            hosts.join("`, `")
        ),
        Fault::NotADomain { value } => {
            format!("`{value}` has other characters than a-z, 0-9, `-` and `_`")
        }
        Fault::NotACurrency { value } => format!("`{value}` is not a currency"),
        Fault::TooManyFields { fields, limit } => {
            format!("it reads {fields} fields, and one report can have {limit}")
        }
        Fault::Ambiguous { column, of } => format!(
            "`{column}` is the name of several fields: `{}`",
            of.join("`, `")
        ),
        Fault::Pay { column } => format!("`{column}` is pay, which is never read"),
        Fault::PrivateKey(fault) => key(fault),
    }
}

fn key(fault: &PrivateKey) -> String {
    match fault {
        PrivateKey::Unreadable(fault) => key_fault(*fault),
        PrivateKey::OtherKind => "it is neither an RSA key nor an EC key on P-256 or P-384",
        PrivateKey::CannotSign => "it cannot be used to sign; RSA keys need 2048 bits or more",
        PrivateKey::NotSigned { why } => return format!("signing failed: {why}"),
    }
    .to_owned()
}
