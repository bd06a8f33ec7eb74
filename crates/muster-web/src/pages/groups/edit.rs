//! The rule of a smart group is written, its effect is shown, and then it is saved: what is saved is what the preview showed.

use super::{
    address,
    builder::{Row, SAVED, TESTS},
    editor, root,
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame},
        parts::{FieldError, Form, Link, Markup, field_name, look, sign},
        people::change::form::refusal,
    },
    respond::{self, Outcome},
    state::{App, GroupChange, Sentences},
    texts::{Argument, Words},
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, RawForm, State},
    http::StatusCode,
    response::Response,
};
use muster_core::{
    derive::smart_group::{RulePosition, RuleProblem, SmartGroup, pointed},
    model::{actor::Actor, calendar::Calendar, plan::Who},
};
use muster_store::{GroupMoves, StoreError};
use serde::Deserialize;

/// Conditions of a form; more are written as an expression.
const MAX_ROWS: usize = 50;

#[derive(Template)]
#[template(path = "pages/groups/edit.html")]
struct RulePage {
    frame: Frame,
    action: String,
    back: String,
    /// Empty: a new group that has none yet.
    name: String,
    is_new: bool,
    rows: Vec<RowView>,
    expression: String,
    form: Form,
    effect: Option<Effect>,
    is_outdated: bool,
}

/// One condition of the form.
struct RowView {
    at: usize,
    join: &'static str,
    fields: Vec<Choice>,
    tests: Vec<Choice>,
    values: String,
    lines: usize,
    saved: Option<String>,
    remove: String,
    error: Option<String>,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

/// What saving the rule would do.
struct Effect {
    members: String,
    joins: String,
    leaves: String,
    first: Vec<MoveRow>,
    undecided: Option<String>,
    button: String,
    /// The rule with its effect, as the form sends it back.
    seen: String,
}

struct MoveRow {
    sign: Markup,
    name: String,
    key: String,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    group: Option<String>,
}

/// What was filled in.
#[derive(Clone, Debug, Default)]
struct Sent {
    name: String,
    rows: Vec<Row>,
    expression: String,
    /// Which button was pressed.
    act: String,
    seen: String,
}

impl Sent {
    fn parse(form: &[u8]) -> Self {
        let mut sent = Self::default();
        for (key, value) in url::form_urlencoded::parse(form).into_owned() {
            let last = sent.rows.len().saturating_sub(1);
            match key.as_str() {
                "name" => sent.name = value.trim().to_owned(),
                "expression" => sent.expression = value.trim().replace("\r\n", "\n"),
                "do" => sent.act = value,
                "seen" => sent.seen = value,
                // The three parts of a row follow each other.
                "field" if sent.rows.len() < MAX_ROWS => sent.rows.push(Row {
                    field: value,
                    ..Row::default()
                }),
                "test" if !sent.rows.is_empty() => sent.rows[last].test = value,
                "values" if !sent.rows.is_empty() => sent.rows[last].values = value,
                _ => {}
            }
        }
        sent
    }

    fn of(group: &SmartGroup) -> Self {
        Self {
            name: group.name.clone(),
            rows: group.conditions.iter().map(Row::of).collect(),
            expression: group.expression.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The rule, or what is wrong with its rows.
    fn group(&self, here: &Here) -> Result<SmartGroup, Vec<FieldError>> {
        let (mut conditions, mut errors) = (Vec::new(), Vec::new());
        for (at, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_blank())
        {
            match row.conditions(&here.workspace.schema) {
                Ok(found) => conditions.extend(found),
                Err(key) => errors.push(in_condition(at, &Frame::words().t(key))),
            }
        }
        let group = SmartGroup {
            name: self.name.clone(),
            conditions,
            expression: Some(self.expression.clone()).filter(|source| !source.is_empty()),
        };
        match errors.is_empty() {
            true => Ok(group),
            false => Err(errors),
        }
    }

    /// The row of a condition of the rule: a row can become several conditions.
    fn row_of(&self, here: &Here, condition: usize) -> usize {
        let mut before = 0;
        for (at, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_blank())
        {
            before += row
                .conditions(&here.workspace.schema)
                .map_or(0, |found| found.len());
            if condition < before {
                return at;
            }
        }
        0
    }
}

fn in_condition(at: usize, text: &str) -> FieldError {
    let place = (at + 1).to_string();
    let values = [
        ("number", Argument::Text(&place)),
        ("text", Argument::Text(text)),
    ];
    FieldError {
        field: "rows",
        text: Frame::words().with("rule-in-condition", &values),
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(wanted): Query<Wanted>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(sent) = saved(app, here, wanted.group.as_deref())? else {
            return Ok(Outcome::NotFound);
        };
        Draft::new(here, wanted.group.as_deref(), sent).shown(app, None)
    })
    .await
}

/// The form of a saved rule, or an empty one; none: there is no such group.
fn saved(app: &App, here: &Here, name: Option<&str>) -> Result<Option<Sent>, StoreError> {
    let Some(name) = name else {
        return Ok(Some(Sent::default()));
    };
    let all = app.store.smart_groups(&here.workspace)?;
    let found = all.iter().find(|stored| stored.group.name == name);
    Ok(found.map(|stored| Sent::of(&stored.group)))
}

pub(crate) async fn send(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(wanted): Query<Wanted>,
    RawForm(form): RawForm,
) -> Response {
    respond::act(app, here, move |app, here| {
        let name = wanted.group.as_deref();
        if saved(app, here, name)?.is_none() {
            return Ok(Outcome::NotFound);
        }
        let mut sent = Sent::parse(&form);
        if let Some(name) = name {
            name.clone_into(&mut sent.name);
        }
        Draft::new(here, name, sent).answer(app)
    })
    .await
}

/// A rule that is being written.
struct Draft<'a> {
    here: &'a Here,
    /// The group whose rule it is; none: a new one.
    of: Option<&'a str>,
    sent: Sent,
    errors: Vec<FieldError>,
    is_outdated: bool,
}

impl<'a> Draft<'a> {
    fn new(here: &'a Here, of: Option<&'a str>, sent: Sent) -> Self {
        Self {
            here,
            of,
            sent,
            errors: Vec::new(),
            is_outdated: false,
        }
    }

