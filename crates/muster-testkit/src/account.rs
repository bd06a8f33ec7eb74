//! One more user of this machine, for servers that only know its users.
//!
//! The user exists in a mount namespace alone, with copies of `passwd` and `shadow`: nothing outside the server's
//! temporary folder changes. That needs root.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that has no server cannot go on"
)]

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

/// The user of every such server.
pub const USER: &str = "mustertest";
pub const PASSWORD: &str = "correct horse";
/// `PASSWORD` as `shadow` keeps it (`openssl passwd -6`).
const HASH: &str = "$6$mustersalt$8NgoVlYVooslzwGbi2Nsk4T.jFL3qEUB2Z.ngdTklHyCIwYPcmIXaU8I/Z11IkaEVBUTD4bs7milQDSkq.0ZR.";
const UID: u32 = 47_110;

/// A user with a folder of files.
#[derive(Debug)]
pub(crate) struct Account {
    home: PathBuf,
    /// A folder that the user owns.
    pub(crate) folder: PathBuf,
}

impl Account {
    /// Writes what the namespace needs into `home`, a temporary folder.
    pub(crate) fn new(home: &Path) -> Self {
        let owner = fs::metadata("/proc/self").expect("/proc is mounted").uid();
        assert_eq!(
            owner, 0,
            "tests with this server must run as root: it needs a user and a mount namespace"
        );
        fs::set_permissions(home, Permissions::from_mode(0o755)).expect("permissions");
        let folder = home.join("files");
        fs::create_dir(&folder).expect("the user's folder");
        chown(&folder, Some(UID), Some(UID)).expect("the user's folder is the user's");
        write_accounts(home, &folder);
        Self {
            home: home.to_owned(),
            folder,
        }
    }

    /// Runs a program where the user exists. It replaces the shell, so that its process is the one to end.
    pub(crate) fn command(&self, program: &str) -> Command {
        let script = "mount --make-rprivate / && mount --bind \"$0/passwd\" /etc/passwd && \
                      mount --bind \"$0/shadow\" /etc/shadow && mount -t tmpfs -o mode=755 tmpfs /run && \
                      mkdir -m 755 /run/sshd && exec \"$@\"";
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c", script])
            .arg(&self.home)
            .arg(program);
        command
    }

    /// Writes a file of the user and gives its path.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, content).expect("a file in the user's folder");
        chown(&path, Some(UID), Some(UID)).expect("the file is the user's");
        path
    }
}

fn write_accounts(home: &Path, folder: &Path) {
    let read = |path| fs::read_to_string(path).expect("every system has it");
    let passwd = read("/etc/passwd");
    let mut lines: String = passwd
        .lines()
        .filter(|line| !line.starts_with("sshd:"))
        .flat_map(|l| [l, "\n"])
        .collect();
    lines.push_str("sshd:x:47109:65534::/run/sshd:/usr/sbin/nologin\n");
    lines.push_str(&format!(
        "{USER}:x:{UID}:{UID}::{}:/bin/sh\n",
        folder.display()
    ));
    fs::write(home.join("passwd"), lines).expect("passwd");
    let shadow = format!(
        "{}\n{USER}:{HASH}:19000:0:99999:7:::\n",
        read("/etc/shadow").trim_end()
    );
    fs::write(home.join("shadow"), shadow).expect("shadow");
    fs::set_permissions(home.join("shadow"), Permissions::from_mode(0o600)).expect("permissions");
}
