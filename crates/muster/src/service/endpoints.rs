//! What a service answers: to monitoring whether it lives, whether it is ready, and its metrics, without anything of a
//! customer; to browsers the admin pages.

use super::metrics::Metrics;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use muster_web::TlsSettings;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Answers monitoring and browsers until `stop` is done.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsSettings>,
    metrics: Arc<Metrics>,
    pages: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let routes = Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(text))
        .with_state(metrics)
        .merge(pages);
    muster_web::serve(listener, tls, routes, muster_web::Limits::default(), stop).await;
}

async fn ready(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    if metrics.is_ready() {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database has not been read for 15 seconds\n",
        )
    }
}

async fn text(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let format = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, format)], metrics.text())
}
