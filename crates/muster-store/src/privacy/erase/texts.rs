//! Texts and lists that name people: history, plans, problems, messages. What is a person's own is blanked; where
//! they are mentioned beside another employee, only they go.

use super::{identifiers::Identifiers, locations::Search};
use crate::{
    db::error::{DbError, corrupt},
    directory::changes::json,
};
use muster_core::{decide::guard::Finding, model::plan::Who};
use serde_json::Value;
use std::collections::BTreeSet;

impl Search<'_> {
    fn owner(&self, employee: Option<i64>) -> bool {
        employee.is_some_and(|employee| {
            self.people
                .iter()
                .any(|identifiers| identifiers.employee.0 == employee)
        })
    }

    /// A text without any of the people; none if it names nobody of them.
    pub(super) fn redact(&self, text: &str) -> Option<String> {
        let mut redacted: Option<String> = None;
        for identifiers in self.people {
            let now = redacted.as_deref().unwrap_or(text);
            redacted = identifiers.redact(now).or(redacted);
        }
        redacted
    }

    /// Changes or values of another employee without keys of the people; none if there are none in them.
    fn without_keys(&self, text: &str) -> Option<String> {
        // Most have neither an address nor a manager, and need not be taken apart.
        if !text.contains('@') && !text.contains("manager_external_id") {
            return None;
        }
        let is_theirs = |key: &str, value: &Value| {
            value.as_str().is_some_and(|value| {
                self.people
                    .iter()
                    .any(|identifiers: &Identifiers| identifiers.has_value(key, value))
            })
        };
        let mut parsed: Value = serde_json::from_str(text).ok()?;
        let mut found = false;
        match &mut parsed {
            Value::Array(changes) => {
                for change in changes.iter_mut().filter_map(Value::as_object_mut) {
                    let key = change
                        .get("key")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned();
                    for side in ["old", "new"] {
                        if change.get(side).is_some_and(|value| is_theirs(&key, value)) {
                            change.remove(side);
                            found = true;
                        }
                    }
                }
            }
            Value::Object(values) => {
                let before = values.len();
                values.retain(|key, value| !is_theirs(key, value));
                found = values.len() < before;
            }
            _ => {}
        }
        found.then(|| parsed.to_string())
    }
}

/// The history of the people, and what that of others says of them. That they were erased stays.
pub(super) fn history(search: &mut Search<'_>) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let mut update = search.connection.prepare_cached(
        "UPDATE change SET changes = ?5 WHERE workspace_id = ?1 AND employee_id = ?2 AND run_id = ?3 AND number = ?4",
    )?;
    let mut own = search.connection.prepare_cached(
        "SELECT employee_id, run_id, number, changes FROM change WHERE workspace_id = ?1 AND kind <> 'delete'",
    )?;
    let mut rows = own.query([workspace])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        let (employee, text) = (
            row.get("employee_id")?,
            row.text("changes")?
                .ok_or_else(|| corrupt("change", "changes", ""))?,
        );
        let is_own = search.owner(Some(employee)) && text != "[]";
        if let Some(new) = is_own
            .then(|| "[]".to_owned())
            .or_else(|| search.without_keys(text))
        {
            wanted.push((
                employee,
                row.get::<i64>("run_id")?,
                row.get::<i64>("number")?,
                new,
            ));
        }
    }
    if search.act.is_some() {
        for (employee, run, number, new) in &wanted {
            update.execute((workspace, employee, run, number, new))?;
        }
    }
    Ok(wanted.len() as u64)
}

