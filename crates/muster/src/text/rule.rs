//! What is wrong with rules of smart groups, in the words of a groups file.

use muster_core::model::problem::rule::{Detail, Kind, Remedy, TestKind};

/// What is wrong.
pub(crate) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Name { name } => format!("`{name}` is not a name"),
        Detail::HiddenCharacter { name } => format!("the name `{name}` has a hidden character"),
        Detail::NoRule => "the group has no rule, so it cannot have members".to_owned(),
        Detail::UnknownField { name } => format!("there is no field `{name}`"),
        Detail::NoTest { field } => format!("the condition on `{field}` has no test"),
        Detail::Alternatives {
            field,
            first,
            second,
        } => format!(
            "conditions {} and {} on `{field}` are alternatives, so nearly every employee meets one of them",
            first + 1,
            second + 1
        ),
        Detail::TestOfOtherKind { field, kind, test } => {
            format!("`{field}` is {}, {}", noun_of_field(*kind), unlike(*test))
        }
        Detail::NoValues { field } => format!("the list of values for `{field}` is empty"),
        Detail::ImpossibleValue { field, value } => format!("`{field}` is never `{value}`"),
        Detail::StatusOfNonMembers { value } => format!(
            "`status` is never `{value}`: only active and scheduled employees can be members of smart groups"
        ),
        Detail::Pattern { pattern, error } => {
            format!("`{pattern}` is not a regular expression: {error}")
        }
        Detail::EmptyPart => "every value contains an empty text".to_owned(),
        Detail::EmptyExpression => "the expression is empty".to_owned(),
        Detail::ExpressionTooLong { bytes, limit } => {
            format!("the expression has {bytes} bytes; {limit} are allowed")
        }
        Detail::ExpressionTooComplex { limit } => {
            format!("the expression has more than {limit} brackets and operators")
        }
        Detail::UnreadableExpression => "the expression cannot be read".to_owned(),
        Detail::ExpressionEndsEarly => "the expression ends too early".to_owned(),
        Detail::UnknownCharacter => "this character has no meaning here".to_owned(),
        Detail::NestedTooDeep => "the expression is nested too deep".to_owned(),
        Detail::MisplacedWord { word } => format!("`{word}` is not expected here"),
        Detail::Syntax { error } => format!("the expression cannot be read: {error}"),
        Detail::PartOfField { part } => format!("a field has no part `{part}`"),
        Detail::Unsupported => "rules cannot use this part of the language".to_owned(),
        Detail::NotYesOrNo { kind } => {
            format!("the expression is {}, not a yes or no", noun(*kind))
        }
        Detail::NeverEqual { left, right } => {
            format!("{} is never equal to {}", noun(*left), noun(*right))
        }
        Detail::WrongArguments { function, kinds } => {
            let kinds: Vec<_> = kinds.iter().map(|kind| noun(*kind)).collect();
            format!("`{function}` cannot be used with {}", kinds.join(" and "))
        }
        Detail::Evaluation { error } => error.clone(),
        Detail::Loop { function } => {
            format!("rules cannot use `{function}`, because it visits the elements of a list")
        }
        Detail::UnknownFunction { name } => format!("there is no function `{name}`"),
    }
}

