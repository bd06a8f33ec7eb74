//! Which dependencies the tree has: none that is refused, none that is unused.

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
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--workspace", "--locked", "--invert", name])
            .current_dir(tree::root())
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
