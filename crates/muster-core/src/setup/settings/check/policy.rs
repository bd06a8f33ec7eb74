//! Selection rules, policies and guards.

use super::{
    super::{
        raw::{RawGuard, RawLimit, RawSettings},
        rule::RawRule,
    },
    Checker, SettingIssue,
};
use crate::{
    model::problem::shown,
    setup::{
        mapping::{BlankPolicy, InvalidPolicy},
        policy::{
            Approve, Coverage, Deselected, EmailChange, GuardLimits, Limit, MatchBy, Missing,
            OnGuard, Policy, UnknownGroup,
        },
        selection::{BlankSelection, Rule, Test},
        sentinel::Sentinel,
    },
};

impl Checker<'_> {
    pub(super) fn rule(&mut self, raw: &RawRule) -> Option<Rule> {
        let at = format!("select.{}", raw.column);
        let (mut tests, not_days) = raw.tests();
        for text in not_days {
            let value = text.to_owned();
            self.problem(&at, SettingIssue::NotADay { value });
        }
        if let Some(Test::Matches(pattern)) = tests.first()
            && let Err(error) = regex::Regex::new(pattern)
        {
            let issue = SettingIssue::NotARegularExpression {
                pattern: pattern.clone(),
                why: error.to_string(),
            };
            self.problem(&at, issue);
        }
        match tests.len() {
            1 => tests.pop().map(|test| Rule {
                blank: self.word(
                    &at,
                    raw.blank.as_deref(),
                    &[
                        ("undecided", BlankSelection::Undecided),
                        ("not_selected", BlankSelection::NotSelected),
                    ],
                ),
                ..Rule::new(raw.column.clone(), test)
            }),
            count => {
                self.problem(&at, SettingIssue::TestCount { count });
                None
            }
        }
    }

    pub(super) fn policy(&mut self, raw: &RawSettings) -> Policy {
        let set = &raw.policy;
        let default = Policy::default();
        let match_by = match set
            .match_by
            .as_ref()
            .map(|keys| keys.iter().map(String::as_str).collect::<Vec<_>>())
            .as_deref()
        {
            None | Some(["external_id", "email"]) => MatchBy::ExternalIdThenEmail,
            Some(["external_id"]) => MatchBy::ExternalId,
            Some(["email"]) => MatchBy::Email,
            Some(_) => {
                self.problem("policy.match", SettingIssue::MatchOrder);
                MatchBy::ExternalIdThenEmail
            }
        };
        let has_id = raw
            .mapping
            .as_ref()
            .is_some_and(|mapping| mapping.contains_key("external_id"));
        if match_by == MatchBy::ExternalId && !has_id {
            self.problem("policy.match", SettingIssue::MatchWithoutId);
        }
        if set.missing_runs == Some(0) {
            self.problem("policy.missing_runs", SettingIssue::ZeroMissingRuns);
        }
        let coverage = [
            ("everyone", Coverage::Everyone),
            ("changes", Coverage::Changes),
        ];
        let coverage = self.word("policy.coverage", set.coverage.as_deref(), &coverage);
        let missing = set.missing.as_deref().filter(|missing| *missing != "keep");
        if coverage == Coverage::Changes && missing.is_some() {
            self.problem("policy.missing", SettingIssue::MissingFromChanges);
        }
        let missing = [
            ("keep", Missing::Keep),
            ("deactivate", Missing::Deactivate),
            ("delete", Missing::Delete),
        ];
        let deselected = [
            ("deactivate", Deselected::Deactivate),
            ("keep", Deselected::Keep),
        ];
        let email_change = [("hold", EmailChange::Hold), ("create", EmailChange::Create)];
        let groups = [
            ("warn", UnknownGroup::Warn),
            ("create", UnknownGroup::Create),
            ("reject", UnknownGroup::Reject),
        ];
        let blank = [("keep", BlankPolicy::Keep), ("clear", BlankPolicy::Clear)];
        let invalid = [
            ("drop", InvalidPolicy::Drop),
            ("reject", InvalidPolicy::Reject),
        ];
        let approve = [
            ("first", Approve::First),
            ("always", Approve::Always),
            ("never", Approve::Never),
        ];
        let on_guard = [
            ("hold_all", OnGuard::HoldAll),
            ("hold_removals", OnGuard::HoldRemovals),
        ];
        Policy {
            match_by,
            id_prefix: self.id_prefix(set.id_prefix.as_deref()),
            missing: self.word("policy.missing", set.missing.as_deref(), &missing),
            missing_runs: set.missing_runs.unwrap_or(default.missing_runs),
            coverage,
            deselected: self.word("policy.deselected", set.deselected.as_deref(), &deselected),
            email_change: self.word(
                "policy.email_change",
                set.email_change.as_deref(),
                &email_change,
            ),
            unknown_group: self.word(
                "policy.unknown_group",
                set.unknown_group.as_deref(),
                &groups,
            ),
            blank: self.word("policy.blank", set.blank.as_deref(), &blank),
            invalid_value: self.word(
                "policy.invalid_value",
                set.invalid_value.as_deref(),
                &invalid,
            ),
            no_date: set.no_date.clone().unwrap_or_default(),
            approve: self.word("policy.approve", set.approve.as_deref(), &approve),
            on_guard: self.word("policy.on_guard", set.on_guard.as_deref(), &on_guard),
            limits: self.guard(&raw.guard),
        }
    }
}

