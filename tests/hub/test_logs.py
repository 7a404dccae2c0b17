"""Log lines carry ids and counts, never what partners sent."""

import logging
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog
from django.core.exceptions import DisallowedHost

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
    logger.warning("Forbidden: %s", f"/api/v1/me?value={SECRET}")
    logger.warning("token %s", DIGEST)
    assert SECRET not in lines[0]
    assert "Forbidden: /api/v1/me'" in lines[0]
    assert DIGEST not in lines[1]


COLLECTION = f"/api/v1/collections/{UUID(int=7)}"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (COLLECTION, COLLECTION),
        ("/api/v1/indicators/+447700900123", "/api/<path:rest>"),
        (f"/lookup/{SECRET}", "[unknown path]"),
        (f"/lookup/44 7700 {SECRET}", "[unknown path]"),
        (f"/problems/{SECRET.replace('.', '-')}", "/problems/<slug:code>"),
        (
            f"/submissions/{UUID(int=7)}/overrule/447700900123",
            "/submissions/<uuid:submission_id>/overrule/<int:line>",
        ),
    ],
)
def test_line_shows_of_a_path_only_ids_when_a_request_is_logged(
    path: str, shown: str, lines: list[str], logger: logging.Logger
) -> None:
    logger.warning("Not Found: %s", path)
    structlog.get_logger("accord.test").warning(
        "request_started", request=f"GET {path}"
    )
    assert f"event='Not Found: {shown}'" in lines[0]
    assert f"request='GET {shown}'" in lines[1]


class Quoting:
    def __repr__(self) -> str:
        return f"<{SECRET}>"


def test_line_names_only_the_class_when_a_library_logs_an_object(
    lines: list[str], logger: logging.Logger
) -> None:
    logger.error("failed: %r after %.1f s", Quoting(), 1.5)
    assert "Quoting" in lines[0]
    assert "1.5" in lines[0]
    assert SECRET not in lines[0]


def test_nothing_is_told_when_a_line_cannot_be_formatted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    handler.handle(
        logging.LogRecord("accord", logging.ERROR, "", 1, "%d", (SECRET,), None)
    )
    assert SECRET not in capsys.readouterr().err


def test_line_withholds_a_request_id_when_a_header_chose_its_words(
    lines: list[str],
) -> None:
    log = structlog.get_logger("accord.test")
    log.warning("request_started", request_id="+447700900123")
    log.warning("request_started", request_id=str(UUID(int=7)))
    assert "request_id='withheld'" in lines[0]
    assert f"request_id='{UUID(int=7)}'" in lines[1]


def test_line_withholds_the_host_when_a_request_is_suspicious() -> None:
    try:
        raise DisallowedHost(f"Invalid HTTP_HOST header: '{SECRET}'.")  # noqa: TRY301
    except DisallowedHost as error:
        record = logging.LogRecord(
            "django.security.DisallowedHost", logging.ERROR, __file__, 1,
            str(error), (), sys.exc_info(),
        )  # fmt: skip
    line = formatter().format(record)
    assert SECRET not in line
    assert "django.core.exceptions.DisallowedHost" in line


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
