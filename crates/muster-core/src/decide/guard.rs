//! Looks for evidence that a delivery is wrong before anything is written (directory rule 7).

use crate::{
    decide::proposal::{Finding, Proposal, Verdict},
    model::{
        field::{FieldNumber, canonical},
        plan::{Change, Changed, Operation, OperationKind, Reason},
        problem::shown,
    },
    read::{
        absence,
        normalise::fold_email,
        reading::{Completeness, PartialReason},
        roster::Roster,
    },
    setup::{
        integration::Setup,
        policy::{Approve, GuardLimits, Limit, OnGuard},
    },
};
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};

/// How many people a finding names.
const NAMED: usize = 20;

/// Everything that a guard found, in the order of the rules.
pub(crate) fn findings(proposal: &Proposal, setup: &Setup, roster: &Roster) -> Vec<Finding> {
    let limits = &setup.rules.policy.limits;
    if proposal.plan.is_empty() {
        // Nothing can go wrong by applying nothing, but a delivery that is refused record by record is no news
        // of everybody being as before. What is withheld from all of them is told as such already, and a person
        // who decides on an empty plan could not give it back.
        if proposal.reading.completeness == Completeness::Partial(PartialReason::AttributeWithheld)
        {
            return Vec::new();
        }
        // Nor are dates of access that are gone: the next delivery would bring joiners without them.
        return rejected(proposal, limits)
            .into_iter()
            .chain(access_gone(proposal, setup, roster))
            .collect();
    }
    let mut findings = removal_findings(proposal, limits, roster, roster.employed());
    if !findings.is_empty() && setup.rules.policy.on_guard == OnGuard::HoldRemovals {
        findings.extend(passed_on(proposal));
    }
    findings.extend(shrunk(proposal, roster, limits));
    findings.extend(key_changes(proposal, roster, limits));
    findings.extend(rejected(proposal, limits));
    findings.extend(fills(proposal, roster, limits));
    findings.extend(access_gone(proposal, setup, roster));
    findings.extend(field_changes(proposal, setup, roster, limits));
    findings.extend(approvals(setup, roster));
    findings
}

/// Whether the plan may be applied with these findings.
pub(crate) fn verdict(proposal: &Proposal, on_guard: OnGuard) -> Verdict {
    if proposal.findings.is_empty() {
        return Verdict::Go;
    }
    let only_removals = proposal
        .findings
        .iter()
        .all(|finding| finding.guard.starts_with("removals"));
    if only_removals && on_guard == OnGuard::HoldRemovals {
        Verdict::HoldRemovals
    } else {
        Verdict::Hold
    }
}

/// The guards on people who leave, whatever the way.
pub(crate) fn removal_findings(
    proposal: &Proposal,
    limits: &GuardLimits,
    roster: &Roster,
    employed: u64,
) -> Vec<Finding> {
    let removed: Vec<&Operation> = acting(proposal)
        .filter(|operation| operation.kind.is_removal())
        .collect();
    let count = removed.len() as u64;
    let mut findings = Vec::new();
    let everybody = count > 0 && count >= employed;
    if everybody || count > limits.removals_number || limits.removals.is_exceeded(count, employed) {
        let limit = limits.removals;
        findings.push(Finding {
            guard: "removals".to_owned(),
            message: format!(
                "{count} of {employed} active people would leave; the limit is {} % and {} people, or {} people, and never everybody{}",
                limit.percent,
                limit.number,
                limits.removals_number,
                deselected(proposal, &removed)
            ),
            advice: "compare the delivery with the source; approve only if these people have really left".to_owned(),
            people: named(&removed),
            count,
            of: employed,
        });
    }
    let week = count + roster.removed_this_week;
    let before = roster.workspace_employed + roster.removed_this_week;
    if count > 0 && limits.removals_week.is_exceeded(week, before) {
        findings.push(Finding {
            guard: "removals_week".to_owned(),
            message: format!(
                "{count} people would leave now and {} left in the last seven days: {week} of {before}; the limit is {} % and {} people",
                roster.removed_this_week, limits.removals_week.percent, limits.removals_week.number
            ),
            advice: "check that nobody leaves by mistake, a few at a time".to_owned(),
            people: named(&removed),
            count: week,
            of: before,
        });
    }
    findings
}

/// Of those who would leave, whom the selection no longer takes, and which rules did that; empty: nobody.
fn deselected(proposal: &Proposal, removed: &[&Operation]) -> String {
    let count = removed
        .iter()
        .filter(|operation| operation.reason == Reason::Deselected)
        .count();
    let mut rules: Vec<(&String, &u64)> = proposal.reading.left_out.iter().collect();
    if count == 0 || rules.is_empty() {
        return String::new();
    }
    rules.sort_by_key(|(_, records)| Reverse(**records));
    let rule = |(column, records): (&String, &u64)| {
        format!(
            "{records} records do not pass the rule on `{}`",
            shown(column)
        )
    };
    let rules: Vec<String> = rules.into_iter().map(rule).collect();
    format!(
        "; the selection no longer takes {count} of them: {}",
        rules.join(", ")
    )
}

