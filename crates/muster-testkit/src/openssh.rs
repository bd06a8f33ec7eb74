//! A real OpenSSH server on a free port of this machine, for tests only.
//!
//! Its user exists for it alone, see `account`; that needs root. It ends when it is dropped.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that has no server cannot go on"
)]

use crate::account::Account;
use std::{
    fs::{self, Permissions},
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;

pub use crate::account::{PASSWORD, USER};

/// The passphrase of the key that has one.
pub const PASSPHRASE: &str = "battery staple";
/// How the server is set up.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `AuthenticationMethods`: `any`, or a chain such as `publickey,password`.
    pub methods: &'static str,
    /// Only algorithms that are no longer safe.
    pub old_algorithms: bool,
    /// Passwords are asked for by keyboard-interactive alone.
    pub questions: bool,
    /// Whether there is an SFTP service.
    pub sftp: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            methods: "any",
            old_algorithms: false,
            questions: false,
            sftp: true,
        }
    }
}

#[derive(Debug)]
pub struct OpenSsh {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// Fingerprint of the host key that is shown first.
    pub fingerprint: String,
    /// Fingerprint of its RSA host key, which all servers of a process share.
    pub rsa_fingerprint: String,
    /// Accepted Ed25519 key of the user.
    pub key: String,
    /// Accepted Ed25519 key of the user, encrypted with `PASSPHRASE`.
    pub key_with_passphrase: String,
    /// Accepted RSA key of the user.
    pub rsa_key: String,
    /// Accepted ECDSA key of the user.
    pub ecdsa_key: String,
    /// A key that is not accepted.
    pub other_key: String,
    /// A folder that the user owns.
    pub folder: PathBuf,
    account: Account,
    home: TempDir,
    child: Child,
}

impl OpenSsh {
    /// Starts a server and waits until it answers.
    pub fn start(options: Options) -> Self {
        assert!(
            Path::new("/usr/sbin/sshd").exists(),
            "the package openssh-server must be installed"
        );
        let home = tempfile::tempdir().expect("a temporary folder");
        let account = Account::new(home.path());
        let mut accepted = String::new();
        for pair in client_keys() {
            write_private(&home.path().join(pair.name), &pair.private);
            fs::write(home.path().join(format!("{}.pub", pair.name)), &pair.public)
                .expect("a public key");
            if ["key", "locked", "rsa", "ecdsa"].contains(&pair.name) {
                accepted.push_str(&pair.public);
            }
        }
        fs::write(home.path().join("authorized_keys"), accepted).expect("authorized_keys");
        keygen(home.path(), "host", &["-t", "ed25519"]);
        let rsa_fingerprint = fingerprint(home.path(), "host_rsa");
        let shown_first = if options.old_algorithms {
            "host_rsa"
        } else {
            "host"
        };
        let fingerprint = fingerprint(home.path(), shown_first);
        let (child, port) = start(home.path(), &account, options);
        let private = |name: &str| read(&home.path().join(name));
        Self {
            port,
            fingerprint,
            rsa_fingerprint,
            key: private("key"),
            key_with_passphrase: private("locked"),
            rsa_key: private("rsa"),
            ecdsa_key: private("ecdsa"),
            other_key: private("other"),
            folder: account.folder.clone(),
            account,
            home,
            child,
        }
    }

    /// Writes a file of the user and gives its path.
    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        self.account.write(name, content)
    }

    /// What the server noted, for a person who looks for the cause of a failed test.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file that was just written")
}

/// Both halves of a key pair.
struct Pair {
    name: &'static str,
    private: String,
    public: String,
}

