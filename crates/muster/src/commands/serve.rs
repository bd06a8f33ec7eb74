//! `muster serve`: runs integrations by their schedules until it is stopped.

use super::{backup, say};
use crate::{
    arguments::{Arguments, ServeOptions, TlsOptions},
    demo::Demo,
    error::CommandError,
    pages,
    service::{
        Metrics, RunsUnderWay, StopSignals, StoredIntegrations, TlsFiles, observe, run_on_threads,
        serve as answer, start_log,
    },
    text::alert::English,
    wiring::Wiring,
};
use muster_engine::{Backups, Clock, Integrations, Surveyed, SystemClock, Worker, WorkerSettings};
use muster_web::{DemoUser, TlsSettings};
use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
};

/// Serves a database that is made for it and removed at the end.
fn demo(options: &ServeOptions) -> Result<ExitCode, CommandError> {
    say("making a demo: ten weeks of deliveries of two companies");
    let demo = Demo::new(SystemClock.now())?;
    start(&demo.arguments, options, Some(demo.user.clone()))
}

pub(super) fn serve(
    arguments: &Arguments,
    options: &ServeOptions,
) -> Result<ExitCode, CommandError> {
    if options.demo {
        return demo(options);
    }
    if arguments.rehearse || arguments.now.is_some() {
        return Err(CommandError::usage(
            "`muster serve` works on the live database at the current time",
            "omit --rehearse and --now",
        ));
    }
    start(arguments, options, None)
}

fn start(
    arguments: &Arguments,
    options: &ServeOptions,
    user: Option<DemoUser>,
) -> Result<ExitCode, CommandError> {
    let _spans = start_log();
    let wiring = Arc::new(Wiring::service(arguments)?);
    let backups = backups(&wiring, options);
    run_on_threads(run(wiring, options, backups, user))?;
    Ok(ExitCode::SUCCESS)
}

/// Where the daily backups go. A database in memory has none.
fn backups(wiring: &Wiring, options: &ServeOptions) -> Option<Arc<Backups>> {
    let database = wiring.store.path()?;
    let folder = options.backups.folder(backup::folder(database))?;
    Some(Arc::new(Backups {
        folder,
        retained: usize::from(options.backups.retained_backups),
    }))
}

async fn run(
    wiring: Arc<Wiring>,
    options: &ServeOptions,
    backups: Option<Arc<Backups>>,
    user: Option<DemoUser>,
) -> Result<(), CommandError> {
    let tls = certificate(&options.tls)?;
    let listen = options.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        CommandError::usage(
            format!("`{listen}` cannot be listened on: {error}"),
            "use another address with --listen",
        )
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    let signals = StopSignals::listen();
    let integrations = Arc::new(StoredIntegrations::of_service(
        Arc::clone(&wiring),
        backups.as_ref().map(|backups| backups.folder.clone()),
    ));
    let pages = options.public_address(address);
    announce(&integrations, options.scheme(), address, &pages)?;
    match &user {
        Some(user) => offer_sign_in(user, &pages),
        None => offer_setup(&wiring, &pages)?,
    }
    let metrics = Arc::new(Metrics::default());
    let under_way = Arc::new(RunsUnderWay::default());
    let wake = Arc::new(Notify::new());
    let bell = Arc::clone(&wake);
    let _hears = wiring.store.hear_of_jobs(move || bell.notify_one());
    let worker = Worker {
        deps: wiring.deps(),
        surveyed: Arc::clone(&integrations) as Arc<dyn Surveyed>,
        integrations,
        alerts: Arc::new(English),
        observer: observe(Arc::clone(&metrics), Arc::clone(&under_way)),
        wake: Arc::clone(&wake),
        backups,
        settings: WorkerSettings {
            jobs: options.work.jobs,
            grace: options.work.grace(),
            ..WorkerSettings::default()
        },
    };
    let (stop, stopped) = watch::channel(false);
    let mut until = stopped.clone();
    let mut web = pages::state(Arc::clone(&wiring.store), wiring.deps().clock, wake);
    web.progress = Arc::new(move |workspace, integration| under_way.of(workspace, integration));
    web.drill = pages::drill::for_pages(&wiring);
    web.address = pages;
    web.is_https = options.is_https();
    web.trusted_proxies.clone_from(&options.trusted_proxy);
    web.demo = user;
    let http = tokio::spawn(answer(
        listener,
        tls,
        metrics,
        muster_web::router(web),
        async move {
            let _ = until.wait_for(|stopped| *stopped).await;
        },
    ));
    let signaled = async {
        signals.received().await;
        tracing::info!(target: "muster", "stopping: running jobs may finish");
    };
    worker.run(signaled).await;
    // Monitoring sees the process until its last job has ended.
    let _ = stop.send(true);
    let _ = tokio::time::timeout(Duration::from_secs(1), http).await;
    tracing::info!(target: "muster", "stopped");
    Ok(())
}

/// The certificate of the service, kept current; none: the service answers plain HTTP.
fn certificate(options: &TlsOptions) -> Result<Option<TlsSettings>, CommandError> {
    // Once it is listened to, the signal ends the process no more, also without a certificate.
    let hangup = signal(SignalKind::hangup()).ok();
    let Some(files) = TlsFiles::of(options)? else {
        return Ok(None);
    };
    let stamp = files.stamp();
    let (current, settings) = watch::channel(files.load()?);
    tokio::spawn(files.keep_current(stamp, current, hangup));
    Ok(Some(settings))
}

/// Says how the first administrator is created, as long as nobody may sign in.
fn offer_setup(wiring: &Wiring, pages: &str) -> Result<(), CommandError> {
    if let Some(path) = muster_web::new_setup_link(&wiring.store, wiring.now())? {
        say(format!(
            "create the first administrator at {pages}{path}\n  help: the link works once, for a day; a restart replaces it"
        ));
    }
    Ok(())
}

/// Says how to sign in to a demo.
fn offer_sign_in(user: &DemoUser, pages: &str) {
    say(format!(
        "open the demo at {pages}{}\n  the link works once; after that, sign in as {} with the password {}",
        user.path(),
        user.email(),
        user.password()
    ));
    say("  the demo and its database are removed when it is stopped with Ctrl-C");
}

/// Says where the service is, and what comes next.
fn announce(
    integrations: &StoredIntegrations,
    scheme: &str,
    address: SocketAddr,
    pages: &str,
) -> Result<(), CommandError> {
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
        "the admin pages are at {pages}/; monitoring reads {scheme}://{address}/readyz and {scheme}://{address}/metrics"
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
