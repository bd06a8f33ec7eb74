//! Times our SFTP fetch against OpenSSH's `sftp`: the same server, key, cipher and file, whole processes in turn.
//! `sftp_speed MILLISECONDS...` prints a table with one line for each round trip. Judges nothing.

use muster_connectors::transport::{Credentials, Location, SourceSettings, fetch};
use muster_testkit::{
    delay,
    openssh::{OpenSsh, Options, USER},
};
use std::{
    env,
    error::Error,
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const BYTES: usize = 256 << 20;
/// How often each fetches, after one turn of each that does not count.
const TURNS: usize = 5;
/// What we ask for first; OpenSSH would not.
const CIPHER: &str = "aes256-gcm@openssh.com";
/// Ticks of the processor clock in a second, as Linux tells them.
const TICKS: f64 = 100.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What one process cost.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    processor: f64,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["fetch", url, host_key, key] => fetch_once(url, host_key, key),
        [] => Err("usage: sftp_speed MILLISECONDS...".into()),
        round_trips => table(round_trips),
    }
}

fn table(round_trips: &[&str]) -> Outcome<()> {
    let server = OpenSsh::start(Options::default());
    let file = server.write("people.csv", &noise());
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| round trip | muster MB/s | sftp MB/s | ratio | muster CPU s | sftp CPU s |\n|---|---|---|---|---|---|"
    )?;
    for text in round_trips {
        let port = match text.parse()? {
            0 => server.port,
            round_trip => delay::before(server.port, Duration::from_millis(round_trip) / 2),
        };
        report(text, &compare(&server, port, &file)?)?;
    }
    Ok(())
}

fn compare(server: &OpenSsh, port: u16, file: &Path) -> Outcome<Vec<(Cost, Cost)>> {
    let folder = tempfile::tempdir()?;
    let (key, copy, batch) = (
        folder.path().join("key"),
        folder.path().join("copy"),
        folder.path().join("batch"),
    );
    fs::write(&key, &server.key)?;
    fs::set_permissions(&key, Permissions::from_mode(0o600))?;
    fs::write(
        &batch,
        format!("get {} {}\n", file.display(), copy.display()),
    )?;
    let mut ours = Command::new(env::current_exe()?);
    ours.arg("fetch")
        .arg(format!("sftp://127.0.0.1:{port}{}", file.display()));
    ours.arg(&server.fingerprint).arg(&key);
    let mut theirs = Command::new("sftp");
    theirs.args([
        "-q",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
    ]);
    theirs.args([
        "-F",
        "none",
        "-o",
        "IdentitiesOnly=yes",
        "-c",
        CIPHER,
        "-P",
        &port.to_string(),
        "-i",
    ]);
    theirs
        .arg(&key)
        .arg("-b")
        .arg(&batch)
        .arg(format!("{USER}@127.0.0.1"));
    let mut costs = Vec::new();
    for _ in 0..=TURNS {
        let ours = run(&mut ours)?;
        let theirs = run(&mut theirs)?;
        if fs::metadata(&copy)?.len() != BYTES as u64 {
            return Err("`sftp` did not fetch the whole file".into());
        }
        costs.push((ours, theirs));
    }
    costs.remove(0);
    Ok(costs)
}

fn report(round_trip: &str, costs: &[(Cost, Cost)]) -> Outcome<()> {
    let of = |value: fn(&(Cost, Cost)) -> f64| median(costs.iter().map(value).collect());
    let rate = |seconds: f64| BYTES as f64 / 1e6 / seconds;
    writeln!(
        std::io::stdout(),
        "| {round_trip} ms | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} |",
        rate(of(|(ours, _)| ours.seconds)),
        rate(of(|(_, theirs)| theirs.seconds)),
        of(|(ours, theirs)| theirs.seconds / ours.seconds),
        of(|(ours, _)| ours.processor),
        of(|(_, theirs)| theirs.processor),
    )?;
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn run(command: &mut Command) -> Outcome<Cost> {
    let (begun, before) = (Instant::now(), processor()?);
    let ended = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let (seconds, processor) = (begun.elapsed().as_secs_f64(), processor()? - before);
    if ended.success() {
        Ok(Cost { seconds, processor })
    } else {
        Err(format!("{command:?} failed").into())
    }
}

/// Seconds of the processor that ended children of this process took, and theirs (`sftp` runs `ssh`).
fn processor() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything; user and system time of children are fields 16 and 17.
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at - 3)
            .ok_or("no times of children")?
            .parse::<f64>()
            .map_err(Box::<dyn Error>::from)
    };
    Ok((ticks(16)? + ticks(17)?) / TICKS)
}

/// One fetch, as a program of its own.
fn fetch_once(url: &str, host_key: &str, key: &str) -> Outcome<()> {
    let key = fs::read_to_string(key)?;
    let settings = SourceSettings {
        host_keys: vec![host_key.to_owned()],
        credentials: Credentials {
            user: Some(USER.to_owned()),
            private_key: Some(key.as_str().into()),
            ..Credentials::default()
        },
        ..SourceSettings::new(
            Location::parse(url, Path::new("/")).map_err(|issue| format!("{issue:?}"))?,
        )
    };
    // So late that the file is at rest.
    let late = "2100-01-01T00:00:00Z".parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let delivery = runtime.block_on(fetch(&settings, &|| late, &mut |_| ()))?;
    let whole = delivery
        .files
        .iter()
        .map(|file| file.file.bytes)
        .sum::<u64>()
        == BYTES as u64;
    if whole {
        Ok(())
    } else {
        Err("the file did not arrive whole".into())
    }
}

/// Bytes that do not compress.
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state ^ (state >> 29)).to_le_bytes()
    };
    (0..BYTES / 8).flat_map(|_| next()).collect()
}
