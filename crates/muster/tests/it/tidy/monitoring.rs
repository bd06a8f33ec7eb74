//! The files for monitoring name metrics that exist, and the page of the service names every metric.

use super::tree;
use std::collections::BTreeSet;

fn names(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
    text.split(|character| !is_part(character))
        .filter(|word| word.starts_with("muster_") && word.len() > "muster_".len())
        .map(|word| {
            word.trim_end_matches("_sum")
                .trim_end_matches("_count")
                .to_owned()
        })
        .collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(tree::root().join(path)).unwrap()
}

#[test]
fn tidy_metrics_are_documented_and_rules_name_metrics_that_exist() {
    let code = read("crates/muster/src/service/metrics.rs");
    let code = code.split("#[cfg(test)]").next().unwrap();
    let crates = ["muster_core", "muster_engine", "muster_store"].map(str::to_owned);
    let exposed: BTreeSet<String> = names(code)
        .into_iter()
        .filter(|name| !crates.contains(name))
        .collect();
    assert!(exposed.len() > 10, "{exposed:?}");
    assert_eq!(names(&read("docs/service.md")), exposed, "docs/service.md");
    for path in ["deploy/alerts.yml", "deploy/grafana.json"] {
        let unknown: Vec<_> = names(&read(path)).difference(&exposed).cloned().collect();
        assert_eq!(unknown, Vec::<String>::new(), "{path}");
    }
    let dashboard: serde_json::Value = serde_json::from_str(&read("deploy/grafana.json")).unwrap();
    assert!(
        dashboard["panels"]
            .as_array()
            .is_some_and(|panels| panels.len() > 3)
    );
}