/// What would be right.
pub(crate) fn help(remedy: &Remedy) -> String {
    let fixed = match remedy {
        Remedy::ShortName { limit } => {
            return format!("use 1 to {limit} characters without spaces around them");
        }
        Remedy::UseNewKey { key } => return format!("it is called `{key}` now"),
        Remedy::UseNearest { name } => return format!("did you mean `{name}`?"),
        Remedy::UseOneOf { values } => return format!("use one of {}", listed(values)),
        Remedy::UseValue { value } => return format!("write `{value}`"),
        Remedy::UseAs { usage } => return format!("it is used as in `{usage}`"),
        Remedy::UseFunction { names } => return format!("the functions are {}", names.join(", ")),
        Remedy::RemoveCharacter => "remove it",
        Remedy::AddCondition => {
            "write a condition; `field = \"status\"` with `in = [\"scheduled\", \"active\"]` selects every employee"
        }
        Remedy::UseField => {
            "use the key of a field, as in `department`, or `status`; custom fields are defined under [fields]"
        }
        Remedy::AddTest => {
            "write a test, as in `equals = \"Sales\"`, `in = [\"Sales\", \"Support\"]` or `empty = false`"
        }
        Remedy::ExcludeTogether => "write one condition with `not_in = [...]`",
        Remedy::UseTest {
            kind: Kind::Number | Kind::WholeNumber,
        } => {
            "use `at_least`, `at_most`, `less_than` or `more_than`; one condition can have a lower and an upper limit"
        }
        Remedy::UseTest {
            kind: Kind::YesOrNo,
        } => "use `is = true` or `is = false`",
        Remedy::UseTest { .. } => "use `equals` or `in`",
        Remedy::UseTextOrEmpty => "use `equals` or `empty`",
        Remedy::AddValue => "name at least one value",
        Remedy::CorrectPattern => "correct it",
        Remedy::TestForAnyValue => "use `empty = false` for any value",
        Remedy::UseCountryCode => "write a country code such as `NL`",
        Remedy::UseDate => "write a date such as `2026-05-01`",
        Remedy::UsePossibleValue => "write a value that the field can have",
        Remedy::RemoveOrCompare => "remove it, or compare a field with a value",
        Remedy::Split => "use conditions for lists of values, or make two groups",
        Remedy::Simplify => "write it in a simpler way",
        Remedy::JoinComparisons => {
            "write comparisons joined by `&&` (and) and `||` (or), as in `country == \"NL\" && department != \"Board\"`"
        }
        Remedy::QuoteText => "write text in quotes, as in `department == \"Sales\"`",
        Remedy::CompareWithValues => "compare fields with values or lists",
        Remedy::Compare => "compare it with a value, as in `years_since(onboarding_date) >= 5`",
        Remedy::CompareLikeWithLike => "compare text with text in quotes, and numbers with numbers",
        Remedy::CorrectExpression => "correct the expression",
        Remedy::QuoteDates => {
            "write dates as text in quotes, for example `onboarding_date < \"2026-01-01\"`"
        }
        Remedy::AddFraction => {
            "write whole numbers with a fraction, as in `2.0`: fields hold numbers with fractions"
        }
        Remedy::CompareWithList => {
            "compare one value with a list, as in `country in [\"NL\", \"BE\"]`; `!= null` is met by every value"
        }
    };
    fixed.to_owned()
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text",
        Kind::Number => "a number",
        Kind::WholeNumber => "a whole number",
        Kind::YesOrNo => "a yes or no",
        Kind::Date => "a date",
        Kind::List => "a list",
        Kind::Nothing => "nothing",
        Kind::Other => "a value of another kind",
    }
}

/// As in "`lease_car` is yes or no".
fn noun_of_field(kind: Kind) -> &'static str {
    match kind {
        Kind::YesOrNo => "yes or no",
        other => noun(other),
    }
}

/// Why a test does not suit a value of another kind.
fn unlike(test: TestKind) -> &'static str {
    match test {
        TestKind::Text => "not a text",
        TestKind::YesOrNo => "and `is` tests for yes or no",
        TestKind::Number => "which is not less or more than a number",
        TestKind::Date => "which is not before or after a day",
    }
}

/// The first ten of a list in backticks.
fn listed(values: &[String]) -> String {
    const MAX_LISTED: usize = 10;
    let first = values.iter().take(MAX_LISTED);
    let mut text = first
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if values.len() > MAX_LISTED {
        text.push_str(&format!(" and {} more", values.len() - MAX_LISTED));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_rules_are_read_as_sentences() {
        let text =
            |detail: Detail, remedy: Remedy| format!("{}; {}", message(&detail), help(&remedy));
        assert_eq!(
            text(
                Detail::TestOfOtherKind {
                    field: "lease_car".to_owned(),
                    kind: Kind::YesOrNo,
                    test: TestKind::Text,
                },
                Remedy::UseTest {
                    kind: Kind::YesOrNo
                },
            ),
            "`lease_car` is yes or no, not a text; use `is = true` or `is = false`"
        );
        assert_eq!(
            text(
                Detail::Alternatives {
                    field: "country".to_owned(),
                    first: 0,
                    second: 1,
                },
                Remedy::ExcludeTogether,
            ),
            "conditions 1 and 2 on `country` are alternatives, so nearly every employee meets one of \
             them; write one condition with `not_in = [...]`"
        );
        assert_eq!(
            text(
                Detail::WrongArguments {
                    function: "in".to_owned(),
                    kinds: vec![Kind::Text, Kind::WholeNumber],
                },
                Remedy::QuoteDates,
            ),
            "`in` cannot be used with a text and a whole number; write dates as text in quotes, for \
             example `onboarding_date < \"2026-01-01\"`"
        );
        let values = (1..=12).map(|number| format!("G{number}")).collect();
        assert_eq!(
            help(&Remedy::UseOneOf { values }),
            "use one of `G1`, `G2`, `G3`, `G4`, `G5`, `G6`, `G7`, `G8`, `G9`, `G10` and 2 more"
        );
    }
}
