"""The body of a request as a stream: never held whole, and known to be whole."""

from collections.abc import Iterator

from rest_framework.request import Request

from hub.lib.errors import Malformed
from hub.problems import LengthRequired

PIECE = 64 * 1024


def length_of(request: Request) -> int:
    """Content-Length, or LengthRequired.

    Servers end a chunked body alike whether it was whole or the connection broke.
    """
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or ""))
    except ValueError:
        raise LengthRequired from None


def pieces(request: Request) -> Iterator[bytes]:
    """The body's bytes as they arrive; Malformed when fewer come than announced."""
    return _pieces(request, length_of(request))


def _pieces(request: Request, length: int) -> Iterator[bytes]:
    left = length
    while left > 0 and (piece := request.stream.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
    if left:
        raise Malformed("The body ended too early.", code="incomplete-body")
