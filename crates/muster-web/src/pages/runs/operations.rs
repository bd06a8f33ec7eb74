//! What a plan would do and what a run did, grouped by what happens and why; old and new beside each other.

use crate::{
    pages::{
        frame::{Frame, workspace_path},
        parts::{self, DiffRow, Link, Markup, changed_name, look_of, shown, sign, word_of},
    },
    state::Sentences,
    texts::{Argument, Words},
    wording::{number, origin, visible},
};
use muster_core::{
    decide::shared_change::SharedChange,
    model::{
        employee::Employee,
        ids::EmployeeId,
        origin::DeliveredFile,
        plan::{Change, OperationKind, Reason, Who},
        workspace::Workspace,
    },
};
use muster_store::{Decision, HistoryEntry, OperationSort, StoredOperation};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one sort.
pub(crate) struct Group {
    /// For ids and addresses: `deactivate.missing.0`.
    pub(crate) name: String,
    pub(crate) sign: Markup,
    pub(crate) title: String,
    pub(crate) count: String,
    /// The page that approves exactly this sort.
    pub(crate) approve: Option<Link>,
    pub(crate) rows: Vec<Row>,
    /// The page with more of this sort, and how it is named.
    pub(crate) more: Option<(String, String)>,
}

pub(crate) struct Row {
    /// The number of the operation, if it can be decided on.
    pub(crate) number: Option<i64>,
    pub(crate) sign: Markup,
    pub(crate) name: String,
    /// Empty: the employee does not exist yet.
    pub(crate) href: String,
    pub(crate) key: String,
    pub(crate) changes: Vec<DiffRow>,
    /// How many values are not shown.
    pub(crate) hidden: u64,
    pub(crate) why: String,
    /// Why the operation waits for a decision of its own, or what became of it.
    pub(crate) note: String,
    pub(crate) from: String,
}

/// A create has up to forty values; this many are shown.
const VALUES: usize = 6;

/// What rows are made with.
pub(crate) struct Context<'c> {
    pub(crate) sentences: Sentences,
    pub(crate) workspace: &'c Workspace,
    pub(crate) files: &'c [DeliveredFile],
    /// The operations whose employees have changed since the plan was made.
    pub(crate) changed: &'c BTreeSet<i64>,
}

impl Context<'_> {
    pub(crate) fn planned(&self, stored: &StoredOperation) -> Row {
        let operation = &stored.operation;
        let words = Frame::words();
        let has_changed = self.changed.contains(&stored.number);
        let note = match (stored.decision, operation.held) {
            (Decision::Open, _) if has_changed => words.t("operation-changed"),
            (Decision::Applied, _) => words.t("operation-applied"),
            (Decision::Void, _) => words.t("operation-void"),
            (Decision::Open, Some(reason)) if reason != operation.reason => {
                because(self.sentences, reason)
            }
            (Decision::Open, _) => String::new(),
        };
        self.row(
            Some(stored.number).filter(|_| stored.decision == Decision::Open && !has_changed),
            operation.kind,
            operation.employee,
            &operation.who,
            &operation.changes,
            because(self.sentences, operation.reason),
            note,
            operation.origin.map(|at| origin(at, self.files)),
        )
    }

    pub(crate) fn done(
        &self,
        entry: &HistoryEntry,
        people: &BTreeMap<EmployeeId, Employee>,
    ) -> Row {
        let who = people
            .get(&entry.employee)
            .map(Who::of_employee)
            .unwrap_or_default();
        let at = match (&entry.file, entry.origin) {
            (Some(file), Some(origin)) => Some(format!(
                "{}:{}",
                visible(file),
                number(u64::from(origin.line))
            )),
            _ => entry.origin.map(|at| origin(at, self.files)),
        };
        self.row(
            None,
            entry.kind,
            Some(entry.employee),
            &who,
            &entry.changes,
            because(self.sentences, entry.reason),
            String::new(),
            at,
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one row, put together in one place"
    )]
    fn row(
        &self,
        number: Option<i64>,
        kind: OperationKind,
        employee: Option<EmployeeId>,
        who: &Who,
        changes: &[Change],
        why: String,
        note: String,
        from: Option<String>,
    ) -> Row {
        let words = Frame::words();
        let root = workspace_path(&self.workspace.name);
        let mut diff = parts::diff(words, &self.workspace.schema, changes);
        let hidden = diff.len().saturating_sub(VALUES) as u64;
        diff.truncate(VALUES);
        let key = who.external_id.as_ref().or(who.email.as_ref());
        Row {
            number,
            sign: sign(look_of(kind), &word_of(words, kind)),
            name: named(words, who, employee),
            href: employee
                .map(|id| format!("{root}/people/{id}"))
                .unwrap_or_default(),
            key: key.map(|key| visible(key)).unwrap_or_default(),
            changes: diff,
            hidden,
            why,
            note,
            from: from.unwrap_or_else(|| "–".to_owned()),
        }
    }
}

/// How an employee is named in a row; an erased one has only a number.
pub(crate) fn named(words: &Words, who: &Who, employee: Option<EmployeeId>) -> String {
    let key = who.external_id.as_ref().or(who.email.as_ref());
    match (who.name.trim(), key, employee) {
        ("", Some(key), _) => visible(key),
        ("", None, Some(id)) => words.v("employee-without-name", &id.to_string()),
        ("", None, None) => words.t("record-without-name"),
        (name, ..) => visible(name),
    }
}

pub(crate) fn because(sentences: Sentences, reason: Reason) -> String {
    super::verdict::sentence((sentences.reason)(reason).to_owned())
}

/// The heading of a sort of operations.
pub(crate) fn sort_title(
    words: &Words,
    sentences: Sentences,
    workspace: &Workspace,
    sort: &OperationSort,
) -> String {
    let word = word_of(words, sort.kind);
    let why = match &sort.shared {
        Some(shared) => shared_sentence(words, workspace, shared),
        None => (sentences.reason)(sort.reason).to_owned(),
    };
    let title = format!("{word}: {why}");
    if sort.is_held {
        words.v("group-held", &title)
    } else {
        title
    }
}

/// `Department is Logistics instead of Warehouse`.
fn shared_sentence(words: &Words, workspace: &Workspace, shared: &SharedChange) -> String {
    let what = shared.what();
    let field = changed_name(words, &workspace.schema, what);
    let (key, old, new) = match shared {
        SharedChange::SameField { .. } => return words.v("shared-field", &field),
        SharedChange::SameChange { old, new, .. } => (
            match (old, new) {
                (None, _) => "shared-set",
                (_, None) => "shared-cleared",
                _ => "shared-replaced",
            },
            shown(words, what, old.as_deref()).unwrap_or_default(),
            shown(words, what, new.as_deref()).unwrap_or_default(),
        ),
    };
    let arguments = [
        ("field", Argument::Text(&field)),
        ("old", Argument::Text(&old)),
        ("new", Argument::Text(&new)),
    ];
    words.with(key, &arguments)
}

/// The name of a sort in addresses and ids.
pub(crate) fn sort_name(sort: &OperationSort) -> String {
    let name = format!(
        "{}.{}.{}",
        sort.kind.as_str(),
        sort.reason.as_str(),
        u8::from(sort.is_held)
    );
    match &sort.shared {
        Some(shared) => {
            let hash = blake3::hash(format!("{shared:?}").as_bytes()).to_hex();
            format!("{name}.{}", &hash[..8])
        }
        None => name,
    }
}