/// Addresses and ids that somebody gets from a person who would leave: where removals wait, they are not free, so that
/// the rest cannot be applied without them.
fn passed_on(proposal: &Proposal) -> Option<Finding> {
    let mut passed = Vec::new();
    for field in [canonical::EMAIL, canonical::EXTERNAL_ID] {
        let same = |value| {
            if field == canonical::EMAIL {
                fold_email(value)
            } else {
                Cow::Borrowed(value)
            }
        };
        let given_up: HashSet<_> = values(proposal, field, true, |change| change.old.as_deref())
            .map(same)
            .collect();
        let drafts = &proposal.reading.drafts;
        let new = proposal
            .plan
            .creates
            .iter()
            .filter_map(|create| drafts.facts(create.draft).value(field));
        let wanted = values(proposal, field, false, |change| change.new.as_deref()).chain(new);
        passed.extend(wanted.filter(|value| given_up.contains(&same(value))));
    }
    let first = passed.first()?;
    Some(Finding {
        guard: "passed_on".to_owned(),
        message: format!(
            "`{}` would pass on from a person who would leave to another, so that the rest cannot be applied alone{}",
            shown(first),
            if passed.len() > 1 {
                format!("; {} more likewise", passed.len() - 1)
            } else {
                String::new()
            }
        ),
        advice: "decide on the whole plan".to_owned(),
        people: Vec::new(),
        count: passed.len() as u64,
        of: proposal.plan.len() as u64,
    })
}

/// Values of a field in the changes of people who leave, or of those who do not.
fn values<'p>(
    proposal: &'p Proposal,
    field: FieldNumber,
    leaving: bool,
    value: impl Fn(&'p Change) -> Option<&'p str> + 'p,
) -> impl Iterator<Item = &'p str> {
    let operations =
        acting(proposal).filter(move |operation| operation.kind.is_removal() == leaving);
    let changes = operations.flat_map(|operation| &operation.changes);
    changes
        .filter(move |change| change.what == Changed::Field(field))
        .filter_map(value)
}

/// Operations that would be applied without a person: single held records are left out.
fn acting(proposal: &Proposal) -> impl Iterator<Item = &Operation> {
    proposal
        .plan
        .operations
        .iter()
        .filter(|operation| operation.held.is_none())
}

fn named(operations: &[&Operation]) -> Vec<String> {
    operations
        .iter()
        .take(NAMED)
        .map(|operation| operation.who.to_string())
        .collect()
}

fn shrunk(proposal: &Proposal, roster: &Roster, limits: &GuardLimits) -> Option<Finding> {
    // A second file with the same people makes a delivery no larger, and taking it away no smaller.
    let before = roster
        .last_good
        .as_ref()?
        .records
        .saturating_sub(roster.last_superseded);
    let now = proposal.counts.read - proposal.counts.superseded;
    let lost = before.saturating_sub(now);
    limits.shrunk.is_exceeded(lost, before).then(|| Finding {
        guard: "shrunk".to_owned(),
        message: format!("the delivery has {now} records; the last good one had {before}"),
        advice: "check that the export is whole".to_owned(),
        people: Vec::new(),
        count: lost,
        of: before,
    })
}

fn key_changes(proposal: &Proposal, roster: &Roster, limits: &GuardLimits) -> Option<Finding> {
    let is_key = |what: Changed| {
        [
            Changed::Field(canonical::EMAIL),
            Changed::Field(canonical::EXTERNAL_ID),
        ]
        .contains(&what)
    };
    let changed: Vec<&Operation> = acting(proposal)
        .filter(|operation| {
            operation
                .changes
                .iter()
                .any(|change| is_key(change.what) && change.old.is_some())
        })
        .collect();
    let (count, of) = (changed.len() as u64, roster.employed());
    limits.key_changes.is_exceeded(count, of).then(|| Finding {
        guard: "key_changes".to_owned(),
        message: format!(
            "{count} of {of} people would get another e-mail address or external id; {}",
            over(limits.key_changes)
        ),
        advice: "check that the columns of addresses and ids were not mixed up".to_owned(),
        people: named(&changed),
        count,
        of,
    })
}

fn rejected(proposal: &Proposal, limits: &GuardLimits) -> Option<Finding> {
    let (count, of) = (proposal.counts.rejected, proposal.counts.read);
    limits.rejected.is_exceeded(count, of).then(|| Finding {
        guard: "rejected".to_owned(),
        message: format!(
            "{count} of {of} records are rejected; {}",
            over(limits.rejected)
        ),
        advice: "look at the first problems of the run: one cause often spoils many records"
            .to_owned(),
        people: Vec::new(),
        count,
        of,
    })
}

fn over(limit: Limit) -> String {
    format!("the limit is {} % and {}", limit.percent, limit.number)
}

