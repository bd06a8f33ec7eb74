//! Times muster against another program on the same generated files, whole processes in turn: `compare MUSTER
//! ENGINE PEOPLE...`. An ENGINE that ends with `.sql` is run by the sqlite3 shell, and then both must end with the
//! same people and values; any other is a program that reads `in.csv` of the folder in which it is started.
//!
//! `compare --whole ...` does the same with two budgets for each employee and five smart groups in use, on our side alone.
//! `compare --floor FILE KNOWN` is the least that a second run can cost: parse, hash each row, look it up.

use muster_testkit::people::{COLUMNS, Day};
use std::{
    collections::HashSet,
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

/// Each employee has a monthly budget, and one for once.
const BUDGETS: &str = "monthly_all_budget = { constant = \"50.00\" }\noneoff_health_budget = { constant = \"250.00\" }\n";

/// Rules that most people, some and few belong to, two of them on dates.
const GROUPS: &str = r#"
workspace = "bench"
[[smart_group]]
name = "Five years"
expression = "years_since(onboarding_date) >= 5"
[[smart_group]]
name = "Birthdays"
expression = "month_of(birthday) == month_of(today)"
[[smart_group]]
name = "Low Countries"
where = [{ field = "country", in = ["NL", "BE"] }]
[[smart_group]]
name = "Engineers"
where = [{ field = "title", contains = "Engineer" }, { field = "status", equals = "active" }]
[[smart_group]]
name = "With a budget"
where = [{ field = "monthly_all_budget", at_least = 40 }]
"#;

/// What one process cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    seconds: f64,
    peak_kilobytes: u64,
    /// Seconds in user and kernel mode.
    cpu: f64,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, file, known] = arguments.as_slice()
        && flag == "--floor"
    {
        return floor(Path::new(file), Path::new(known));
    }
    let whole = arguments.get(1).is_some_and(|flag| flag == "--whole");
    let [muster, engine, sizes @ ..] = &arguments[1 + usize::from(whole)..] else {
        return Err("usage: compare [--whole] MUSTER ENGINE PEOPLE...".into());
    };
    let (muster, engine) = (fs::canonicalize(muster)?, fs::canonicalize(engine)?);
    for size in sizes {
        compare(&muster, &engine, size.parse()?, whole)?;
    }
    Ok(())
}

fn compare(muster: &Path, engine: &Path, people: u64, whole: bool) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    write(&at("a.csv"), Day::first(people))?;
    // The first value in quotes: other bytes, the same people, and nothing that a reader warns about.
    let text = fs::read_to_string(at("a.csv"))?;
    let (header, rows) = text.split_once('\n').ok_or("no rows")?;
    let (first, rest) = rows.split_once(',').ok_or("one column")?;
    fs::write(at("b.csv"), format!("{header}\n\"{first}\",{rest}"))?;
    write(&at("c.csv"), Day::next(people))?;
    fs::write(
        at("bench.toml"),
        integration() + if whole { BUDGETS } else { "" },
    )?;
    fs::write(at("groups.toml"), GROUPS)?;
    let is_sql = engine
        .extension()
        .is_some_and(|extension| extension == "sql");
    let kept = [
        "a.csv",
        "b.csv",
        "c.csv",
        "bench.toml",
        "groups.toml",
        "engine.sql",
    ];
    if is_sql {
        fs::copy(engine, at("engine.sql"))?;
    }
    let mut costs: Vec<Vec<(Cost, Option<Cost>)>> = vec![Vec::new(); 4];
    let mut floors = Vec::new();
    let this = std::env::current_exe()?;
    let look_up = || {
        run(
            Command::new(&this).args(["--floor", "in.csv", "floor.bin"]),
            folder.path(),
        )
    };
    let mut bytes = 0;
    for _ in 0..CYCLES {
        for entry in fs::read_dir(folder.path())? {
            let entry = entry?;
            if !kept.iter().any(|name| entry.file_name() == *name) {
                let path = entry.path();
                if path.is_dir() {
                    fs::remove_dir_all(path)?
                } else {
                    fs::remove_file(path)?
                }
            }
        }
        for (scenario, file) in ["a.csv", "b.csv", "b.csv", "c.csv"].iter().enumerate() {
            fs::copy(at(file), at("in.csv"))?;
            let ours = run(
                Command::new(muster).args(["--database", "sqlite:m.db", "sync", "bench.toml"]),
                folder.path(),
            )?;
            if scenario == 0 && whole {
                let save = [
                    "--database",
                    "sqlite:m.db",
                    "groups",
                    "apply",
                    "groups.toml",
                ];
                run(Command::new(muster).args(save), folder.path())?;
            }
            if scenario == 0 {
                bytes = fs::metadata(at("m.db"))?.len() / people;
            }
            // They have no notion of known content: scenario K is ours alone.
            let theirs = (scenario != 2)
                .then(|| run(&mut peer(engine, is_sql), folder.path()))
                .transpose()?;
            costs[scenario].push((ours, theirs));
            if scenario == 1 {
                look_up()?; // the first time it learns the rows
                floors.push((ours.seconds, look_up()?.seconds));
            }
        }
        if is_sql {
            agree(folder.path())?;
        }
    }
    report(people, bytes, &costs, &floors)
}

