"""One form for every line, and no secret in any of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.context import mark_as_reverse_sync
from app.log import configure_logging
from app.redact import register_secret


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What was logged; the process's logging is put back afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    stream = io.StringIO()
    configure_logging("INFO", json=True, stream=stream)
    yield stream
    root.handlers[:], level, config = before
    root.setLevel(level)
    structlog.configure(**config)


def _lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_json_with_its_facts_as_fields(written: io.StringIO) -> None:
    structlog.get_logger("app.sync").info("sync.written", entity_type="customer", native_id="67", ms=41)

    (line,) = _lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "sync.written",
        "logger": "app.sync",
        "level": "info",
        "entity_type": "customer",
        "native_id": "67",
        "ms": 41,
    }


def test_lines_of_the_libraries_take_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)

    (line,) = _lines(written)
    assert (line["logger"], line["level"], line["event"]) == ("uvicorn.error", "info", "Started server process [7]")


def test_requests_and_statements_of_the_libraries_are_not_logged_one_by_one(written: io.StringIO) -> None:
    for name in ("httpx", "uvicorn.access", "sqlalchemy.engine", "arq.worker"):
        logging.getLogger(name).info("one more")

    assert _lines(written) == []


def test_the_operation_id_and_what_was_bound_are_on_every_line(written: io.StringIO) -> None:
    with mark_as_reverse_sync("op-1"), structlog.contextvars.bound_contextvars(job_id=5):
        structlog.get_logger().info("sync.written")
        logging.getLogger("httpx").warning("slow")
    structlog.get_logger().info("worker.idle")

    first, second, third = _lines(written)
    assert (first["operation_id"], first["job_id"]) == ("op-1", 5)
    assert (second["operation_id"], second["job_id"]) == ("op-1", 5)
    assert "operation_id" not in third


def test_secrets_leave_by_name_at_any_depth(written: io.StringIO) -> None:
    structlog.get_logger().info(
        "http.request",
        headers={"Authorization": "Bearer abc", "X-Webhook-Secret": "abc", "accept": "text/xml"},
        customer=[{"passwd": "abc", "email": "john@example.com"}],
        api_key="abc",
    )

    (line,) = _lines(written)
    assert "abc" not in json.dumps(line)
    assert line["headers"]["accept"] == "text/xml"
    assert line["customer"][0]["email"] == "john@example.com"


def test_registered_secrets_leave_the_traceback_too(written: io.StringIO) -> None:
    register_secret("correct-horse-battery")

    try:
        raise ValueError("cannot log in with correct-horse-battery")
    except ValueError:
        structlog.get_logger().exception("http.failed", url="https://shop/api?ws_key=correct-horse-battery")

    assert "correct-horse-battery" not in written.getvalue()
    assert "ValueError: cannot log in with [redacted]" in _lines(written)[0]["exception"]


def test_configuring_twice_does_not_write_lines_twice(written: io.StringIO) -> None:
    again = io.StringIO()
    configure_logging("INFO", json=True, stream=again)

    structlog.get_logger().info("api.started")

    assert (len(_lines(written)), len(_lines(again))) == (0, 1)


def test_a_level_above_a_line_hides_it(written: io.StringIO) -> None:
    configure_logging("WARNING", json=True, stream=written)

    structlog.get_logger().info("sync.written")
    structlog.get_logger().warning("link.paused")

    assert [line["event"] for line in _lines(written)] == ["link.paused"]


def test_lines_for_people_name_event_and_facts(written: io.StringIO) -> None:
    configure_logging("INFO", json=False, stream=written)

    structlog.get_logger().info("sync.written", native_id="67", api_key="abc")

    assert "sync.written" in written.getvalue()
    assert "native_id=67" in written.getvalue()
    assert "abc" not in written.getvalue()


def test_lines_go_to_standard_error_of_the_moment(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    configure_logging("INFO", json=True)
    replaced = io.StringIO()
    monkeypatch.setattr("sys.stderr", replaced)

    structlog.get_logger().info("api.started")

    assert [line["event"] for line in _lines(replaced)] == ["api.started"]
