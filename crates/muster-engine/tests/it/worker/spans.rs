//! The spans of a job: which stages it had, and within which other stage.

use super::{Installed, LONG, Working};
use muster_core::model::job::JobEnd;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use tracing::{Dispatch, Subscriber, dispatcher, span};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// The names of spans, each with the name of the one that it is in.
type Stages = BTreeSet<(&'static str, Option<&'static str>)>;

#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Stages>>);

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Recorded {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let outer = span.parent().map(|outer| outer.name());
        self.0.lock().unwrap().insert((span.name(), outer));
    }
}

#[test]
fn spans_lead_from_the_job_to_the_settlement_on_every_thread() {
    let installed = Installed::new();
    installed.deliver(1, "New");
    let recorded = Recorded::default();
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(recorded.clone()));
    // Other tests of this process have spans, too: only the threads of this one are recorded.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || std::mem::forget(dispatcher::set_default(&dispatch)))
        .build()
        .unwrap();
    runtime.block_on(async {
        let working = Working::start(installed.worker(LONG));
        let job = installed.enqueue(1);
        assert_eq!(installed.ended(job).await, JobEnd::Done);
        working.stop().await;
    });
    let expected = [
        ("decide", Some("job")),
        ("fetch", Some("job")),
        ("job", None),
        ("settle", Some("decide")),
    ];
    assert_eq!(*recorded.0.lock().unwrap(), Stages::from(expected));
}
