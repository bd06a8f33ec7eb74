//! One connection to a PostgreSQL server. The rest of the store does not know that it is not SQLite: see `db/sql.rs`.

mod address;
mod error;
mod listen;
mod load;
mod pending;
mod rows;
mod tls;
mod value;
mod wait;

pub(crate) use address::Address;
pub(crate) use listen::{Listening, listen};
pub(crate) use rows::{Rows, value};
pub(crate) use value::Bound;

pub(super) use error::{is_busy, is_conflict, is_taken, named};

use crate::db::{
    dialect,
    error::{AddressFault, Committed, DbError, StoreError},
    locks::{Needs, Writes},
};
use futures_util::TryStreamExt;
use load::{Insertion, Loads};
use pending::Pending;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio_postgres::{Client, Error, NoTls};
use wait::{poll_once, runtime, wait};

/// How many statements stay prepared.
const STATEMENTS: usize = 512;

/// The oldest version of the server, as it numbers itself.
const OLDEST: i64 = 150_000;

/// The lock for what workspaces share.
const SHARED: i64 = 0x006d_7573_7465_7201;

/// How long the server waits for the next statement of a transaction: a process that is paused keeps no lock longer than its
/// lease.
const IDLE: Duration = Duration::from_secs(30);

/// The pause between two questions for a transaction that the server still works on.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection, and what is prepared on it.
pub(crate) struct Session {
    client: Arc<Client>,
    statements: RefCell<HashMap<String, Known>>,
    pending: RefCell<Pending>,
    loads: RefCell<Loads>,
    /// Whether statements are sent without waiting for their answers.
    is_ahead: Cell<bool>,
    is_in_transaction: Cell<bool>,
    /// What the transaction changes; none: it reads, or there is none.
    writes: Cell<Option<Writes>>,
    /// Whether the transaction has the lock for what workspaces share.
    has_shared: Cell<bool>,
    /// Whether the commit notifies other processes of new jobs.
    has_jobs: Cell<bool>,
    is_read_only: bool,
    reported: Option<fn(&str)>,
}

/// A statement that the server has prepared, and what is known of it.
#[derive(Clone)]
struct Known {
    statement: tokio_postgres::Statement,
    needs: Needs,
    /// `None`: it does not insert given values.
    insertion: Option<Arc<Insertion>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    pub(crate) fn open(
        address: &Address,
        is_read_only: bool,
        reported: Option<fn(&str)>,
    ) -> Result<Self, DbError> {
        Ok(Self {
            client: Arc::new(connect(address)?),
            statements: RefCell::default(),
            pending: RefCell::default(),
            loads: RefCell::default(),
            is_ahead: Cell::new(false),
            is_in_transaction: Cell::new(false),
            writes: Cell::new(None),
            has_shared: Cell::new(false),
            has_jobs: Cell::new(false),
            is_read_only,
            reported,
        })
    }

    /// Refuses a server that is too old, and a database that orders texts by a language: the directory is ordered by code
    /// point, so that both databases have the same order.
    pub(crate) fn refuse_unsuitable(&self, address: &Address) -> Result<(), DbError> {
        let refused = |why| {
            DbError::from(StoreError::Address {
                named: format!("`{}`", address.shown()),
                why,
            })
        };
        let text = "SELECT CAST(current_setting('server_version_num') AS BIGINT), 'a' < 'B'";
        let row = wait(self.client.query_one(text, &[]))?;
        if row.try_get::<_, i64>(0)? < OLDEST {
            return Err(refused(AddressFault::OldServer));
        }
        if row.try_get::<_, bool>(1)? {
            return Err(refused(AddressFault::Ordering));
        }
        Ok(())
    }

