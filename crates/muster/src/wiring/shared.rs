//! Settings of a workspace that its integrations share. Each is set by one of them, or alike by several; the others leave it
//! as it is set. Otherwise the runs of two integrations would change the workspace in turns.

use crate::{config::Configuration, error::CommandError};
use muster_core::{model::workspace::WorkspaceSettings, setup::settings::RawWorkspace};

/// A setting that one value of a workspace has.
struct Shared {
    name: &'static str,
    /// As an integration writes it; none: it does not.
    written: fn(&RawWorkspace) -> Option<String>,
    copy: fn(&mut WorkspaceSettings, &WorkspaceSettings),
}

const SHARED: [Shared; 6] = [
    Shared {
        name: "language",
        written: |raw| {
            let languages = raw.languages.iter().flatten();
            let all: Vec<&str> = raw
                .language
                .iter()
                .chain(languages)
                .map(String::as_str)
                .collect();
            (!all.is_empty()).then(|| all.join(", "))
        },
        copy: |to, from| {
            to.language.clone_from(&from.language);
            to.languages.clone_from(&from.languages);
        },
    },
    Shared {
        name: "region",
        written: |raw| raw.region.clone(),
        copy: |to, from| to.region.clone_from(&from.region),
    },
    Shared {
        name: "time_zone",
        written: |raw| raw.time_zone.clone(),
        copy: |to, from| to.time_zone.clone_from(&from.time_zone),
    },
    Shared {
        name: "currency",
        written: |raw| raw.currency.clone(),
        copy: |to, from| to.currency.clone_from(&from.currency),
    },
    Shared {
        name: "offboarding",
        written: |raw| raw.offboarding.clone(),
        copy: |to, from| to.offboarding = from.offboarding,
    },
    Shared {
        name: "manager_left",
        written: |raw| raw.manager_left.clone(),
        copy: |to, from| to.manager_left = from.manager_left,
    },
];

/// The settings of the workspace of an integration, together with those that its other integrations set. Refused if two of
/// them set one differently.
pub(crate) fn shared_settings(
    own: &Configuration,
    others: &[Configuration],
) -> Result<WorkspaceSettings, CommandError> {
    let mut settings = own.settings.workspace_settings.clone();
    for shared in &SHARED {
        let mine = written(shared, own);
        for other in others {
            let Some(theirs) = written(shared, other) else {
                continue;
            };
            match &mine {
                None => {
                    (shared.copy)(&mut settings, &other.settings.workspace_settings);
                    break;
                }
                Some(mine) if *mine == theirs => {}
                Some(mine) => return Err(differs(shared.name, (own, mine), (other, &theirs))),
            }
        }
    }
    Ok(settings)
}

fn written(shared: &Shared, configured: &Configuration) -> Option<String> {
    let workspace = configured.raw.workspace.as_ref()?;
    (shared.written)(&workspace.0)
}

fn differs(
    setting: &str,
    own: (&Configuration, &str),
    other: (&Configuration, &str),
) -> CommandError {
    let (one, two) = (&own.0.settings.name, &other.0.settings.name);
    CommandError::usage(
        format!(
            "the integrations `{one}` and `{two}` of workspace `{}` set `workspace.{setting}` differently: `{}` and `{}`",
            own.0.settings.workspace, own.1, other.1
        ),
        "set it in one of them only, or to the same value in both; nothing was changed",
    )
}
