//! One SQL text: PostgreSQL understands every statement of the store, as it is run or with the twin that
//! `dialect.rs` has for it.

use crate::{
    ground::{BUDGET, Ground, at, change, files, operation},
    schema::migrated,
};
use muster_core::model::{
    code::Code,
    employee::Status,
    field::canonical::{EMAIL, EXTERNAL_ID, TITLE},
    ids::EmployeeId,
    job::JobKind,
    plan::{OperationKind, Reason},
    problem::{Problem, Severity, value},
    run::RunKind,
};
use muster_store::{
    Choice, DraftChange, Keyring, ManualEdit, NewJob, Options, PeopleFilter, Store,
    db::dialect::{self, SQLITE_ALONE, TWINS},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

static MAX_LISTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn note(text: &str) {
    MAX_LISTED.lock().unwrap().insert(text.to_owned());
}

/// An integration is set up and given up again.
fn set_up(ground: &Ground) {
    let (store, workspace) = (&ground.store, ground.workspace.id);
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let change = DraftChange {
        form: 1,
        settings: "{}",
        by: "Eva",
        now: at(4),
    };
    let id = store.create_draft(workspace, "new", &change).unwrap();
    let id = id.unwrap();
    store.change_draft(workspace, id, 1, &change).unwrap();
    store.drafts(workspace).unwrap();
    store.draft(workspace, id).unwrap();
    store.put_sample(workspace, id, b"{}").unwrap();
    store.drop_sample(workspace, id).unwrap();
    store.restrict(workspace, "new").unwrap();
    store.is_restricted(workspace, "new").unwrap();
    let job = NewJob {
        kind: JobKind::Test,
        workspace,
        integration: Some(id),
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 1,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    };
    store.test_draft(&job).unwrap();
    store.remove_draft(workspace, id, "Eva", at(4)).unwrap();
}

/// Everything that the store is asked to do, so that every text that is put together is run once.
pub(crate) fn story() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("muster.db").display());
    // Migrations have twins of their own: they are not part of the story.
    drop(Store::open(&url, Options::default()).unwrap());
    let ground = Ground::on(
        Store::open(
            &url,
            Options {
                statements: Some(note),
                ..Options::default()
            },
        )
        .unwrap(),
    );
    let (store, workspace) = (&ground.store, &ground.workspace);
    let mut joiners = ground.joiners(&["ann", "bob", "cas"]);
    let problem = Problem::new(
        Code::ValueDate,
        Severity::Rejected,
        value::Detail::Undecodable,
        value::Remedy::WriteDate,
    );
    joiners.problems.push(Problem {
        subject: Some("E-ann".to_owned()),
        ..problem
    });
    let first = ground.begin(RunKind::Sync);
    ground.settle(first, &joiners).unwrap();
    change_people(&ground);
    decide(&ground);
    set_up(&ground);
    let done = ManualEdit {
        actor: Some("Eva"),
        note: Some("test"),
        process: 1,
        now: at(5),
    };
    store
        .protect(workspace, EmployeeId(1), true, &done)
        .unwrap();
    for who in ["E-ann", "ann@acme.test", "2", "bob Jansen", "nobody"] {
        store.find(workspace, who).unwrap();
    }
    store
        .employees_by_external_ids(workspace, &["E-ann"])
        .unwrap();
    store
        .employees_by_emails(workspace, &["ann@acme.test"])
        .unwrap();
    let filter = PeopleFilter {
        status: Some(Status::Active),
        owner: Some(ground.integration),
    };
    for filter in [PeopleFilter::default(), filter] {
        store.people(workspace, filter, &mut |_| true).unwrap();
    }
    // Ann has left.
    assert_eq!(
        store.expected(workspace.id, ground.integration).unwrap()[0].0,
        "E-bob"
    );
    store.due(workspace, "2026-12-31".parse().unwrap()).unwrap();
    store.unowned(workspace).unwrap();
    store.manager_addresses(workspace.id).unwrap();
    store.history(workspace, EmployeeId(1)).unwrap();
    store.history_since(workspace, at(0)).unwrap();
    store.changes_of_run(workspace, first).unwrap();
    store
        .known_content(workspace.id, ground.integration, "setup-1", &files())
        .unwrap();
    store.runs(workspace.id, 5).unwrap();
    store.run(workspace.id, first).unwrap();
    store.problems(workspace.id, first).unwrap();
    store.newer_delivery(workspace.id, first).unwrap();
    store.repaired_records(workspace.id, first).unwrap();
    store.problems_about(workspace.id, &["E-ann"]).unwrap();
    store
        .pause(workspace.id, ground.integration, "SHA256:x", at(6))
        .unwrap();
    store.paused(workspace.id, ground.integration).unwrap();
    store.resume(workspace.id, ground.integration).unwrap();
    store.open_plans(workspace.id).unwrap();
    crate::pages::read_everything(&ground, first);
    crate::pages::sign_in(store);
    crate::accounts::manage_everything(store);
    crate::programs::read_everything(&ground);
    // Also those that are put together for a place or a time.
    store.personal_data(workspace, EmployeeId(1)).unwrap();
    let mut forgetful = workspace.clone();
    forgetful.settings.retention.history = forgetful.settings.retention.problems;
    store.retain(&forgetful, at(2_000)).unwrap();
    store.erasures().unwrap();
    store.verify().unwrap();
    crate::jobs::story(&ground);
    crate::slots::story(&ground);
    crate::programs::write_everything(&ground);
    crate::issues::story(&ground);
    crate::webhooks::story(&ground);
    MAX_LISTED.lock().unwrap().clone()
}

