//! A timer for tests whose time passes only by waiting.

use async_trait::async_trait;
use muster_connectors::connector::Timer;
use std::{sync::Mutex, time::Duration};

/// How many times faster than life waits are: less, since an emulator says whole seconds of its own for any wait.
const HURRY: u32 = 50;

/// A timer whose time passes only by waiting, and quickly.
#[derive(Default)]
pub(crate) struct HurriedTimer(Mutex<Duration>);

#[async_trait]
impl Timer for HurriedTimer {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, wait: Duration) {
        *self.0.lock().unwrap() += wait;
        tokio::time::sleep(wait / HURRY).await;
    }
}
