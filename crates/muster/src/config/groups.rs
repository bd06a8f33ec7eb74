//! The groups file: rules of smart groups, read as written, then checked against the workspace they are for.

use super::{ConfigProblem, from_toml, line_at};
use crate::text::{rule, settings::DAYS};
use muster_core::{
    derive::smart_group::{Condition, RulePosition, RuleProblem, SmartGroup, pointed},
    model::workspace::Workspace,
    setup::settings::RawCondition,
};
use serde::Deserialize;
use std::{ops::Range, path::Path};
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroups {
    workspace: Option<String>,
    #[serde(default)]
    smart_group: Vec<Spanned<RawGroup>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    name: Spanned<String>,
    #[serde(default, rename = "where")]
    conditions: Vec<Spanned<RawCondition>>,
    expression: Option<Spanned<String>>,
}

/// A groups file as written.
#[derive(Debug)]
pub(crate) struct GroupsFile {
    text: String,
    raw: RawGroups,
}

/// Reads a groups file.
pub(crate) fn read_groups(path: &Path) -> Result<GroupsFile, Vec<ConfigProblem>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!(
            "the groups file `{}` cannot be read: {error}",
            path.display()
        );
        vec![ConfigProblem::new("", message, "check the path")]
    })?;
    let raw = from_toml(&text).map_err(|problem| vec![problem])?;
    Ok(GroupsFile { text, raw })
}

impl GroupsFile {
    /// The workspace that the file names.
    pub(crate) fn workspace(&self) -> Option<&str> {
        self.raw.workspace.as_deref()
    }

