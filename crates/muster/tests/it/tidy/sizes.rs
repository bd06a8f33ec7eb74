//! How long files are. The limit is a rule; the median and the 90th percentile are goals, printed
//! with `cargo test -p muster tidy -- --nocapture`.

use super::tree;

const MAX_LINES: usize = 500;
const MEDIAN_GOAL: usize = 150;
const P90_GOAL: usize = 350;

#[test]
fn tidy_files_are_short() {
    let mut sizes: Vec<(usize, String)> = tree::sources()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .collect();
    sizes.sort();
    let at = |percent: usize| sizes[(sizes.len() - 1) * percent / 100].0;
    println!(
        "{} files: median {} lines (goal {MEDIAN_GOAL}), 90th percentile {} (goal {P90_GOAL}), longest {}",
        sizes.len(),
        at(50),
        at(90),
        at(100)
    );
    let too_long: Vec<String> = sizes
        .iter()
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines; at most {MAX_LINES} are allowed"))
        .collect();
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}
