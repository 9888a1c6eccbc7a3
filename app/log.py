"""One form for all log lines, ours and those of the libraries: JSON or for people, with secrets taken out.

    log = structlog.get_logger()
    log.info("sync.written", entity_type="customer", native_id="67", ms=41)

Event names come from a closed list of dotted words; facts are fields. What holds for a whole job or request is bound
once with `structlog.contextvars.bound_contextvars(job_id=…)`; the operation id comes from `app.context` by itself.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from app.context import current_operation_id
from app.redact import redact, redact_field

# Loggers that would say one line per request, statement or job, or bring handlers of their own.
QUIET = {
    "alembic.runtime.plugins": logging.WARNING,
    "arq": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "opentelemetry": logging.CRITICAL,  # one line for each attempt to send; `spans.py` says it once
    "sqlalchemy": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}
OWN_HANDLERS = ("alembic", "arq", "sqlalchemy", "uvicorn", "uvicorn.access", "uvicorn.error")
NOT_FACTS = frozenset({"level", "timestamp", "logger", "_record", "_from_structlog"})


def configure_logging(level: str = "INFO", *, json: bool = True, stream: TextIO | None = None) -> None:
    """For the whole process; may be called again. Lines go to standard error unless `stream` says otherwise."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_EVERY_LINE, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # the cost is small, and a second call would not reach cached ones
    )
    handler = _StandardError() if stream is None else logging.StreamHandler(stream)
    renderer = _json_renderer() if json else _renderer_for_people(handler.stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_EVERY_LINE, processors=[ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    for ours in [old for old in root.handlers if isinstance(old.formatter, ProcessorFormatter)]:
        root.removeHandler(ours)
    root.addHandler(handler)
    root.setLevel(level)
    _adopt_libraries(level)


class _StandardError(logging.StreamHandler[TextIO]):
    """Asks for standard error at each line, because a test or a daemon may have put another in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def _adopt_libraries(level: str) -> None:
    for name in OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)  # whoever ran a server in this process may have set one
    for name, quieter in QUIET.items():
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else quieter)


def _json_renderer() -> Processor:
    return structlog.processors.JSONRenderer(serializer=_to_json)


def _renderer_for_people(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _to_json(line: EventDict, **_options: Any) -> str:
    return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _add_operation_id(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    if (operation_id := current_operation_id()) is not None:
        line.setdefault("operation_id", operation_id)
    return line


def _without_secrets(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    for name, value in line.items():
        if name not in NOT_FACTS:
            line[name] = redact(value) if name in {"event", "exception"} else redact_field(name, value)
    return line


_EVERY_LINE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _add_operation_id,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,  # text before the secrets leave, and no local variables
    _without_secrets,
]
