//! Writes a generated file of people: `generate first|next NUMBER FILE`.

use muster_testkit::people::Day;
use std::{
    fs::File,
    io::{BufWriter, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let day = match (arguments.get(1).map(String::as_str), arguments.get(2).and_then(|number| number.parse().ok())) {
        (Some("first"), Some(people)) => Day::first(people),
        (Some("next"), Some(people)) => Day::next(people),
        _ => return ExitCode::from(2),
    };
    let Some(path) = arguments.get(3) else { return ExitCode::from(2) };
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        day.write(&mut out)?;
        out.flush()
    });
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
