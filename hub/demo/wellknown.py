"""A plain second reading of the rule that stops well-known sites, for the oracle.

Read the files, keep three sets, compare letter by letter: slow to load, easy to believe.
"""

import gzip
import json
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LONGEST_TOP_LIST = 20_000
BANKS = "List of known bank domains"
CONTACTS = "Common contact e-mail addresses"


@dataclass(slots=True)
class WellKnown:
    """Hosts and addresses that no submission may name as they stand."""

    hosts: set[str] = field(default_factory=set)
    mails: list[re.Pattern[str]] = field(default_factory=list)

    def stops(self, kind: str, canonical: str) -> bool:
        if kind == "domain":
            return canonical in self.hosts
        if kind == "email":
            return any(mail.match(canonical) for mail in self.mails)
        if kind == "url":
            url = urlsplit(canonical)
            bare = url.path in ("", "/") and not (url.query or url.port)
            return bare and url.hostname in self.hosts
        return False


def read(folder: Path | None) -> WellKnown:
    """The stopping lists of the pip package and of `folder`."""
    found = WellKnown()
    for path in [*_packaged(), *_in_folder(folder)]:
        raw = path.read_bytes()
        _add(found, json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw))
    return found


def _packaged() -> list[Path]:
    spec = find_spec("pymispwarninglists")
    if spec is None or spec.origin is None:
        return []
    lists = Path(spec.origin).parent / "data" / "misp-warninglists" / "lists"
    small = [path for path in lists.glob("*/list.json") if path.stat().st_size < 2**20]
    return sorted(small)


def _in_folder(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    patterns = ("*.json", "*.json.gz", "*/list.json")
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _add(found: WellKnown, each: dict[str, Any]) -> None:
    name, entries = each["name"], each["list"]
    if name == CONTACTS:
        found.mails += [
            re.compile(entry.strip("/i"), re.IGNORECASE) for entry in entries
        ]
    top = name.startswith("Top ") and len(entries) <= LONGEST_TOP_LIST
    if top or name == BANKS:
        found.hosts |= {_host(entry) for entry in entries}


def _host(entry: str) -> str:
    return entry.strip().lower().lstrip("*").strip(".")
