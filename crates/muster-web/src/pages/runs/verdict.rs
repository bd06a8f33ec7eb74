//! The first thing that is read of a run: how it ended, what the guards found against which limit, and what to do.

use super::head::Recorded;
use crate::{
    pages::{
        frame::Frame,
        parts::{BAD, GOOD, HELD, Look, Markup, look, sentence_with_code},
    },
    state::Sentences,
    texts::{Argument, Words},
    wording::{Times, visible},
};
use muster_core::{
    decide::guard::{Evidence, Finding},
    model::{plan::OperationKind, run::RunStatus},
    read::reading::PartialReason,
    setup::policy::Limit,
};
use muster_store::{OperationGroup, PlanStatus, StoredPlan};

pub(crate) struct Verdict {
    pub(crate) look: Look,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) findings: Vec<FindingRow>,
    /// What to do.
    pub(crate) advice: Vec<String>,
}

pub(crate) struct FindingRow {
    pub(crate) title: Markup,
    pub(crate) people: String,
    pub(crate) help: Markup,
    pub(crate) share: Option<Share>,
}

/// A share beside its limit, drawn as a bar.
pub(crate) struct Share {
    pub(crate) percent: String,
    pub(crate) limit: String,
    /// Of 100 units.
    pub(crate) width: String,
    pub(crate) mark: String,
    pub(crate) description: String,
    pub(crate) class: &'static str,
}

/// How many employees of a finding are named.
const NAMED: usize = 3;

impl Verdict {
    pub(crate) fn of(
        recorded: &Recorded,
        groups: &[OperationGroup],
        sentences: Sentences,
        times: &Times,
    ) -> Self {
        let words = Frame::words();
        // What waited of a run that was applied is decided; the run itself stays applied.
        let is_verdict =
            |plan: &&StoredPlan| plan.status.is_open() || recorded.run.status != RunStatus::Applied;
        let mut verdict = match recorded.plan.as_ref().filter(is_verdict) {
            Some(plan) => of_plan(words, recorded, plan, groups, sentences, times),
            None => of_run(words, recorded, sentences),
        };
        let partial = recorded.run.partial.as_deref();
        if let Some(reason) = partial.and_then(PartialReason::parse) {
            verdict
                .advice
                .push(sentence((sentences.incomplete)(reason)));
        }
        verdict
    }
}

fn of_plan(
    words: &Words,
    recorded: &Recorded,
    plan: &StoredPlan,
    groups: &[OperationGroup],
    sentences: Sentences,
    times: &Times,
) -> Verdict {
    let decided = || {
        let by = plan.decided_by.as_deref().unwrap_or("–");
        let at = plan.decided.map(|at| times.moment(at)).unwrap_or_default();
        words.with(
            "plan-decided",
            &[("by", Argument::Text(by)), ("at", Argument::Text(&at))],
        )
    };
    let quiet = |icon, key: &str, text| Verdict {
        look: look("is-plain", icon),
        title: words.t(key),
        text,
        findings: Vec::new(),
        advice: Vec::new(),
    };
    match plan.status {
        PlanStatus::Approved => Verdict {
            look: GOOD,
            ..quiet("check", "plan-verdict-approved", decided())
        },
        PlanStatus::Rejected => quiet("x", "plan-verdict-rejected", decided()),
        PlanStatus::Replaced => quiet(
            "repeat",
            "plan-verdict-replaced",
            words.t("plan-verdict-replaced-text"),
        ),
        PlanStatus::Expired => quiet(
            "clock",
            "plan-verdict-expired",
            words.t("plan-verdict-expired-text"),
        ),
        PlanStatus::Held | PlanStatus::Partly | PlanStatus::Saved => {
            let open: Vec<_> = groups.iter().filter(|group| group.open > 0).collect();
            let of = |wanted: fn(OperationKind) -> bool| -> u64 {
                open.iter()
                    .filter(|group| wanted(group.sort.kind))
                    .map(|group| group.open)
                    .sum()
            };
            let departures = of(OperationKind::is_removal);
            let title = match (plan.status, recorded.run.status) {
                (PlanStatus::Partly, _) => words.n("plan-verdict-partly", plan.open),
                (PlanStatus::Held, _) => words.t("plan-verdict-held"),
                (_, RunStatus::Planned) => words.t("plan-verdict-planned"),
                _ => words.n("plan-verdict-single", plan.open),
            };
            Verdict {
                look: HELD,
                title,
                text: match departures {
                    0 => words.t("plan-nobody-leaves"),
                    some => words.n("plan-would-leave", some),
                },
                findings: plan
                    .findings
                    .iter()
                    .map(|found| finding(found, sentences))
                    .collect(),
                advice: vec![words.t(if plan.status == PlanStatus::Saved {
                    "plan-advice-saved"
                } else {
                    "plan-advice-held"
                })],
            }
        }
    }
}

