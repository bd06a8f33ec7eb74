//! What pages refer to exists: links to other pages, and the folders and files that
//! `ARCHITECTURE.md` and `CONTRIBUTING.md` name.

use super::tree::{files, read, root};
use std::fs;

#[test]
fn tidy_links_between_pages_lead_to_files() {
    let mut broken = Vec::new();
    for page in pages() {
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in read(&page).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains(':') {
                continue;
            }
            if !root().join(folder).join(target).exists() {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

#[test]
fn tidy_files_that_pages_name_exist() {
    let mut missing = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for path in read(page).split('`').skip(1).step_by(2) {
            let Some((first, rest)) = path.split_once('/') else {
                continue;
            };
            let full = match first {
                "core" | "store" | "connectors" | "engine" => {
                    format!("crates/muster-{first}/src/{rest}")
                }
                "crates" | "docs" | "examples" | "benches" => path.to_owned(),
                _ => continue,
            };
            if !root().join(&full).exists() {
                missing.push(format!("{page}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "no such file:\n{}", missing.join("\n"));
}

#[test]
fn tidy_architecture_lists_every_folder() {
    let page = read("ARCHITECTURE.md");
    for name in ["muster-core", "muster-store", "muster-connectors"] {
        let section = page.split(&format!("### {name}\n")).nth(1).unwrap();
        let section = section.split("\n##").next().unwrap();
        let listed: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("/` |"))
            .map(|(folder, _)| folder)
            .collect();
        for entry in fs::read_dir(root().join(format!("crates/{name}/src"))).unwrap() {
            let entry = entry.unwrap();
            let folder = entry.file_name().into_string().unwrap();
            assert!(
                !entry.path().is_dir() || listed.contains(&folder.as_str()),
                "ARCHITECTURE.md does not list {name}/src/{folder}"
            );
        }
    }
}

fn pages() -> Vec<String> {
    ["docs", "benches", "examples", "fuzz"]
        .iter()
        .flat_map(|folder| files(folder, ".md"))
        .chain(
            [
                "README.md",
                "ARCHITECTURE.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md",
            ]
            .map(str::to_owned),
        )
        .collect()
}
