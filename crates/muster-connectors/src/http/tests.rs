//! What the tests of the client share: a timer that does not wait.

use crate::connector::Timer;
use async_trait::async_trait;
use std::{sync::Mutex, time::Duration};

/// A timer whose time passes only by waiting, and at once.
#[derive(Default)]
pub(crate) struct HurriedTimer(Mutex<Duration>);

#[async_trait]
impl Timer for HurriedTimer {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, wait: Duration) {
        *self.0.lock().unwrap() += wait;
    }
}
