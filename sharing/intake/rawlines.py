"""A numbered line on its way from a body to its reading: JSON, whatever it was before."""

import json
from typing import NamedTuple

import orjson

# What the hub writes in place of a line that cannot be read; the key says why not.
MAY_BE_CARD = "may-hold-card"
UNREADABLE = {
    MAY_BE_CARD: "It was not read before it was held, and may hold a card number:"
    " it was not kept meanwhile.",
    "columns": "The row has another number of cells.",
    "encoding": "The line is not UTF-8.",
    "quotes": "A cell goes on after its closing quote.",
}


class RawLine(NamedTuple):
    number: int  # as the sender counts: from 1, a CSV header is line 1
    data: bytes  # JSON


def as_json(content: object) -> bytes:
    """As JSON; what is not UTF-8 becomes a line that is rejected for it."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        return orjson.dumps({"encoding": json.dumps(content)})
