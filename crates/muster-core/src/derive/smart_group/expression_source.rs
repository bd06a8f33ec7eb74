//! The source of an expression as text: how long and how nested it may be, and what is wrong with it.

use super::{
    RuleProblem,
    expression::{ALLOWED, problem},
    functions::FUNCTIONS,
};
use crate::{model::problem::shown, setup::suggestion::nearest};
use cel::Value;
use std::collections::BTreeSet;

/// Longest source in bytes.
const MAX_BYTES: usize = 2048;

/// How many brackets and operators a source may have.
const MAX_OPERATORS: usize = 200;

const LOOPS: [&str; 6] = ["has", "all", "exists", "exists_one", "map", "filter"];

pub(super) const WHOLE: &str = "a whole number";
pub(super) const NUMBER: &str = "a number";
pub(super) const NOTHING: &str = "nothing";

pub(super) fn noun(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Int(_) | Value::UInt(_) => WHOLE,
        Value::Float(_) => NUMBER,
        Value::Bool(_) => "a yes or no",
        Value::List(_) => "a list",
        Value::Null => NOTHING,
        _ => "something else",
    }
}

/// Refuses what is too much to be parsed. Texts in quotes are counted too: nothing is parsed to find them.
pub(super) fn count(source: &str) -> Result<(), RuleProblem> {
    if source.trim().is_empty() {
        return Err(problem(
            0,
            "the expression is empty",
            "leave it out, or compare a field with something",
        ));
    }
    if source.len() > MAX_BYTES {
        let message = format!(
            "the expression has {} bytes; {MAX_BYTES} are allowed",
            source.len()
        );
        return Err(problem(
            0,
            message,
            "use conditions for lists of values, or make two groups",
        ));
    }
    let counts = |character: &char| "()[]{}?:!<>=&|+-*/%.".contains(*character);
    let counted = source
        .chars()
        .enumerate()
        .filter(|(_, character)| counts(character));
    match counted.map(|(at, _)| at).nth(MAX_OPERATORS) {
        None => Ok(()),
        Some(at) => {
            let message =
                format!("the expression has more than {MAX_OPERATORS} brackets and operators");
            Err(problem(
                at,
                message,
                "use conditions for lists of values, or make two groups",
            ))
        }
    }
}

pub(super) fn unreadable() -> RuleProblem {
    problem(
        0,
        "the expression could not be read",
        "write it in a simpler way",
    )
}

/// The parser's first complaint, in words of a person.
pub(super) fn syntax(source: &str, errors: &cel::ParseErrors) -> RuleProblem {
    let advice = "write comparisons joined by `&&` (and) and `||` (or), as in `country == \"NL\" && department != \"Board\"`";
    let Some(error) = errors.errors.first() else {
        return problem(0, "the expression cannot be read", advice);
    };
    let (line, column) = (
        usize::try_from(error.pos.0).unwrap_or(1),
        usize::try_from(error.pos.1).unwrap_or(1),
    );
    let before: usize = source
        .split('\n')
        .take(line.saturating_sub(1))
        .map(|line| line.chars().count() + 1)
        .sum();
    let at = (before + column.saturating_sub(1)).min(source.chars().count());
    let said = error.msg.trim_start_matches("Syntax error: ");
    let message = match said.split(" expecting ").next().unwrap_or(said) {
        said if said.contains("<EOF>") => "the expression ends too early".to_owned(),
        said if said.starts_with("token recognition error") => {
            "this character has no meaning here".to_owned()
        }
        said if said.contains("recursion") => "the expression is nested too deep".to_owned(),
        said => match said.split('\'').nth(1) {
            Some(word) => format!("`{}` cannot stand here", shown(word)),
            None => format!("the expression cannot be read: {}", shown(said)),
        },
    };
    problem(at, message, advice)
}

/// Where a name is written: at a character, before it (a call stands at its bracket), or after it.
pub(super) fn found(source: &str, name: &str, at: usize) -> usize {
    let here = source
        .char_indices()
        .nth(at)
        .map_or(source.len(), |(byte, _)| byte);
    let (before, after) = source.split_at(here);
    let byte = match (before.rfind(name), after.find(name)) {
        (_, Some(0)) => here,
        (Some(byte), _) => byte,
        (None, Some(byte)) => here + byte,
        (None, None) => here,
    };
    source[..byte].chars().count()
}

pub(super) fn refuse_function(name: &str, at: usize) -> RuleProblem {
    if LOOPS.contains(&name) {
        let advice = "compare one value with a list, as in `country in [\"NL\", \"BE\"]`; `!= null` asks for a value";
        return problem(
            at,
            format!("`{name}` is not for rules: they go through no lists"),
            advice,
        );
    }
    let known: BTreeSet<&str> = ALLOWED
        .iter()
        .chain(&FUNCTIONS)
        .copied()
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect();
    let advice = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "the functions are {}",
            known.into_iter().collect::<Vec<_>>().join(", ")
        ),
    };
    problem(
        at,
        format!("there is no function `{}`", shown(name)),
        advice,
    )
}
