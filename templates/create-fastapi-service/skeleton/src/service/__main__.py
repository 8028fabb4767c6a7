"""Starts the service, and stops it in order."""

import asyncio
import sys
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from service.app import create_app
from service.logs import configure_logs
from service.settings import Settings


class DrainingServer(uvicorn.Server):
    """Says first that it is not ready any more, and stops a little later.

    Until the balancer has noticed, requests still arrive and are answered.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_seconds: float) -> None:
        super().__init__(config)
        self._service = app.state.service
        self._drain_seconds = drain_seconds
        self._draining = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._draining:  # asked twice: at once
            self.should_exit = self.force_exit = True
            return
        self._draining = True
        self._service.ready = False
        structlog.stdlib.get_logger().info("stopping", drainSeconds=self._drain_seconds)
        asyncio.get_running_loop().call_later(self._drain_seconds, self._stop)

    # uvicorn's own handler would end the process by the signal in the end
    def _stop(self) -> None:
        self.should_exit = True


def main() -> int:
    """Serves until it is told to stop; status 2 when a setting cannot be used."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        return 2
    configure_logs(settings.log_level, settings.environment)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104 - a container is reached from outside
        port=settings.port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_keep_alive=75,
    )
    server = DrainingServer(config, app, settings.drain_seconds)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