fn of_run(words: &Words, recorded: &Recorded, sentences: Sentences) -> Verdict {
    let run = &recorded.run;
    let verdict = |look, key: &str, text: &str| Verdict {
        look,
        title: words.t(key),
        text: words.t(text),
        findings: Vec::new(),
        advice: Vec::new(),
    };
    let mut verdict = match run.status {
        RunStatus::Running => verdict(
            look("is-update", "loader-circle"),
            "verdict-running",
            "verdict-running-text",
        ),
        RunStatus::Applied => verdict(GOOD, "verdict-applied", "verdict-applied-text"),
        RunStatus::NothingToDo => verdict(
            look("is-plain", "equal"),
            "verdict-nothing",
            "verdict-nothing-text",
        ),
        RunStatus::Held | RunStatus::Planned => {
            verdict(HELD, "plan-verdict-held", "verdict-no-plan-text")
        }
        RunStatus::Refused => verdict(
            look("is-deactivate", "file-x"),
            "verdict-refused",
            "verdict-refused-text",
        ),
        RunStatus::Failed => verdict(BAD, "verdict-failed", "verdict-failed-text"),
        RunStatus::Interrupted => verdict(BAD, "verdict-interrupted", "verdict-failed-text"),
    };
    if let Some(problem) = &run.problem {
        let said = (sentences.problem)(problem);
        verdict.findings.push(FindingRow {
            title: sentence_with_code(&visible(&sentence(said.message))),
            people: String::new(),
            help: sentence_with_code(&sentence(said.help)),
            share: None,
        });
    } else if let Some(error) = &run.error {
        verdict.advice.push(sentence(error.clone()));
    }
    verdict
}

fn finding(finding: &Finding, sentences: Sentences) -> FindingRow {
    let words = Frame::words();
    let said = (sentences.finding)(finding);
    let named = finding.people.iter().take(NAMED).map(|name| visible(name));
    let mut people: Vec<String> = named.collect();
    let more = finding.count.saturating_sub(people.len() as u64);
    if !people.is_empty() && more > 0 {
        people.push(words.n("finding-more", more));
    }
    FindingRow {
        title: sentence_with_code(&visible(&sentence(said.message))),
        people: people.join(", "),
        help: sentence_with_code(&sentence(said.help)),
        share: limit_of(finding)
            .map(|(part, limit, class)| share(words, part, finding.of, limit, class)),
    }
}

/// The part, and the limit that it is compared with.
fn limit_of(finding: &Finding) -> Option<(u64, Limit, &'static str)> {
    match &finding.evidence {
        Evidence::Removals { limit, .. } | Evidence::RemovalsWeek { limit, .. } => {
            Some((finding.count, *limit, "is-deactivate"))
        }
        Evidence::Shrunk { records, limit } => {
            Some((finding.of.saturating_sub(*records), *limit, "is-held"))
        }
        Evidence::KeyChanges { limit } | Evidence::FieldChanges { limit, .. } => {
            Some((finding.count, *limit, "is-update"))
        }
        Evidence::Rejected { limit } => Some((finding.count, *limit, "is-rejected")),
        _ => None,
    }
}

fn share(words: &Words, part: u64, of: u64, limit: Limit, class: &'static str) -> Share {
    let percent = if of == 0 {
        0.0
    } else {
        part as f64 * 100.0 / of as f64
    };
    // The bar ends a little after the larger of both, so that the limit is seen.
    let scale = 100.0 / (percent.max(limit.percent) * 1.25).clamp(1.0, 100.0);
    let percent_text = format!("{percent:.1}%");
    let limit_text = words.with(
        "finding-limit",
        &[
            ("percent", Argument::Text(&limit.percent.to_string())),
            ("n", Argument::Count(limit.number)),
        ],
    );
    Share {
        description: format!("{percent_text}; {limit_text}"),
        percent: percent_text,
        limit: limit_text,
        width: format!("{:.1}", (percent * scale).min(100.0)),
        mark: format!("{:.1}", (limit.percent * scale).min(100.0)),
        class,
    }
}

/// A fragment as a sentence: it begins with a capital letter.
pub(crate) fn sentence(fragment: String) -> String {
    let mut letters = fragment.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => {
            first.to_uppercase().collect::<String>() + letters.as_str()
        }
        _ => fragment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_shows_the_share_and_the_limit() {
        let limit = Limit {
            percent: 10.0,
            number: 3,
        };
        let share = share(Frame::words(), 2_394, 11_206, limit, "is-deactivate");
        assert_eq!(
            (share.percent.as_str(), share.limit.as_str()),
            ("21.4%", "trips at more than 10% and more than 3")
        );
        assert_eq!(
            (share.width.as_str(), share.mark.as_str()),
            ("80.0", "37.4")
        );
    }

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(sentence("the file".to_owned()), "The file");
        assert_eq!(sentence("`a` is b".to_owned()), "`a` is b");
        assert_eq!(sentence(String::new()), "");
    }
}
