//! Smart groups that are saved or removed on a page, as the engine does it for the command line.

use muster_core::model::{actor::Actor, workspace::Workspace};
use muster_engine::{Clock, Deps, SystemClock};
use muster_store::Store;
use muster_web::{ChangeGroups, ChangedGroups, GroupChange};
use std::{slice, sync::Arc};

pub(super) fn change_groups(store: Arc<Store>, clock: Arc<dyn Clock>) -> Arc<ChangeGroups> {
    Arc::new(
        move |workspace: &Workspace, change: &GroupChange, actor: Actor| {
            let process = i64::from(std::process::id());
            let deps = Deps {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                system: Arc::new(SystemClock),
                process,
                owner: format!("pages of process {process}"),
                lease: None,
                actor,
                rehearsal: false,
            };
            let done = match change {
                GroupChange::Save(group) => {
                    muster_engine::apply_groups(workspace, slice::from_ref(group), &deps).map(
                        |(run, moves)| ChangedGroups {
                            run,
                            moves,
                            left: 0,
                        },
                    )
                }
                GroupChange::Remove(name) => muster_engine::remove_group(workspace, name, &deps)
                    .map(|(run, left)| ChangedGroups {
                        run,
                        moves: Vec::new(),
                        left,
                    }),
            };
            done.map_err(|error| Some(super::refusal(&error.problem())))
        },
    )
}
