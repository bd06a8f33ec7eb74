//! What cannot be one text for SQLite and PostgreSQL. Every other statement of the store is understood by
//! both; a test has PostgreSQL read each of them.

/// One meaning in the words of either database.
#[derive(Clone, Copy, Debug)]
pub struct Twin {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// Whether the table of migrations exists, as a number.
pub(crate) const HAS_MIGRATIONS: Twin = Twin {
    sqlite: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
    postgres: "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'migration'",
};

/// The table of migrations, which exists before the first of them.
pub(crate) const MIGRATIONS: Twin = Twin {
    sqlite: "CREATE TABLE IF NOT EXISTS migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT",
    postgres: "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
};

/// Everything that has two texts.
pub const TWINS: [Twin; 2] = [HAS_MIGRATIONS, MIGRATIONS];

/// A last name among some in small letters. SQLite has a collation for that, which takes half the time of a function.
pub(crate) const LAST_NAME_IN: Twin = Twin {
    sqlite: "last_name COLLATE NOCASE IN",
    postgres: "lower(last_name) IN",
};

/// Parts of statements that have two texts.
pub const PARTS: [Twin; 1] = [LAST_NAME_IN];

/// What every connection needs, also one that only reads. 16 MiB: enough for the index pages of a million
/// people to be written once.
pub(crate) const CONNECTION: &str = "PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF;";

/// Write-ahead: readers go on while a run settles.
pub(crate) const LOG: &str = "PRAGMA journal_mode = WAL;";

/// No log: a rollback journal, for a process that is alone with the database.
pub(crate) const NO_LOG: &str = "PRAGMA journal_mode = TRUNCATE";

/// FULL: what was confirmed survives a power cut.
pub(crate) const DURABLE: &str = "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;";

/// Reads the whole file; `ok` is the answer of a sound one. A quick check would not see a page that was overwritten by
/// another sound page, because it compares no keys.
pub(crate) const CHECK: &str = "PRAGMA integrity_check(1)";

/// What is deleted is overwritten.
pub(crate) const OVERWRITE: &str = "PRAGMA secure_delete = ON";

/// Writes the file again, without what was deleted.
pub(crate) const COMPACT: &str = "VACUUM";

/// Moves the log into the file, and empties it.
pub(crate) const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Writes a copy without what was deleted.
pub(crate) const COPY: &str = "VACUUM INTO ?1";

/// What SQLite alone is asked: a PostgreSQL server is set up and checked by its administrator.
pub const SQLITE_ALONE: [&str; 9] = [
    CONNECTION, LOG, NO_LOG, DURABLE, CHECK, OVERWRITE, COMPACT, EMPTY_LOG, COPY,
];
