//! What `muster apply` prints: the difference, and what became of it.

use crate::{commands::say, show::safe};
use muster_core::{
    model::response::ApplyAnswer,
    setup::settings::{ChangeKind, Difference},
};
use std::path::Path;

pub(super) fn changes(answer: &ApplyAnswer) {
    for change in &answer.changes {
        let (sign, what) = match change.kind {
            ChangeKind::Create => ('+', "create"),
            ChangeKind::Change => ('~', "change"),
            ChangeKind::Remove => ('-', "remove"),
        };
        let file = match &change.file {
            Some(file) => format!(" (managed by {})", safe(file)),
            None => String::new(),
        };
        say(format!("{sign} {what} {}{file}", safe(&change.integration)));
        for difference in &change.differences {
            say(format!("    {}", line(difference)));
        }
    }
    for name in &answer.removed_secrets {
        say(format!(
            "! the stored secret `{}` of {} is removed: it is not used by the new settings, or would be sent elsewhere",
            name.setting, name.integration
        ));
    }
    for name in &answer.unmanaged {
        say(format!(
            "  {} is not managed by a file and is not changed",
            safe(name)
        ));
    }
}

/// A changed setting, with the symbol of what happened to it.
pub(crate) fn line(difference: &Difference) -> String {
    let setting = safe(&difference.setting);
    if difference.hidden {
        return format!("~ {setting}: changed (not shown: it may hold a secret)");
    }
    let quoted = |text: &str| format!("\"{}\"", safe(text));
    match (&difference.old, &difference.new) {
        (None, Some(new)) => format!("+ {setting} = {}", quoted(new)),
        (Some(old), None) => format!("- {setting} = {}", quoted(old)),
        (old, new) => {
            let text = |value: &Option<String>| value.as_deref().map(quoted).unwrap_or_default();
            format!("~ {setting}: {} -> {}", text(old), text(new))
        }
    }
}

pub(super) fn end(answer: &ApplyAnswer, folder: &Path) {
    let count = |kind: ChangeKind| {
        let changes = answer.changes.iter();
        changes.filter(|change| change.kind == kind).count()
    };
    let counts = format!(
        "{} to create, {} to change, {} to remove",
        count(ChangeKind::Create),
        count(ChangeKind::Change),
        count(ChangeKind::Remove)
    );
    let workspace = &answer.workspace;
    match answer.status {
        "planned" => say(format!(
            "workspace {workspace}: {counts}; nothing was changed\n  help: run `muster apply {}` to apply this",
            folder.display()
        )),
        "applied" => say(format!("workspace {workspace}: {counts}; applied")),
        _ => say(format!("workspace {workspace}: no difference")),
    }
    for name in &answer.missing_secrets {
        say(format!(
            "! no secret is stored for `{}` of {}\n  help: run `muster secret set {} {}`",
            name.setting, name.integration, name.integration, name.setting
        ));
    }
}
