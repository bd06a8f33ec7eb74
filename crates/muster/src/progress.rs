//! What is told while a run is under way: a bar on a terminal, nothing elsewhere.

use crate::{show::safe, text};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use muster_connectors::{connector::Step, transport};
use muster_engine::Progress;
use std::{io::IsTerminal, time::Duration};

/// Nothing is known of how much is left.
const WAITING: &str = "{spinner} {msg}";
/// Bytes of so many.
const BYTES: &str = "{spinner} {msg:<24} [{bar:30}] {bytes} of {total_bytes}, {eta} left";
/// Operations of so many.
const OPERATIONS: &str = "{spinner} {msg:<24} [{bar:30}] {human_pos} of {human_len}, {eta} left";

/// Shows progress on standard error.
pub(crate) struct ProgressDisplay {
    bar: ProgressBar,
    template: &'static str,
}

impl ProgressDisplay {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let mut display = Self { bar, template: "" };
        display.wait("starting".to_owned());
        display
    }

    pub(crate) fn show(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Transport(transport::Progress::Settling { name, wait }) => {
                self.wait(format!(
                    "waiting {} s until {} has stood still",
                    wait.as_secs() + 1,
                    safe(name)
                ));
            }
            Progress::Transport(transport::Progress::Bytes {
                name,
                read,
                of: Some(of),
            }) => {
                self.count(BYTES, format!("fetching {}", safe(name)), *read, *of);
            }
            Progress::Transport(transport::Progress::Bytes {
                name,
                read,
                of: None,
            }) => {
                self.wait(format!(
                    "fetching {}: {}",
                    safe(name),
                    indicatif::HumanBytes(*read)
                ));
            }
            Progress::Transport(transport::Progress::Retrying { error, wait }) => {
                self.wait(format!(
                    "{}; trying again in {} s",
                    safe(&crate::text::transport::failure(&error.failure)),
                    wait.as_secs() + 1
                ));
            }
            Progress::System(Step::Read(people)) => {
                self.wait(format!(
                    "reading people, {} so far",
                    indicatif::HumanCount(*people)
                ));
            }
            Progress::System(Step::Waiting { wait, why }) => {
                self.wait(format!(
                    "waiting {} s: {}",
                    wait.as_secs() + 1,
                    safe(&text::api::failure(why))
                ));
            }
            Progress::Read { records, bytes, of } => {
                self.count(
                    BYTES,
                    format!("reading, {} records", indicatif::HumanCount(*records)),
                    *bytes,
                    *of,
                );
            }
            Progress::Deciding => self.wait("comparing with the directory".to_owned()),
            Progress::Applied { done, of } => {
                self.count(OPERATIONS, "applying".to_owned(), *done, *of)
            }
        }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn wait(&mut self, message: String) {
        self.enter(WAITING);
        self.bar.set_message(message);
    }

    fn count(&mut self, template: &'static str, message: String, done: u64, of: u64) {
        // The time that is left is that of this phase.
        let begins = self.enter(template) || done < self.bar.position();
        self.bar.set_length(of);
        self.bar.set_message(message);
        if begins {
            self.bar.reset_eta();
        }
        self.bar.set_position(done);
    }

    /// Takes another form; false if it has it already.
    fn enter(&mut self, template: &'static str) -> bool {
        if self.template == template {
            return false;
        }
        self.template = template;
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("=> "));
        }
        true
    }
}