/// Characters in an id prefix at most.
const MAX_PREFIX: usize = 32;

impl Checker<'_> {
    fn id_prefix(&mut self, given: Option<&str>) -> String {
        let prefix = given.unwrap_or_default();
        let is_plain = |one: char| one.is_alphanumeric() || "-_.:/".contains(one);
        if prefix.chars().all(is_plain) && prefix.chars().count() <= MAX_PREFIX {
            return prefix.to_owned();
        }
        let value = shown(prefix);
        self.problem("policy.id_prefix", SettingIssue::NotAPrefix { value });
        String::new()
    }

    /// What is no percentage would switch its guard off without a word: nothing is more than `nan`.
    fn guard(&mut self, raw: &RawGuard) -> GuardLimits {
        let limits = [
            ("removals", raw.removals),
            ("removals_week", raw.removals_week),
            ("shrunk", raw.shrunk),
            ("key_changes", raw.key_changes),
            ("rejected", raw.rejected),
            ("field_changes", raw.field_changes),
            ("core_field_changes", raw.core_field_changes),
            ("new_groups", raw.new_groups),
        ];
        let percents = limits
            .into_iter()
            .filter_map(|(key, limit)| Some((key, limit?.percent)));
        let fills = [("fill_from", raw.fill_from), ("fill_to", raw.fill_to)];
        for (key, percent) in percents.chain(
            fills
                .into_iter()
                .filter_map(|(key, percent)| Some((key, percent?))),
        ) {
            if !(0.0..=100.0).contains(&percent) {
                let issue = SettingIssue::NotAPercentage {
                    value: percent,
                    largest: 100,
                };
                self.problem(&format!("guard.{key}"), issue);
            }
        }
        // A total can change by more than itself.
        if let Some(limit) = raw.budget_total
            && !(0.0..=10_000.0).contains(&limit.percent)
        {
            let issue = SettingIssue::NotAPercentage {
                value: limit.percent,
                largest: 10_000,
            };
            self.problem("guard.budget_total", issue);
        }
        for text in &raw.sentinels {
            if Sentinel::parse(text).is_none() {
                let sentinel = shown(text);
                self.problem("guard.sentinels", SettingIssue::NotASentinel { sentinel });
            }
        }
        let limits = guard_limits(raw);
        if limits.fill_from == 0.0 {
            self.problem("guard.fill_from", SettingIssue::FillFromZero);
        } else if limits.fill_to > limits.fill_from {
            let fill_from = limits.fill_from;
            self.problem("guard.fill_to", SettingIssue::FillToTooHigh { fill_from });
        }
        limits
    }
}

fn guard_limits(raw: &RawGuard) -> GuardLimits {
    let default = GuardLimits::default();
    let limit = |raw: Option<RawLimit>, default: Limit| {
        raw.map_or(default, |raw| Limit {
            percent: raw.percent,
            number: raw.number,
        })
    };
    GuardLimits {
        removals: limit(raw.removals, default.removals),
        removals_number: raw.removals_number.unwrap_or(default.removals_number),
        removals_week: limit(raw.removals_week, default.removals_week),
        shrunk: limit(raw.shrunk, default.shrunk),
        key_changes: limit(raw.key_changes, default.key_changes),
        rejected: limit(raw.rejected, default.rejected),
        field_changes: limit(raw.field_changes, default.field_changes),
        fill_from: raw.fill_from.unwrap_or(default.fill_from),
        fill_to: raw.fill_to.unwrap_or(default.fill_to),
        core_field_changes: limit(raw.core_field_changes, default.core_field_changes),
        new_groups: limit(raw.new_groups, default.new_groups),
        budget_total: limit(raw.budget_total, default.budget_total),
        one_off_days: raw.one_off_days.unwrap_or(default.one_off_days),
        // Marked in the mapping, which is checked later.
        volatile: default.volatile,
        sentinels: raw.sentinels.clone(),
    }
}
