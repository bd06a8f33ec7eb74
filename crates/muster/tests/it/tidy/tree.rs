//! Finds and reads the files of the source tree. Paths are relative to its root.

use super::source::Source;
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(super) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The paths of all files below `folder` whose names end in `ending`, sorted.
pub(super) fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root(), Path::new(folder), ending, &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &Path, ending: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = folder.join(&name);
        if entry.path().is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(root, &path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path.to_str().unwrap().trim_start_matches("./").to_owned());
        }
    }
}

pub(super) fn sources() -> Vec<Source> {
    files("crates", ".rs")
        .into_iter()
        .map(Source::read)
        .collect()
}

/// Checks that a generated page is current, or writes it if `UPDATE_DOCS` is set.
#[track_caller]
pub(super) fn check_page(path: &str, page: &str) {
    let file = root().join(path);
    if std::env::vars().any(|(name, _)| name == "UPDATE_DOCS") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, page).unwrap();
    }
    let current = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        current == page,
        "{path} is out of date; update it with UPDATE_DOCS=1 cargo test -p muster tidy"
    );
}
