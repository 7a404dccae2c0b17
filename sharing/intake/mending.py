"""Which rejected lines may be kept for mending."""

from typing import Any

import orjson

from sharing.indicators.types import hash_only
from sharing.indicators.types.payment_card import may_hold_card
from sharing.vocabulary import HASH_ONLY

_NAMES = tuple(kind.encode() for kind in HASH_ONLY)


def keepable(data: bytes, usual_type: str | None) -> bool:
    """Whether a line holds nothing of a type whose clear value is never kept.

    The line was rejected, so what it meant is not known: whatever may be a card counts.
    """
    if usual_type is not None and hash_only(usual_type):
        return False
    if any(name in data.lower() for name in _NAMES):
        return False
    record = _read(data)
    kind = record.get("type")
    if isinstance(kind, str) and hash_only(kind.strip().lower()):
        return False
    texts = [value for value in record.values() if isinstance(value, str)]
    texts.append(data.decode("utf-8", "replace"))
    return not any(map(may_hold_card, texts))


def _read(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {"value": found}
