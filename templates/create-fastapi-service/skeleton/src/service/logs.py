"""Log lines as JSON, one object a line, on standard output."""

import logging
import sys

import structlog


def configure_logs(level: str, environment: str) -> None:
    """Has structlog and the standard library write the same kind of line."""
    threshold = {"warn": logging.WARNING}.get(level, getattr(logging, level.upper()))
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _with_environment(environment),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.EventRenamer("msg"),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    # every request is logged by the service itself, with its id
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _with_environment(environment: str) -> structlog.types.Processor:
    def add(
        _logger: structlog.types.WrappedLogger,
        _method: str,
        event: structlog.types.EventDict,
    ) -> structlog.types.EventDict:
        event["environment"] = environment
        return event

    return add
