//! A directory with a story: a first load that was approved, a day with changes and rejected records, and a delivery in which a
//! fourth of the employees is missing.

use super::super::state;
use crate::{arguments::Arguments, commands, master_key};
use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use clap::Parser;
use muster_engine::FixedClock;
use muster_store::{Options, Store};
use muster_web::{new_setup_link, router};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tower::ServiceExt;

pub(super) struct Demo {
    pub(super) router: Router,
    pub(super) cookie: String,
    pub(super) store: Arc<Store>,
    _folder: TempDir,
}

const INTEGRATION: &str = r#"
name = "store-staff"
[workspace]
name = "fjordmarked"
language = "da"
languages = ["da", "nl"]
region = "DK"
time_zone = "Europe/Copenhagen"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
approve = "first"
missing = "deactivate"
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
onboarding_date = "start"
title = "title"
department = "department"
country = "country"
manager_external_id = "manager"
birthday = "birthday"
"#;

const HEADER: &str = "id,mail,first,last,start,title,department,country,manager,birthday\n";
const FIRST: [&str; 12] = [
    "Søren",
    "Fleur",
    "Daan",
    "Zoë",
    "Búi",
    "Lærke",
    "Mohammed",
    "Ngô Thị Minh",
    "Pernille",
    "Łukasz",
    "Yağmur",
    "Anne-Fleur",
];
const LAST: [&str; 11] = [
    "Ágústsson",
    "van den Heuvel",
    "Ĳsbrandts",
    "Önder-Çelik",
    "Þórarinsson",
    "Dam",
    "El Idrissi",
    "Khai",
    "Lund",
    "Żółkiewski",
    "Şahin",
];
const TITLES: [&str; 4] = ["Sales assistant", "Cashier", "Baker", "Driver"];
const DEPARTMENTS: [&str; 3] = ["Aarhus C", "Utrecht Centrum", "Head office"];

fn row(number: usize) -> String {
    format!(
        "FM-{},p{number}@fjordmarked.example,{},{},20{:02}-0{}-01,{},{},{},FM-1000,19{}-0{}-1{}\n",
        1000 + number,
        FIRST[number % FIRST.len()],
        LAST[number % LAST.len()],
        10 + number % 15,
        1 + number % 9,
        TITLES[number % TITLES.len()],
        DEPARTMENTS[number % DEPARTMENTS.len()],
        if number % 3 == 1 { "NL" } else { "DK" },
        60 + number % 40,
        1 + number % 7,
        number % 10,
    )
}

impl Demo {
    pub(super) async fn new() -> Self {
        Self::counting(|_| {}).await
    }

    pub(super) async fn counting(statements: fn(&str)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let all: Vec<String> = (0..240).map(row).collect();
        let first = HEADER.to_owned() + &all.concat();
        deliver(root, &first, "2026-11-25T05:00:00Z");
        approve(root, "2026-11-25T08:00:00Z");
        let second = first
            .replacen(
                "FM-1003,p3@fjordmarked.example,Zoë,Önder-Çelik,2013-04-01,Driver",
                "FM-1003,zoe.oender@fjordmarked.example,Zoë,Önder-Çelik,2013-04-01,Store manager",
                1,
            )
            .replacen(
                "FM-1008,p8@fjordmarked.example",
                ",pernille.lund@fjordmarked.example",
                1,
            )
            .replacen(",2014-05-01,", ",2026-02-30,", 1)
            + "FM-2001,,Mads,Æbelø,2024-05-01,Driver,Taulov,DK,FM-1000,\n"
            + "FM-2002,signe@fjordmarked.example,Signe,Friis,2026-12-01,Cashier,Aarhus C,DK,FM-1000,\n"
            + "FM-2003,freja@fjordmarked.example,Freja,Thomsen,2026-11-01,Cashier,Aarhus C,DK,FM-1000,\n";
        deliver(root, &second, "2026-11-26T05:00:00Z");
        let third: String = second
            .lines()
            .enumerate()
            .filter(|(line, _)| *line == 0 || *line % 4 != 2 && *line < 240)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        deliver(root, &third, "2026-11-27T05:00:00Z");
        Self::over(folder, statements).await
    }

