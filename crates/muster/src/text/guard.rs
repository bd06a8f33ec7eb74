//! Guard findings in words.

use crate::show::count as plural;
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
            missing,
            deselected,
            rules,
        } => format!(
            "{count} of {} would be deactivated{} (trips at {}, at more than {at_most}, or at everyone){}",
            active(*of),
            missing_from_delivery(*missing, *count),
            limited(*limit),
            selection(*deselected, rules)
        ),
        Evidence::RemovalsWeek {
            now,
            earlier,
            limit,
        } => format!(
            "{} would be deactivated now, and {} deactivated in the last 7 days: {count} of {of} (trips at {})",
            employees(*now),
            match earlier {
                1 => "1 was".to_owned(),
                _ => format!("{earlier} were"),
            },
            limited(*limit)
        ),
        Evidence::Deletions => format!(
            "{count} of {} would be deleted because they are missing from the delivery: all personal data is removed",
            active(*of)
        ),
        Evidence::PassedOn { value } => format!(
            "`{value}` would move from a departing employee to another, so the other operations cannot be applied \
             separately{}",
            match count {
                0 | 1 => String::new(),
                more => format!(", and so would {} more", more - 1),
            }
        ),
        Evidence::Shrunk { records, limit } => format!(
            "the delivery has {}; the last successful one had {of} (trips at more than {}% and more than {} fewer)",
            plural(*records, "record", "records"),
            limit.percent,
            limit.number
        ),
        Evidence::KeyChanges { limit } => format!(
            "{count} of {} would get another e-mail address or external id (trips at {})",
            employees(*of),
            limited(*limit)
        ),
        Evidence::Rejected { limit } => format!(
            "{count} of {} rejected (trips at {})",
            match of {
                1 => "1 record is".to_owned(),
                _ => format!("{of} records are"),
            },
            limited(*limit)
        ),
        Evidence::Fill {
            field,
            filled_before,
            records_before,
        } => format!(
            "`{field}` had a value in {:.0}% of the records, and now has one in {:.0}%",
            percent(*filled_before, *records_before),
            percent(*count, *of)
        ),
        Evidence::AccessGone { field, run } => format!(
            "no record has `{field}`, which {count} of {of} records had in run {run}; it decides who has access"
        ),
        Evidence::OneValue { field } => format!(
            "`{field}` has the same value in every record that has one ({count}); it had several before"
        ),
        Evidence::FirstColumn { fields } => format!(
            "no record has the first of the columns of {}; the stored values of {count} of {of} employees, which the \
             other columns would change, are unchanged",
            super::selection::quoted(fields)
        ),
        Evidence::FieldChanges { field, limit, .. } => format!(
            "`{field}` would change for {count} of {} (trips at {})",
            employees(*of),
            limited(*limit)
        ),
        Evidence::NewGroups { groups, limit } => format!(
            "{} would be created ({}), and {of} already exist (trips at {})",
            plural(*count, "group", "groups"),
            first(groups, *count),
            limited(*limit)
        ),
        Evidence::Sentinel {
            sentinel,
            is_headcount: true,
        } => format!(
            "the sentinel `{sentinel}` would be broken: the integration has {}, and would have {count}",
            active(*of)
        ),
        Evidence::Sentinel { sentinel, .. } => {
            format!("the sentinel `{sentinel}` would be broken")
        }
        Evidence::Older {
            file,
            modified,
            last_file,
            last_modified,
            run,
        } => format!(
            "`{file}` was changed on {modified:.0}, before `{last_file}` of run {run}, which was changed on \
             {last_modified:.0}"
        ),
        Evidence::OldContent { run, at } => format!(
            "the delivery has the same content as the delivery of run {run} ({at:.0}), a different one has been applied \
             since, and it would change {}",
            employees(*count)
        ),
        Evidence::BudgetTotal {
            field,
            before,
            after,
            currency,
            limit,
        } => format!(
            "the total of `{field}` would change from {before} to {after} {currency} for {} (trips at {})",
            employees(*count),
            limited(*limit)
        ),
        Evidence::SecondOneOff {
            field,
            first,
            second,
            currency,
            days,
        } => format!(
            "{} would be granted `{field}` a second time within {days} days (for example \
             {second} {currency} after {first} {currency})",
            employees(*count)
        ),
        Evidence::FirstRun => "this is the first run of the integration".to_owned(),
        Evidence::SetupChanged { run } => format!(
            "mapping, matching or selection changed, and no plan was reviewed since (last run: {run})"
        ),
        Evidence::ApproveAlways => {
            "every plan of this integration is reviewed (`approve = \"always\"`)".to_owned()
        }
        Evidence::IntegrationHeld { run } => {
            format!("the plan of run {run} is pending; this plan replaces it")
        }
        Evidence::Text { message, .. } => message.clone(),
    }
}

