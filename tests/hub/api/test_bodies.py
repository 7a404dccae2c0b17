"""Bodies are streamed, and known to be whole."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from hub.api import bodies
from hub.lib.errors import Malformed
from hub.problems import LengthRequired


def request(body: bytes, length: str | None) -> Any:
    return SimpleNamespace(META={"CONTENT_LENGTH": length}, stream=io.BytesIO(body))


def test_body_comes_in_pieces(monkeypatch):
    monkeypatch.setattr(bodies, "PIECE", 4)
    assert list(bodies.pieces(request(b"0123456789", "10"))) == [
        b"0123",
        b"4567",
        b"89",
    ]


def test_body_ends_where_it_was_announced_to_end():
    assert b"".join(bodies.pieces(request(b"0123456789", "4"))) == b"0123"


def test_body_is_refused_when_it_breaks_off():
    pieces = bodies.pieces(request(b"01234", "10"))
    with pytest.raises(Malformed) as refused:
        list(pieces)
    assert refused.value.problem_code == "incomplete-body"


@pytest.mark.parametrize("length", [None, "", "many"])
def test_body_is_refused_at_once_when_its_length_is_unknown(length):
    with pytest.raises(LengthRequired):
        bodies.pieces(request(b"0", length))
