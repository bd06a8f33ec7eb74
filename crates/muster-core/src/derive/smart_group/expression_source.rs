//! The source of an expression as text: how long and how nested it may be, and what is wrong with it.

use super::{
    RuleProblem,
    expression::{ALLOWED, problem},
    functions::FUNCTIONS,
};
use crate::{
    model::problem::{
        rule::{Detail, Kind, Remedy},
        shown,
    },
    setup::suggestion::nearest,
};
use cel::Value;
use std::collections::BTreeSet;

/// Longest source in bytes.
const MAX_BYTES: usize = 2048;

/// How many brackets and operators a source may have.
const MAX_OPERATORS: usize = 200;

const LOOPS: [&str; 6] = ["has", "all", "exists", "exists_one", "map", "filter"];

pub(super) fn kind(value: &Value) -> Kind {
    match value {
        Value::String(_) => Kind::Text,
        Value::Int(_) | Value::UInt(_) => Kind::WholeNumber,
        Value::Float(_) => Kind::Number,
        Value::Bool(_) => Kind::YesOrNo,
        Value::List(_) => Kind::List,
        Value::Null => Kind::Nothing,
        _ => Kind::Other,
    }
}

/// Refuses what is too much to be parsed. Texts in quotes are counted too: nothing is parsed to find them.
pub(super) fn count(source: &str) -> Result<(), RuleProblem> {
    if source.trim().is_empty() {
        return Err(problem(0, Detail::EmptyExpression, Remedy::RemoveOrCompare));
    }
    if source.len() > MAX_BYTES {
        let too_long = Detail::ExpressionTooLong {
            bytes: source.len(),
            limit: MAX_BYTES,
        };
        return Err(problem(0, too_long, Remedy::Split));
    }
    let counts = |character: &char| "()[]{}?:!<>=&|+-*/%.".contains(*character);
    let counted = source
        .chars()
        .enumerate()
        .filter(|(_, character)| counts(character));
    match counted.map(|(at, _)| at).nth(MAX_OPERATORS) {
        None => Ok(()),
        Some(at) => {
            let limit = MAX_OPERATORS;
            let too_complex = Detail::ExpressionTooComplex { limit };
            Err(problem(at, too_complex, Remedy::Split))
        }
    }
}

pub(super) fn unreadable() -> RuleProblem {
    problem(0, Detail::UnreadableExpression, Remedy::Simplify)
}

/// The parser's first error.
pub(super) fn syntax(source: &str, errors: &cel::ParseErrors) -> RuleProblem {
    let Some(error) = errors.errors.first() else {
        return problem(0, Detail::UnreadableExpression, Remedy::JoinComparisons);
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
    let reported = error.msg.trim_start_matches("Syntax error: ");
    let detail = match reported.split(" expecting ").next().unwrap_or(reported) {
        text if text.contains("<EOF>") => Detail::ExpressionEndsEarly,
        text if text.starts_with("token recognition error") => Detail::UnknownCharacter,
        text if text.contains("recursion") => Detail::NestedTooDeep,
        text => match text.split('\'').nth(1) {
            Some(word) => Detail::MisplacedWord { word: shown(word) },
            None => Detail::Syntax { error: shown(text) },
        },
    };
    problem(at, detail, Remedy::JoinComparisons)
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
        let function = name.to_owned();
        return problem(at, Detail::Loop { function }, Remedy::CompareWithList);
    }
    let functions: BTreeSet<&'static str> = ALLOWED
        .iter()
        .chain(&FUNCTIONS)
        .copied()
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect();
    let remedy = match nearest(name, functions.iter().copied()) {
        Some(near) => Remedy::UseNearest {
            name: near.to_owned(),
        },
        None => Remedy::UseFunction {
            names: functions.into_iter().collect(),
        },
    };
    problem(at, Detail::UnknownFunction { name: shown(name) }, remedy)
}
