"""What the hub said and served, as it came over HTTP."""

from dataclasses import dataclass, field
from typing import Any

from hub.demo.partner import Stream


@dataclass(slots=True)
class Delivered:
    problems: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by owner
    streams: dict[str, list[Stream]] = field(default_factory=dict)  # by partner
    keys: dict[str, dict[int, str]] = field(default_factory=dict)  # by collection
    originators: dict[str, dict[str, str]] = field(default_factory=dict)  # by slug
    clauses: dict[str, str] = field(default_factory=dict)  # ids by name
    began: float = 0.0  # between these two moments every claim was accepted
    ended: float = 0.0
