//! An emulator in hand: started, steered and asked by a test, ended when dropped.

use super::{
    api::Api,
    bamboohr::BambooHr,
    clock::Clock,
    company::Company,
    journal::Asked,
    personio::Personio,
    scenario::{Scenario, Switch},
    server::Shared,
    youserve::YouServe,
};
use crate::certificate::Certificate;
use jiff::civil::{Date, date};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;
use std::{fmt, io, str::FromStr, sync::Arc};

/// Whose interface is played.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Product {
    /// Personio, v1 and v2.
    Personio,
    BambooHr,
    YouServe,
}

impl Product {
    /// Every scenario of its menu.
    pub fn scenarios(self) -> Vec<Scenario> {
        self.api(&Options {
            people: Some(0),
            ..Options::default()
        })
        .scenarios()
    }

    fn api(self, options: &Options) -> Box<dyn Api> {
        let usual = match self {
            Self::Personio => 237,
            Self::BambooHr => 114,
            Self::YouServe => 231,
        };
        let company =
            Company::generate(options.people.unwrap_or(usual), options.seed, options.today);
        match self {
            Self::Personio => Box::new(Personio::new(company)),
            Self::BambooHr => Box::new(BambooHr::new(company)),
            Self::YouServe => Box::new(YouServe::new(company)),
        }
    }
}

impl FromStr for Product {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "personio" => Ok(Self::Personio),
            "bamboohr" => Ok(Self::BambooHr),
            "youserve" => Ok(Self::YouServe),
            other => Err(format!("`{other}` is none of personio, bamboohr, youserve")),
        }
    }
}

/// How an emulator starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many people; none: as many as the menu's first entry says.
    pub people: Option<usize>,
    /// Decides who they are.
    pub seed: u64,
    /// The company's first day.
    pub today: Date,
    /// Port on 127.0.0.1; 0: any that is free.
    pub port: u16,
    /// How many times faster than life tokens age and limits pass.
    pub speed: f64,
    /// Whether it speaks HTTPS, with an authority made for it.
    pub tls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            people: None,
            seed: 7,
            today: date(2026, 11, 2),
            port: 0,
            speed: 1.0,
            tls: false,
        }
    }
}

pub struct Emulator {
    shared: Arc<Shared>,
    ca_pem: String,
}

impl Emulator {
    /// Starts one; it answers when this returns.
    pub fn start(product: Product, options: &Options) -> io::Result<Self> {
        let (tls, ca_pem) = if options.tls {
            encryption().map(|(it, pem)| (Some(it), pem))?
        } else {
            (None, String::new())
        };
        let shared = Shared::start(
            product.api(options),
            options.port,
            Clock::new(options.speed),
            tls,
        )?;
        Ok(Self { shared, ca_pem })
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.shared.scheme(), self.shared.address)
    }

    /// Certificate of the authority (PEM); empty without TLS.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Switches a scenario on as it is listed; `plain` switches all off.
    pub fn scenario(&self, name: &str) -> Result<(), String> {
        self.switch(&Switch::new(name))
    }

    pub fn switch(&self, switch: &Switch) -> Result<(), String> {
        let state = &mut *self.shared.state();
        state.stage.switch(&state.list, switch)
    }

    pub fn age(&self, days: u32) {
        self.shared.state().api.company_mut().age(days);
    }

    /// The company as it is.
    pub fn company(&self) -> Company {
        self.shared.state().api.company().clone()
    }

    /// Changes the company, for what no scenario foresees.
    pub fn change(&self, change: impl FnOnce(&mut Company)) {
        change(self.shared.state().api.company_mut());
    }

    /// What a client needs to be let in: `client_id` and `client_secret`, `api_key` and so on.
    pub fn credentials(&self) -> Value {
        self.shared.state().api.credentials()
    }

    /// One of the credentials; empty where there is none of that name.
    pub fn credential(&self, name: &str) -> String {
        self.credentials()
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// What was asked since the start or since [`Self::forget`].
    pub fn requests(&self) -> Vec<Asked> {
        self.shared.state().journal.clone()
    }

    /// Requests that would have changed something at the provider.
    pub fn writes(&self) -> Vec<Asked> {
        self.requests()
            .into_iter()
            .filter(|asked| asked.write)
            .collect()
    }

    /// Requests for a token.
    pub fn token_requests(&self) -> Vec<Asked> {
        self.requests()
            .into_iter()
            .filter(|asked| asked.token)
            .collect()
    }

    /// Forgets what was asked.
    pub fn forget(&self) {
        self.shared.state().journal.clear();
    }

    /// What came to the other server, where redirects and foreign links lead: nothing may.
    pub fn stranger_requests(&self) -> Vec<Asked> {
        self.shared.state().strangers_journal.clone()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Emulator")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

fn encryption() -> io::Result<(Arc<ServerConfig>, String)> {
    let folder = tempfile::tempdir()?;
    let made = Certificate::for_localhost(folder.path());
    let certificate = CertificateDer::from_pem_file(&made.certificate).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(&made.key).map_err(io::Error::other)?;
    let settings = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
        })
        .map_err(io::Error::other)?;
    Ok((Arc::new(settings), made.ca_pem))
}
