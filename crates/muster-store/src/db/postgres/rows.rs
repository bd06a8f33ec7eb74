//! The rows of an answer: one after another as they arrive, until something else is asked on the same connection. Then the
//! rest is read into memory.

use crate::db::{
    error::DbError,
    postgres::{value::Field, wait::wait},
};
use futures_util::Stream;
use rusqlite::types::ValueRef;
use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};
use tokio_postgres::{Error, Row, RowStream};

/// An answer that is being read.
pub(super) struct Reading {
    /// `None`: everything was read.
    answer: Option<Pin<Box<RowStream>>>,
    read: VecDeque<Result<Row, Error>>,
}

impl Reading {
    pub(super) fn new(answer: RowStream) -> Self {
        Self {
            answer: Some(Box::pin(answer)),
            read: VecDeque::new(),
        }
    }

    pub(super) fn finish(&mut self) {
        while let Some(row) = self.receive() {
            self.read.push_back(row);
        }
    }

    fn next(&mut self) -> Option<Result<Row, Error>> {
        self.read.pop_front().or_else(|| self.receive())
    }

    fn receive(&mut self) -> Option<Result<Row, Error>> {
        let answer = self.answer.as_mut()?;
        let row = wait(poll_fn(|context| answer.as_mut().poll_next(context)));
        if !matches!(row, Some(Ok(_))) {
            self.answer = None;
        }
        row
    }
}

/// The rows of an answer.
pub(crate) struct Rows {
    reading: Arc<Mutex<Reading>>,
    row: Option<Row>,
}

impl Rows {
    pub(super) fn new(reading: Arc<Mutex<Reading>>) -> Self {
        Self { reading, row: None }
    }

    pub(crate) fn next(&mut self) -> Result<Option<&Row>, DbError> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        self.row = reading.next().transpose()?;
        Ok(self.row.as_ref())
    }
}

/// The value of a column.
pub(crate) fn value(row: &Row, column: usize) -> Result<ValueRef<'_>, DbError> {
    Ok(row.try_get::<_, Field<'_>>(column)?.0)
}
