//! Completions and manual pages are made from the command line, and the files for an installation name what exists.

use std::{fs, path::Path, process::Command};

fn muster(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn completions_know_commands_and_options_and_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = muster(&["completions", shell]);
        for wanted in ["snooze", "departure-wait", "retained-backups"] {
            assert!(script.contains(wanted), "{shell}: no {wanted}");
        }
    }
    let file = folder.path().join("muster.bash");
    fs::write(&file, muster(&["completions", "bash"])).unwrap();
    let checked = Command::new("bash").arg("-n").arg(&file).status().unwrap();
    assert!(checked.success());
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    muster(&["man-pages", pages.to_str().unwrap()]);
    for (page, wanted) in [
        ("muster.1", "employee directory"),
        ("muster-serve.1", "tls\\-certificate"),
        ("muster-issues-snooze.1", "days"),
        ("muster-webhooks-add.1", "departure\\-wait"),
    ] {
        let text = fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.contains(".TH "), "{page}");
        assert!(text.contains(wanted), "no {wanted} in {page}: {text}");
    }
}

#[test]
fn configuration_file_of_the_package_is_valid_and_the_unit_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = root().join("deploy/muster.toml");
    let text = fs::read_to_string(&file).unwrap();
    // Settings that are only suggested are valid too.
    let all = text.replace("# public_url", "public_url");
    let all = all.replace("# trusted_proxy", "trusted_proxy");
    let all = all.replace("# retained_backups", "retained_backups");
    for text in [text, all] {
        let path = folder.path().join("muster.toml");
        fs::write(&path, text).unwrap();
        let checked = muster(&["doctor", "--config", path.to_str().unwrap()]);
        assert!(checked.contains("ok configuration"), "{checked}");
    }
    let unit = fs::read_to_string(root().join("deploy/muster.service")).unwrap();
    assert!(unit.contains("MUSTER_CONFIG=/etc/muster/muster.toml"));
}

#[test]
fn package_contains_files_that_exist_or_that_its_script_makes() {
    let manifest = fs::read_to_string(root().join("crates/muster/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let script = fs::read_to_string(root().join("deploy/deb.sh")).unwrap();
    let assets = deb["assets"].as_array().unwrap();
    assert!(assets.len() > 5);
    for asset in assets {
        let source = asset[0].as_str().unwrap();
        let source = source.trim_start_matches("../../");
        let is_made =
            source.starts_with("target/") && script.contains(source.trim_end_matches("/*"));
        assert!(is_made || root().join(source).exists(), "{source}");
    }
    let scripts = deb["maintainer-scripts"].as_str().unwrap();
    let scripts = root().join(scripts.trim_start_matches("../../"));
    assert!(scripts.join("postinst").exists());
    assert!(root().join("deploy/muster.service").exists());
}

/// The image is built with the compiler that the workspace asks for, from files that exist.
#[test]
fn image_is_built_with_the_compiler_of_the_workspace() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let version = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    let image = fs::read_to_string(root().join("deploy/Dockerfile")).unwrap();
    assert!(
        image.contains(&format!("FROM rust:{version}-slim")),
        "{image}"
    );
    assert!(image.contains("COPY --from=build /source/target/release/muster /usr/bin/muster"));
}
