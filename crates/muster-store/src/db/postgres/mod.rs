//! One connection to a PostgreSQL server. The rest of the store does not know that it is not SQLite: see `db/sql.rs`.

mod address;
mod error;
mod pending;
mod rows;
mod tls;
mod value;
mod wait;

pub(crate) use address::Address;
pub(crate) use rows::{Rows, value};
pub(crate) use value::Bound;

pub(super) use error::{is_busy, is_taken, named};

use crate::db::{
    dialect,
    error::{Committed, DbError, StoreError},
};
use pending::Pending;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio_postgres::{Client, Error, NoTls};
use wait::{runtime, wait};

/// How many statements stay prepared.
const STATEMENTS: usize = 512;

/// The oldest version of the server, as it numbers itself.
const OLDEST: i64 = 150_000;

/// The lock that every transaction which writes takes first.
const WRITER: i64 = 0x006d_7573_7465_7201;

/// The pause between two questions for a transaction that the server still works on.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection, and what is prepared on it.
pub(crate) struct Session {
    client: Arc<Client>,
    statements: RefCell<HashMap<String, tokio_postgres::Statement>>,
    pending: RefCell<Pending>,
    /// Whether statements are sent without waiting for their answers.
    is_ahead: Cell<bool>,
    is_in_transaction: Cell<bool>,
    is_read_only: bool,
    reported: Option<fn(&str)>,
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
            is_ahead: Cell::new(false),
            is_in_transaction: Cell::new(false),
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
            return Err(refused("the server is older than PostgreSQL 15"));
        }
        if row.try_get::<_, bool>(1)? {
            return Err(refused(
                "the database orders texts by a language: create it with `LOCALE 'C.UTF-8'`",
            ));
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
        if let Some(statement) = self.statements.borrow().get(text) {
            return Ok(self.prepared(text, statement.clone()));
        }
        self.complete()?;
        let translated = dialect::in_postgres(text).unwrap_or_default();
        let statement = wait(self.client.prepare(&translated))?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(text.to_owned(), statement.clone());
        Ok(self.prepared(text, statement))
    }

    fn prepared(&self, text: &str, statement: tokio_postgres::Statement) -> Prepared<'_> {
        Prepared {
            session: self,
            statement,
            text: self.reported.map(|_| text.to_owned()),
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

    /// Begins to write. Others that write wait, as in SQLite.
    pub(crate) fn begin(&self, patience: Duration) -> Result<(), DbError> {
        if self.is_read_only {
            self.run("BEGIN READ ONLY")?;
            self.is_in_transaction.set(true);
            return Ok(());
        }
        let begun = self.run(&format!(
            "BEGIN; SET LOCAL lock_timeout = '{}ms'; SELECT pg_advisory_xact_lock({WRITER})",
            patience.as_millis().max(1)
        ));
        self.is_in_transaction.set(true);
        begun.inspect_err(|_| {
            let _ = self.roll_back();
        })
    }

    /// The server would end a transaction that failed without saying so: the first statement would.
    pub(crate) fn commit(&self) -> Result<(), DbError> {
        self.run("SELECT 1; COMMIT")?;
        self.is_in_transaction.set(false);
        Ok(())
    }

    pub(crate) fn roll_back(&self) -> Result<(), DbError> {
        self.is_in_transaction.set(false);
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

    /// Waits for everything that was asked before, because answers come in the order of the questions.
    fn complete(&self) -> Result<(), DbError> {
        Ok(self.pending.borrow_mut().complete()?)
    }
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
    /// Kept to be reported.
    text: Option<String>,
}

impl Prepared<'_> {
    pub(crate) fn execute(&mut self, values: &mut Bound) -> Result<usize, DbError> {
        self.report();
        self.session.complete()?;
        let values = values.values(self.parameter_count());
        let changed = wait(self.session.client.execute_raw(&self.statement, values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(crate) fn query(&mut self, values: &mut Bound) -> Result<Rows, DbError> {
        self.report();
        self.session.complete()?;
        let values = values.values(self.parameter_count());
        let answer = wait(self.session.client.query_raw(&self.statement, values))?;
        Ok(self.session.pending.borrow_mut().read(answer))
    }

    /// Runs the statement. Its answer is waited for later if statements are sent ahead.
    pub(crate) fn send(&mut self, values: &mut Bound) -> Result<(), DbError> {
        if !self.session.is_ahead.get() {
            return self.execute(values).map(drop);
        }
        self.report();
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
        if let (Some(report), Some(text)) = (self.session.reported, &self.text) {
            report(text);
        }
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> &[tokio_postgres::Column] {
        self.statement.columns()
    }
}