/// What to check or do, and where the limit is set.
pub(crate) fn help(finding: &Finding) -> String {
    let limits: Vec<String> = finding
        .settings
        .iter()
        .filter_map(|setting| setting.as_str().strip_prefix("guard."))
        .map(|key| format!("`{key}`"))
        .collect();
    let check = check(finding);
    match limits.as_slice() {
        [] => check,
        [one] if matches!(finding.evidence, Evidence::Sentinel { .. }) => {
            format!("{check} in {one} under [guard]")
        }
        [one] => format!("{check}; the limit is {one} under [guard]"),
        more => format!(
            "{check}; the limits are {} under [guard]",
            more.join(" and ")
        ),
    }
}

fn check(finding: &Finding) -> String {
    let text = match &finding.evidence {
        Evidence::Removals { .. } => {
            "compare the delivery with the source; approve the plan only if these employees have really left"
        }
        Evidence::RemovalsWeek { .. } => "check for unintended gradual departures",
        Evidence::Deletions => {
            "compare the names with the source; a deletion cannot be undone, and keeps the employee out until \
             `muster erase --lift`"
        }
        Evidence::PassedOn { .. } => "approve or reject the whole plan",
        Evidence::Shrunk { .. } => "check that the export is complete",
        Evidence::KeyChanges { .. } => {
            "check that the columns for the e-mail address and the external id are mapped correctly"
        }
        Evidence::Rejected { .. } => {
            "read the first problems of the run: one cause often affects many records"
        }
        Evidence::Fill { field, .. } | Evidence::OneValue { field } => {
            return format!("check the column that is mapped to `{field}` in the source");
        }
        Evidence::AccessGone { .. } => {
            "deliver the column again; approve the plan only if employees should start and leave without it"
        }
        Evidence::FirstColumn { .. } => {
            "check that the source still delivers the column and that the account may read it; if the column is no longer \
             used, remove it from `first_of`"
        }
        Evidence::FieldChanges { field, .. } => {
            return format!(
                "check that the mapping names the right column; if `{field}` changes for everyone regularly, set \
                 `volatile = true` in its mapping"
            );
        }
        Evidence::NewGroups { .. } => {
            "check that the right column is mapped to the group; approve the plan if the groups are wanted"
        }
        Evidence::Sentinel { .. } => {
            "check the delivery; approve the plan only if the assertion is no longer right, and then change it"
        }
        Evidence::Older { .. } => {
            "an old file restores old values: remove it from the source, or approve the plan if it is intended"
        }
        Evidence::OldContent { .. } => {
            "an old file restores old values: deliver the newest, or approve the plan if it is intended"
        }
        Evidence::BudgetTotal { .. } => {
            "check the amounts in the source, and that the decimal separator is configured correctly"
        }
        Evidence::SecondOneOff { .. } => {
            "if an earlier amount was wrong and this one corrects it, reject the plan and settle the difference where it \
             was paid"
        }
        Evidence::FirstRun => {
            "review the plan, then approve it; later plans need approval only if a guard holds them"
        }
        Evidence::SetupChanged { .. } => {
            "check that the plan has the intended effect, then approve it"
        }
        Evidence::ApproveAlways => "review the plan, then approve it",
        Evidence::IntegrationHeld { .. } => {
            "approve or reject this plan; later plans then need approval only if a guard holds them"
        }
        Evidence::Text { advice, .. } => advice,
    };
    text.to_owned()
}

fn limited(limit: Limit) -> String {
    format!(
        "more than {}% and more than {}",
        limit.percent, limit.number
    )
}

fn employees(number: u64) -> String {
    plural(number, "employee", "employees")
}

fn active(number: u64) -> String {
    plural(number, "active employee", "active employees")
}

fn percent(part: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        part as f64 * 100.0 / of as f64
    }
}

/// How many of the departures are for a missing record; empty: none.
fn missing_from_delivery(missing: u64, of: u64) -> String {
    match missing {
        0 => String::new(),
        all if all == of => ", all missing from the delivery".to_owned(),
        some => format!(", {some} of them missing from the delivery"),
    }
}

/// How many no longer match the selection rules, and which rules records fail; empty: none.
fn selection(deselected: u64, rules: &[(String, u64)]) -> String {
    if deselected == 0 || rules.is_empty() {
        return String::new();
    }
    let rule = |(column, records): &(String, u64)| {
        format!(
            "{} the rule on `{}`",
            match records {
                1 => "1 record does not pass".to_owned(),
                _ => format!("{records} records do not pass"),
            },
            shown(column)
        )
    };
    let rules: Vec<String> = rules.iter().map(rule).collect();
    format!(
        "; {deselected} of them no longer {} the selection rules: {}",
        if deselected == 1 { "matches" } else { "match" },
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
