//! Opens a database after checking it.

use crate::{
    db::{
        check,
        connection::{Access, Options, Store, configure},
        dialect,
        error::{AddressFault, DbError, StoreError},
        migrate, note,
        place::{self, Place},
        postgres::Address,
        readers::Readers,
        sql::Connection,
        writers::Writers,
    },
    secrets::encryption::Keyring,
};
use muster_core::model::run::DatabaseCheck;
use rusqlite::OpenFlags;
use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
    thread,
    time::Duration,
};

/// The pause between two attempts when SQLite does not wait for a lock itself.
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// Opens `sqlite:path` (or `sqlite::memory:`) or `postgres://...`, checks it and migrates its schema. Creates the
    /// file if it does not exist, readable only by its owner.
    pub fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        if Address::is_one(url) {
            return Self::on_server(Address::parse(url)?, options, Access::Write);
        }
        let Some(path) = path_of(url)? else {
            let connection = Connection::in_memory();
            let store = Self::prepare(connection, Place::Memory, options, None)?;
            // The database ends with the process, and so does its key.
            store.unlock(Keyring::generate()?)?;
            return Ok(store);
        };
        let database = path.display().to_string();
        let existed = create_if_missing(&path).map_err(|error| unopened(&database, &error))?;
        if existed {
            check_length(&path, &database, options)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open(&path, flags);
        if !existed {
            return Self::prepare(
                connection,
                Place::File(path),
                options,
                Some(DatabaseCheck::Whole),
            );
        }
        let at =
            |error: DbError| error.at(&database, options.busy.as_secs_f64(), "check the database");
        let mut connection = connection.map_err(at)?;
        connection.set_busy(options.busy).map_err(at)?;
        let checked = match options.check {
            Some(time) => Some(check::within(&mut connection, time, &database).map_err(at)?),
            None => None,
        };
        Self::prepare(Ok(connection), Place::File(path), options, checked)
    }

    /// Opens an existing database for reading only.
    pub fn open_read_only(url: &str, options: Options) -> Result<Self, StoreError> {
        if Address::is_one(url) {
            return Self::on_server(Address::parse(url)?, options, Access::Read);
        }
        let Some(path) = path_of(url)? else {
            return Self::open(url, options);
        };
        let database = path.display().to_string();
        check_length(&path, &database, options)?;
        roll_back(&path, options);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let at =
            |error: DbError| error.at(&database, options.busy.as_secs_f64(), "open the database");
        let mut connection = Connection::open(&path, flags).map_err(at)?;
        let found = configure(&mut connection, options)
            .and_then(|()| note::refuse(&connection, &database))
            .and_then(|()| migrate::found(&connection))
            .map_err(at)?;
        refuse_other(found, database)?;
        let place = Place::File(path);
        Ok(Self::of(connection, place, options, Access::Read, None))
    }

    fn on_server(address: Address, options: Options, access: Access) -> Result<Self, StoreError> {
        let database = address.shown().to_owned();
        let at =
            |error: DbError| error.at(&database, options.busy.as_secs_f64(), "open the database");
        let connection = place::connect(&address, access == Access::Read, options).map_err(at)?;
        if let Some(session) = connection.session() {
            session.refuse_unsuitable(&address).map_err(at)?;
        }
        match access {
            Access::Write => migrate::migrate(&connection).map_err(at)?,
            Access::Read | Access::ReadOneState => {
                let found = migrate::found(&connection).map_err(at)?;
                refuse_other(found, database)?;
            }
        }
        let place = Place::Server(Box::new(address));
        Ok(Self::of(connection, place, options, access, None))
    }

    fn prepare(
        connection: Result<Connection, DbError>,
        place: Place,
        options: Options,
        checked: Option<DatabaseCheck>,
    ) -> Result<Self, StoreError> {
        let named = place.shown();
        let at = |error: DbError| error.at(&named, options.busy.as_secs_f64(), "open the database");
        let mut connection = connection.map_err(at)?;
        configure(&mut connection, options).map_err(at)?;
        note::refuse(&connection, &named).map_err(at)?;
        patiently(options.busy, || {
            connection.execute_batch(dialect::LOG)?;
            connection.execute_batch(dialect::DURABLE)?;
            migrate::migrate(&connection)
        })
        .map_err(at)?;
        Ok(Self::of(connection, place, options, Access::Write, checked))
    }

    fn of(
        connection: Connection,
        place: Place,
        options: Options,
        access: Access,
        checked: Option<DatabaseCheck>,
    ) -> Self {
        let writers = match &place {
            Place::Server(_) => Writers::several(connection),
            Place::Memory | Place::File(_) => Writers::one(connection),
        };
        Self {
            writers,
            readers: Readers::new(options),
            database: place.shown(),
            place,
            options,
            access,
            check: Mutex::new(checked),
            keyring: OnceLock::new(),
        }
    }

    /// Fails for a database on a server: only its administrator can copy it as a whole.
    pub(crate) fn refuse_server(&self) -> Result<(), StoreError> {
        match self.is_on_server() {
            false => Ok(()),
            true => Err(StoreError::Address {
                named: format!("`{}`", self.database),
                why: AddressFault::OnServer,
            }),
        }
    }

    /// Copies the whole database into a new file.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        self.refuse_server()?;
        self.read_apart("copy the database", |connection| {
            connection.execute(dialect::COPY, [file.display().to_string()])?;
            Ok(())
        })
    }
}

