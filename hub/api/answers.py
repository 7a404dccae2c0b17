"""Answers: JSON, and NDJSON that streams and says when it is whole."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import structlog
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from hub import problems
from hub.lib.clock import iso

JSON = "application/json"
NDJSON = "application/x-ndjson"

log = structlog.get_logger(__name__)


class JsonRenderer(BaseRenderer):
    """Here for content negotiation; views write their bytes themselves."""

    media_type = JSON
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return dumps(data)


class NdjsonRenderer(JsonRenderer):
    media_type = NDJSON
    format = "ndjson"


def dumps(value: Any) -> bytes:
    """JSON of plain values, ids, times (RFC 3339, microseconds, Z) and dataclasses."""
    return orjson.dumps(value, _plain, orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> Any:
    return iso(value)


def answer(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    return raw(dumps(value), status, headers)


def raw(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Bytes that are JSON already."""
    return HttpResponse(body, status=status, content_type=JSON, headers=headers)


def wants_ndjson(request: Request) -> bool:
    return request.accepted_renderer.media_type == NDJSON


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a stream, each with its newline, and where they end."""

    lines: bytes
    next: object
    more: bool


def ndjson(
    pieces: Iterator[Piece], headers: Mapping[str, str] | None = None
) -> StreamingHttpResponse:
    """A stream whose last line says where it ended: without one it was cut off.

    The first piece is made before the answer begins, so that what is refused is
    answered by a problem; each piece is a transaction of its own.
    """
    first = next(pieces)
    return StreamingHttpResponse(
        _told(itertools.chain([first], pieces)), content_type=NDJSON, headers=headers
    )


def _told(pieces: Iterator[Piece]) -> Iterator[bytes]:
    last: Piece | None = None
    trouble: dict[str, Any] = {}
    try:
        for last in pieces:
            if last.lines:
                yield last.lines
    except Exception as error:  # noqa: BLE001 - the status is out; the end must tell
        trouble = {"problem": problems.body_of(problems.problem_of(error))}
    end: dict[str, object] = {"kind": "end", "next": None, "more": bool(trouble)}
    if last is not None:
        end |= {"next": last.next, "more": last.more or bool(trouble)}
    yield dumps(end | trouble) + b"\n"


def joined(rows: list[Any], shown: Callable[[Any], Any]) -> bytes:
    return b"".join([dumps(shown(row)) + b"\n" for row in rows])
