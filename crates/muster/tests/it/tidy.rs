//! Rules that the whole tree keeps.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != ".git" {
            files(&path, ending, found);
        } else if name.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn rust_files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root().join("crates"), ".rs", &mut found);
    found
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Fails with every file for which `wrong` gives a reason.
#[track_caller]
fn check(wrong: impl Fn(&Path, &str) -> Option<String>) {
    let found: Vec<String> = rust_files()
        .iter()
        .filter_map(|(path, text)| {
            wrong(path, text).map(|why| format!("{}: {why}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn tidy_files_are_short() {
    check(|_, text| {
        (text.lines().count() > 500)
            .then(|| format!("{} lines; 500 are allowed", text.lines().count()))
    });
}

#[test]
fn tidy_files_open_with_what_they_are_for() {
    check(|_, text| (!text.starts_with("//!")).then(|| "has no `//!` header".to_owned()));
}

#[test]
fn tidy_nothing_is_left_unfinished() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    check(|_, text| {
        words
            .iter()
            .find(|word| text.contains(*word))
            .map(|word| format!("has `{word}`"))
    });
}

#[test]
fn tidy_no_test_file_is_forgotten() {
    check(|path, _| {
        let folder = path.parent()?;
        let name = path.file_stem()?.to_str()?;
        if folder.file_name()? != "it" || name == "main" {
            return None;
        }
        let main = fs::read_to_string(folder.join("main.rs")).ok()?;
        (!main.contains(&format!("mod {name};"))).then(|| "is not declared in main.rs".to_owned())
    });
}

#[test]
fn tidy_nobody_but_the_store_speaks_sql() {
    check(|path, text| {
        let outside = !path
            .components()
            .any(|part| part.as_os_str() == "muster-store");
        (outside && text.contains(concat!("rus", "qlite"))).then(|| "speaks SQL".to_owned())
    });
}

#[test]
fn tidy_the_core_has_no_way_out() {
    let manifest = fs::read_to_string(root().join("crates/muster-core/Cargo.toml")).unwrap();
    for forbidden in [
        "tokio",
        "reqwest",
        concat!("rus", "qlite"),
        "muster-store",
        "muster-connectors",
    ] {
        assert!(
            !manifest.contains(forbidden),
            "muster-core depends on {forbidden}"
        );
    }
}

#[test]
fn tidy_no_refused_crate_is_in_the_tree() {
    let refused = fs::read_to_string(root().join("deny.toml")).unwrap();
    let names: Vec<&str> = refused
        .lines()
        .filter_map(|line| line.split("name = \"").nth(1)?.split('"').next())
        .collect();
    assert!(names.len() > 3, "deny.toml refuses {names:?}");
    for name in names {
        // The lock file also has crates that no feature switches on; the tree is what is built.
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--workspace", "--locked", "--invert", name])
            .current_dir(root())
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&tree.stdout),
            "",
            "{name} is in the tree"
        );
    }
}

#[test]
fn tidy_the_reference_of_codes_is_current() {
    let mut page = String::from(
        "# Codes\n\nEvery refusal, rejection and warning has one of these codes. This page is generated from\n\
         `crates/muster-core/src/model/code.rs`.\n",
    );
    for code in muster_core::model::code::Code::ALL {
        page.push_str(&format!("\n## {code}\n\n{}\n", code.meaning()));
    }
    let path = root().join("docs/reference/codes.md");
    if std::env::vars().any(|(name, _)| name == "UPDATE_DOCS") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let current = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        current == page,
        "docs/reference/codes.md is not current: UPDATE_DOCS=1 cargo test -p muster tidy"
    );
}