/// Fails unless the database has a schema that this version knows.
fn refuse_other(found: i64, database: String) -> Result<(), StoreError> {
    migrate::refuse_newer(found)?;
    if found == 0 {
        return Err(StoreError::Damaged {
            database,
            check: "it contains no directory".to_owned(),
        });
    }
    Ok(())
}

/// Retries while another process has the lock. SQLite does not wait when the journal mode changes,
/// which happens while another process creates the same database.
fn patiently(
    busy: Duration,
    mut attempt: impl FnMut() -> Result<(), DbError>,
) -> Result<(), DbError> {
    let mut left = busy.as_millis() / PAUSE.as_millis();
    loop {
        match attempt() {
            Err(error) if error.is_busy() && left > 0 => {
                left -= 1;
                thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

/// Rolls back the journal of a killed process, which a read-only connection cannot do. If this
/// fails, the next read reports why.
fn roll_back(path: &Path, options: Options) {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    if Path::new(&journal)
        .metadata()
        .is_ok_and(|journal| journal.len() > 0)
        && let Ok(mut connection) = Connection::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    {
        let _ = configure(&mut connection, options).and_then(|()| migrate::found(&connection));
    }
}

/// The path in a URL. `None` for a database in memory.
pub(crate) fn path_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
    match url.strip_prefix("sqlite:") {
        Some(":memory:") => Ok(None),
        Some(path) if Path::new(path).is_dir() => Err(StoreError::Address {
            named: format!("`{path}`"),
            why: AddressFault::Folder,
        }),
        Some(path) if !path.is_empty() => {
            Ok(Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
        }
        Some(_) => Err(StoreError::Address {
            named: "`sqlite:`".to_owned(),
            why: AddressFault::NoPath,
        }),
        None if Address::is_one(url) => Err(StoreError::Address {
            named: "`postgres:...`".to_owned(),
            why: AddressFault::NeedsFile,
        }),
        // Addresses of other databases contain passwords.
        None => {
            let named = url
                .split_once(':')
                .map_or_else(|| format!("`{url}`"), |(kind, _)| format!("`{kind}:...`"));
            Err(StoreError::Address {
                named,
                why: AddressFault::Kind,
            })
        }
    }
}

/// Creates an empty file that only its owner can read. Returns whether it already existed.
fn create_if_missing(path: &Path) -> std::io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            // Checked here because SQLite ignores the read-only flag when it runs as an
            // administrator.
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

/// The error for a file that the operating system cannot open or read.
fn unopened(database: &str, error: &std::io::Error) -> StoreError {
    let (database, why) = (database.to_owned(), error.to_string());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { database },
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { database, why }
        }
        // Errors such as EIO have no kind.
        ErrorKind::Other | ErrorKind::InvalidInput => StoreError::ReadOnly { database, why },
        _ => StoreError::Disk {
            database,
            attempted: "open the database",
            why,
        },
    }
}

/// Compares the length in the header with that of the file, which finds a truncated file without
/// reading it.
fn check_length(path: &Path, database: &str, options: Options) -> Result<(), StoreError> {
    let damaged = |check: String| StoreError::Damaged {
        database: database.to_owned(),
        check,
    };
    let mut file = File::open(path).map_err(|error| unopened(database, &error))?;
    let length = file
        .metadata()
        .map_err(|error| unopened(database, &error))?
        .len();
    // While a log or a journal exists, the length in the header may be outdated.
    let is_pending = ["-wal", "-journal"].iter().any(|ending| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        Path::new(&beside)
            .metadata()
            .is_ok_and(|beside| beside.len() > 0)
    });
    if length == 0 {
        if options.refuse_empty && !is_pending {
            return Err(damaged(
                "it has 0 bytes, and the master key next to it shows that it had content"
                    .to_owned(),
            ));
        }
        return Ok(());
    }
    let mut header = [0; 100];
    match file.read_exact(&mut header) {
        Ok(()) if header.starts_with(b"SQLite format 3\0") => {}
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => {
            return Err(StoreError::Disk {
                database: database.to_owned(),
                attempted: "read the database",
                why: error.to_string(),
            });
        }
        _ => return Err(damaged("it is not a SQLite database".to_owned())),
    }
    if is_pending {
        return Ok(());
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
            "it has {length} bytes, and its header says {}",
            page * pages
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Options, Store};

    /// D18: what was committed is still there after a power failure, because every commit is synced. A first load has a journal
    /// of another kind; it is synced, too.
    #[test]
    fn every_commit_is_synced_before_it_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("muster.db").display());
        for _ in ["new", "existing"] {
            let store = Store::open(&url, Options::default()).unwrap();
            let level: i64 = store
                .write("ask for the level", |connection| {
                    connection.scalar("PRAGMA synchronous", [])
                })
                .unwrap();
            assert_eq!(level, 2, "FULL");
        }
    }
}
