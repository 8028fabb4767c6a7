//! What every request passes through: it gets an id, and is timed, counted and
//! logged; an error becomes a problem document.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{App, error, metrics::Labels};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The routes that machines ask every few seconds; they are counted but not
/// logged.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", requestId = %id);

    let response = next.run(request).instrument(span.clone()).await;

    let _in_span = span.enter();
    let mut response = error::explain(response, &id);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let took = start.elapsed();
    let status = response.status();
    if !PROBES.contains(&route.as_str()) || status.is_server_error() {
        tracing::info!(
            method,
            route,
            status = status.as_u16(),
            durationMs = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "request"
        );
    }
    let labels = Labels {
        method: method.to_owned(),
        route,
        code: status.as_u16().into(),
    };
    app.metrics.observe(&labels, took);
    response
}

/// The caller's id where it is harmless in a log line, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        })
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// HTTP lets callers invent methods; each would be a series of its own.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
