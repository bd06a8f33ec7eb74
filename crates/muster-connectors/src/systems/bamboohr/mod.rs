//! BambooHR: all employees in one custom report, or page by page from datasets version 2 by setting.
//!
//! Both give the same columns, so that one mapping serves both: the names that the report's fields have
//! (`workEmail`, `hireDate`, ...), and for a customer's own field its alias, its name or its number. Two columns
//! say more than the field alone: `terminationDate` is also the day of a planned departure, and the `status` of an
//! employee whose last day or first day is to come is `Active` in both. See `person.rs`.

mod api_client;
mod columns;
mod fields;
mod history;
mod lookup;
mod person;
mod report;
mod set;
mod wire;

#[cfg(test)]
mod tests;

use crate::catalogue::Listing;
use crate::connector::{
    Connector, ConnectorError, Extent, MISSING_KEY, MOST_MISSING, Offered, Session, Setting,
    SettingKind, Settings, Wanted, base_url,
};
use api_client::ApiClient;
use async_trait::async_trait;
use muster_core::{
    model::problem::{
        api::{Fault, SettingRemedy},
        shown,
    },
    read::record::Sink,
};
use secrecy::SecretString;

pub(crate) const LISTING: Listing = Listing {
    id: "bamboohr",
    title: "BambooHR",
    settings: SETTINGS,
    help: include_str!("README.md"),
    mapping: include_str!("mapping.toml"),
    selection: Some("alleo_access"),
    open: |settings| Ok(Box::new(BambooHr::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting::text(
        "company_domain",
        "Company domain",
        "`acme` where people open `https://acme.bamboohr.com`",
    )
    .of(SettingKind::Address)
    .required(),
    Setting::secret(
        "api_key",
        "API key",
        "the key that a user of BambooHR makes under API Keys",
    ),
    Setting::text(
        "api",
        "Interface",
        "`report` unless BambooHR has switched custom reports off for the account",
    )
    .or("report")
    .one_of(&["report", "datasets"]),
    Setting::text(
        "currency",
        "Currency",
        "of budgets; an amount in another currency is not taken",
    )
    .or("EUR"),
    MOST_MISSING.or(lookup::LIMIT),
    base_url(
        "leave empty; another address of BambooHR's API",
        "https://{company_domain}.bamboohr.com",
    ),
];

/// What messages call it.
const VENDOR: &str = "BambooHR";

#[derive(Debug)]
struct BambooHr {
    base_url: String,
    domain: String,
    is_datasets: bool,
    options: Options,
    api_key: SecretString,
}

/// How answers are understood.
#[derive(Clone, Debug)]
struct Options {
    /// The currency of amounts.
    currency: String,
    /// The most employees that one read looks up by id.
    most_missing: usize,
}

impl BambooHr {
    fn open(settings: &Settings) -> Result<Self, ConnectorError> {
        let settings = settings.checked(SETTINGS)?;
        let domain = settings.text("company_domain");
        // It becomes a part of host and path: nothing in it may lead elsewhere.
        let is_part =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if !domain.bytes().all(is_part) {
            let fault = Fault::NotADomain {
                value: shown(&domain),
            };
            let remedy = SettingRemedy::WriteDomain;
            return Err(ConnectorError::setting("company_domain", fault, remedy));
        }
        let currency = settings.text("currency");
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let fault = Fault::NotACurrency {
                value: shown(&currency),
            };
            let remedy = SettingRemedy::WriteCurrency;
            return Err(ConnectorError::setting("currency", fault, remedy));
        }
        Ok(Self {
            base_url: settings
                .text("base_url")
                .replace("{company_domain}", &domain),
            domain,
            is_datasets: settings.get("api") == Some("datasets"),
            options: Options {
                currency,
                most_missing: settings.count(MISSING_KEY)?,
            },
            api_key: settings.secret("api_key"),
        })
    }

    fn client<'s>(&self, session: &'s Session<'s>) -> Result<ApiClient<'s>, ConnectorError> {
        ApiClient::open(session, &self.base_url, &self.domain, &self.api_key)
    }
}

#[async_trait]
impl Connector for BambooHr {
    async fn read(
        &self,
        session: &Session<'_>,
        wanted: &Wanted,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Extent, ConnectorError> {
        let client = self.client(session)?;
        if self.is_datasets {
            set::read(&client, &self.options, wanted, sink).await
        } else {
            report::read(&client, &self.options, wanted, sink).await
        }
    }

    async fn offered(&self, session: &Session<'_>) -> Result<Vec<Offered>, ConnectorError> {
        let client = self.client(session)?;
        if self.is_datasets {
            set::offered(&client).await
        } else {
            report::offered(&client).await
        }
    }
}
