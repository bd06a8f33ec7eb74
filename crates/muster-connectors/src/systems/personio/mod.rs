//! Personio: API version 1 (employees), or version 2 (persons and employments) by setting.
//!
//! Both give the same columns, so that one mapping serves both: Personio's own attribute keys (`hire_date`,
//! `department`, ...), `date_of_birth` for the birthday, and for a custom attribute its key (`dynamic_123`) or
//! its name.

mod columns;
mod lookup;
mod token;
mod v1;
mod v2;
mod wire;

#[cfg(test)]
mod tests;

use crate::catalogue::Listing;
use crate::{
    connector::{
        Connector, ConnectorError, Extent, MISSING_KEY, MOST_MISSING, Offered, Session, Setting,
        SettingKind, Settings, Wanted, base_url,
    },
    http::{Api, Base, Bearer, Pacing},
};
use async_trait::async_trait;
use muster_core::read::record::Sink;
use secrecy::SecretString;
use token::Login;

pub(crate) const LISTING: Listing = Listing {
    id: "personio",
    title: "Personio",
    settings: SETTINGS,
    help: include_str!("README.md"),
    mapping: include_str!("mapping.toml"),
    selection: Some("Alleo"),
    open: |settings| Ok(Box::new(Personio::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting::text(
        "client_id",
        "Client ID",
        "the Client ID of the API credential",
    )
    .of(SettingKind::Account)
    .required(),
    Setting::secret(
        "client_secret",
        "Client secret",
        "the secret that Personio shows once beside the Client ID",
    ),
    Setting::text(
        "api",
        "API version",
        "`v1` unless Personio has told you that the credential is for version 2",
    )
    .or("v1")
    .one_of(&["v1", "v2"]),
    MOST_MISSING.or(lookup::LIMIT),
    base_url(
        "leave empty; another address of Personio's API",
        "https://api.personio.de",
    ),
];

/// Hosts of the vendor: these domains and all below them.
const VENDOR: &[&str] = &["personio.de", "personio.com"];

/// What Personio publishes for the list of employees; version 2 has no published limit and gets the same.
const PACING: Pacing = Pacing {
    per_second: Some(15),
    per_minute: Some(300),
    gap: None,
};
/// Version 2 asks once for every person; 30 a second were seen to be allowed.
const PACING_V2: Pacing = Pacing {
    per_second: Some(15),
    per_minute: None,
    gap: None,
};

#[derive(Debug)]
struct Personio {
    base_url: String,
    is_v2: bool,
    client_id: String,
    client_secret: SecretString,
    /// The most employees that one read looks up by id.
    most_missing: usize,
}

impl Personio {
    fn open(settings: &Settings) -> Result<Self, ConnectorError> {
        let settings = settings.checked(SETTINGS)?;
        Ok(Self {
            base_url: settings.text("base_url"),
            is_v2: settings.get("api") == Some("v2"),
            client_id: settings.text("client_id"),
            client_secret: settings.secret("client_secret"),
            most_missing: settings.count(MISSING_KEY)?,
        })
    }

    fn api<'s>(&self, session: &'s Session<'s>) -> Result<Api<'s>, ConnectorError> {
        let base = Base::parse(&self.base_url, VENDOR, session.network)?;
        let pacing = if self.is_v2 { PACING_V2 } else { PACING };
        Api::open(session, base, pacing, &[&self.client_secret])
    }

    fn login(&self) -> Login<'_> {
        Login { connector: self }
    }
}

#[async_trait]
impl Connector for Personio {
    async fn read(
        &self,
        session: &Session<'_>,
        wanted: &Wanted,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Extent, ConnectorError> {
        let (api, login) = (self.api(session)?, self.login());
        let bearer = Bearer::new(&login, "personio");
        if self.is_v2 {
            v2::read(&api, &bearer, self.most_missing, wanted, sink).await
        } else {
            v1::read(&api, &bearer, self.most_missing, wanted, sink).await
        }
    }

    async fn offered(&self, session: &Session<'_>) -> Result<Vec<Offered>, ConnectorError> {
        let (api, login) = (self.api(session)?, self.login());
        let bearer = Bearer::new(&login, "personio");
        if self.is_v2 {
            v2::offered(&api, &bearer).await
        } else {
            v1::offered(&api, &bearer).await
        }
    }
}
