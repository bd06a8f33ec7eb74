//! Times muster against another program on the same generated files, whole processes in turn: `compare MUSTER
//! ENGINE PEOPLE...`. An ENGINE that ends with `.sql` is run by the sqlite3 shell, and then both must end with the
//! same people and values; any other is a program that reads `in.csv` of the folder in which it is started.
//!
//! `compare --postgresql ...` runs the `.sql` by psql on a server that it starts, and Muster on the same server.
//! `compare --whole ...` does the same with two budgets for each employee and five smart groups in use, on our side alone.
//! `compare --floor FILE KNOWN` is the least that a second run can cost: parse, hash each row, look it up.

mod cost;
mod engine;

use cost::{Cost, report, run};
use engine::Engine;
use muster_testkit::people::{COLUMNS, Day};
use std::{
    collections::HashSet,
    error::Error,
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::Command,
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

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, file, known] = arguments.as_slice()
        && flag == "--floor"
    {
        return floor(Path::new(file), Path::new(known));
    }
    let (flags, rest) = arguments.split_at(
        arguments
            .iter()
            .take_while(|argument| argument.starts_with("--"))
            .count(),
    );
    let has = |name: &str| flags.iter().any(|flag| flag == name);
    let [muster, engine, sizes @ ..] = rest else {
        return Err("usage: compare [--postgresql] [--whole] MUSTER ENGINE PEOPLE...".into());
    };
    let muster = fs::canonicalize(muster)?;
    let mut engine = Engine::new(&fs::canonicalize(engine)?, has("--postgresql"));
    for size in sizes {
        compare(&muster, &mut engine, size.parse()?, has("--whole"))?;
    }
    Ok(())
}

fn compare(muster: &Path, engine: &mut Engine, people: u64, whole: bool) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let files = ["a.csv", "b.csv", "c.csv", "bench.toml", "groups.toml"];
    prepare(folder.path(), people, whole)?;
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
        clear(folder.path(), &files)?;
        engine.begin()?;
        for (scenario, file) in ["a.csv", "b.csv", "b.csv", "c.csv"].iter().enumerate() {
            fs::copy(folder.path().join(file), folder.path().join("in.csv"))?;
            let ours = run(
                muster_with(muster, engine).args(["sync", "bench.toml"]),
                folder.path(),
            )?;
            if scenario == 0 && whole {
                let mut save = muster_with(muster, engine);
                run(save.args(["groups", "apply", "groups.toml"]), folder.path())?;
            }
            if scenario == 0 {
                bytes = engine.size_of_ours(folder.path())? / people;
            }
            // They have no notion of known content: scenario K is ours alone.
            let theirs = (scenario != 2)
                .then(|| run(&mut engine.command(), folder.path()))
                .transpose()?;
            costs[scenario].push((ours, theirs));
            if scenario == 1 {
                look_up()?; // the first time it learns the rows
                floors.push((ours.seconds, look_up()?.seconds));
            }
        }
        engine.agree(folder.path())?;
    }
    report(people, bytes, &costs, &floors)
}

/// Writes the files of the three days and the settings.
fn prepare(folder: &Path, people: u64, whole: bool) -> Outcome<()> {
    let at = |name: &str| folder.join(name);
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
    Ok(())
}

/// Removes everything but these files.
fn clear(folder: &Path, kept: &[&str]) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if kept.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn muster_with(muster: &Path, engine: &Engine) -> Command {
    let mut command = Command::new(muster);
    command.args(["--database", engine.ours()]);
    command
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