fn change_people(ground: &Ground) {
    let swap = [(1, "ann", "bob"), (2, "bob", "ann")].map(|(id, from, to)| {
        let changes = vec![
            change(
                EMAIL,
                &format!("{from}@Acme.test"),
                &format!("{to}@Acme.test"),
            ),
            change(EXTERNAL_ID, &format!("E-{from}"), &format!("E-{to}")),
            change(BUDGET, "12.50", ""),
        ];
        operation(OperationKind::Update, &ground.person(id), changes)
    });
    let departure = operation(OperationKind::Delete, &ground.person(3), Vec::new());
    let proposal = ground.operations(swap.into_iter().chain([departure]).collect());
    ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap();
}

fn decide(ground: &Ground) {
    let mut proposal = ground.joiners(&["dan"]);
    let mut held = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    );
    held.held = Some(Reason::IdReused);
    proposal.plan.operations = vec![held];
    let plan = ground.hold(&proposal);
    ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    ground
        .approve(&plan, &Choice::Kinds(vec![OperationKind::Create]), 4)
        .unwrap();
    ground.approve(&plan, &Choice::All, 4).unwrap();
}

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            source_files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// The statements that are written in the sources, with their files. Tests at the end of a file are not read.
pub(crate) fn written() -> Vec<(String, String)> {
    let mut files = Vec::new();
    source_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut found = Vec::new();
    // A scratch copy is SQLite in memory, and a backup a SQLite file, whatever the directory is kept in. Only PostgreSQL is
    // asked what its own folder asks.
    let alone = [
        "dialect.rs",
        "scratch.rs",
        "digest.rs",
        "postgres/mod.rs",
        "locks.rs",
        "copy.rs",
    ];
    let is_twofold = |path: &&PathBuf| !alone.iter().any(|name| path.ends_with(name));
    for path in files.iter().filter(is_twofold) {
        let source = fs::read_to_string(path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let code: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| [line, "\n"])
            .collect();
        for literal in literals(&code) {
            let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
            if verbs.iter().any(|verb| literal.starts_with(verb)) {
                found.push((path.display().to_string(), literal));
            }
        }
    }
    found
}

/// The string literals of a source, with their lines joined as the compiler joins them.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find('"') {
        let mut literal = String::new();
        let mut characters = rest[start + 1..].char_indices();
        let mut end = rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    end = start + 1 + at + 1;
                    break;
                }
                '\\' => match characters.next() {
                    Some((at, '\n')) => {
                        let blank = rest[start + 1 + at..]
                            .chars()
                            .take_while(|c| c.is_whitespace())
                            .count();
                        characters.by_ref().take(blank - 1).for_each(drop);
                    }
                    Some((_, escaped)) => literal.push(escaped),
                    None => {}
                },
                other => literal.push(other),
            }
        }
        found.push(literal);
        rest = &rest[end..];
    }
    found
}

/// A statement in PostgreSQL's words; none for what only SQLite is asked.
fn in_postgres(text: &str) -> Option<String> {
    let is_index = text
        .lines()
        .any(|line| line.starts_with("CREATE ") && line.contains(" INDEX employee_"));
    let is_transaction = ["BEGIN ", "COMMIT", "ROLLBACK"]
        .iter()
        .any(|word| text.starts_with(word));
    let is_alone = SQLITE_ALONE
        .iter()
        .any(|alone| alone.contains(text.trim_matches([';', ' '])));
    if is_index || is_transaction || is_alone {
        return None;
    }
    dialect::in_postgres(text)
}

#[test]
fn every_statement_is_understood_by_postgresql() {
    let run = story();
    let mut texts: BTreeSet<String> = run.iter().filter_map(|text| in_postgres(text)).collect();
    let mut silent = Vec::new();
    for (file, text) in written() {
        // A text that is put together must have been run; one that is whole is read as it stands.
        match text
            .match_indices('{')
            .find(|(at, _)| !text[..*at].ends_with('\''))
            .map(|(at, _)| &text[..at])
        {
            Some(start) if run.iter().any(|text| text.starts_with(start)) => {}
            Some(_) => silent.push(format!("{file}: {text}")),
            None => texts.extend(in_postgres(&text)),
        }
    }
    assert!(
        silent.is_empty(),
        "the story does not run these statements:\n{}",
        silent.join("\n")
    );
    assert!(texts.len() > 80, "{} statements", texts.len());
    let mut script = String::new();
    for (number, twin) in TWINS.iter().enumerate() {
        // What has parameters is prepared; the rest is run.
        let prepare = match twin.postgres.contains('$') {
            true => format!("PREPARE twin{number} AS "),
            false => String::new(),
        };
        script.push_str(&format!("{prepare}{};\n", twin.postgres));
    }
    for (number, text) in texts.iter().enumerate() {
        // What defines something cannot be prepared. Indexes are built with the schema; here they are dropped.
        script.push_str(&match text.starts_with("DROP ") {
            true => format!("BEGIN; {text}; ROLLBACK;\n"),
            false => format!("PREPARE s{number} AS {text};\n"),
        });
    }
    let refused = migrated().refusals(&script);
    assert!(refused.is_empty(), "{refused}");
}
