//! The connection: opening a database with the checks that come before trusting it, and the two ways
//! of using it, reading and writing.

use crate::{
    db::{
        dialect,
        error::{DbError, StoreError},
        migrate,
    },
    secrets::{sealed::KeyRing, secret},
};
use rusqlite::{
    Connection, OpenFlags, TransactionBehavior,
    config::DbConfig,
    trace::{TraceEvent, TraceEventCodes},
};
use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to wait for a lock of another process.
    pub busy: Duration,
    /// Files smaller than this many bytes are checked in full when they are opened. Of larger ones
    /// only header and length are, so that a run never waits for a check of everything.
    pub check_below: u64,
    /// Told the text of every statement before it is run.
    pub statements: Option<fn(&str)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(10),
            check_below: 8 << 20,
            statements: None,
        }
    }
}

/// The directory at rest.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    database: String,
    busy: Duration,
    ring: OnceLock<KeyRing>,
}

/// Statements that are kept compiled.
const STATEMENTS: usize = 128;

impl Store {
    /// Opens `sqlite:path` (or `sqlite::memory:`), creates it if it does not exist (for nobody but its
    /// owner), checks it and brings its schema up to date.
    pub fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        let Some(path) = path_of(url)? else {
            let connection = Connection::open_in_memory();
            let store = Self::prepare(connection, ":memory:".to_owned(), options)?;
            // What is sealed ends with the process, and so does its key.
            store.unlock(KeyRing::generate()?)?;
            return Ok(store);
        };
        let database = path.display().to_string();
        let existed = create_if_missing(&path).map_err(|error| read_only(&database, &error))?;
        if existed {
            check_length(&path, &database)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags);
        if existed {
            let small = path
                .metadata()
                .is_ok_and(|file| file.len() < options.check_below);
            return Self::prepare_checked(connection, database, options, small);
        }
        Self::prepare(connection, database, options)
    }

    /// Opens a database that exists, to look at it only.
    pub fn open_read_only(url: &str, options: Options) -> Result<Self, StoreError> {
        let Some(path) = path_of(url)? else {
            return Self::open(url, options);
        };
        let database = path.display().to_string();
        check_length(&path, &database)?;
        roll_back(&path, options);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let at = |trouble: DbError| {
            trouble.at(&database, options.busy.as_secs_f64(), "open the database")
        };
        let mut connection = Connection::open_with_flags(&path, flags)
            .map_err(DbError::from)
            .map_err(at)?;
        let found = configure(&mut connection, options)
            .and_then(|()| migrate::found(&connection))
            .map_err(at)?;
        migrate::refuse_newer(found)?;
        if found == 0 {
            return Err(StoreError::Damaged {
                database,
                check: "it has no directory in it".to_owned(),
            });
        }
        Ok(Self {
            connection: Mutex::new(connection),
            database,
            busy: options.busy,
            ring: OnceLock::new(),
        })
    }

    fn prepare_checked(
        connection: rusqlite::Result<Connection>,
        database: String,
        options: Options,
        check: bool,
    ) -> Result<Self, StoreError> {
        let at = |trouble: DbError| {
            trouble.at(&database, options.busy.as_secs_f64(), "check the database")
        };
        let connection = connection.map_err(DbError::from).map_err(at)?;
        connection
            .busy_timeout(options.busy)
            .map_err(DbError::from)
            .map_err(at)?;
        if check {
            let answer: String = connection
                .query_row(dialect::QUICK_CHECK, [], |row| row.get(0))
                .map_err(DbError::from)
                .map_err(at)?;
            if answer != "ok" {
                return Err(StoreError::Damaged {
                    database,
                    check: answer.replace('\n', " "),
                });
            }
        }
        Self::prepare(Ok(connection), database, options)
    }

    fn prepare(
        connection: rusqlite::Result<Connection>,
        database: String,
        options: Options,
    ) -> Result<Self, StoreError> {
        let at = |trouble: DbError| {
            trouble.at(&database, options.busy.as_secs_f64(), "open the database")
        };
        let mut connection = connection.map_err(DbError::from).map_err(at)?;
        configure(&mut connection, options).map_err(at)?;
        connection
            .execute_batch(dialect::LOG)
            .and_then(|()| connection.execute_batch(dialect::DURABLE))
            .map_err(DbError::from)
            .map_err(at)?;
        migrate::migrate(&mut connection).map_err(at)?;
        Ok(Self {
            connection: Mutex::new(connection),
            database,
            busy: options.busy,
            ring: OnceLock::new(),
        })
    }

    /// The ids of the master keys that sealed values of the database want.
    pub fn wanted_keys(&self) -> Result<Vec<String>, StoreError> {
        self.read("look up the master keys", secret::wanted_keys)
    }

    /// Takes the master keys. Refused if the database wants one that is not among them.
    pub fn unlock(&self, ring: KeyRing) -> Result<(), StoreError> {
        let wanted = self.wanted_keys()?;
        if let Some(missing) = wanted.iter().find(|wanted| !ring.has(wanted)) {
            return Err(ring.lacks(missing));
        }
        // A second call changes nothing: values may be sealed with the first ring already.
        self.ring.get_or_init(|| ring);
        Ok(())
    }

    pub(crate) fn ring(&self) -> Result<&KeyRing, StoreError> {
        self.ring.get().ok_or(StoreError::NoKey)
    }

    /// Reads. The connection is taken for as long as `work` lasts, so `work` must not call the store.
    pub(crate) fn read<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&connection)
            .map_err(|trouble| trouble.at(&self.database, self.busy.as_secs_f64(), attempted))
    }

    /// Writes in one transaction: all of it or nothing.
    pub(crate) fn write<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        transact(&mut connection, work).map_err(|trouble: DbError| {
            trouble.at(&self.database, self.busy.as_secs_f64(), attempted)
        })
    }

    /// Writes like [`Store::write`] what may fill a directory in which nobody is yet.
    ///
    /// A write-ahead log would take every page of a first load twice. A rollback journal has next to nothing to
    /// remember of an empty database, so the pages go to their places at once. What is confirmed is as safe, and
    /// a process that is killed leaves a journal that the next one rolls back. It needs the database to itself:
    /// while others have it open, the log is used as ever.
    pub(crate) fn write_load<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let done = (|| {
            let alone = is_without_people(&connection)? && leave_log(&connection, self.busy)?;
            let value = transact(&mut connection, work);
            if alone {
                // Somebody may have begun to read meanwhile: then whoever opens it next brings the log back.
                let _ = connection.execute_batch(dialect::LOG);
            }
            value
        })();
        done.map_err(|trouble: DbError| {
            trouble.at(&self.database, self.busy.as_secs_f64(), attempted)
        })
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, DbError>,
) -> Result<T, DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn is_without_people(connection: &Connection) -> Result<bool, DbError> {
    Ok(
        connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM employee)", [], |row| {
            row.get(0)
        })?,
    )
}

