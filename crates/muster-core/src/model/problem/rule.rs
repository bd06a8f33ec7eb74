//! What is wrong with the rule of a smart group, and what would be right.
//!
//! Names and values in it are as [`super::shown`] writes them.

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The group has a name that is empty, too long or surrounded by spaces.
    Name {
        name: String,
    },
    /// The name of the group has a character that cannot be seen.
    HiddenCharacter {
        name: String,
    },
    /// The group has neither a condition nor an expression.
    NoRule,
    UnknownField {
        name: String,
    },
    /// A condition without a test.
    NoTest {
        field: String,
    },
    /// Two conditions of which each excludes values of the same field. Positions are from 0.
    Alternatives {
        field: String,
        first: usize,
        second: usize,
    },
    /// A test that the values of the field cannot be given to.
    TestOfOtherKind {
        field: String,
        kind: Kind,
        test: TestKind,
    },
    NoValues {
        field: String,
    },
    /// A value that the field never has.
    ImpossibleValue {
        field: String,
        value: String,
    },
    /// A status of which no employee is a member of smart groups.
    StatusOfNonMembers {
        value: String,
    },
    Pattern {
        pattern: String,
        error: String,
    },
    /// A test for a part of a value, without the part.
    EmptyPart,
    EmptyExpression,
    ExpressionTooLong {
        bytes: usize,
        limit: usize,
    },
    /// The expression has too many brackets and operators.
    ExpressionTooComplex {
        limit: usize,
    },
    /// The parser stopped without a reason.
    UnreadableExpression,
    ExpressionEndsEarly,
    /// A character that the language does not have.
    UnknownCharacter,
    NestedTooDeep,
    /// A word where the language allows none, or another one.
    MisplacedWord {
        word: String,
    },
    /// Another error, in the words of the parser.
    Syntax {
        error: String,
    },
    /// A part of a field, as of an object.
    PartOfField {
        part: String,
    },
    /// A part of the language that rules cannot use.
    Unsupported,
    /// The expression as a whole is not true or false.
    NotYesOrNo {
        kind: Kind,
    },
    /// A comparison of two kinds of values.
    NeverEqual {
        left: Kind,
        right: Kind,
    },
    /// A function or operator with values that it does not take.
    WrongArguments {
        function: String,
        kinds: Vec<Kind>,
    },
    /// Another error, in the words of the evaluator.
    Evaluation {
        error: String,
    },
    /// A function that visits the elements of a list.
    Loop {
        function: String,
    },
    UnknownFunction {
        name: String,
    },
}

/// A kind of value, as far as rules tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    WholeNumber,
    YesOrNo,
    Date,
    List,
    /// The value of a blank field.
    Nothing,
    Other,
}

/// What a test compares a value with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestKind {
    Text,
    YesOrNo,
    Number,
    Date,
}

/// What would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A name of 1 to so many characters.
    ShortName {
        limit: usize,
    },
    RemoveCharacter,
    AddCondition,
    /// The field has another key now.
    UseNewKey {
        key: String,
    },
    /// The name that is most like the unknown one.
    UseNearest {
        name: String,
    },
    /// No name is like the unknown one.
    UseField,
    AddTest,
    /// One condition that excludes all of the values.
    ExcludeTogether,
    UseTest {
        kind: Kind,
    },
    /// `equals` or `empty` instead of yes or no.
    UseTextOrEmpty,
    AddValue,
    CorrectPattern,
    TestForAnyValue,
    /// One of the values that the field can have.
    UseOneOf {
        values: Vec<String>,
    },
    UseValue {
        value: String,
    },
    UseCountryCode,
    UseDate,
    UsePossibleValue,
    RemoveOrCompare,
    /// Conditions for lists of values, or two groups.
    Split,
    Simplify,
    JoinComparisons,
    QuoteText,
    CompareWithValues,
    Compare,
    CompareLikeWithLike,
    CorrectExpression,
    QuoteDates,
    AddFraction,
    /// How the function is used.
    UseAs {
        usage: &'static str,
    },
    CompareWithList,
    UseFunction {
        names: Vec<&'static str>,
    },
}
