//! The store blocks, and the driver of PostgreSQL does not: its connections are served by one thread, and the thread
//! that asks waits for the answer. This works on every thread, also on one of an asynchronous runtime.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};
use tokio::runtime::{Builder, Runtime};

struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for an answer.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Waiting(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return answer;
        }
        thread::park();
    }
}

/// Begins something. `None`: it is not done yet.
pub(super) fn poll_once<F: Future + Unpin>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// The thread that serves all connections of the process.
pub(super) fn runtime() -> std::io::Result<&'static Runtime> {
    static RUNTIME: Mutex<Option<&'static Runtime>> = Mutex::new(None);
    // Locked while it is made: a second one could not be dropped on a thread of an asynchronous runtime.
    let mut made = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = *made {
        return Ok(runtime);
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("database")
        .enable_io()
        .enable_time()
        .build()?;
    Ok(made.insert(Box::leak(Box::new(runtime))))
}
