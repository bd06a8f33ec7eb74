//! What a connector is handed in tests: a fixed time, waits that take no time, a cache of tokens in memory.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use muster_connectors::{
    catalogue,
    connector::{
        Connector, ConnectorError, Expected, Extent, Findings, Network, NetworkLimits, Records,
        Session, Settings, Step, Timer, TokenCache, Wanted,
    },
};
use muster_core::{model::problem::Problem, read::record::Cell};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A timer whose time passes only by waiting, and nearly at once: servers that run 500 times faster than life see
/// that there was a wait.
#[derive(Default)]
pub(crate) struct HurriedTimer(Mutex<Duration>);

#[async_trait]
impl Timer for HurriedTimer {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, wait: Duration) {
        *self.0.lock().unwrap() += wait;
        tokio::time::sleep((wait / 400).min(Duration::from_millis(2))).await;
    }
}

#[derive(Default)]
pub(crate) struct Memory(pub(crate) Mutex<HashMap<String, (SecretSlice<u8>, Timestamp)>>);

#[async_trait]
impl TokenCache for Memory {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<SecretSlice<u8>>, String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept
            .get(key)
            .filter(|(_, until)| *until > now)
            .map(|(secret, _)| secret.clone()))
    }

    async fn put(
        &self,
        key: &str,
        secret: SecretSlice<u8>,
        expires: Timestamp,
    ) -> Result<(), String> {
        self.0
            .lock()
            .unwrap()
            .insert(key.to_owned(), (secret, expires));
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<(), String> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}

impl Memory {
    /// Everything that is kept, as text.
    pub(crate) fn text(&self) -> String {
        let kept = self.0.lock().unwrap();
        kept.values()
            .map(|(secret, _)| String::from_utf8_lossy(secret.expose_secret()).into_owned())
            .collect()
    }
}

/// The surroundings of reads.
pub(crate) struct Ground {
    pub(crate) now: Timestamp,
    pub(crate) today: Date,
    pub(crate) timer: HurriedTimer,
    pub(crate) tokens: Memory,
    pub(crate) network: Network,
    pub(crate) waits: Mutex<Vec<(Duration, String)>>,
    pub(crate) expected: Vec<Expected>,
}

impl Default for Ground {
    fn default() -> Self {
        let limits = NetworkLimits {
            connect: Duration::from_secs(3),
            between_bytes: Duration::from_secs(1),
            whole: Duration::from_secs(4),
            answer_bytes: 64 << 20,
            inflated_bytes: 64 << 20,
            ..NetworkLimits::default()
        };
        Self {
            now: "2026-11-02T08:00:00Z".parse().unwrap(),
            today: jiff::civil::date(2026, 11, 2),
            timer: HurriedTimer::default(),
            tokens: Memory::default(),
            network: Network {
                any_host: true,
                limits,
                ..Network::default()
            },
            waits: Mutex::default(),
            expected: Vec::new(),
        }
    }
}

/// What a problem says, without the words that a front end makes of it.
pub(crate) fn described(problem: &Problem) -> String {
    format!("{:?} {:?}", problem.detail, problem.remedy)
}

/// What an error says, and what to do about it.
pub(crate) fn described_error(error: &ConnectorError) -> String {
    described(&error.problem)
}

/// One read, or why there is none.
pub(crate) type Read = Result<(Records, Extent), ConnectorError>;

impl Ground {
    /// For reads that do not try time-outs: a busy machine must not decide how they end.
    pub(crate) fn patient() -> Self {
        let mut ground = Self::default();
        let limits = &mut ground.network.limits;
        (limits.between_bytes, limits.whole) = (Duration::from_secs(60), Duration::from_secs(180));
        ground
    }

    fn with<T>(&self, run: impl AsyncFnOnce(&Session<'_>) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let progress = |step: Step<'_>| {
            if let Step::Waiting { wait, why } = step {
                self.waits.lock().unwrap().push((wait, format!("{why:?}")));
            }
        };
        let session = Session {
            now: &|| self.now,
            today: self.today,
            timer: &self.timer,
            expected: &self.expected,
            tokens: &self.tokens,
            seed: 1,
            network: &self.network,
            progress: &progress,
        };
        runtime.block_on(run(&session))
    }

    pub(crate) fn read(&self, connector: &dyn Connector, wanted: &Wanted) -> Read {
        let mut records = Records::default();
        let extent =
            self.with(async |session| connector.read(session, wanted, &mut records).await)?;
        Ok((records, extent))
    }

    pub(crate) fn test(
        &self,
        connector: &dyn Connector,
        wanted: &Wanted,
    ) -> Result<Findings, ConnectorError> {
        self.with(async |session| connector.test(session, wanted).await)
    }

    /// Waits for attempts that failed.
    pub(crate) fn waited(&self) -> Vec<Duration> {
        self.waits
            .lock()
            .unwrap()
            .iter()
            .map(|(wait, _)| *wait)
            .collect()
    }
}

/// A connector of the catalogue.
pub(crate) fn connector(
    id: &str,
    plain: &[(&str, &str)],
    secret: &[(&str, &str)],
) -> Box<dyn Connector> {
    let settings = plain
        .iter()
        .fold(Settings::default(), |settings, (key, value)| {
            settings.with(key, value)
        });
    let settings = secret.iter().fold(settings, |settings, (key, value)| {
        settings.with_secret(key, SecretString::from((*value).to_owned()))
    });
    (catalogue::find(id).unwrap().open)(&settings).unwrap()
}

/// Columns, of which some decide.
pub(crate) fn wanted(columns: &[&str], deciding: &[&str]) -> Wanted {
    Wanted {
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        deciding: deciding
            .iter()
            .map(|column| vec![(*column).to_owned()])
            .collect(),
        ..Wanted::default()
    }
}

/// What the person with an id says in a column: `-` absent, `null`, `?` unreadable, else the text in quotes.
pub(crate) fn cell(records: &Records, id: &str, column: &str) -> String {
    let at = |name: &str| {
        records
            .columns()
            .iter()
            .position(|known| known == name)
            .unwrap()
    };
    let mut people = records
        .iter()
        .filter(|record| record.cell(at("id")) == Cell::Text(id));
    let person = people
        .next()
        .unwrap_or_else(|| panic!("nobody has the id {id}"));
    assert!(people.next().is_none(), "{id} is there twice");
    match person.cell(at(column)) {
        Cell::Absent => "-".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Unreadable => "?".to_owned(),
        Cell::Text(text) => format!("`{text}`"),
    }
}
