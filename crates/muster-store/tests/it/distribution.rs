//! Ready to be distributed by workspace over several servers, for example by Citus: what belongs to a workspace carries its id
//! in every statement and in every unique index, and nothing needs a server that has all of it.

use crate::{
    schema::{files, migrated},
    statements::{story, written},
};
use muster_store::db::locks::SHARED;
use std::{collections::BTreeSet, fs, path::Path};

/// Tables that every server has whole: the workspaces.
const REFERENCE: [&str; 1] = ["workspace"];

/// Statements over all workspaces, and why. Each is asked of every server.
const OVER_ALL: [(&str, &str); 2] = [
    (
        "SELECT DISTINCT key_id FROM master_key ORDER BY key_id",
        "the master keys of the installation",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM erasure WHERE purged = 0)",
        "whether deleted data is still to be overwritten",
    ),
];

/// Statements that are asked of a database in a file only.
const OF_FILES: [&str; 3] = [
    "SELECT CAST(coalesce(sum(revision + next_run), 0) AS BIGINT) AS moved",
    "SELECT NOT EXISTS (SELECT 1 FROM employee)",
    "UPDATE erasure SET purged = 1 WHERE purged = 0",
];

fn tables() -> BTreeSet<String> {
    let text = "SELECT tablename FROM pg_tables WHERE schemaname = 'public';";
    let found = migrated().run(text).unwrap();
    found.lines().map(str::to_owned).collect()
}

fn is_distributed(table: &str) -> bool {
    !SHARED.contains(&table) && !REFERENCE.contains(&table)
}

/// The tables of a statement.
fn tables_of(text: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]))
        .map(|pair| pair[1])
        .collect()
}

#[test]
fn tables_of_a_statement_are_found() {
    let text = "WITH x AS (SELECT 1 FROM change) INSERT INTO run(id) SELECT id FROM job JOIN plan ON 1 = 1";
    assert_eq!(
        tables_of(text),
        BTreeSet::from(["change", "job", "plan", "run"])
    );
}

#[test]
fn every_statement_about_a_workspace_carries_its_id() {
    let tables = tables();
    let run = story();
    // A beginning is judged with what follows.
    let is_whole = |text: &String| {
        !text.contains('{')
            && !run
                .iter()
                .any(|other| other != text && other.starts_with(text))
    };
    let whole = written().into_iter().map(|(_, text)| text);
    let asked: BTreeSet<String> = whole.filter(is_whole).chain(run.iter().cloned()).collect();
    assert!(asked.len() > 300, "{} statements", asked.len());
    let is_exempt = |text: &str| {
        let over_all = OVER_ALL.iter().map(|(start, _)| start);
        let mut starts = over_all.chain(&OF_FILES);
        starts.any(|start| text.starts_with(start))
    };
    let wrong: Vec<&String> = asked
        .iter()
        .filter(|text| {
            let mut found = tables_of(text).into_iter();
            found.any(|table| tables.contains(table) && is_distributed(table))
        })
        .filter(|text| !text.contains("workspace_id") && !is_exempt(text))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_unique_index_begins_with_the_workspace() {
    let text = "SELECT c.relname, coalesce(string_agg(a.attname, ',' ORDER BY k.at), '') FROM pg_index AS i \
        JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace \
        CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, at) \
        LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number \
        WHERE i.indisunique AND n.nspname = 'public' GROUP BY c.relname, i.indexrelid;";
    let found = migrated().run(text).unwrap();
    let indexes: Vec<(&str, &str)> = found
        .lines()
        .filter_map(|line| line.split_once('|'))
        .collect();
    assert!(indexes.len() > 40, "{found}");
    let wrong: Vec<_> = indexes
        .iter()
        .filter(|(table, columns)| is_distributed(table) && !columns.starts_with("workspace_id"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn nothing_needs_a_server_that_has_all_workspaces() {
    let migrations = files("postgres").into_iter().map(|(_, text)| text);
    let statements = written().into_iter().map(|(_, text)| text).chain(story());
    for text in migrations.chain(statements) {
        let words = text.to_uppercase();
        for word in [
            "TRIGGER",
            "MERGE INTO",
            "TEMPORARY",
            "TEMP TABLE",
            "SERIAL",
            "NEXTVAL",
        ] {
            assert!(!words.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn the_page_on_growing_distributes_every_table_of_a_workspace() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/growing.md");
    let page = fs::read_to_string(page).unwrap();
    let start = page.find("SELECT create_distributed_table(").unwrap();
    let statement = &page[start..][..page[start..].find("```").unwrap()];
    // A server without Citus is asked which tables it would be.
    let call =
        "create_distributed_table(CAST(quote_ident(table_name) AS regclass), 'workspace_id')";
    let names = statement.replace(call, "table_name");
    assert_ne!(names, statement);
    let found = migrated().run(&names).unwrap();
    let said: BTreeSet<&str> = found.lines().collect();
    let tables = tables();
    let expected: BTreeSet<&str> = tables
        .iter()
        .map(String::as_str)
        .filter(|table| is_distributed(table))
        .collect();
    assert_eq!(said, expected);
}