    fn answer(mut self, app: &App) -> Result<Outcome, StoreError> {
        if self.sent.act == "add" {
            self.sent.rows.push(Row::default());
            return self.shown(app, None);
        }
        if let Some(at) = self.sent.act.strip_prefix("remove.") {
            if let Some(at) = at.parse().ok().filter(|at| *at < self.sent.rows.len()) {
                self.sent.rows.remove(at);
            }
            return self.shown(app, None);
        }
        let group = match self.sent.group(self.here) {
            Ok(group) => group,
            Err(errors) => {
                self.errors = errors;
                return self.shown(app, None);
            }
        };
        self.check(app, &group)?;
        if !self.errors.is_empty() {
            return self.shown(app, None);
        }
        let moves = self.moves(app, &group)?;
        let seen = seen(&group, &moves);
        if self.sent.act != "save" {
            return self.shown(app, Some((moves, seen)));
        }
        if seen != self.sent.seen {
            self.is_outdated = true;
            return self.shown(app, Some((moves, seen)));
        }
        let by = Actor::User(self.here.session.user.email.clone());
        let page = address(self.here, &group.name);
        match (app.web.change_groups)(&self.here.workspace, &GroupChange::Save(group), by) {
            Ok(_) => Ok(Outcome::To(page)),
            Err(Some(said)) => {
                self.errors = vec![FieldError {
                    field: "form",
                    text: refusal(&said.message, &said.help),
                }];
                self.shown(app, None)
            }
            Err(None) => Err(StoreError::NoKey),
        }
    }

    /// Notes everything that is wrong with the rule.
    fn check(&mut self, app: &App, group: &SmartGroup) -> Result<(), StoreError> {
        let problems = group.check(&self.here.workspace);
        self.errors = problems.iter().map(|one| self.error(app, one)).collect();
        let all = app.store.smart_groups(&self.here.workspace)?;
        if self.of.is_none() && all.iter().any(|stored| stored.group.name == group.name) {
            self.errors.push(FieldError::new("name", "rule-name-used"));
        }
        Ok(())
    }

    fn error(&self, app: &App, problem: &RuleProblem) -> FieldError {
        let said = (app.web.sentences.rule)(problem);
        let text = refusal(&said.message, &said.help);
        match problem.position {
            RulePosition::Group => FieldError {
                field: "name",
                text,
            },
            RulePosition::Condition(condition) => {
                in_condition(self.sent.row_of(self.here, condition), &text)
            }
            RulePosition::Expression(character) => {
                let (line, column, _) = pointed(&self.sent.expression, character);
                let (line, column) = (line.to_string(), column.to_string());
                let values = [
                    ("line", Argument::Text(&line)),
                    ("column", Argument::Text(&column)),
                    ("text", Argument::Text(&text)),
                ];
                FieldError {
                    field: "expression",
                    text: Frame::words().with("rule-in-expression", &values),
                }
            }
        }
    }

