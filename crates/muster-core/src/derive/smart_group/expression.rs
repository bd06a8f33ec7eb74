//! The expression of a rule: CEL without loops, over the fields of one person.
//!
//! Its source is counted before it is parsed, and it is parsed and evaluated on a stack that is large enough for
//! whatever the count allows, so that no text can end the process. What it says of an employee whose value is blank
//! may be undecided; such a person does not meet it.

use super::{
    RulePosition, RuleProblem,
    expression_source::{count, found, kind, refuse_function, syntax, unreadable},
    functions::{self, FUNCTIONS, ON_DAYS},
    variable::{Variable, instead},
};
use crate::{
    model::{
        employee::Employee,
        field::Schema,
        problem::{
            rule::{Detail, Kind, Remedy},
            shown,
        },
    },
    read::normalise::FieldKind,
};
use cel::{
    Context, Env, ExecutionError, IdedExpr, Program, Value,
    common::{
        ast::Expr,
        types::{CelBool, CelDouble, CelNull, CelString},
        value::CowVal,
    },
    context::VariableResolver,
};
use jiff::civil::Date;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock},
};

/// Stack for parsing and evaluating; only what is used of it is ever touched.
const STACK: usize = 64 << 20;

/// The name of today in expressions.
pub(super) const TODAY: &str = "today";
/// Operators and the functions of the language itself; loops are not among them.
pub(super) const ALLOWED: [&str; 25] = [
    "_?_:_",
    "_&&_",
    "_||_",
    "!_",
    "_-_",
    "_+_",
    "_*_",
    "_/_",
    "_%_",
    "_==_",
    "_!=_",
    "_>=_",
    "_<=_",
    "_>_",
    "_<_",
    "-_",
    "@in",
    "_[_]",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "double",
    "string",
];

/// The language: its own functions, and no macros.
static LANGUAGE: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(Env::default().with_optional_support(false).with_stdlib()));

/// An expression that was read.
#[derive(Debug)]
pub(super) struct Expression {
    program: Program,
    variables: Vec<(String, Variable, Shape)>,
    depends_on_today: bool,
}

/// What a blank value is, and how the others are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Blank is the empty text.
    Text,
    /// Blank is null.
    Date,
    /// Blank is null.
    Number,
    /// Blank is false: nobody ticked the box.
    Boolean,
}

/// Runs something on a stack that is large enough for every expression that is allowed. None: it could not.
pub(super) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("expression".to_owned())
            .stack_size(STACK);
        thread.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

pub(super) fn problem(at: usize, detail: Detail, remedy: Remedy) -> RuleProblem {
    RuleProblem::new(RulePosition::Expression(at), detail, remedy)
}

impl Expression {
    /// Reads an expression; names of fields that the workspace does not have stay blank.
    pub(super) fn read(source: &str, schema: &Schema) -> Result<Self, RuleProblem> {
        count(source)?;
        on_large_stack(|| Self::parse(source, schema)).unwrap_or_else(|| Err(unreadable()))
    }

    /// Reads an expression, and refuses unknown names and whatever fails on a person who has every value.
    pub(super) fn check(source: &str, schema: &Schema) -> Result<(), RuleProblem> {
        count(source)?;
        let checked = on_large_stack(|| {
            let expression = Self::parse(source, schema)?;
            expression.check_names(expression.program.expression(), source, schema)?;
            expression.rehearse()
        });
        checked.unwrap_or_else(|| Err(unreadable()))
    }

    fn parse(source: &str, schema: &Schema) -> Result<Self, RuleProblem> {
        let program = LANGUAGE
            .compile(source)
            .map_err(|errors| syntax(source, &errors))?;
        let references = program.references();
        let variables = references
            .variables()
            .into_iter()
            .filter(|name| *name != TODAY)
            .map(|name| {
                let variable = Variable::find(name, schema).unwrap_or(Variable::Gone);
                (name.to_owned(), variable, shape(variable.kind(schema)))
            });
        let variables = variables.collect();
        let depends_on_today = references.has_variable(TODAY)
            || ON_DAYS
                .iter()
                .any(|function| references.has_function(function));
        Ok(Self {
            variables,
            depends_on_today,
            program,
        })
    }

