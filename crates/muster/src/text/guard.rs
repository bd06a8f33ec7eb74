//! Guard findings in words.

use muster_core::{
    decide::guard::{Evidence, Finding},
    model::problem::shown,
    setup::policy::Limit,
};

/// One sentence with the counts and the limit.
pub(crate) fn message(finding: &Finding) -> String {
    let Finding { count, of, .. } = finding;
    match &finding.evidence {
        Evidence::Removals {
            limit,
            at_most,
            deselected,
            rules,
        } => format!(
            "{count} of {of} active people would leave; the limit is {} % and {} people, or {at_most} people, and never everybody{}",
            limit.percent,
            limit.number,
            selection(*deselected, rules)
        ),
        Evidence::RemovalsWeek {
            now,
            earlier,
            limit,
        } => format!(
            "{now} people would leave now and {earlier} left in the last seven days: {count} of {of}; the limit is {} % and {} people",
            limit.percent, limit.number
        ),
        Evidence::Deletions => format!(
            "{count} of {of} active employees would be deleted (not in the file): all their values are removed"
        ),
        Evidence::PassedOn { value } => format!(
            "`{value}` would pass on from a person who would leave to another, so that the rest cannot be applied alone{}",
            if *count > 1 {
                format!("; {} more likewise", count - 1)
            } else {
                String::new()
            }
        ),
        Evidence::Shrunk { records, .. } => {
            format!("the delivery has {records} records; the last good one had {of}")
        }
        Evidence::KeyChanges { limit } => format!(
            "{count} of {of} people would get another e-mail address or external id; {}",
            over(*limit)
        ),
        Evidence::Rejected { limit } => {
            format!("{count} of {of} records are rejected; {}", over(*limit))
        }
        Evidence::Fill {
            field,
            filled_before,
            records_before,
        } => format!(
            "`{field}` was filled for {:.0} % of the records and is now for {:.0} %",
            percent(*filled_before, *records_before),
            percent(*count, *of)
        ),
        Evidence::AccessGone { field, run } => format!(
            "no record has `{field}` any more, which {count} of {of} records filled in run {run}: it decides who comes and who leaves"
        ),
        Evidence::OneValue { field } => {
            format!("`{field}` has one single value for all {count} records; it had many")
        }
        Evidence::FieldChanges { field, .. } => {
            format!("`{field}` would change for {count} of {of} people")
        }
        Evidence::NewGroups { groups, limit } => format!(
            "{count} groups would be created ({}), of {of} that exist; {}",
            first(groups, *count),
            over(*limit)
        ),
        Evidence::Older {
            file,
            modified,
            last_file,
            last_modified,
            run,
        } => format!(
            "`{file}` was changed on {modified:.0}, before `{last_file}` of run {run}, which was on {last_modified:.0}"
        ),
        Evidence::OldContent { run, at } => format!(
            "the delivery has the same content as that of run {run} ({at:.0}), another one was applied since, and it would change {count} employees"
        ),
        Evidence::BudgetTotal {
            field,
            before,
            after,
            currency,
            limit,
        } => format!(
            "the total of `{field}` would change from {before} to {after} {currency} for {count} employees; {}",
            over(*limit)
        ),
        Evidence::SecondOneOff {
            field,
            first,
            second,
            currency,
            days,
        } => format!(
            "{count} employees would be granted `{field}` a second time within {days} days (the first of them {second} {currency}, after {first} {currency})"
        ),
        Evidence::FirstRun => "this is the first run of the integration".to_owned(),
        Evidence::SetupChanged { run } => format!(
            "mapping, matching or selection changed, and nobody has seen a plan since (last run: {run})"
        ),
        Evidence::ApproveAlways => {
            "every plan of this integration is approved by a person (`approve = \"always\"`)"
                .to_owned()
        }
        Evidence::IntegrationHeld { run } => format!(
            "the plan of run {run} was held and nobody has decided on it; this plan replaces it"
        ),
        Evidence::Text { message, .. } => message.clone(),
    }
}

/// What to look at or do.
pub(crate) fn help(finding: &Finding) -> String {
    let text = match &finding.evidence {
        Evidence::Removals { .. } => {
            "compare the delivery with the source; approve only if these people have really left"
        }
        Evidence::RemovalsWeek { .. } => "check that nobody leaves by mistake, a few at a time",
        Evidence::Deletions => {
            "compare the names with the source; a deletion cannot be undone, and keeps the employee out until `muster erase --lift`"
        }
        Evidence::PassedOn { .. } => "decide on the whole plan",
        Evidence::Shrunk { .. } => "check that the export is whole",
        Evidence::KeyChanges { .. } => {
            "check that the columns of addresses and ids were not mixed up"
        }
        Evidence::Rejected { .. } => {
            "look at the first problems of the run: one cause often spoils many records"
        }
        Evidence::Fill { field, .. } | Evidence::OneValue { field } => {
            return format!("check the column behind `{field}` in the source");
        }
        Evidence::AccessGone { .. } => {
            "deliver the column again; approve only if people are to come or leave without it from now on"
        }
        Evidence::FieldChanges { .. } => "check that the mapping still points at the right column",
        Evidence::NewGroups { .. } => {
            "check that the right column is mapped to the group, then approve the plan if the groups are wanted"
        }
        Evidence::Older { .. } => {
            "an old file brings old values back: remove it from the source, or approve the plan if it is meant"
        }
        Evidence::OldContent { .. } => {
            "an old file brings old values back: deliver the newest, or approve the plan if it is meant"
        }
        Evidence::BudgetTotal { .. } => {
            "check the amounts in the source, and that the decimal separator is configured correctly"
        }
        Evidence::SecondOneOff { .. } => {
            "if an earlier amount was wrong and this one corrects it, reject the plan and correct the difference where it was paid"
        }
        Evidence::FirstRun => "look the plan over, then approve it; later runs apply by themselves",
        Evidence::SetupChanged { .. } => {
            "check that the plan is what the change was meant to do, then approve it"
        }
        Evidence::ApproveAlways => "look the plan over, then approve it",
        Evidence::IntegrationHeld { .. } => {
            "approve or reject this plan; then runs apply by themselves again"
        }
        Evidence::Text { advice, .. } => advice,
    };
    text.to_owned()
}

fn over(limit: Limit) -> String {
    format!("the limit is {} % and {}", limit.percent, limit.number)
}

fn percent(part: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        part as f64 * 100.0 / of as f64
    }
}

/// How many the selection no longer takes, and by which rules; empty: none.
fn selection(deselected: u64, rules: &[(String, u64)]) -> String {
    if deselected == 0 || rules.is_empty() {
        return String::new();
    }
    let rule = |(column, records): &(String, u64)| {
        format!(
            "{records} records do not pass the rule on `{}`",
            shown(column)
        )
    };
    let rules: Vec<String> = rules.iter().map(rule).collect();
    format!(
        "; the selection no longer takes {deselected} of them: {}",
        rules.join(", ")
    )
}

/// The first names of a list, of so many.
fn first(names: &[String], of: u64) -> String {
    let more = of.saturating_sub(names.len() as u64);
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