/// Changes to a rollback journal if nobody else has the database open; says whether it did.
fn leave_log(connection: &Connection, busy: Duration) -> Result<bool, DbError> {
    connection.busy_timeout(Duration::ZERO)?;
    let mode = connection.query_row(dialect::NO_LOG, [], |row| row.get::<_, String>(0));
    connection.busy_timeout(busy)?;
    Ok(mode.is_ok_and(|mode| mode == "truncate"))
}

/// Undoes what a killed first load left, which a connection that only reads cannot. If it cannot be undone
/// here either, reading says why.
fn roll_back(path: &Path, options: Options) {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    if Path::new(&journal)
        .metadata()
        .is_ok_and(|journal| journal.len() > 0)
        && let Ok(mut connection) =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    {
        let _ = configure(&mut connection, options).and_then(|()| migrate::found(&connection));
    }
}

/// What every connection needs, also one that only reads.
fn configure(connection: &mut Connection, options: Options) -> Result<(), DbError> {
    connection.busy_timeout(options.busy)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it, a statement over a table with a partial index is parsed again for every other value bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if let Some(told) = options.statements {
        connection.trace_v2(
            TraceEventCodes::SQLITE_TRACE_STMT,
            Some(move |event: TraceEvent<'_>| {
                if let TraceEvent::Stmt(_, text) = event {
                    told(text);
                }
            }),
        )?;
    }
    connection.execute_batch(dialect::CONNECTION)?;
    Ok(())
}

/// The file that a URL names; none: memory.
fn path_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
    match url.strip_prefix("sqlite:") {
        Some(":memory:") => Ok(None),
        Some(path) if Path::new(path).is_dir() => Err(StoreError::Address {
            named: format!("`{path}`"),
            why: "it is a folder",
        }),
        Some(path) if !path.is_empty() => {
            Ok(Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
        }
        Some(_) => Err(StoreError::Address {
            named: "`sqlite:`".to_owned(),
            why: "the path is missing",
        }),
        // Addresses of other databases have passwords in them.
        None => {
            let named = url
                .split_once(':')
                .map_or_else(|| format!("`{url}`"), |(kind, _)| format!("`{kind}:...`"));
            Err(StoreError::Address {
                named,
                why: "only SQLite files are known here",
            })
        }
    }
}

/// Creates an empty file that only its owner may read; says whether it was there already.
fn create_if_missing(path: &Path) -> std::io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            // Asked before SQLite does: an administrator may write a file that was marked read-only
            // on purpose, and SQLite would not notice.
            if path.metadata()?.permissions().readonly() {
                return Err(std::io::Error::new(
                    ErrorKind::PermissionDenied,
                    "the file is marked read-only",
                ));
            }
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

fn read_only(database: &str, error: &std::io::Error) -> StoreError {
    StoreError::ReadOnly {
        database: database.to_owned(),
        why: error.to_string(),
    }
}

/// Compares the header with the length of the file: one that was cut off is noticed without reading it.
fn check_length(path: &Path, database: &str) -> Result<(), StoreError> {
    let damaged = |check: String| StoreError::Damaged {
        database: database.to_owned(),
        check,
    };
    let mut file = std::fs::File::open(path).map_err(|error| read_only(database, &error))?;
    let length = file
        .metadata()
        .map_err(|error| read_only(database, &error))?
        .len();
    if length == 0 {
        return Ok(());
    }
    let mut header = [0; 100];
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged("it is not a SQLite database".to_owned()));
    }
    // While a log or a journal exists, the file may be behind or ahead of its header.
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if Path::new(&beside)
            .metadata()
            .is_ok_and(|beside| beside.len() > 0)
        {
            return Ok(());
        }
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u64::from(u32::from_be_bytes([
        header[28], header[29], header[30], header[31],
    ]));
    if length < page * pages {
        return Err(damaged(format!(
            "it has {length} bytes where its header promises {}",
            page * pages
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_over_a_table_with_a_partial_index_is_parsed_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        configure(&mut connection, Options::default()).unwrap();
        migrate::migrate(&mut connection).unwrap();
        let text =
            "SELECT value FROM pin WHERE workspace_id = ?1 AND employee_id = ?2 ORDER BY field";
        let mut statement = connection.prepare(text).unwrap();
        for person in 1..=10 {
            assert!(
                statement
                    .query((1, person))
                    .unwrap()
                    .next()
                    .unwrap()
                    .is_none()
            );
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