    /// Whether the connection was lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn is_in_transaction(&self) -> bool {
        self.is_in_transaction.get()
    }

    /// A statement that stays prepared for later calls.
    pub(crate) fn prepare(&self, text: &str) -> Result<Prepared<'_>, DbError> {
        if let Some(known) = self.statements.borrow().get(text) {
            debug_assert!(self.allows(known.needs), "a lock is missing for: {text}");
            return Ok(self.prepared(text, known.clone()));
        }
        let needs = Needs::of(text);
        debug_assert!(self.allows(needs), "a lock is missing for: {text}");
        self.complete_before(text)?;
        let translated = dialect::in_postgres(text).unwrap_or_default();
        let statement = wait(self.client.prepare(&translated))?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        let known = Known {
            insertion: Insertion::of(&translated, statement.params()).map(Arc::new),
            statement,
            needs,
        };
        statements.insert(text.to_owned(), known.clone());
        Ok(self.prepared(text, known))
    }

    fn prepared(&self, text: &str, known: Known) -> Prepared<'_> {
        Prepared {
            session: self,
            statement: known.statement,
            insertion: known.insertion,
            text: text.to_owned(),
        }
    }

    /// Runs several statements without parameters. Those that only SQLite has are not run.
    pub(crate) fn batch(&self, text: &str) -> Result<(), DbError> {
        self.complete()?;
        match dialect::in_postgres(text) {
            Some(text) => Ok(wait(self.client.batch_execute(&text))?),
            None => Ok(()),
        }
    }

    /// Begins to read one state of the database.
    pub(crate) fn begin_snapshot(&self) -> Result<(), DbError> {
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        self.is_in_transaction.set(true);
        Ok(())
    }

    /// Begins to write, with the locks for it.
    pub(crate) fn begin(&self, writes: Writes, patience: Duration) -> Result<(), DbError> {
        if self.is_read_only {
            self.run("BEGIN READ ONLY")?;
            self.is_in_transaction.set(true);
            return Ok(());
        }
        let lock = match writes {
            Writes::Workspace(workspace) => format!(
                "SELECT 1 FROM workspace WHERE id = {} FOR NO KEY UPDATE",
                workspace.0
            ),
            Writes::Shared => lock_shared(),
            Writes::Everything => format!(
                "SELECT 1 FROM workspace ORDER BY id FOR NO KEY UPDATE; {}",
                lock_shared()
            ),
        };
        let begun = self.run(&format!(
            "BEGIN; SET LOCAL lock_timeout = '{}ms'; \
             SET LOCAL idle_in_transaction_session_timeout = '{}s'; {lock}",
            patience.as_millis().max(1),
            IDLE.as_secs(),
        ));
        self.is_in_transaction.set(true);
        self.writes.set(Some(writes));
        self.has_jobs.set(false);
        self.has_shared.set(!matches!(writes, Writes::Workspace(_)));
        begun.inspect_err(|_| {
            let _ = self.roll_back();
        })
    }

    /// Tells processes that wait for jobs, when the transaction is committed.
    pub(crate) fn note_jobs(&self) {
        self.has_jobs.set(true);
    }

    /// Locks what workspaces share until the transaction ends.
    pub(crate) fn lock_shared(&self) -> Result<(), DbError> {
        if self.writes.get().is_none() || self.has_shared.get() {
            return Ok(());
        }
        self.run(&lock_shared())?;
        self.has_shared.set(true);
        Ok(())
    }

    /// Whether the transaction has the lock that a statement needs.
    fn allows(&self, needs: Needs) -> bool {
        match (self.writes.get(), needs) {
            (None, _) | (_, Needs::Nothing) => true,
            (_, Needs::Shared) => self.has_shared.get(),
            (Some(writes), Needs::Workspace) => writes != Writes::Shared,
        }
    }

    /// The server would end a transaction that failed without saying so: the first statement would.
    pub(crate) fn commit(&self) -> Result<(), DbError> {
        self.run(&match self.has_jobs.get() {
            true => format!("SELECT 1; NOTIFY {}; COMMIT", listen::CHANNEL),
            false => "SELECT 1; COMMIT".to_owned(),
        })?;
        self.is_in_transaction.set(false);
        self.writes.set(None);
        Ok(())
    }

    pub(crate) fn roll_back(&self) -> Result<(), DbError> {
        self.is_in_transaction.set(false);
        self.writes.set(None);
        self.loads.borrow_mut().clear();
        // What failed is rolled back.
        let _ = self.complete();
        self.run("ROLLBACK")
    }

    pub(crate) fn run(&self, text: &str) -> Result<(), DbError> {
        self.complete()?;
        Ok(wait(self.client.batch_execute(text))?)
    }

    /// The number of the transaction, by which its outcome can be asked for on another connection.
    pub(crate) fn transaction(&self) -> Result<String, DbError> {
        let mut prepared = self.prepare("SELECT CAST(pg_current_xact_id() AS TEXT)")?;
        let mut rows = prepared.query(&mut Bound::default())?;
        let number = rows.next()?.map(|row| row.try_get(0)).transpose()?;
        Ok(number.unwrap_or_default())
    }

    pub(crate) fn set_ahead(&self, is_ahead: bool) {
        self.is_ahead.set(is_ahead);
    }

    /// Returns to the savepoint, without what was to be inserted since.
    pub(crate) fn return_to_savepoint(&self) -> Result<(), DbError> {
        self.loads.borrow_mut().clear();
        // What failed is undone.
        let _ = self.complete();
        self.run("ROLLBACK TO SAVEPOINT attempt")
    }

    /// Waits for everything that was asked before, because answers come in the order of the questions.
    pub(crate) fn complete(&self) -> Result<(), DbError> {
        let mut pending = self.pending.borrow_mut();
        self.loads.borrow_mut().send(&self.client, &mut pending)?;
        Ok(pending.complete()?)
    }

    /// The same before a statement. Rows for tables that it is not about still wait.
    fn complete_before(&self, text: &str) -> Result<(), DbError> {
        if self.loads.borrow().concern(text) {
            return self.complete();
        }
        Ok(self.pending.borrow_mut().complete()?)
    }

    /// Sends the rows that wait.
    fn send_loads(&self) -> Result<(), DbError> {
        let mut pending = self.pending.borrow_mut();
        Ok(self.loads.borrow_mut().send(&self.client, &mut pending)?)
    }
}

