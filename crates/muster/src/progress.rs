//! What is told while a run is under way: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use muster_connectors::transport;
use muster_engine::Progress;
use std::{io::IsTerminal, time::Duration};

/// Shows progress on standard error.
pub(crate) struct Shown {
    bar: ProgressBar,
}

impl Shown {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub(crate) fn tell(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Transport(transport::Progress::Settling { name, wait }) => {
                self.bar.set_message(format!("waiting {} s until {name} has stood still", wait.as_secs() + 1));
            }
            Progress::Transport(transport::Progress::Bytes { name, read, of }) => {
                let of = of.map(|of| format!(" of {}", indicatif::HumanBytes(of))).unwrap_or_default();
                self.bar.set_message(format!("fetching {name}: {}{of}", indicatif::HumanBytes(*read)));
            }
            Progress::Transport(transport::Progress::Retrying { error, wait }) => {
                self.bar.set_message(format!("{error}; trying again in {} s", wait.as_secs() + 1));
            }
            Progress::Read(records) => {
                self.bar.set_message(format!("read {} records", indicatif::HumanCount(*records)))
            }
            Progress::Deciding => self.bar.set_message("comparing with the directory"),
            Progress::Applied(done) => self.bar.set_message(format!("applied {}", indicatif::HumanCount(*done))),
        }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
