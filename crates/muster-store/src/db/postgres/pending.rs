//! What was asked on a connection and is not answered yet. Answers come in the order of the questions.

use crate::db::postgres::{
    rows::{Reading, Rows},
    wait::{poll_once, wait},
};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio_postgres::{Error, RowStream};

/// A statement that was sent, with the number of changed rows.
type Sent = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send>>;

/// How many statements may be unanswered.
const AHEAD: usize = 256;

#[derive(Default)]
pub(super) struct Pending {
    /// Answers that are still being read.
    reading: Vec<Weak<Mutex<Reading>>>,
    sent: VecDeque<Sent>,
}

impl Pending {
    /// Begins to read an answer.
    pub(super) fn read(&mut self, answer: RowStream) -> Rows {
        let reading = Arc::new(Mutex::new(Reading::new(answer)));
        self.reading.push(Arc::downgrade(&reading));
        Rows::new(reading)
    }

    /// Sends a statement, and waits for the oldest answers if there are too many.
    pub(super) fn send(&mut self, mut sent: Sent) -> Result<(), Error> {
        self.finish_reading();
        match poll_once(sent.as_mut()) {
            Some(answer) => answer.map(drop),
            None => {
                self.sent.push_back(sent);
                match self.sent.len() > AHEAD {
                    true => self.answer(AHEAD / 2),
                    false => Ok(()),
                }
            }
        }
    }

    /// Waits for every answer.
    pub(super) fn complete(&mut self) -> Result<(), Error> {
        self.finish_reading();
        self.answer(0)
    }

    /// Reads what others still wait for into memory.
    fn finish_reading(&mut self) {
        for reading in self.reading.drain(..) {
            if let Some(reading) = reading.upgrade() {
                let mut reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
                reading.finish();
            }
        }
    }

    /// Waits for answers until so many are left. Those after one that failed are failures, too.
    fn answer(&mut self, left: usize) -> Result<(), Error> {
        let mut done = Ok(());
        while self.sent.len() > left || (done.is_err() && !self.sent.is_empty()) {
            if let Some(sent) = self.sent.pop_front() {
                let answer = wait(sent).map(drop);
                done = done.and(answer);
            }
        }
        done
    }
}
