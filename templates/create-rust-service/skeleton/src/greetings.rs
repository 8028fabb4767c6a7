//! The example to replace: one route with its own input check.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
};
use serde::Serialize;

use crate::error::Error;

const MAX_NAME_LENGTH: usize = 80;

#[derive(Debug, Serialize)]
pub(crate) struct Greeting {
    message: String,
}

pub(crate) async fn get_greeting(
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Greeting>, Error> {
    let Path(name) = name?;
    if name.chars().count() > MAX_NAME_LENGTH {
        return Err(Error::Invalid(format!(
            "The name must be text of at most {MAX_NAME_LENGTH} characters."
        )));
    }
    Ok(Json(Greeting {
        message: format!("Hello, {name}!"),
    }))
}
