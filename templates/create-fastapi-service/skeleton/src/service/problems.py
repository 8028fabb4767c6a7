"""Errors as problem documents (RFC 9457)."""

from http import HTTPStatus

from fastapi.responses import JSONResponse


def problem(
    status: int,
    detail: str | None = None,
    *,
    request_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An answer that says what is wrong, with the id of its request."""
    body: dict[str, str | int] = {"title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    if request_id:
        body["requestId"] = request_id
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )
