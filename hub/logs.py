"""Log lines that carry ids and counts, never what partners sent.

Free text is where values leak: a database error quotes the row, an exception its
argument, a path its query. So strings appear only under names known to be harmless,
exceptions as class and place, and of a path only what this hub named itself: a partner
may ask for an address that spells a value out. ACCORD_DEBUG shows everything.
"""

import logging
import os
import re
import traceback
from collections.abc import Mapping
from enum import Enum
from typing import Any
from uuid import UUID

import structlog
from django.urls import resolve
from structlog.typing import EventDict, Processor, WrappedLogger

HARMLESS = frozenset(
    "code error event exception id kind level logger operation parent_request_id "
    "request request_id room task task_id timestamp user_id verb".split()
)
IDS = frozenset({"request_id", "parent_request_id", "task_id"})  # a header may set them
LONG_HEX = re.compile(r"[0-9a-fA-F]{32,}")
QUERY = re.compile(r"\?\S*")


def quiet(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep what is known to be harmless; say of the rest only that it was there."""
    if _debugging():
        return event
    arguments = event.pop("positional_args", ())
    kept = {key: _shown(key, value) for key, value in event.items()}
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and not event.get("_from_structlog"):
        kept["event"] = _clean(_message(record, arguments))
    return kept


def place(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Turn an exception into its classes and the places it passed, without its words."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = _told(error)
    return event


def renderer(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """One line: time, level, logger, event, then key=value."""
    shown: Any = structlog.processors.KeyValueRenderer(
        key_order=["timestamp", "level", "logger", "event"], drop_missing=True
    )(logger, name, event)
    return str(shown)


def formatter() -> logging.Formatter:
    """Configure structlog; the formatter is for its lines and for everybody else's."""
    # A line that cannot be formatted would be told with all its arguments.
    logging.raiseExceptions = _debugging()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        processors=[place, quiet, remove_meta, renderer],
        foreign_pre_chain=shared,
        pass_foreign_args=True,
    )


def _debugging() -> bool:
    return os.environ.get("ACCORD_DEBUG", "").lower() in {"1", "true", "yes", "on"}


def _shown(key: str, value: object) -> object:
    if key.startswith("_") or value is None or isinstance(value, int | float | UUID):
        return value
    if isinstance(value, Enum):
        return str(value)
    if key in IDS:
        return _id(str(value))
    if key == "request":
        return _request(str(value))
    return _clean(str(value)) if key in HARMLESS else "withheld"


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return "withheld"


def _request(text: str) -> str:
    """Method and path, as django-structlog puts them together."""
    method, _, path = text.partition(" ")
    return f"{method} {_path(path)}" if method.isalpha() else "withheld"


def _path(text: str) -> str:
    """A path of ours, with ids but without words that the asker chose."""
    path = text.partition("?")[0]
    try:
        match = resolve(path)
    except Exception:  # noqa: BLE001 - no such address, or not even a list of addresses
        return "[unknown path]"
    chosen = (*match.args, *match.kwargs.values())
    named = all(isinstance(part, UUID) for part in chosen)
    return _clean(path) if named else f"/{match.route}"


def _clean(text: str) -> str:
    return LONG_HEX.sub("[hex]", QUERY.sub("", text))


def _message(record: logging.LogRecord, arguments: object) -> str:
    """What another library's line says, with exceptions reduced to their class."""
    if record.name == "celery.app.trace" and isinstance(arguments, Mapping):
        what = arguments.get("description") or "succeeded"
        return f"Task {arguments.get('name')}[{arguments.get('id')}] {what}"
    if not arguments:
        # Django logs a suspicious request with the exception's words as its message.
        suspicious = record.name.startswith("django.security.")
        return "Suspicious request" if suspicious else str(record.msg)
    if isinstance(arguments, tuple):
        arguments = tuple(map(_argument, arguments))
    return str(record.msg) % arguments


def _argument(part: object) -> object:
    """Words and numbers; of anything else, which may quote what it holds, its class."""
    if isinstance(part, str):
        return _path(part) if part.startswith("/") else part
    plain = part is None or isinstance(part, int | float)
    return part if plain else type(part).__name__


def _told(error: BaseException) -> str:
    if _debugging():
        return "".join(traceback.format_exception(error))
    words = []
    current: BaseException | None = error
    while current is not None:
        steps = traceback.extract_tb(current.__traceback__)[-6:]
        way = " > ".join(f"{step.filename}:{step.lineno} {step.name}" for step in steps)
        words.append(f"{type(current).__module__}.{type(current).__qualname__} ({way})")
        current = current.__cause__ or current.__context__
    return " from ".join(words)