/// A value that its column does not take.
fn failed(source: Box<dyn std::error::Error + Sync + Send>) -> DbError {
    let attempted = "write a row";
    StoreError::Failed { attempted, source }.into()
}

/// Waits for the lock for what workspaces share.
fn lock_shared() -> String {
    format!("SELECT pg_advisory_xact_lock({SHARED})")
}

/// The outcome of a transaction whose commit was not answered.
pub(crate) fn outcome(address: &Address, transaction: &str, patience: Duration) -> Committed {
    let began = Instant::now();
    let ask = || -> Result<Option<String>, DbError> {
        let client = connect(address)?;
        let text = "SELECT pg_xact_status(CAST(CAST($1 AS TEXT) AS xid8))";
        let row = wait(client.query_one(text, &[&transaction]))?;
        Ok(row.try_get(0)?)
    };
    while began.elapsed() < patience {
        match ask().ok().flatten().as_deref() {
            Some("committed") => return Committed::Yes,
            Some("aborted") => return Committed::No,
            _ => thread::sleep(PAUSE),
        }
    }
    Committed::Unknown
}

fn connect(address: &Address) -> Result<Client, DbError> {
    let runtime = runtime().map_err(|error| StoreError::Failed {
        attempted: "start a thread",
        source: Box::new(error),
    })?;
    let Address {
        config, encryption, ..
    } = address.clone();
    let connecting = runtime.spawn(async move {
        match encryption {
            Some(encryption) => {
                let (client, connection) = config.connect(encryption).await?;
                tokio::spawn(connection);
                Ok::<_, Error>(client)
            }
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }
    });
    match wait(connecting) {
        Ok(client) => Ok(client?),
        Err(error) => Err(StoreError::Failed {
            attempted: "connect to the database",
            source: Box::new(error),
        }
        .into()),
    }
}

/// A statement that the server has prepared.
pub(crate) struct Prepared<'c> {
    session: &'c Session,
    statement: tokio_postgres::Statement,
    insertion: Option<Arc<Insertion>>,
    text: String,
}

impl Prepared<'_> {
    pub(crate) fn execute(&mut self, values: &mut Bound) -> Result<usize, DbError> {
        self.report();
        self.session.complete_before(&self.text)?;
        let values = values.values(self.parameter_count());
        let changed = wait(self.session.client.execute_raw(&self.statement, values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(crate) fn query(&mut self, values: &mut Bound) -> Result<Rows, DbError> {
        self.report();
        self.session.complete_before(&self.text)?;
        let values = values.values(self.parameter_count());
        let answer = wait(self.session.client.query_raw(&self.statement, values))?;
        Ok(self.session.pending.borrow_mut().read(answer))
    }

    /// Runs the statement with each of these values, without waiting in between: the rows of all answers.
    pub(crate) fn query_together(
        &self,
        asked: Vec<Vec<value::Parameter>>,
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        self.session.complete_before(&self.text)?;
        let mut begun = Vec::with_capacity(asked.len());
        for values in asked {
            self.report();
            let (client, statement) = (Arc::clone(&self.session.client), self.statement.clone());
            let mut answer = Box::pin(async move {
                let rows = client.query_raw(&statement, &values).await?;
                rows.try_collect::<Vec<_>>().await
            });
            let known = poll_once(answer.as_mut());
            begun.push((answer, known));
        }
        let mut rows = Vec::with_capacity(begun.len());
        for (answer, known) in begun {
            rows.append(&mut known.unwrap_or_else(|| wait(answer))?);
        }
        Ok(rows)
    }

    /// Runs the statement. Its answer is waited for later if statements are sent ahead.
    pub(crate) fn send(&mut self, values: &mut Bound) -> Result<(), DbError> {
        if !self.session.is_ahead.get() {
            return self.execute(values).map(drop);
        }
        self.report();
        if let Some(insertion) = &self.insertion {
            let values = values.values(self.parameter_count());
            let is_full = self.session.loads.borrow_mut().add(insertion, values);
            return match is_full.map_err(failed)? {
                true => self.session.send_loads(),
                false => Ok(()),
            };
        }
        if self.session.loads.borrow().concern(&self.text) {
            self.session.send_loads()?;
        }
        let values = values.taken(self.parameter_count());
        let (client, statement) = (Arc::clone(&self.session.client), self.statement.clone());
        let answer = async move { client.execute_raw(&statement, &values).await };
        Ok(self.session.pending.borrow_mut().send(Box::pin(answer))?)
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.statement.params().len()
    }

    /// Reports a statement that is about to run.
    fn report(&self) {
        if let Some(report) = self.session.reported {
            report(&self.text);
        }
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> &[tokio_postgres::Column] {
        self.statement.columns()
    }
}
