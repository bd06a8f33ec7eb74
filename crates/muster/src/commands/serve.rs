//! `muster serve`: runs integrations by their schedules until it is stopped.

use super::say;
use crate::{
    arguments::Arguments,
    error::CommandError,
    pages,
    service::{Metrics, StoredIntegrations, observe, serve as answer, start_log},
    wiring::Wiring,
};
use muster_engine::{Integrations, Worker, WorkerSettings};
use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
};

pub(super) fn serve(
    arguments: &Arguments,
    listen: SocketAddr,
    jobs: usize,
    grace: u64,
) -> Result<ExitCode, CommandError> {
    if arguments.rehearse || arguments.now.is_some() {
        return Err(CommandError::usage(
            "`muster serve` works on the live database at the current time",
            "omit --rehearse and --now",
        ));
    }
    start_log();
    let wiring = Arc::new(Wiring::service(arguments)?);
    let settings = WorkerSettings {
        jobs,
        grace: Duration::from_secs(grace),
        ..WorkerSettings::default()
    };
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
    let served = runtime.block_on(run(wiring, listen, settings));
    // A job that blocks longer than the grace period does not keep the process: its lease is given back.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served.map(|()| ExitCode::SUCCESS)
}

async fn run(
    wiring: Arc<Wiring>,
    listen: SocketAddr,
    settings: WorkerSettings,
) -> Result<(), CommandError> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        CommandError::usage(
            format!("`{listen}` cannot be listened on: {error}"),
            "use another address with --listen",
        )
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    let integrations = Arc::new(StoredIntegrations::new(Arc::clone(&wiring)));
    announce(&integrations, address)?;
    offer_setup(&wiring, address)?;
    let metrics = Arc::new(Metrics::default());
    let wake = Arc::new(Notify::new());
    let worker = Worker {
        deps: wiring.deps(),
        integrations,
        observer: observe(Arc::clone(&metrics)),
        wake: Arc::clone(&wake),
        settings,
    };
    let (stop, stopped) = watch::channel(false);
    let mut until = stopped.clone();
    let web = pages::state(Arc::clone(&wiring.store), wiring.deps().clock, wake, false);
    let http = tokio::spawn(answer(
        listener,
        metrics,
        muster_web::router(web),
        async move {
            let _ = until.wait_for(|stopped| *stopped).await;
        },
    ));
    let signaled = async {
        asked_to_stop().await;
        tracing::info!(target: "muster", "stopping: running jobs may finish");
    };
    worker.run(signaled).await;
    // Monitoring sees the process until its last job has ended.
    let _ = stop.send(true);
    let _ = tokio::time::timeout(Duration::from_secs(1), http).await;
    tracing::info!(target: "muster", "stopped");
    Ok(())
}

/// Says how the first administrator is created, as long as nobody may sign in.
fn offer_setup(wiring: &Wiring, address: SocketAddr) -> Result<(), CommandError> {
    if let Some(path) = muster_web::new_setup_link(&wiring.store, wiring.now())? {
        say(format!(
            "create the first administrator at http://{address}{path}\n  help: the link works once, for a day; a restart replaces it"
        ));
    }
    Ok(())
}

/// Done when the process is asked to stop.
async fn asked_to_stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Says where the service is, and what comes next.
fn announce(integrations: &StoredIntegrations, address: SocketAddr) -> Result<(), CommandError> {
    let (_, work) = integrations.scheduled()?;
    let active = work
        .iter()
        .filter(|one| !one.schedule.entries.is_empty())
        .count();
    tracing::info!(
        target: "muster",
        listen = %address,
        integrations = active,
        version = env!("CARGO_PKG_VERSION"),
        "started"
    );
    say(format!(
        "Muster answers http://{address}/readyz and http://{address}/metrics"
    ));
    if work.is_empty() {
        say("no integration has a schedule yet");
        say(
            "  help: `muster apply FOLDER` stores the integration files of a folder; the service runs them from then on",
        );
    } else if active < work.len() {
        let without = work.len() - active;
        say(format!(
            "{without} of {} integrations {} no schedule",
            work.len(),
            if without == 1 { "has" } else { "have" }
        ));
        say(
            "  help: set `schedule = [\"02:45 UTC\"]` in the integration file, then run `muster apply FOLDER`",
        );
    }
    Ok(())
}