/// A field that was filled for most and is blank for all now, or the same for everybody.
fn fills(proposal: &Proposal, roster: &Roster, limits: &GuardLimits) -> Vec<Finding> {
    let Some(last) = &roster.last_good else {
        return Vec::new();
    };
    let share = |filled: u64, of: u64| {
        if of == 0 {
            0.0
        } else {
            filled as f64 * 100.0 / of as f64
        }
    };
    let read = proposal.counts.read;
    let mut findings = Vec::new();
    // A column that is gone altogether is told as that, and changes nothing.
    for now in proposal.fills.iter().filter(|now| !now.absent) {
        let Some(before) = last.fills.iter().find(|before| before.field == now.field) else {
            continue;
        };
        let field = &now.field;
        let (was, is) = (share(before.filled, last.records), share(now.filled, read));
        let finding = |guard: &str, message| Finding {
            guard: guard.to_owned(),
            message,
            advice: format!("check the column behind `{field}` in the source"),
            people: Vec::new(),
            count: now.filled,
            of: read,
        };
        if was >= limits.fill_from && is < limits.fill_to {
            findings.push(finding(
                "fill",
                format!(
                    "`{field}` was filled for {was:.0} % of the records and is now for {is:.0} %"
                ),
            ));
        } else if before.varied && !now.varied && now.filled > limits.field_changes.number {
            let message = format!(
                "`{field}` has one single value for all {} records; it had many",
                now.filled
            );
            findings.push(finding("one_value", message));
        }
    }
    findings
}

/// Dates that decide who is employed, filled in the last good run and now in no record.
fn access_gone(proposal: &Proposal, setup: &Setup, roster: &Roster) -> Vec<Finding> {
    // Of nobody nothing is known: that is told as what it is.
    let Some(last) = roster
        .last_good
        .as_ref()
        .filter(|_| proposal.counts.read > 0)
    else {
        return Vec::new();
    };
    let gone = proposal.fills.iter().filter(|now| {
        let field = setup.workspace.schema.find_stored(&now.field);
        now.absent && now.filled > 0 && field.is_some_and(absence::decides_access)
    });
    gone.filter_map(|now| {
        let before = last.fills.iter().find(|before| before.field == now.field && !before.absent)?;
        Some(Finding {
            guard: "fill".to_owned(),
            message: format!(
                "no record has `{}` any more, {}: it decides who comes and who leaves",
                now.field,
                absence::filled(last, before)
            ),
            advice: "deliver the column again; approve only if people are to come or leave without it from now on"
                .to_owned(),
            people: Vec::new(),
            count: before.filled,
            of: last.records,
        })
    })
    .collect()
}

fn field_changes(
    proposal: &Proposal,
    setup: &Setup,
    roster: &Roster,
    limits: &GuardLimits,
) -> Vec<Finding> {
    let mut changed: BTreeMap<Changed, u64> = BTreeMap::new();
    for operation in acting(proposal).filter(|operation| operation.kind != OperationKind::Create) {
        for change in operation
            .changes
            .iter()
            .filter(|change| change.old.is_some())
        {
            *changed.entry(change.what).or_default() += 1;
        }
    }
    let of = roster.employed();
    let over = changed
        .into_iter()
        .filter(|(_, count)| limits.field_changes.is_exceeded(*count, of));
    over.filter_map(|(what, count)| {
        let Changed::Field(field) = what else {
            return None;
        };
        let key = setup.workspace.schema.key(field);
        Some(Finding {
            guard: "field_changes".to_owned(),
            message: format!("`{key}` would change for {count} of {of} people"),
            advice: "check that the mapping still points at the right column".to_owned(),
            people: Vec::new(),
            count,
            of,
        })
    })
    .collect()
}

/// Reasons to ask a person that are not about what the delivery says.
fn approvals(setup: &Setup, roster: &Roster) -> Vec<Finding> {
    let finding = |guard: &str, message: String, advice: &str| Finding {
        guard: guard.to_owned(),
        message,
        advice: advice.to_owned(),
        people: Vec::new(),
        count: 0,
        of: 0,
    };
    let mut findings = Vec::new();
    match (setup.rules.policy.approve, &roster.last_good) {
        (Approve::Always, _) => findings.push(finding(
            "approve_always",
            "every plan of this integration is approved by a person (`approve = \"always\"`)".to_owned(),
            "look the plan over, then approve it",
        )),
        (Approve::First, None) => findings.push(finding(
            "first_run",
            "this is the first run of the integration".to_owned(),
            "look the plan over, then approve it; later runs apply by themselves",
        )),
        (Approve::First, Some(last)) if !setup.is_reviewed(&last.setup) => findings.push(finding(
            "setup_changed",
            format!(
                "mapping, matching or selection changed, and nobody has seen a plan since (last run: {})",
                last.run
            ),
            "check that the plan is what the change was meant to do, then approve it",
        )),
        _ => {}
    }
    if let Some(run) = roster.held_by {
        findings.push(finding(
            "integration_held",
            format!(
                "the plan of run {run} was held and nobody has decided on it; this plan replaces it"
            ),
            "approve or reject this plan; then runs apply by themselves again",
        ));
    }
    findings
}