/// Operations of plans. A plan of which one still waits is replaced: what was shown is not there any longer.
pub(super) fn operations(search: &mut Search<'_>) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let mut select = search.connection.prepare_cached(
        "SELECT run_id, number, employee_id, kind, who, payload, decision FROM operation WHERE workspace_id = ?1",
    )?;
    let mut rows = select.query([workspace])?;
    let mut wanted = Vec::new();
    let mut waiting = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (run, number): (i64, i64) = (row.get("run_id")?, row.get("number")?);
        let text = |column| {
            row.text(column)?
                .ok_or_else(|| corrupt("operation", "payload", number))
        };
        let who: Who =
            serde_json::from_str(text("who")?).map_err(|_| corrupt("operation", "who", number))?;
        let is_own = search.owner(row.get("employee_id")?)
            || search
                .people
                .iter()
                .any(|identifiers| identifiers.is_who(&who));
        let new = if is_own {
            let nothing = if text("kind")? == "create" {
                "{}"
            } else {
                "[]"
            };
            Some((json(&Who::default()), nothing.to_owned()))
        } else {
            search
                .without_keys(text("payload")?)
                .map(|payload| (json(&who), payload))
        };
        let Some((who, payload)) = new else { continue };
        if who == text("who")? && payload == text("payload")? {
            continue;
        }
        if text("decision")? == "open" {
            waiting.insert(run);
        }
        wanted.push((run, number, who, payload));
    }
    let Some(now) = search.act else {
        return Ok(wanted.len() as u64);
    };
    let mut update = search.connection.prepare_cached(
        "UPDATE operation SET who = ?4, payload = ?5, shared_change = NULL WHERE workspace_id = ?1 AND run_id = ?2 AND number = ?3",
    )?;
    for (run, number, who, payload) in &wanted {
        update.execute((workspace, run, number, who, payload))?;
    }
    let mut replace = search.connection.prepare_cached(
        "UPDATE plan SET status = 'replaced', decided_at = ?3 WHERE workspace_id = ?1 AND run_id = ?2 \
         AND status IN ('held', 'partly', 'saved')",
    )?;
    for run in waiting {
        replace.execute((workspace, run, now.as_microsecond()))?;
    }
    Ok(wanted.len() as u64)
}

/// People named by guards.
pub(super) fn findings(search: &mut Search<'_>) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let mut select = search
        .connection
        .prepare_cached("SELECT run_id, findings FROM plan WHERE workspace_id = ?1")?;
    let mut rows = select.query([workspace])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, text): (i64, String) = (row.get("run_id")?, row.get("findings")?);
        let mut findings: Vec<Finding> =
            serde_json::from_str(&text).map_err(|_| corrupt("plan", "findings", run))?;
        for finding in &mut findings {
            finding
                .people
                .retain(|person| search.redact(person).is_none());
            for text in finding.personal_texts() {
                if let Some(redacted) = search.redact(text) {
                    *text = redacted;
                }
            }
        }
        let new = json(&findings);
        if new != text {
            wanted.push((run, new));
        }
    }
    if search.act.is_some() {
        let mut update = search.connection.prepare_cached(
            "UPDATE plan SET findings = ?3 WHERE workspace_id = ?1 AND run_id = ?2",
        )?;
        for (run, new) in &wanted {
            update.execute((workspace, run, new))?;
        }
    }
    Ok(wanted.len() as u64)
}

const REMOVED: &str = "the values of this employee were erased";

