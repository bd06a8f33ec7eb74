//! Which dependencies the tree has: none that is refused, none with another licence than those of
//! `deny.toml`, none that is unused.

use super::{source::Part, tree};
use std::process::Command;

#[test]
fn tidy_no_refused_crate_is_in_the_tree() {
    let refused = tree::read("deny.toml");
    let names: Vec<&str> = refused
        .lines()
        .filter_map(|line| line.split("name = \"").nth(1)?.split('"').next())
        .collect();
    assert!(names.len() > 3, "deny.toml refuses {names:?}");
    for name in names {
        // The lock file also lists crates behind features that are off; the tree is what is built.
        assert_eq!(cargo_tree(&["--invert", name]), "", "{name} is in the tree");
    }
}

#[test]
fn tidy_every_licence_is_allowed() {
    let settings = tree::read("deny.toml");
    let allowed: Vec<&str> = settings
        .lines()
        .find_map(|line| line.strip_prefix("allow = ["))
        .map(|list| list.split('"').skip(1).step_by(2).collect())
        .unwrap();
    let accepted = |part: &str| {
        part.split(" OR ")
            .flat_map(|name| name.split('/'))
            .any(|name| allowed.contains(&name.trim().trim_matches(['(', ')'])))
    };
    let list = cargo_tree(&["--prefix", "none", "--format", "{p}: {l}"]);
    let refused: Vec<&str> = list
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| {
            let licence = line.rsplit_once(": ").map_or("", |(_, licence)| licence);
            !line.is_empty() && !licence.split(" AND ").all(accepted)
        })
        .collect();
    assert!(
        refused.is_empty(),
        "licences that deny.toml does not allow:\n{}",
        refused.join("\n")
    );
}

fn cargo_tree(arguments: &[&str]) -> String {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked"])
        .args(arguments)
        .current_dir(tree::root())
        .output()
        .unwrap();
    String::from_utf8_lossy(&tree.stdout).into_owned()
}

#[test]
fn tidy_every_dependency_is_used() {
    let mut unused = Vec::new();
    let mut used_somewhere = Vec::new();
    for manifest in tree::files("crates", "Cargo.toml") {
        let folder = manifest.trim_end_matches("Cargo.toml");
        let code: String = tree::sources()
            .iter()
            .filter(|source| source.path.starts_with(folder))
            .flat_map(|source| {
                let code = source
                    .parts()
                    .into_iter()
                    .filter(|(part, _)| *part == Part::Code);
                code.map(|(_, text)| text.to_owned()).collect::<Vec<_>>()
            })
            .collect();
        for name in dependencies(&tree::read(&manifest)) {
            let path = name.replace('-', "_");
            let mentioned = code.contains(&format!("{path}::"))
                || code.contains(&format!("use {path}"))
                || code.contains(&format!("{path}!"));
            if !mentioned {
                unused.push(format!("{manifest}: {name}"));
            }
            used_somewhere.push(name);
        }
    }
    for name in dependencies(&tree::read("Cargo.toml")) {
        if !used_somewhere.contains(&name) {
            unused.push(format!("Cargo.toml: {name}"));
        }
    }
    assert!(
        unused.is_empty(),
        "unused dependencies:\n{}",
        unused.join("\n")
    );
}

/// The names in all dependency tables of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_end_matches(']').ends_with("dependencies");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside) {
            let name = name.trim().trim_end_matches(".workspace");
            if !name.is_empty() && !name.starts_with('#') {
                names.push(name.to_owned());
            }
        }
    }
    names
}
