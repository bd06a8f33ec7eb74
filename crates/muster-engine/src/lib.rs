//! The order of a run, and approvals of plans.
//!
//! All decisions are made in `muster-core`. This crate waits for sources and calls the store. It
//! prints nothing.

mod alerts;
mod approve;
mod archive;
mod archived;
mod backup;
mod clock;
mod counting;
mod delivered;
mod draft;
mod drill;
mod erase;
mod files;
mod groups;
mod guards;
mod keeper;
mod manual;
mod outcome;
mod pause;
mod proposal;
mod read;
mod repair;
mod replay;
mod request;
mod retention;
mod run;
mod sample;
mod scheduler;
mod source;
mod sweep;
mod sync;
mod system;
mod tokens;
mod undo;
mod unused;
mod watch;
mod webhooks;
mod work;
mod worker;

pub use alerts::{
    AlertReport, AlertText, AlertTexts, NamedItem, name_items, send_alerts, send_text, test_channel,
};
pub use approve::{approve, reject};
pub use backup::{Backups, ErasedAgain, erase_again};
pub use clock::{Clock, FixedClock, SystemClock};
pub use delivered::{DeliveredRecord, DeliveredRecords, delivered_records};
pub use drill::{Damage, Drill, DrillEnd, Drilled, drill};
pub use erase::{ErasureOutcome, erase};
pub use groups::{apply_groups, preview_groups, remove_group};
pub use manual::{Edit, EditError, edit_manually, preview_edit, protect};
pub use outcome::{Deps, Outcome, Progress, RunError};
pub use repair::check_repair;
pub use replay::{Difference, From, Rehearsed, Replayed, rehearse, replay};
pub use request::preview;
pub use retention::retain;
pub use run::abandon;
pub use sample::sample;
pub use scheduler::without_next_slot;
pub use source::{FileSource, Source, SystemSource};
pub use sweep::sweep;
pub use sync::{Decided, Fetched, Integration, Mode, decide, fetch, succeed, sync};
pub use system::test_connection;
pub use undo::{preview_undo, undo};
pub use unused::{Unused, UnusedRecord, unused_records};
pub use watch::{INSTALLATION, Surveyed, update_issues};
pub use webhooks::{DeliveryReport, send_events};
pub use worker::{Integrations, JobReport, Observer, Worker, WorkerEvent, WorkerSettings};
