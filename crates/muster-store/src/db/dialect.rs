//! The statements that need different text for SQLite and PostgreSQL. Both databases understand
//! every other statement of the store; a test prepares each of them in PostgreSQL.

/// One statement in both dialects.
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

/// Creates the table of migrations, before the first of them runs.
pub(crate) const MIGRATIONS: Twin = Twin {
    sqlite: "CREATE TABLE IF NOT EXISTS migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT",
    postgres: "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
};

/// The time of the database, in microseconds.
pub(crate) const NOW: Twin = Twin {
    sqlite: "SELECT CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER) AS now",
    postgres: "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS now",
};

/// A statement in the words of PostgreSQL. `None`: only SQLite is asked this.
pub fn in_postgres(text: &str) -> Option<String> {
    if let Some(twin) = TWINS.iter().find(|twin| twin.sqlite == text) {
        return Some(twin.postgres.to_owned());
    }
    if SQLITE_ALONE.contains(&text) {
        return None;
    }
    let text = PARTS.iter().fold(text.to_owned(), |text, part| {
        text.replace(part.sqlite, part.postgres)
    });
    // A parameter is a question mark and a number.
    let mut numbered = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_parameter = character == '?' && characters.peek().is_some_and(char::is_ascii_digit);
        numbered.push(if is_parameter { '$' } else { character });
    }
    Some(numbered)
}

/// All statements with two texts.
pub const TWINS: [Twin; 6] = [
    HAS_MIGRATIONS,
    MIGRATIONS,
    NOW,
    TABLES,
    KEY_COLUMNS,
    STORED_COLUMNS,
];

/// A last name in lower case, in a list. The SQLite collation takes half the time of a function.
pub(crate) const LAST_NAME_IN: Twin = Twin {
    sqlite: "last_name COLLATE NOCASE IN",
    postgres: "lower(last_name) IN",
};

/// Parts of statements that have two texts.
pub const PARTS: [Twin; 1] = [LAST_NAME_IN];

/// Settings of every connection, including read-only ones. A cache of 16 MiB holds the index pages
/// of a million employees, so that each is written once.
pub(crate) const CONNECTION: &str = "PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF;";

/// Write-ahead log: other processes can read while a run writes.
pub(crate) const LOG: &str = "PRAGMA journal_mode = WAL;";

/// Rollback journal, for a process with exclusive access.
pub(crate) const NO_LOG: &str = "PRAGMA journal_mode = TRUNCATE";

/// FULL: a committed transaction survives a power failure.
pub(crate) const DURABLE: &str = "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;";

/// Checks the whole file; the result is `ok` for an intact file. A quick check compares no keys, so
/// it would miss a page that was overwritten by another valid page.
pub(crate) const CHECK: &str = "PRAGMA integrity_check(1)";

/// Overwrites deleted data.
pub(crate) const OVERWRITE: &str = "PRAGMA secure_delete = ON";

/// Rewrites the file without deleted data.
pub(crate) const COMPACT: &str = "VACUUM";

/// Moves the log into the file and empties it.
pub(crate) const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Writes a copy without deleted data.
pub(crate) const COPY: &str = "VACUUM INTO ?1";

/// A rollback journal, so that a database is one file.
pub(crate) const PLAIN_JOURNAL: &str = "PRAGMA journal_mode = DELETE";

/// The lock that no other connection can share.
pub(crate) const EXCLUSIVE: &str = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;";

/// The names of all tables.
pub(crate) const TABLES: Twin = Twin {
    sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    postgres: "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
};

/// The columns of the primary key of a table, in order.
pub(crate) const KEY_COLUMNS: Twin = Twin {
    sqlite: "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk",
    postgres: "SELECT a.attname FROM pg_index AS i CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) \
         WITH ORDINALITY AS k(number, place) JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number \
         WHERE i.indrelid = to_regclass(quote_ident(CAST($1 AS TEXT))) AND i.indisprimary ORDER BY k.place",
};

/// The columns of a table that are not computed from others.
pub(crate) const STORED_COLUMNS: Twin = Twin {
    sqlite: "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid",
    postgres: "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(CAST($1 AS TEXT))) \
         AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
};

/// The table that only backups have.
pub(crate) const BACKUP_NOTE: &str = "CREATE TABLE backup (note TEXT NOT NULL) STRICT";
pub(crate) const BACKUP_NOTE_INSERT: &str = "INSERT INTO backup (note) VALUES (?1)";
pub(crate) const BACKUP_NOTE_READ: &str = "SELECT note FROM backup";
pub(crate) const BACKUP_NOTE_DROP: &str = "DROP TABLE backup";
pub(crate) const HAS_BACKUP_NOTE: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'backup')";

/// Has PostgreSQL look at the tables that grow with a load, unless that is under way.
pub(crate) const ANALYZE: &str = "ANALYZE (SKIP_LOCKED) employee, roster";

/// Begins to read one state: that of the first statement after it.
pub(crate) const SNAPSHOT: &str = "BEGIN";

pub(crate) const SNAPSHOT_END: &str = "ROLLBACK";

/// Statements for SQLite only. The administrator of a PostgreSQL server configures and checks it.
pub const SQLITE_ALONE: [&str; 18] = [
    CONNECTION,
    LOG,
    NO_LOG,
    DURABLE,
    CHECK,
    OVERWRITE,
    COMPACT,
    EMPTY_LOG,
    COPY,
    SNAPSHOT,
    SNAPSHOT_END,
    PLAIN_JOURNAL,
    EXCLUSIVE,
    BACKUP_NOTE,
    BACKUP_NOTE_INSERT,
    BACKUP_NOTE_READ,
    BACKUP_NOTE_DROP,
    HAS_BACKUP_NOTE,
];