    /// The fields that are named, and the status.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, ..)| name.as_str())
    }

    /// Whether the same person may meet it today and not tomorrow.
    pub(super) fn depends_on_today(&self) -> bool {
        self.depends_on_today
    }

    /// What the expression says of people on a day; none: a value that it needs is blank or cannot be compared.
    /// To be called on a large stack.
    pub(super) fn decide<'p>(
        &self,
        people: impl Iterator<Item = &'p Employee>,
        today: Date,
    ) -> Vec<Option<bool>> {
        let language = context(today);
        let decide = |person| {
            let values = Values {
                expression: self,
                today,
                person: Some(person),
            };
            let mut scope = language.new_inner_scope();
            scope.set_variable_resolver(&values);
            // A fault of the evaluator costs one person's verdict, never the run that follows the person.
            match catch_unwind(AssertUnwindSafe(|| self.program.execute(&scope))) {
                Ok(Ok(Value::Bool(decided))) => Some(decided),
                _ => None,
            }
        };
        people.map(decide).collect()
    }

    fn at(&self, expression: &IdedExpr) -> usize {
        self.program
            .source_info()
            .offset_for(expression.id)
            .map_or(0, |(start, _)| start as usize)
    }

    /// Refuses names that are unknown and parts of the language that rules do without.
    fn check_names(
        &self,
        here: &IdedExpr,
        source: &str,
        schema: &Schema,
    ) -> Result<(), RuleProblem> {
        let at = self.at(here);
        let at_name = |name: &str| found(source, name, at);
        match &here.expr {
            Expr::Ident(name) if name == TODAY || Variable::find(name, schema).is_some() => Ok(()),
            Expr::Ident(name) => {
                let unknown = Detail::UnknownField { name: shown(name) };
                let remedy = instead(name, schema, &[TODAY]);
                Err(problem(at_name(name), unknown, remedy))
            }
            Expr::Literal(_) => Ok(()),
            Expr::List(list) => list
                .elements
                .iter()
                .try_for_each(|inner| self.check_names(inner, source, schema)),
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                if !ALLOWED.contains(&name) && !FUNCTIONS.contains(&name) {
                    return Err(refuse_function(name, at_name(name)));
                }
                let mut parts = call.target.iter().map(|target| &**target).chain(&call.args);
                parts.try_for_each(|inner| self.check_names(inner, source, schema))
            }
            Expr::Select(select) => {
                let part = shown(&select.field);
                let at = at_name(&select.field);
                Err(problem(at, Detail::PartOfField { part }, Remedy::QuoteText))
            }
            _ => Err(problem(at, Detail::Unsupported, Remedy::CompareWithValues)),
        }
    }

    /// Evaluates every part on a person who has all values, innermost first: what fails there always fails.
    fn rehearse(&self) -> Result<(), RuleProblem> {
        let today = Date::constant(2024, 2, 29);
        let values = Values {
            expression: self,
            today,
            person: None,
        };
        let mut context = context(today);
        context.set_variable_resolver(&values);
        let whole = self.program.expression();
        let value = self.rehearse_part(whole, &context)?;
        if matches!(value, Value::Bool(_)) {
            return Ok(());
        }
        let kind = kind(&value);
        Err(problem(0, Detail::NotYesOrNo { kind }, Remedy::Compare))
    }

    fn rehearse_part(
        &self,
        here: &IdedExpr,
        context: &Context<'_, '_>,
    ) -> Result<Value, RuleProblem> {
        let mut values = Vec::new();
        match &here.expr {
            Expr::Call(call) => {
                for part in call.target.iter().map(|target| &**target).chain(&call.args) {
                    values.push(self.rehearse_part(part, context)?);
                }
                if let (true, [left, right]) = (
                    ["_==_", "_!=_"].contains(&call.func_name.as_str()),
                    &*values,
                ) {
                    self.refuse_unlike(here, left, right)?;
                }
                if let ("@in", [left, Value::List(list)]) = (call.func_name.as_str(), &*values) {
                    list.iter()
                        .try_for_each(|right| self.refuse_unlike(here, left, right))?;
                }
            }
            Expr::List(list) => {
                for part in &list.elements {
                    values.push(self.rehearse_part(part, context)?);
                }
            }
            _ => {}
        }
        Value::resolve(here, context).map_err(|error| self.impossible(here, &values, &error))
    }

    fn refuse_unlike(
        &self,
        here: &IdedExpr,
        left: &Value,
        right: &Value,
    ) -> Result<(), RuleProblem> {
        let (left, right) = (kind(left), kind(right));
        let either = |kind: Kind| left == kind || right == kind;
        let are_numbers = either(Kind::WholeNumber) && either(Kind::Number);
        if left == right || either(Kind::Nothing) || are_numbers {
            return Ok(());
        }
        let unlike = Detail::NeverEqual { left, right };
        Err(problem(self.at(here), unlike, Remedy::CompareLikeWithLike))
    }

    fn impossible(&self, here: &IdedExpr, values: &[Value], error: &ExecutionError) -> RuleProblem {
        let kinds: Vec<_> = values.iter().map(kind).collect();
        let name = match &here.expr {
            // The parser's own names, as of `in`, have a mark that nobody wrote.
            Expr::Call(call) => call
                .func_name
                .trim_start_matches('@')
                .replace('_', " ")
                .trim()
                .to_owned(),
            _ => {
                let error = error.to_string();
                let failed = Detail::Evaluation { error };
                return problem(self.at(here), failed, Remedy::CorrectExpression);
            }
        };
        let function = if FUNCTIONS.contains(&name.replace(' ', "_").as_str()) {
            name.replace(' ', "_")
        } else {
            name
        };
        let remedy = if kinds.contains(&Kind::WholeNumber) && kinds.contains(&Kind::Number) {
            Remedy::AddFraction
        } else if let Some(usage) = functions::usage(&function) {
            Remedy::UseAs { usage }
        } else {
            Remedy::QuoteDates
        };
        let at = found(&self.program.source_info().source, &function, self.at(here));
        problem(at, Detail::WrongArguments { function, kinds }, remedy)
    }
}