    /// The groups, if every rule of every one of them is possible in the workspace; else everything that is wrong.
    pub(crate) fn groups(
        &self,
        workspace: &Workspace,
    ) -> Result<Vec<SmartGroup>, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let mut groups: Vec<SmartGroup> = Vec::new();
        if self.raw.smart_group.is_empty() {
            let advice = "write a [[smart_group]] with a `name` and a [[smart_group.where]]";
            problems.push(ConfigProblem::new(
                "",
                "the file has no smart group",
                advice,
            ));
        }
        for raw in &self.raw.smart_group {
            let group = self.group(raw.get_ref(), &mut problems);
            let wrong = group.check(workspace);
            problems.extend(wrong.iter().map(|problem| self.place(raw, problem)));
            if groups.iter().any(|other| other.name == group.name) {
                let message = format!("there are two smart groups `{}`", group.name);
                let advice = "alternatives belong into one group: several conditions on one field, or an expression";
                problems.push(self.at(raw.get_ref().name.span(), &group.name, message, advice));
            }
            groups.push(group);
        }
        if problems.is_empty() {
            Ok(groups)
        } else {
            Err(problems)
        }
    }

    fn group(&self, raw: &RawGroup, problems: &mut Vec<ConfigProblem>) -> SmartGroup {
        let name = raw.name.get_ref();
        let conditions = raw.conditions.iter().map(|raw| {
            let (tests, not_days) = raw.get_ref().tests();
            for text in &not_days {
                problems.push(self.at(raw.span(), name, format!("`{text}` is not a day"), DAYS));
            }
            Condition {
                field: raw.get_ref().field.clone(),
                tests,
            }
        });
        SmartGroup {
            name: name.clone(),
            conditions: conditions.collect(),
            expression: raw
                .expression
                .as_ref()
                .map(|source| source.get_ref().clone()),
        }
    }

    /// A problem of a rule with its line in the file; one of an expression shows where.
    fn place(&self, raw: &Spanned<RawGroup>, problem: &RuleProblem) -> ConfigProblem {
        let group = raw.get_ref();
        let name = group.name.get_ref();
        let (place, wrong) = (problem.position, rule::message(&problem.detail));
        let (span, message) = match (place, &group.expression) {
            (RulePosition::Condition(position), _) => {
                let condition = group.conditions.get(position);
                let field = condition
                    .map(|condition| condition.get_ref().field.as_str())
                    .unwrap_or_default();
                let span = condition.map_or(raw.span(), Spanned::span);
                let number = position + 1;
                (span, format!("condition {number} (`{field}`): {wrong}"))
            }
            (RulePosition::Expression(character), Some(source)) => {
                let (line, column, shown) = pointed(source.get_ref(), character);
                let shown = shown.replace('\n', "\n    ");
                let at =
                    format!("the expression, line {line}, column {column}: {wrong}\n    {shown}");
                (source.span(), at)
            }
            _ => (group.name.span(), wrong),
        };
        self.at(span, name, message, &rule::help(&problem.remedy))
    }

    fn at(&self, span: Range<usize>, group: &str, message: String, advice: &str) -> ConfigProblem {
        ConfigProblem {
            line: Some(line_at(&self.text, span.start)),
            ..ConfigProblem::new(&format!("smart_group.{group}"), message, advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::{
        model::{field::Schema, ids::WorkspaceId, workspace::WorkspaceSettings},
        setup::selection::{Comparison, Day, Test},
    };

    fn read(text: &str) -> Result<Vec<SmartGroup>, Vec<ConfigProblem>> {
        let raw = from_toml(text).map_err(|problem| vec![problem])?;
        GroupsFile {
            text: text.to_owned(),
            raw,
        }
        .groups(&Workspace {
            companies: Vec::new(),
            id: WorkspaceId(1),
            name: "acme".to_owned(),
            settings: WorkspaceSettings::default(),
            schema: Schema::new([]),
            groups: Vec::new(),
            fingerprint_key: [0; 32],
        })
    }

    #[track_caller]
    fn check(text: &str, wanted: &str) {
        let problems = read(text).expect_err("refused");
        let said = problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        assert!(said.contains(wanted), "{said}");
    }

    const ONE: &str = "[[smart_group]]\nname = \"Dutch\"\n[[smart_group.where]]\nfield = \"country\"\nequals = \"NL\"\n";

    #[test]
    fn both_ways_of_writing_conditions_are_read() {
        let groups = read(&format!(
            "workspace = \"acme\"\n{ONE}\n[[smart_group]]\nname = \"New\"\nexpression = \"\"\"\ntitle == 'a' &&\n  email != ''\"\"\"\n\
             where = [{{ field = \"onboarding_date\", on_or_after = \"today - 30\", before = \"today\" }}]\n"
        ));
        let groups = groups.unwrap();
        assert_eq!(
            groups[0].conditions,
            [Condition {
                field: "country".into(),
                tests: vec![Test::Equals("NL".into())]
            }]
        );
        let days = [
            Test::Date(Comparison::Less, Day::Today(0)),
            Test::Date(Comparison::AtLeast, Day::Today(-30)),
        ];
        assert_eq!(groups[1].conditions[0].tests, days);
        assert_eq!(
            groups[1].expression.as_deref(),
            Some("title == 'a' &&\n  email != ''")
        );
    }

    #[test]
    fn errors_in_group_rules_show_line_condition_and_caret() {
        check(
            &ONE.replace("equals", "equls"),
            "line 5: there is no setting `equls`; did you mean `equals`?",
        );
        check(
            &ONE.replace("country", "contry"),
            "line 3: `smart_group.Dutch`: condition 1 (`contry`): there is no field `contry`; did you mean `country`?",
        );
        check(
            &format!("{ONE}[[smart_group]]\nname = \"X\"\nexpression = \"titel == 'a'\"\n"),
            "line 8: `smart_group.X`: the expression, line 1, column 1: there is no field `titel`\n    titel == 'a'\n    ^; did you mean `title`?",
        );
        check(
            &format!("{ONE}{ONE}"),
            "line 7: `smart_group.Dutch`: there are two smart groups `Dutch`",
        );
        check(
            &ONE.replace("equals = \"NL\"", "before = \"soon\""),
            "`soon` is not a day",
        );
        check("workspace = \"acme\"\n", "the file has no smart group");
        check(
            "[[smart_group]]\nname = \"Dutch\"\n",
            "line 2: `smart_group.Dutch`: the group has no rule",
        );
    }
}
