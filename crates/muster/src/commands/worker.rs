//! `muster worker`: does jobs of a database on a server until it is stopped. It has no pages; other processes may share the jobs.

use super::say;
use crate::{
    arguments::{Arguments, WorkerOptions},
    error::CommandError,
    service::{
        Metrics, RunsUnderWay, StopSignals, StoredIntegrations, observe, run_on_threads,
        serve as answer, start_log,
    },
    text::alert::English,
    wiring::Wiring,
};
use muster_engine::{Surveyed, Worker, WorkerSettings};
use std::{process::ExitCode, sync::Arc};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
};

pub(super) fn work(
    arguments: &Arguments,
    options: &WorkerOptions,
) -> Result<ExitCode, CommandError> {
    if arguments.rehearse || arguments.now.is_some() {
        return Err(CommandError::usage(
            "`muster worker` works on the live database at the current time",
            "omit --rehearse and --now",
        ));
    }
    let _spans = start_log();
    let wiring = Arc::new(Wiring::service(arguments)?);
    if !wiring.store.is_on_server() {
        return Err(CommandError::usage(
            "`muster worker` shares the jobs of a database on a PostgreSQL server",
            "run `muster serve`, which does all jobs of a database in a file",
        ));
    }
    run_on_threads(run(wiring, options))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(wiring: Arc<Wiring>, options: &WorkerOptions) -> Result<(), CommandError> {
    let signals = StopSignals::listen();
    let metrics = Arc::new(Metrics::default());
    let stop_monitoring = match options.listen {
        Some(listen) => Some(monitor(listen, Arc::clone(&metrics)).await?),
        None => None,
    };
    let integrations = Arc::new(StoredIntegrations::of_service(Arc::clone(&wiring), None));
    let wake = Arc::new(Notify::new());
    let bell = Arc::clone(&wake);
    let _hears = wiring.store.hear_of_jobs(move || bell.notify_one());
    let worker = Worker {
        deps: wiring.deps(),
        surveyed: Arc::clone(&integrations) as Arc<dyn Surveyed>,
        integrations,
        alerts: Arc::new(English),
        observer: observe(metrics, Arc::new(RunsUnderWay::default())),
        wake,
        backups: None,
        settings: WorkerSettings {
            jobs: options.work.jobs,
            grace: options.work.grace(),
            ..WorkerSettings::default()
        },
    };
    tracing::info!(
        target: "muster",
        version = env!("CARGO_PKG_VERSION"),
        "started"
    );
    say("the worker does jobs until it is stopped with SIGTERM or Ctrl-C");
    let signaled = async {
        signals.received().await;
        tracing::info!(target: "muster", "stopping: running jobs may finish");
    };
    worker.run(signaled).await;
    drop(stop_monitoring);
    tracing::info!(target: "muster", "stopped");
    Ok(())
}

/// Answers monitoring until what is returned is dropped.
async fn monitor(
    listen: std::net::SocketAddr,
    metrics: Arc<Metrics>,
) -> Result<oneshot::Sender<()>, CommandError> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        CommandError::usage(
            format!("`{listen}` cannot be listened on: {error}"),
            "use another address with --listen",
        )
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    say(format!(
        "monitoring reads http://{address}/readyz and http://{address}/metrics"
    ));
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(answer(
        listener,
        None,
        metrics,
        axum::Router::new(),
        async move {
            let _ = stopped.await;
        },
    ));
    Ok(stop)
}
