"""Lines at rest: sealed from the first byte, bound to their submission and place."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from sharing.intake.rawlines import RawLine
from sharing.tokens import services as tokens

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[tuple[int, bytes]])


def place(submission: UUID, number: int) -> bytes:
    """Where a sealed chunk or line belongs."""
    return submission.bytes + number.to_bytes(8, "big")


def seal_lines(submission: UUID, number: int, lines: Iterable[RawLine]) -> bytes:
    packed = _encoder.encode([(line.number, line.data) for line in lines])
    return tokens.seal_blob("chunk", place(submission, number), packed)


def open_lines(submission: UUID, number: int, sealed: bytes) -> list[RawLine]:
    packed = tokens.open_blob("chunk", place(submission, number), sealed)
    return [RawLine(line, data) for line, data in _decoder.decode(packed)]