    /// A directory whose employees have these first and last names, titles and departments.
    pub(super) async fn with_names(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut file = HEADER.to_owned();
        for (number, name) in names.iter().enumerate() {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            file.push_str(&format!(
                "X-{number},x{number}@acme.example,{quoted},{quoted},2020-01-01,{quoted},{quoted},DK,,\n"
            ));
            file.push_str(&format!(
                "{quoted},broken,{quoted},{quoted},{quoted},{quoted},{quoted},{quoted},{quoted}\n"
            ));
        }
        deliver(folder.path(), &file, "2026-11-25T05:00:00Z");
        approve(folder.path(), "2026-11-25T08:00:00Z");
        Self::over(folder, |_| {}).await
    }

    /// A directory with more columns that are mapped like this, after deliveries of which every plan was approved.
    pub(super) async fn with_columns(mapping: &str, deliveries: &[(String, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            format!("{INTEGRATION}{mapping}").replace("approve = \"first\"", "approve = \"never\"");
        for (file, now) in deliveries {
            deliver_with(folder.path(), &settings, file, now);
        }
        Self::over(folder, |_| {}).await
    }

    async fn over(folder: TempDir, statements: fn(&str)) -> Self {
        let options = Options {
            statements: Some(statements),
            ..Options::default()
        };
        let store = Arc::new(Store::open(&database(folder.path()), options).unwrap());
        let key = master_key::read(&folder.path().join("muster.db.key")).unwrap();
        store.unlock(key.unwrap()).unwrap();
        let now = "2026-11-27T07:16:00Z".parse().unwrap();
        let router = router(state(
            Arc::clone(&store),
            Arc::new(FixedClock(now)),
            Arc::default(),
        ));
        let link = new_setup_link(&store, now).unwrap().unwrap();
        let form = "name=Mette+%C3%98stergaard&email=mette%40fjordmarked.example&password=a+rather+long+sentence&repeated=a+rather+long+sentence";
        let request = Request::post(link)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            router,
            store,
            _folder: folder,
        }
    }
}

fn database(root: &Path) -> String {
    format!("sqlite:{}", root.join("muster.db").display())
}

/// Runs a command of the program in this process, on a thread of its own, because commands start a runtime.
fn muster(root: &Path, now: &str, command: &[&str]) {
    let database = database(root);
    let fixed = ["muster", "--database", &database, "--now", now, "--json"];
    let arguments = Arguments::parse_from(fixed.iter().chain(command));
    let done = std::thread::scope(|scope| {
        let ran = scope.spawn(|| {
            commands::run(&arguments)
                .map(|_| ())
                .map_err(|error| format!("{error:?}"))
        });
        ran.join().unwrap()
    });
    // Held plans have an exit code of their own.
    assert_eq!(done, Ok(()), "{command:?}");
}

fn deliver(root: &Path, file: &str, now: &str) {
    deliver_with(root, INTEGRATION, file, now);
}

fn deliver_with(root: &Path, settings: &str, file: &str, now: &str) {
    fs::create_dir_all(root.join("inbox")).unwrap();
    fs::write(root.join("inbox/staff.csv"), file).unwrap();
    let settings = settings.replace(
        "file:inbox",
        &format!("file:{}", root.join("inbox").display()),
    );
    fs::write(root.join("staff.toml"), settings).unwrap();
    muster(
        root,
        now,
        &["sync", root.join("staff.toml").to_str().unwrap()],
    );
}

/// Approves the newest plan.
fn approve(root: &Path, now: &str) {
    let store = Store::open(&database(root), Options::default()).unwrap();
    let workspace = store.workspace("fjordmarked").unwrap().unwrap();
    let plan = store
        .open_plans(workspace.id)
        .unwrap()
        .remove(0)
        .id
        .to_string();
    drop(store);
    muster(root, now, &["approve", &plan]);
}