    fn moves(&self, app: &App, group: &SmartGroup) -> Result<GroupMoves, StoreError> {
        let workspace = &self.here.workspace;
        let today = Calendar::at(app.now(), &workspace.settings).today;
        let groups = std::slice::from_ref(group);
        let moves = app.store.preview_smart_groups(workspace, groups, today)?;
        Ok(moves.into_iter().next().unwrap_or_default())
    }

    fn shown(
        mut self,
        app: &App,
        effect: Option<(GroupMoves, String)>,
    ) -> Result<Outcome, StoreError> {
        let words = Frame::words();
        if self.sent.rows.is_empty() {
            self.sent.rows.push(Row::default());
        }
        let title = match self.of {
            Some(name) => words.v("rule-edit", &visible(name)),
            None => words.t("rule-new"),
        };
        let crumbs = vec![
            Link::new(root(self.here), words.t("nav-groups")),
            Link::new("", title.clone()),
        ];
        let status = match self.errors.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let rows = self.sent.rows.iter().enumerate();
        let rows = rows
            .map(|(at, row)| self.row(words, app.web.sentences, at, row))
            .collect();
        let page = RulePage {
            frame: Frame::inside(app, self.here, Area::Groups, title, crumbs)?,
            action: editor(self.here, self.of),
            back: match self.of {
                Some(name) => address(self.here, name),
                None => root(self.here),
            },
            is_new: self.of.is_none(),
            rows,
            effect: effect.map(|(moves, seen)| effect_of(words, &moves, seen)),
            is_outdated: self.is_outdated,
            name: self.sent.name,
            expression: self.sent.expression,
            form: Form {
                errors: self.errors,
            },
        };
        Ok(Outcome::Page(status, page.render()))
    }

    fn row(&self, words: &Words, sentences: Sentences, at: usize, row: &Row) -> RowView {
        let schema = &self.here.workspace.schema;
        let status = ("status".to_owned(), words.t("field-status"));
        let fields = schema
            .iter()
            .map(|(field, definition)| (definition.key.clone(), field_name(words, schema, field)));
        let choice = |(value, text): (String, String), chosen: &str| Choice {
            is_chosen: value == chosen,
            value,
            text,
        };
        let tests = TESTS
            .iter()
            .filter(|(test, _)| *test != SAVED)
            .map(|(test, key)| ((*test).to_owned(), words.t(key)));
        let error = in_condition(at, "").text;
        let errors = self.errors.iter();
        let of_row = errors.filter(|one| one.field == "rows" && one.text.starts_with(&*error));
        RowView {
            at,
            join: if at == 0 { "rule-where" } else { "rule-and" },
            fields: fields
                .chain([status])
                .map(|field| choice(field, &row.field))
                .collect(),
            tests: tests.map(|test| choice(test, &row.test)).collect(),
            lines: row.values.lines().count().clamp(1, 8),
            saved: row.saved(sentences),
            values: row.values.clone(),
            remove: words.v("rule-remove", &(at + 1).to_string()),
            error: of_row.map(|one| one.text.clone()).next(),
        }
    }
}

/// The rule with its effect, so that nothing else is saved.
fn seen(group: &SmartGroup, moves: &GroupMoves) -> String {
    let seen = (group, moves.members, moves.joins, moves.leaves);
    serde_json::to_string(&seen).unwrap_or_default()
}

fn effect_of(words: &Words, moves: &GroupMoves, seen: String) -> Effect {
    let joining = moves.first_joining.iter().map(|who| (who, true));
    let leaving = moves.first_leaving.iter().map(|who| (who, false));
    let mut first: Vec<MoveRow> = joining
        .chain(leaving)
        .map(|(who, joins)| move_row(words, who, joins))
        .collect();
    let others = (moves.joins + moves.leaves).saturating_sub(first.len() as u64);
    if others > 0 {
        first.push(MoveRow {
            sign: Markup::default(),
            name: words.n("rule-more", others),
            key: String::new(),
        });
    }
    Effect {
        members: number(moves.members),
        joins: number(moves.joins),
        leaves: number(moves.leaves),
        first,
        undecided: (moves.undecided > 0).then(|| words.n("rule-undecided", moves.undecided)),
        button: words.n("rule-save", moves.joins + moves.leaves),
        seen,
    }
}

fn move_row(words: &Words, who: &Who, joins: bool) -> MoveRow {
    let (look, key) = match joins {
        true => (look("is-create", "plus"), "rule-join"),
        false => (look("is-deactivate", "minus"), "rule-leave"),
    };
    let id = who.external_id.as_ref().or(who.email.as_ref());
    MoveRow {
        sign: sign(look, &words.t(key)),
        name: visible(&who.name),
        key: id.map(|id| visible(id)).unwrap_or_default(),
    }
}
