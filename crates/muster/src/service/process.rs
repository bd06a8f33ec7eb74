//! What the processes that work until they are stopped have in common: their threads, and the signals that stop them.

use crate::error::CommandError;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs a service to its end.
pub(crate) fn run_on_threads(
    service: impl Future<Output = Result<(), CommandError>>,
) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            CommandError::usage(
                format!("the system provides no event loop: {error}"),
                "check the limits of the process",
            )
        })?;
    let served = runtime.block_on(service);
    // A job that blocks longer than the grace period does not keep the process: its lease is given back.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// The signals that ask the process to stop. They are heard from the moment on in which this is made.
pub(crate) struct StopSignals {
    terminate: Option<Signal>,
    interrupt: Option<Signal>,
}

impl StopSignals {
    pub(crate) fn listen() -> Self {
        Self {
            terminate: signal(SignalKind::terminate()).ok(),
            interrupt: signal(SignalKind::interrupt()).ok(),
        }
    }

    /// Done when one of them arrives.
    pub(crate) async fn received(mut self) {
        tokio::select! {
            () = arrival(&mut self.terminate) => {}
            () = arrival(&mut self.interrupt) => {}
        }
    }
}

async fn arrival(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
