"""Log lines carry ids and counts, never what partners sent."""

import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog

from hub.logs import formatter

SECRET = "scam.example"
DIGEST = "ab" * 32


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What a handler with our formatter would write."""
    written: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Keeping()
    handler.setFormatter(formatter())
    logger = logging.getLogger("accord.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield written
    logger.removeHandler(handler)


@pytest.fixture
def logger() -> logging.Logger:
    return logging.getLogger("accord.test")


def test_line_shows_ids_and_counts_when_given(lines: list[str]) -> None:
    log = structlog.get_logger("accord.test")
    log.warning("batch released", batch=UUID(int=7), rows=250, value=SECRET, key=DIGEST)
    line = lines[0]
    assert "batch released" in line
    assert str(UUID(int=7)) in line
    assert "rows=250" in line
    assert "value='withheld'" in line
    assert SECRET not in line
    assert DIGEST not in line


def fail() -> None:
    try:
        UUID(SECRET)
    except ValueError as cause:
        raise LookupError(f"bad value {SECRET}") from cause


def test_line_withholds_the_words_when_an_exception_is_logged(
    lines: list[str], logger: logging.Logger
) -> None:
    try:
        fail()
    except LookupError as error:
        logger.exception("failed: %s", error)  # noqa: TRY401
    line = lines[0]
    assert SECRET not in line
    assert "builtins.LookupError" in line
    assert "builtins.ValueError" in line
    assert "test_logs.py" in line


def test_line_drops_queries_and_long_hex_when_a_library_logs_them(
    lines: list[str], logger: logging.Logger
) -> None:
    logger.warning("Not Found: %s", f"/look-up?value={SECRET}")
    logger.warning("token %s", DIGEST)
    assert SECRET not in lines[0]
    assert "Not Found: /look-up" in lines[0]
    assert DIGEST not in lines[1]


def test_line_withholds_the_error_when_celery_reports_a_task(lines: list[str]) -> None:
    record = logging.LogRecord(
        "celery.app.trace", logging.ERROR, __file__, 1,
        "Task %(name)s[%(id)s] %(description)s: %(exc)s",
        (
            {
                "name": "sharing.drain",
                "id": "1",
                "description": "raised unexpected",
                "exc": f"ValueError('{SECRET}')",
            },
        ),
        None,
    )  # fmt: skip
    line = formatter().format(record)
    assert "Task sharing.drain[1] raised unexpected" in line
    assert SECRET not in line


def test_line_shows_everything_when_debugging(
    lines: list[str], logger: logging.Logger, monkeypatch
) -> None:
    monkeypatch.setenv("ACCORD_DEBUG", "1")
    logger.warning("value %s", SECRET)
    assert SECRET in lines[0]
