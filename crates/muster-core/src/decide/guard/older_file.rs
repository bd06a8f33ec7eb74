//! The newest file of a delivery is older than the newest of the last good run: a forgotten old file must not undo
//! a new one. Files without a time prove nothing.

use super::{Evidence, Finding, Guard};
use crate::{
    decide::proposal::{Proposal, Verdict},
    model::{ids::RunId, origin::DeliveredFile, problem::shown},
};
use jiff::Timestamp;

/// Holds the plan of an older delivery. `last` are the files of the last good run.
pub fn check(proposal: &mut Proposal, files: &[DeliveredFile], last: &[DeliveredFile], run: RunId) {
    if proposal.plan.is_empty() {
        return;
    }
    let (Some((modified, file)), Some((last_modified, last_file))) = (newest(files), newest(last))
    else {
        return;
    };
    if modified >= last_modified {
        return;
    }
    let evidence = Evidence::Older {
        file: shown(file),
        modified,
        last_file: shown(last_file),
        last_modified,
        run,
    };
    proposal
        .findings
        .push(Finding::new(Guard::Older, evidence, 0, 0));
    proposal.verdict = Verdict::Hold;
}

fn newest(files: &[DeliveredFile]) -> Option<(Timestamp, &str)> {
    files
        .iter()
        .filter_map(|file| Some((file.modified?, file.name.as_str())))
        .max()
}
