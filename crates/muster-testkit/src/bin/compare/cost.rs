//! What processes cost, and the report of it.

use super::Outcome;
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// What one process cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    peak_kilobytes: u64,
    /// Seconds in user and kernel mode.
    cpu: f64,
}

/// Runs a process to its end; what it used is read while it runs, because it is gone afterwards.
pub(crate) fn run(command: &mut Command, folder: &Path) -> Outcome<Cost> {
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

pub(crate) fn report(
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
