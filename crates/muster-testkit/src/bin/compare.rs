//! Times muster against the sqlite3 shell on the same generated files, whole processes in turn:
//! `compare MUSTER ENGINE.sql PEOPLE...`. Judges nothing but that both end with the same people.

use muster_testkit::people::{COLUMNS, Day};
use std::{
    error::Error,
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often everything is run.
const CYCLES: usize = 3;

/// What one process cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    seconds: f64,
    peak_kilobytes: u64,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, muster, engine, sizes @ ..] = arguments.as_slice() else {
        return Err("usage: compare MUSTER ENGINE.sql PEOPLE...".into());
    };
    let (muster, engine) = (fs::canonicalize(muster)?, fs::canonicalize(engine)?);
    for size in sizes {
        compare(&muster, &engine, size.parse()?)?;
    }
    Ok(())
}

fn compare(muster: &Path, engine: &Path, people: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    write(&at("a.csv"), Day::first(people))?;
    // Without the last line break: other bytes, the same people.
    fs::copy(at("a.csv"), at("b.csv"))?;
    let file = File::options().write(true).open(at("b.csv"))?;
    file.set_len(file.metadata()?.len() - 1)?;
    write(&at("c.csv"), Day::next(people))?;
    fs::write(at("bench.toml"), integration())?;
    fs::copy(engine, at("engine.sql"))?;
    let mut costs: Vec<Vec<(Cost, Option<Cost>)>> = vec![Vec::new(); 4];
    let mut bytes = 0;
    for _ in 0..CYCLES {
        for name in ["m.db", "m.db-wal", "m.db-shm", "e.db", "e.db-wal", "e.db-shm"] {
            let _ = fs::remove_file(at(name));
        }
        for (scenario, file) in ["a.csv", "b.csv", "b.csv", "c.csv"].iter().enumerate() {
            fs::copy(at(file), at("in.csv"))?;
            let ours =
                run(Command::new(muster).args(["--database", "sqlite:m.db", "sync", "bench.toml"]), folder.path())?;
            if scenario == 0 {
                bytes = fs::metadata(at("m.db"))?.len() / people;
            }
            // The shell has no notion of known content: scenario K is ours alone.
            let theirs = (scenario != 2)
                .then(|| run(Command::new("sqlite3").args(["-bail", "e.db", ".read engine.sql"]), folder.path()))
                .transpose()?;
            costs[scenario].push((ours, theirs));
        }
        agree(muster, folder.path())?;
    }
    report(people, bytes, &costs)
}

fn write(path: &Path, day: Day) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(path)?);
    day.write(&mut out)?;
    Ok(out.flush()?)
}

fn integration() -> String {
    let mut text = String::from(
        "workspace = { name = \"bench\", language = \"nl\", region = \"NL\", groups = [\"Sales\"] }\nname = \"bench\"\n\
         [source]\nurl = \"file:in.csv\"\nsettle = \"0s\"\n[policy]\nmatch = [\"external_id\"]\nmissing = \"deactivate\"\n\
         approve = \"never\"\n[guard]\nremovals_number = 1000000000\n[mapping]\n",
    );
    for column in COLUMNS {
        let _ = writeln!(text, "{column} = \"{column}\"");
    }
    text
}

/// Runs a process to its end; its peak memory is read while it runs, because it is gone afterwards.
fn run(command: &mut Command, folder: &Path) -> Outcome<Cost> {
    let begun = Instant::now();
    let mut child = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kilobytes = 0;
    loop {
        if let Some(ended) = child.try_wait()? {
            let seconds = begun.elapsed().as_secs_f64();
            return if ended.success() { Ok(Cost { seconds, peak_kilobytes }) } else { Err("a process failed".into()) };
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let now = line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0);
        peak_kilobytes = peak_kilobytes.max(now);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Both directories must have the same active people with the same values.
fn agree(muster: &Path, folder: &Path) -> Outcome<()> {
    let ours = Command::new(muster)
        .args(["--database", "sqlite:m.db", "employees", "--format", "csv"])
        .current_dir(folder)
        .output()?
        .stdout;
    let ours = String::from_utf8(ours)?;
    let ours = ours.lines().filter(|line| line.split(',').nth(1) == Some("active")).count();
    let theirs = Command::new("sqlite3")
        .args(["e.db", "SELECT count(*) FROM people WHERE status = 'active'"])
        .current_dir(folder)
        .output()?
        .stdout;
    let theirs: usize = String::from_utf8(theirs)?.trim().parse()?;
    if ours == theirs { Ok(()) } else { Err(format!("muster has {ours} active people, the shell {theirs}").into()) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(people: u64, bytes: u64, costs: &[Vec<(Cost, Option<Cost>)>]) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{people} people, {bytes} bytes each in the store after A")?;
    for (name, runs) in ["A", "B", "K", "C"].iter().zip(costs) {
        let ours = median(runs.iter().map(|(ours, _)| ours.seconds).collect());
        let peak = runs.iter().map(|(ours, _)| ours.peak_kilobytes).max().unwrap_or(0) / 1024;
        write!(out, "  {name}: muster {ours:.2} s, peak {peak} MB")?;
        let theirs: Vec<f64> = runs.iter().filter_map(|(_, theirs)| theirs.map(|cost| cost.seconds)).collect();
        if !theirs.is_empty() {
            let ratios = runs.iter().filter_map(|(ours, theirs)| Some(ours.seconds / (*theirs)?.seconds)).collect();
            write!(out, "; sqlite3 {:.2} s; ratio {:.2}", median(theirs), median(ratios))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
