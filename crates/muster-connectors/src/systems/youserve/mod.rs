//! YouServe (HR Core Business): employees, employments and companies of its IAM API.
//!
//! The API has a record for each employment of a human, and each record in slices of time. A human is one
//! person here, with all employments in the column `employments`; the other columns are those of the record
//! that counts today, and its gaps are filled from the human's other records.

mod assertion;
mod column;
mod company;
mod contract;
mod lookup;
mod pages;
mod person;
mod read;
mod slice;
mod token;
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
use assertion::Key;
use async_trait::async_trait;
use muster_core::{
    model::problem::api::{Fault, SettingRemedy},
    read::record::Sink,
};
use secrecy::SecretString;
use std::time::Duration;
use token::{Form, Login};

pub(crate) const LISTING: Listing = Listing {
    id: "youserve",
    title: "YouServe",
    settings: SETTINGS,
    help: include_str!("README.md"),
    mapping: include_str!("mapping.toml"),
    selection: None,
    open: |settings| Ok(Box::new(YouServe::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting::text(
        "client_id",
        "API key",
        "the API key under Your Apps in the YouServe Developer Portal",
    )
    .of(SettingKind::Account)
    .required(),
    Setting::text(
        "login",
        "Login",
        "`secret`, or how a token signed with your private key is used; ask YouServe",
    )
    .or("secret")
    .one_of(&["secret", "assertion", "grant", "bearer"]),
    Setting::secret(
        "client_secret",
        "Secret key",
        "the secret that belongs to the API key",
    )
    .optional(),
    Setting::secret(
        "private_key",
        "Private key",
        "the private key (PEM) whose public key YouServe has",
    )
    .optional(),
    Setting::secret(
        "passphrase",
        "Passphrase",
        "what the private key is encrypted with",
    )
    .optional(),
    Setting::text(
        "key_id",
        "Key id",
        "leave empty unless YouServe named one when it registered the public key",
    ),
    Setting::text(
        "audience",
        "Audience",
        "leave empty, unless signed tokens need another audience than the token endpoint",
    )
    .of(SettingKind::Address),
    Setting::text(
        "tenant",
        "Tenant",
        "leave empty unless the API key reaches several tenants",
    )
    .of(SettingKind::Account),
    Setting::text(
        "external_id",
        "External id",
        "`personCode` if people have several employments",
    )
    .or("id")
    .one_of(&["id", "personCode"]),
    Setting::text(
        "employments",
        "Employments",
        "`records` only if the application may not read the list of employments",
    )
    .or("list")
    .one_of(&["list", "records"]),
    Setting::text(
        "end_date",
        "Last day",
        "which date ends an employment: the discharge, or the end of the contract",
    )
    .or("discharge_or_end")
    .one_of(&["discharge_or_end", "discharge", "end_or_discharge"]),
    Setting::text(
        "discharge_day",
        "Discharge date",
        "whether the date of discharge is the last day, or the first out",
    )
    .or("last_day")
    .one_of(&["last_day", "first_day_out"]),
    MOST_MISSING.or(lookup::LIMIT),
    base_url(
        "leave empty; another address of YouServe's API",
        "https://api.youserve.nl",
    ),
];

/// Hosts of the vendor: these domains and all below them.
const VENDOR: &[&str] = &["youserve.nl"];
/// What messages call the vendor.
const NAME: &str = "YouServe";

/// One call in 0.6 s is allowed, and 100 in a minute; a second one sooner is refused.
const PACING: Pacing = Pacing {
    per_second: None,
    per_minute: Some(100),
    gap: Some(Duration::from_millis(650)),
};

/// One application at YouServe.
#[derive(Debug)]
struct YouServe {
    base_url: String,
    client_id: String,
    login: Form,
    client_secret: SecretString,
    key: Option<Key>,
    audience: Option<String>,
    tenant: Option<String>,
    rules: Rules,
}

/// How answers are understood.
#[derive(Clone, Copy, Debug)]
struct Rules {
    /// The external id is the code of the human, not that of one record.
    by_code: bool,
    /// Employments are read within employees' records alone: their own list is not to be had.
    has_records_alone: bool,
    end: End,
    /// The date of discharge is the first day on which the employee no longer works.
    is_first_day_out: bool,
    /// The most employees that one read looks up by id or code.
    most_missing: usize,
}

/// Which date ends an employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    DischargeFirst,
    DischargeAlone,
    ContractFirst,
}

impl YouServe {
    fn open(settings: &Settings) -> Result<Self, ConnectorError> {
        let settings = settings.checked(SETTINGS)?;
        let login = Form::of(settings.get("login"));
        let filled = if login == Form::Secret {
            "client_secret"
        } else {
            "private_key"
        };
        let secret = settings.find_secret(filled).ok_or_else(|| {
            let fault = Fault::NeededFor {
                key: "login".to_owned(),
                value: settings.text("login"),
            };
            let remedy = SettingRemedy::FillInOrChoose {
                key: "login".to_owned(),
            };
            ConnectorError::setting(filled, fault, remedy)
        })?;
        let key = match login {
            Form::Secret => None,
            _ => Some(Key::read(
                &secret,
                settings.find_secret("passphrase"),
                settings.get("key_id"),
            )?),
        };
        let end = match settings.get("end_date") {
            Some("discharge") => End::DischargeAlone,
            Some("end_or_discharge") => End::ContractFirst,
            _ => End::DischargeFirst,
        };
        let rules = Rules {
            by_code: settings.get("external_id") == Some("personCode"),
            has_records_alone: settings.get("employments") == Some("records"),
            end,
            is_first_day_out: settings.get("discharge_day") == Some("first_day_out"),
            most_missing: settings.count(MISSING_KEY)?,
        };
        Ok(Self {
            base_url: settings.text("base_url"),
            client_id: settings.text("client_id"),
            login,
            client_secret: settings.secret("client_secret"),
            key,
            audience: settings.get("audience").map(str::to_owned),
            tenant: settings.get("tenant").map(str::to_owned),
            rules,
        })
    }

    fn api<'s>(&self, session: &'s Session<'s>) -> Result<Api<'s>, ConnectorError> {
        let base = Base::parse(&self.base_url, VENDOR, session.network)?;
        let mut secrets = vec![&self.client_secret];
        secrets.extend(self.key.iter().flat_map(Key::secrets));
        Api::open(session, base, PACING, &secrets)
    }
}

#[async_trait]
impl Connector for YouServe {
    async fn read(
        &self,
        session: &Session<'_>,
        wanted: &Wanted,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Extent, ConnectorError> {
        let (api, login) = (self.api(session)?, Login { connector: self });
        let bearer = Bearer::new(&login, "youserve");
        let lists = pages::Lists {
            connector: self,
            api: &api,
            bearer: &bearer,
        };
        read::read(&lists, self.rules, wanted, sink).await
    }

    async fn offered(&self, session: &Session<'_>) -> Result<Vec<Offered>, ConnectorError> {
        let (api, login) = (self.api(session)?, Login { connector: self });
        let bearer = Bearer::new(&login, "youserve");
        let lists = pages::Lists {
            connector: self,
            api: &api,
            bearer: &bearer,
        };
        read::offered(&lists, self.rules).await
    }
}
