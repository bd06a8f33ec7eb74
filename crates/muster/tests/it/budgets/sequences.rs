//! Random sequences of files, undos and departures: nothing is paid twice.

use super::*;

/// Numbers that are the same in every run of the test.
struct Chance(u64);

impl Chance {
    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        of[(self.0 >> 33) as usize % of.len()]
    }
}

/// The grants of the one person that count, as kind, amount, first and last month.
fn counted(ground: &Ground) -> Vec<(String, String, String, String)> {
    let answer = ground.run(&["budgets", "E1"]);
    let counted = answer
        .json
        .as_array()
        .unwrap()
        .iter()
        .filter(|grant| grant["state"] != "cancelled");
    let month = |day: &Value| {
        day.as_str()
            .map_or("9999-12".to_owned(), |day| day[..7].to_owned())
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    counted
        .map(|grant| {
            (
                text(&grant["kind"]),
                text(&grant["amount"]),
                month(&grant["starts"]),
                month(&grant["ends"]),
            )
        })
        .collect()
}

/// Kind and amount of what is due in a month.
fn list(grants: &[(String, String, String, String)], month: &str) -> Vec<(String, String)> {
    let due = grants
        .iter()
        .filter(|(.., from, to)| from.as_str() <= month && month <= to.as_str());
    due.map(|(kind, amount, ..)| (kind.clone(), amount.clone()))
        .collect()
}

#[test]
fn no_sequence_of_files_undos_and_departures_pays_anything_twice() {
    let mut ground = with("[policy]\nmissing = \"deactivate\"\n");
    let mut chance = Chance(11);
    let mut said: Vec<&str> = Vec::new();
    let mut settled: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut month = String::new();
    deliver(&ground, "", "");
    // Before the first step: time never goes back on a live directory.
    ground.at("2026-05-01T00:45:00Z").approve();
    for step in 0..120 {
        // Three steps a day, so that files, repeats and undos meet on one day; 42 steps a month.
        let (day, hour) = (step / 3, 2 + 6 * (step % 3));
        let now = format!(
            "2026-{:02}-{:02}T{hour:02}:45:00Z",
            5 + day / 14,
            1 + 2 * (day % 14)
        );
        ground.at(&now);
        if month != now[..7] {
            settled.push((month.clone(), list(&counted(&ground), &month)));
            now[..7].clone_into(&mut month);
        }
        match chance.pick(&["file", "file", "file", "undo", "undo", "repeat", "absent"]) {
            "file" => {
                let once = chance.pick(&["", "", "0", "100", "250.5"]);
                deliver(&ground, chance.pick(&["", "0", "50", "60.25"]), once);
                ground.approve();
                said.extend((!once.is_empty() && said.last() != Some(&once)).then_some(once));
            }
            "undo" => {
                let run = ground.run(&["runs"]).json[0]["run"].to_string();
                let code = ground
                    .run(&["undo", run.trim_matches('"'), "--approve"])
                    .code;
                assert_eq!(code, 0, "undo of run {run}");
            }
            "absent" => {
                let others: Vec<String> = (1..10).map(|number| format!("O{number}")).collect();
                let rows: Vec<_> = others
                    .iter()
                    .map(|id| (id.as_str(), "", "", "", ""))
                    .collect();
                ground.deliver("people.csv", file(&rows)).approve();
            }
            _ => {
                ground.approve();
            }
        }
        let now = counted(&ground);
        let mut months = Vec::new();
        for (kind, _, from, to) in now.iter().filter(|(kind, ..)| kind == "monthly") {
            assert!(
                months
                    .iter()
                    .all(|(first, last): &(String, String)| to < first || last < from),
                "{kind}: {now:?}"
            );
            months.push((from.clone(), to.clone()));
        }
        for (_, amount, ..) in now.iter().filter(|(kind, ..)| kind == "oneoff") {
            let paid = now
                .iter()
                .filter(|(kind, other, ..)| kind == "oneoff" && other == amount)
                .count();
            assert!(
                paid <= said.iter().filter(|said| *said == amount).count(),
                "{amount} was paid {paid} times: {said:?}"
            );
        }
        for (month, before) in &settled {
            assert_eq!(&list(&now, month), before, "the list of {month} changed");
        }
    }
    let all = counted(&ground);
    assert!(
        settled.len() > 2 && all.len() > 5,
        "the sequence is worth its name: {all:?}"
    );
}
