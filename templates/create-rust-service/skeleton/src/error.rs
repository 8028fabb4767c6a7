//! What can go wrong in a request, and how it is told: as a problem document
//! (RFC 9457) with the id of the request.

use std::sync::Arc;

use axum::{
    Json,
    extract::rejection::PathRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// What can go wrong in a request. The text of a client's error is told to the
/// client; that of a server's error only to the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Path(#[from] PathRejection),
    #[error("There is nothing at this address.")]
    NotFound,
    #[error("This address does not answer to this method; the header Allow has those it does.")]
    MethodNotAllowed,
    #[error("no answer within {0:?}")]
    TimedOut(std::time::Duration),
    #[error("{0}")]
    Internal(String),
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Path(rejection) => rejection.status(),
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Only the status; [`explain`] writes the document, for it knows the request.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    request_id: &'a str,
}

/// Writes the problem document into an answer that tells of an error, also of
/// one that axum found by itself. Other answers stay as they are.
pub(crate) fn explain(mut response: Response, request_id: &str) -> Response {
    let status = response.status();
    let error = response.extensions_mut().remove::<Arc<Error>>();
    let is_unexplained = (status.is_client_error() || status.is_server_error())
        && !is_json(response.headers().get(header::CONTENT_TYPE));
    if error.is_none() && !is_unexplained {
        return response;
    }
    if status.is_server_error() {
        let cause = error.as_ref().map(ToString::to_string);
        tracing::error!(status = status.as_u16(), cause, "request failed");
    }
    let problem = Problem {
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: error
            .filter(|_| status.is_client_error())
            .map(|error| error.to_string()),
        request_id,
    };
    let mut explained = (status, Json(&problem)).into_response();
    // Such as Allow of a 405; what described the old body goes with it.
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            explained.headers_mut().append(name, value.clone());
        }
    }
    explained.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    explained
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("json"))
}
