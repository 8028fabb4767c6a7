"""What every request passes through: an id, a time, a log line."""

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.metrics import Metrics
from service.problems import problem

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_PROBES = {"/healthz", "/readyz", "/metrics"}
_log = structlog.stdlib.get_logger()


class ObserveMiddleware:
    """Gives every request an id, and counts, times and logs it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status = message["status"]
                started = True
                headers = [*message.get("headers", [])]
                headers.append((b"x-request-id", request_id.encode()))
                headers.append((b"x-content-type-options", b"nosniff"))
                message = {**message, "headers": headers}
            await send(message)

        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(requestId=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                _log.exception("request failed")
                if started:
                    raise
                answer = problem(500, request_id=request_id)
                await answer(scope, receive, send_with_id)
            finally:
                self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        labels = (scope["method"], route, str(status))
        self._metrics.requests.labels(*labels).inc()
        self._metrics.duration.labels(*labels).observe(seconds)
        if route in _PROBES and status < 500:
            return
        _log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            durationMs=round(seconds * 1000, 1),
        )


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            if _SAFE_ID.match(text):
                return str(text)
    return uuid.uuid4().hex
