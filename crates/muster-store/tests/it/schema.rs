//! Twin migrations: what PostgreSQL has after its files is what SQLite has after its own.

use muster_store::{Options, Store};
use muster_testkit::postgresql::Postgresql;
use rusqlite::Connection;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What a schema is made of, one line each: columns at their places, keys and indexes.
type Lines = BTreeSet<String>;

fn migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")
}

/// The migrations of one database in order: name of the file and its text.
pub(crate) fn files(database: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(migrations().join(database))
        .unwrap()
        .map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

/// A server with every migration; the indexes of `employee` belong to the first.
pub(crate) fn migrated() -> Postgresql {
    let server = Postgresql::start();
    let indexes = fs::read_to_string(migrations().join("employee_indexes.sql")).unwrap();
    for (name, text) in files("postgres") {
        let indexes = if name.starts_with("0001_") {
            indexes.as_str()
        } else {
            ""
        };
        let done = server.run(&format!("BEGIN;\n{text}\n{indexes}\nCOMMIT;"));
        assert_eq!(done.err(), None, "{name}");
    }
    server
}

fn of_sqlite() -> Lines {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    Store::open(&format!("sqlite:{}", path.display()), Options::default()).unwrap();
    let database = Connection::open(&path).unwrap();
    let rows = |text: &str| -> Vec<String> {
        let mut statement = database.prepare(text).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let tables = "SELECT s.name AS name FROM sqlite_schema AS s WHERE s.type = 'table' AND s.name <> 'migration'";
    let columns = rows(&format!(
        "SELECT t.name || '.' || (c.cid + 1) || ' ' || c.name || ' ' || \
         CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'bytea' \
         WHEN 'REAL' THEN 'double precision' ELSE c.type END || iif(c.\"notnull\", ' not null', '') || \
         CASE WHEN c.hidden > 1 THEN ' generated' ELSE coalesce(' default ' || c.dflt_value, '') END \
         FROM ({tables}) AS t, pragma_table_xinfo(t.name) AS c"
    ));
    let primary = rows(&format!(
        "SELECT t.name || ' primary key ' || \
         (SELECT group_concat(c.name, ', ' ORDER BY c.pk) FROM pragma_table_xinfo(t.name) AS c WHERE c.pk > 0) \
         FROM ({tables}) AS t"
    ));
    let unique = rows(&format!(
        "SELECT t.name || ' unique ' || \
         (SELECT group_concat(c.name, ', ' ORDER BY c.seqno) FROM pragma_index_info(i.name) AS c) \
         FROM ({tables}) AS t, pragma_index_list(t.name) AS i WHERE i.origin = 'u'"
    ));
    let indexes = rows("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
    columns
        .into_iter()
        .chain(primary)
        .chain(unique)
        .chain(indexes.iter().map(|text| plain(text)))
        .collect()
}

fn of_postgres(server: &Postgresql) -> Lines {
    let rows = |text: &str| {
        server
            .run(text)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let columns = rows(
        "SELECT c.relname || '.' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || a.attname \
         || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || \
         CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE \
         coalesce(' default ' || replace(pg_get_expr(d.adbin, d.adrelid), '::text', ''), '') END \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' \
         AND c.relnamespace = 'public'::regnamespace \
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         WHERE a.attnum > 0 AND NOT a.attisdropped",
    );
    let keys = rows(
        "SELECT k.conrelid::regclass || CASE k.contype WHEN 'p' THEN ' primary key ' ELSE ' unique ' END || \
         (SELECT string_agg(a.attname, ', ' ORDER BY n.place) FROM unnest(k.conkey) WITH ORDINALITY AS n (number, place) \
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number) \
         FROM pg_constraint k WHERE k.contype IN ('p', 'u') AND k.connamespace = 'public'::regnamespace",
    );
    let indexes = rows(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
         AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    );
    columns
        .into_iter()
        .chain(keys)
        .chain(indexes.iter().map(|text| plain(text)))
        .collect()
}

/// An index's definition without what each database adds or leaves out when it writes it down.
fn plain(definition: &str) -> String {
    let mut text = definition.to_lowercase();
    for added in ["::text", "public.", "using btree", "if not exists"] {
        text = text.replace(added, "");
    }
    let text = text
        .replace(['(', ')', '[', ']'], " ")
        .replace("= any array", "in");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_migration_has_a_twin_of_the_same_name() {
    let names = |database| {
        files(database)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let numbers: Vec<_> = names("sqlite")
        .iter()
        .map(|name| name[..4].parse::<usize>().unwrap())
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[0] < pair[1]),
        "no number stands twice: {numbers:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    Store::open(&format!("sqlite:{}", path.display()), Options::default()).unwrap();
    let run: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM migration", [], |row| row.get(0))
        .unwrap();
    assert_eq!(
        run,
        numbers.len() as i64,
        "every file is in the program's list"
    );
}

#[test]
fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (of_sqlite(), of_postgres(&migrated()));
    assert!(sqlite.len() > 100, "{sqlite:#?}");
    let alone = |these: &Lines, those: &Lines| {
        these
            .difference(those)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (left, right) = (alone(&sqlite, &postgres), alone(&postgres, &sqlite));
    assert!(
        sqlite == postgres,
        "only SQLite has\n{left}\nand only PostgreSQL has\n{right}"
    );
}

#[test]
fn p12_letters_beyond_ascii_are_not_folded_by_either_database() {
    let server = migrated();
    let answer = |text: &str| server.run(text).unwrap().trim().to_owned();
    assert_eq!(
        answer("SELECT lower('É')"),
        "é",
        "the locale of the server folds them"
    );
    let insert = "INSERT INTO employee (workspace_id, id, revision, status, protected, created_run, email) \
        VALUES (1, 1, 1, 'active', 0, 1, 'É@Acme.test'), (1, 2, 1, 'active', 0, 1, 'é@acme.test')";
    assert_eq!(
        answer(&format!(
            "{insert}; SELECT lower(email) FROM employee ORDER BY id"
        )),
        "É@acme.test\né@acme.test"
    );
}