/// The other program, once.
fn peer(engine: &Path, is_sql: bool) -> Command {
    if !is_sql {
        return Command::new(engine);
    }
    let mut shell = Command::new("sqlite3");
    shell.args(["-bail", "e.db", ".read engine.sql"]);
    shell
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

/// Runs a process to its end; what it used is read while it runs, because it is gone afterwards.
fn run(command: &mut Command, folder: &Path) -> Outcome<Cost> {
    let begun = Instant::now();
    let mut child = command
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let statistics = format!("/proc/{}/stat", child.id());
    let (mut peak_kilobytes, mut cpu) = (0, 0.0);
    loop {
        if let Some(ended) = child.try_wait()? {
            let seconds = begun.elapsed().as_secs_f64();
            return if ended.success() {
                Ok(Cost {
                    seconds,
                    peak_kilobytes,
                    cpu,
                })
            } else {
                Err("a process failed".into())
            };
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap_or_default();
        let now = line
            .trim()
            .trim_end_matches(" kB")
            .trim()
            .parse()
            .unwrap_or(0);
        peak_kilobytes = peak_kilobytes.max(now);
        // After the name in brackets: state is the first field, the two times are the twelfth and thirteenth, in
        // hundredths of a second.
        let text = fs::read_to_string(&statistics).unwrap_or_default();
        let fields = text
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(11)
            .take(2);
        let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
        cpu = f64::max(cpu, ticks / 100.0);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Both directories must have the same active people with the same values.
fn agree(folder: &Path) -> Outcome<()> {
    let said = |database: &str, table: &str| -> Outcome<(usize, blake3::Hash)> {
        let columns: Vec<_> = COLUMNS
            .iter()
            .map(|column| {
                if *column == "group" && table == "employee" {
                    "group_name"
                } else {
                    column
                }
            })
            .map(|column| format!("coalesce(\"{column}\", '')"))
            .collect();
        let text = format!(
            "SELECT {} FROM {table} WHERE status = 'active' ORDER BY external_id",
            columns.join(", ")
        );
        let output = Command::new("sqlite3")
            .args(["-csv", database, &text])
            .current_dir(folder)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok((
            output.stdout.iter().filter(|byte| **byte == b'\n').count(),
            blake3::hash(&output.stdout),
        ))
    };
    let (ours, theirs) = (said("m.db", "employee")?, said("e.db", "people")?);
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("muster has {ours:?}, the shell {theirs:?}").into())
    }
}

/// Looks each row of a file up in those of an earlier file, and keeps its rows for the next time.
fn floor(file: &Path, known: &Path) -> Outcome<()> {
    let stored = fs::read(known).unwrap_or_default();
    let mut rows: HashSet<[u8; 16]> = HashSet::with_capacity(stored.len() / 16);
    rows.extend(
        stored
            .chunks_exact(16)
            .filter_map(|row| <[u8; 16]>::try_from(row).ok()),
    );
    let mut reader = csv::Reader::from_path(file)?;
    let (mut record, mut found, mut seen) = (
        csv::ByteRecord::new(),
        0u64,
        Vec::with_capacity(stored.len()),
    );
    while reader.read_byte_record(&mut record)? {
        let row = <[u8; 16]>::try_from(&blake3::hash(record.as_slice()).as_bytes()[..16])?;
        found += u64::from(rows.contains(&row));
        if stored.is_empty() {
            seen.extend_from_slice(&row);
        }
    }
    if stored.is_empty() {
        fs::write(known, seen)?;
    }
    writeln!(std::io::stdout().lock(), "{found} rows are known")?;
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(
    people: u64,
    bytes: u64,
    costs: &[Vec<(Cost, Option<Cost>)>],
    floors: &[(f64, f64)],
) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{people} people, {bytes} bytes each in the store after A"
    )?;
    for (name, runs) in ["A", "B", "K", "C"].iter().zip(costs) {
        let ours = median(runs.iter().map(|(ours, _)| ours.seconds).collect());
        let peak = runs
            .iter()
            .map(|(ours, _)| ours.peak_kilobytes)
            .max()
            .unwrap_or(0)
            / 1024;
        write!(out, "  {name}: muster {ours:.2} s, peak {peak} MB")?;
        let theirs: Vec<f64> = runs
            .iter()
            .filter_map(|(_, theirs)| theirs.map(|cost| cost.seconds))
            .collect();
        if !theirs.is_empty() {
            let ratios = runs
                .iter()
                .filter_map(|(ours, theirs)| Some(ours.seconds / (*theirs)?.seconds))
                .collect();
            write!(
                out,
                "; the other {:.2} s; ratio {:.2}",
                median(theirs),
                median(ratios)
            )?;
        }
        let cpu = |costs: Vec<Cost>| median(costs.iter().map(|cost| cost.cpu).collect());
        write!(
            out,
            "; CPU {:.2} s",
            cpu(runs.iter().map(|(ours, _)| *ours).collect())
        )?;
        let theirs: Vec<Cost> = runs.iter().filter_map(|(_, theirs)| *theirs).collect();
        if !theirs.is_empty() {
            write!(out, " to {:.2} s", cpu(theirs))?;
        }
        if *name == "B" {
            let ratios = floors.iter().map(|(ours, floor)| ours / floor).collect();
            let floor = median(floors.iter().map(|(_, floor)| *floor).collect());
            write!(
                out,
                "; hash floor {floor:.2} s, ratio {:.2}",
                median(ratios)
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}
