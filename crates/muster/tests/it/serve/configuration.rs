//! The configuration file of a service and of the commands beside it.

use super::Service;
use std::{fs, path::Path, process::Command};

fn muster(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("MUSTER_CONFIG", "muster.toml")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

#[test]
fn configuration_file_sets_the_database_of_the_service_and_of_commands() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("muster.toml"),
        "database = \"sqlite:acme.db\"\nbackups = \"saved\"\nlisten = \"192.0.2.1:1\"\n",
    )
    .unwrap();
    // The address of the command line replaces the one of the file, on which nobody can listen.
    let service = Service::start_with(folder.path(), &["--config", "muster.toml"]);
    assert!(folder.path().join("acme.db").exists());
    assert!(!folder.path().join("muster.db").exists());
    let (code, text) = muster(folder.path(), &["status"]);
    assert_eq!(code, 0, "{text}");
    service.stop();
    let (code, text) = muster(folder.path(), &["serve"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("192.0.2.1:1"), "{text}");
}

#[test]
fn unknown_setting_is_refused_by_every_command_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("muster.toml"),
        "# service\nlisten_on = \"127.0.0.1:1\"\ntls_certficate = \"x\"\n",
    )
    .unwrap();
    for command in [&["serve"][..], &["status"], &["runs", "--json"]] {
        let (code, text) = muster(folder.path(), command);
        assert_eq!(code, 2, "{text}");
        for wanted in [
            "muster.toml:2: there is no setting `listen_on`",
            "muster.toml:3: there is no setting `tls_certficate`",
            "did you mean `tls_certificate`?",
        ] {
            assert!(text.contains(wanted), "no `{wanted}` in {text}");
        }
    }
    fs::remove_file(folder.path().join("muster.toml")).unwrap();
    let (code, text) = muster(folder.path(), &["status"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("`muster.toml` cannot be read"), "{text}");
}