/// Key pairs that all servers of a process share: making RSA keys takes long.
fn client_keys() -> &'static [Pair] {
    static KEYS: OnceLock<Vec<Pair>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let home = tempfile::tempdir().expect("a temporary folder");
        let pair = |(name, arguments): (&'static str, &[&str])| {
            let public = keygen(home.path(), name, arguments);
            Pair {
                name,
                private: read(&home.path().join(name)),
                public,
            }
        };
        let kinds: [(&str, &[&str]); 6] = [
            ("key", &["-t", "ed25519"]),
            ("locked", &["-t", "ed25519", "-a", "1", "-N", PASSPHRASE]),
            ("rsa", &["-t", "rsa", "-b", "2048"]),
            ("ecdsa", &["-t", "ecdsa"]),
            ("other", &["-t", "ed25519"]),
            ("host_rsa", &["-t", "rsa", "-b", "2048"]),
        ];
        kinds.map(pair).into()
    })
}

fn write_private(path: &Path, key: &str) {
    fs::write(path, key).expect("a private key");
    fs::set_permissions(path, Permissions::from_mode(0o600)).expect("permissions");
}

/// Makes a key pair and gives the public half.
fn keygen(home: &Path, name: &str, arguments: &[&str]) -> String {
    let path = home.join(name);
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-q", "-C", name, "-f"])
        .arg(&path)
        .args(arguments);
    if !arguments.contains(&"-N") {
        command.args(["-N", ""]);
    }
    assert!(
        command.status().expect("ssh-keygen").success(),
        "ssh-keygen makes the key {name}"
    );
    read(&home.join(format!("{name}.pub")))
}

fn fingerprint(home: &Path, name: &str) -> String {
    let output = Command::new("ssh-keygen")
        .arg("-lf")
        .arg(home.join(format!("{name}.pub")))
        .output();
    let text = String::from_utf8(output.expect("ssh-keygen").stdout).expect("text");
    text.split_whitespace()
        .nth(1)
        .expect("a fingerprint")
        .to_owned()
}

fn configuration(home: &Path, port: u16, options: Options) -> String {
    let home = home.display();
    let yes_or_no = |yes| if yes { "yes" } else { "no" };
    let mut text = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host_rsa\nPidFile none\nLogLevel DEBUG1\nUseDNS no\n\
         AuthorizedKeysFile {home}/authorized_keys\nStrictModes no\nAuthenticationMethods {}\nMaxStartups 100\n\
         PrintMotd no\nUsePAM {}\nPasswordAuthentication {}\nKbdInteractiveAuthentication {}\nPubkeyAuthentication yes\n",
        options.methods,
        yes_or_no(options.questions),
        yes_or_no(!options.questions),
        yes_or_no(options.questions),
    );
    if options.sftp {
        text.push_str("Subsystem sftp internal-sftp\n");
    }
    if options.old_algorithms {
        text.push_str(
            "KexAlgorithms diffie-hellman-group14-sha1\nCiphers aes128-cbc\nMACs hmac-sha1\n\
             HostKeyAlgorithms ssh-rsa\nPubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519\n",
        );
    } else {
        text.push_str(&format!("HostKey {home}/host\n"));
    }
    text
}

/// Another process may take the free port first; then another one is tried.
fn start(home: &Path, account: &Account, options: Options) -> (Child, u16) {
    for _ in 0..5 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        fs::write(home.join("config"), configuration(home, port, options)).expect("configuration");
        let mut command = account.command("/usr/sbin/sshd");
        command
            .args(["-D", "-f"])
            .arg(home.join("config"))
            .arg("-E")
            .arg(home.join("log"));
        let mut child = command.stdin(Stdio::null()).spawn().expect("unshare");
        for _ in 0..200 {
            if answers(port) {
                return (child, port);
            }
            if child.try_wait().expect("the state of the server").is_some() {
                break;
            }
            sleep(Duration::from_millis(25));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    let log = fs::read_to_string(home.join("log")).unwrap_or_default();
    panic!("sshd does not start: {log}");
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut banner = [0; 4];
    let answers = stream.read_exact(&mut banner).is_ok() && &banner == b"SSH-";
    // Without a word of ours the server would note an odd connection as an attack.
    let _ = stream.write_all(b"SSH-2.0-probe\r\n");
    answers
}