/// Values by name, for one person; without one, sample values.
struct Values<'v> {
    expression: &'v Expression,
    today: Date,
    person: Option<&'v Employee>,
}

impl VariableResolver for Values<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        if name == TODAY {
            return Some(CowVal::owned(CelString::from(self.today.to_string())));
        }
        let (_, variable, shape) = self
            .expression
            .variables
            .iter()
            .find(|(known, ..)| known == name)?;
        let value = match self.person {
            Some(person) => variable.of(person),
            None => sample(*variable, *shape),
        };
        Some(match shape {
            Shape::Text => CowVal::owned(CelString::from(value)),
            Shape::Date if value.is_empty() => CowVal::owned(CelNull),
            Shape::Date => CowVal::owned(CelString::from(value)),
            Shape::Boolean => CowVal::owned(CelBool::from(value == "true")),
            Shape::Number => match value.parse::<f64>() {
                Ok(number) => CowVal::owned(CelDouble::from(number)),
                Err(_) => CowVal::owned(CelNull),
            },
        })
    }
}

fn context(today: Date) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(&LANGUAGE));
    functions::add(&mut context, today);
    context
}

fn shape(kind: Option<&FieldKind>) -> Shape {
    match kind {
        Some(FieldKind::Date | FieldKind::DateTime) => Shape::Date,
        Some(FieldKind::Number | FieldKind::Decimal) => Shape::Number,
        Some(FieldKind::Boolean) => Shape::Boolean,
        _ => Shape::Text,
    }
}

/// A value that goes with every conversion a rule may try.
fn sample(variable: Variable, shape: Shape) -> &'static str {
    match shape {
        _ if variable == Variable::Status => "active",
        Shape::Text | Shape::Number => "1",
        Shape::Date => "2024-02-29",
        Shape::Boolean => "true",
    }
}