/// Problems of the people's records, and of others that name them.
pub(super) fn problems(search: &mut Search<'_>) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let mut select = search.connection.prepare_cached(
        "SELECT problem.run_id, number, file, line, value, subject, message, advice, sha256, detail, remedy \
         FROM problem \
         LEFT JOIN run_file ON run_file.workspace_id = problem.workspace_id AND run_file.run_id = problem.run_id \
         AND run_file.position = file WHERE problem.workspace_id = ?1",
    )?;
    let mut update = search.connection.prepare_cached(
        "UPDATE problem SET value = ?4, subject = ?5, message = ?6, advice = ?7, detail = ?8, \
         remedy = ?9 \
         WHERE workspace_id = ?1 AND run_id = ?2 AND number = ?3",
    )?;
    let mut rows = select.query([workspace])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, number): (i64, i64) = (row.get("run_id")?, row.get("number")?);
        let line: Option<u32> = row.get("line")?;
        let (value, subject): (Option<String>, Option<String>) =
            (row.get("value")?, row.get("subject")?);
        let (message, advice, sha256): (String, String, Option<String>) =
            (row.get("message")?, row.get("advice")?, row.get("sha256")?);
        let stood_here = || Some(search.lines.get(&sha256?)?.contains(&line?));
        let is_own = subject
            .as_ref()
            .is_some_and(|subject| search.people.iter().any(|who| who.is_subject(subject)))
            || stood_here() == Some(true);
        if is_own {
            if message != REMOVED {
                wanted.push((run, number, Texts::removed()));
            }
            continue;
        }
        let (detail, remedy): (Option<String>, Option<String>) =
            (row.get("detail")?, row.get("remedy")?);
        let (new_detail, new_remedy) = (search.in_detail(&detail), search.in_detail(&remedy));
        let texts = [value.as_deref().unwrap_or_default(), &message, &advice]
            .map(|text| search.redact(text));
        let is_named = texts.iter().any(Option::is_some);
        if is_named || new_detail.is_some() || new_remedy.is_some() {
            let [new_value, new_message, new_advice] = texts;
            let new = Texts {
                value: new_value.or(value),
                subject,
                message: new_message.unwrap_or(message),
                advice: new_advice.unwrap_or(advice),
                detail: new_detail.or(detail),
                remedy: new_remedy.or(remedy),
            };
            wanted.push((run, number, new));
        }
    }
    if search.act.is_some() {
        for (run, number, new) in &wanted {
            update.execute((
                workspace,
                run,
                number,
                &new.value,
                &new.subject,
                &new.message,
                &new.advice,
                &new.detail,
                &new.remedy,
            ))?;
        }
    }
    Ok(wanted.len() as u64)
}

/// The columns of a problem that may name an employee.
struct Texts {
    value: Option<String>,
    subject: Option<String>,
    message: String,
    advice: String,
    detail: Option<String>,
    remedy: Option<String>,
}

impl Texts {
    fn removed() -> Self {
        Self {
            value: None,
            subject: None,
            message: REMOVED.to_owned(),
            advice: String::new(),
            detail: None,
            remedy: None,
        }
    }
}

impl Search<'_> {
    /// Typed arguments (JSON) without the identifiers that occur in their texts; none: they have none.
    fn in_detail(&self, json: &Option<String>) -> Option<String> {
        let mut value: serde_json::Value = serde_json::from_str(json.as_deref()?).ok()?;
        self.redact_texts(&mut value).then(|| value.to_string())
    }

    fn redact_texts(&self, value: &mut serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => match self.redact(text) {
                Some(new) => {
                    *text = new;
                    true
                }
                None => false,
            },
            serde_json::Value::Array(items) => items
                .iter_mut()
                .fold(false, |changed, item| self.redact_texts(item) | changed),
            serde_json::Value::Object(fields) => fields
                .values_mut()
                .fold(false, |changed, field| self.redact_texts(field) | changed),
            _ => false,
        }
    }
}

/// Messages of runs that failed.
pub(super) fn runs(search: &mut Search<'_>) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let mut select = search.connection.prepare_cached(
        "SELECT id, error FROM run WHERE workspace_id = ?1 AND error IS NOT NULL",
    )?;
    let mut rows = select.query([workspace])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get("error")?;
        if let Some(new) = search.redact(&text) {
            wanted.push((row.get::<i64>("id")?, new));
        }
    }
    if search.act.is_some() {
        let mut update = search
            .connection
            .prepare_cached("UPDATE run SET error = ?3 WHERE workspace_id = ?1 AND id = ?2")?;
        for (run, new) in &wanted {
            update.execute((workspace, run, new))?;
        }
    }
    Ok(wanted.len() as u64)
}
