//! The accept loop: every connection has a limit for its handshake and its headers, and there is a limit for the number of connections.

use axum::{
    Router,
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// What a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the headers of a request are complete, also of the next one on an open connection.
    pub headers: Duration,
    /// Until a whole request is answered. Event streams end after it, and browsers connect again.
    pub request: Duration,
    pub connections: usize,
    /// For connections that are open at the end.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            request: Duration::from_secs(300),
            connections: 1_024,
            shutdown: Duration::from_secs(10),
        }
    }
}

/// The address of the client at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The certificate with which connections are encrypted. New connections use the one that is there when they begin.
pub type TlsSettings = watch::Receiver<Arc<ServerConfig>>;

/// Answers requests until `end` is ready, and then those that are under way. Without a certificate, it answers plain HTTP.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsSettings>,
    router: Router,
    limits: Limits,
    end: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (ending, _) = watch::channel(false);
    tokio::pin!(end);
    loop {
        // The next connection is accepted when there is a place for it; until then it waits in the system's queue.
        let accepted = tokio::select! {
            () = &mut end => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, place)) = accepted else {
            // Too many open files, for example: others may close some.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (router, mut ended) = (router.clone(), ending.subscribe());
        let certificate = tls.as_ref().map(|tls| Arc::clone(&tls.borrow()));
        tokio::spawn(async move {
            let _place = place;
            let ended = async move {
                let _ = ended.wait_for(|ended| *ended).await;
            };
            let Ok(peer) = stream.peer_addr() else {
                return;
            };
            let _ = stream.set_nodelay(true);
            let router = router.layer(axum::Extension(Peer(peer.ip())));
            match certificate {
                None => connection(stream, router, limits, ended).await,
                Some(certificate) => {
                    let handshake = TlsAcceptor::from(certificate).accept(stream);
                    if let Ok(Ok(stream)) = tokio::time::timeout(limits.headers, handshake).await {
                        connection(stream, router, limits, ended).await;
                    }
                }
            }
        });
    }
    let _ = ending.send(true);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(limits.shutdown, places.acquire_many(all)).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, _) = listener.accept().await.ok()?;
    Some((stream, place))
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    router: Router,
    limits: Limits,
    ended: impl Future<Output = ()>,
) {
    let service =
        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let router = TowerToHyperService::new(router.clone());
            async move {
                let answer = hyper::service::Service::call(&router, request.map(Body::new));
                match tokio::time::timeout(limits.request, answer).await {
                    Ok(answer) => answer,
                    Err(_) => Ok(timed_out()),
                }
            }
        });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended_first = tokio::select! {
        _ = &mut connection => false,
        () = ended => true,
    };
    if ended_first {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

fn timed_out() -> Response {
    (StatusCode::REQUEST_TIMEOUT, "the request took too long").into_response()
}
