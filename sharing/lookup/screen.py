"""An answer as the screen and the CSV show it: known, not known, not covered, unreadable."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

from sharing.lookup.answering import Hit, Line
from sharing.lookup.coverage import Coverage, Source
from sharing.lookup.pasting import Paste, Pasted
from sharing.lookup.services import Answer

ROWS = 200  # of a kind on a page; the CSV has all
RELEASES = 5  # of one value on a page
FULL = "There was more than one answer holds: look it up by itself."
COLUMNS = (
    "line value type guessed outcome reason shared_by agreement collection scam_type role"
    " confidence severity tlp first_seen last_seen labels note originators joins_nothing"
    " record added"
).split()
KNOWN, UNKNOWN, UNCOVERED, UNREADABLE = (
    "known",
    "not known",
    "not covered",
    "unreadable",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One value and what is known of it."""

    pasted: Pasted
    known: Line | None
    sources: Mapping[UUID, Source]

    @property
    def number(self) -> int:
        return self.pasted.asked.line

    @property
    def releases(self) -> list[dict[str, Any]]:
        """All that fitted into the answer, the newest first."""
        hits = self.known.hits if self.known else ()
        found = [self._release(hit) for hit in hits]
        return sorted(found, key=itemgetter("date_added"), reverse=True)

    @property
    def head(self) -> list[dict[str, Any]]:
        """As many as a page shows."""
        return self.releases[:RELEASES]

    @property
    def more(self) -> int:
        return len(self.known.hits) - RELEASES if self.known else 0

    def _release(self, hit: Hit) -> dict[str, Any]:
        told: dict[str, Any] = orjson.loads(hit.record)
        for name in ("date_added", "first_seen", "last_seen"):
            if told.get(name):
                told[name] = datetime.fromisoformat(told[name])
        return {**told, "source": self.sources.get(hit.collection)}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind: the first of them, and how many there are."""

    rows: list[Row]
    total: int

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Page:
    values: int
    lines: int
    repeated: int  # values that stood there before
    records: int
    known: Group
    unknown: Group
    uncovered: Group
    unreadable: Group
    uncovered_types: list[str]
    only_asked: list[str]
    cut: bool


def page(paste: Paste, answer: Answer, coverage: Coverage) -> Page:
    rows = [*_rows(paste, answer, coverage)]
    groups: dict[str, list[Row]] = {
        name: [] for name in (KNOWN, UNKNOWN, UNCOVERED, UNREADABLE)
    }
    for row in rows:
        groups[outcome(row, coverage)].append(row)
    kinds = {each.asked.kind for each in paste.values if not each.fault}
    shown = {name: Group(some[:ROWS], len(some)) for name, some in groups.items()}
    return Page(
        values=len(rows),
        lines=paste.lines,
        repeated=sum(len(each.lines) - 1 for each in paste.values),
        records=sum(len(line.hits) for line in answer.lines.values()),
        known=shown[KNOWN],
        unknown=shown[UNKNOWN],
        uncovered=shown[UNCOVERED],
        unreadable=shown[UNREADABLE],
        uncovered_types=sorted({row.pasted.asked.kind for row in groups[UNCOVERED]}),
        only_asked=coverage.only_asked(kinds),
        cut=answer.cut,
    )


def counted(paste: Paste) -> list[tuple[str, int]]:
    """How many values of which type, the most first."""
    kinds = Counter(each.asked.kind for each in paste.values if not each.fault)
    return kinds.most_common()


def outcome(row: Row, coverage: Coverage) -> str:
    if row.pasted.fault:
        return UNREADABLE
    if row.known:
        return KNOWN
    return UNKNOWN if coverage.covers(row.pasted.asked.kind) else UNCOVERED


def _rows(paste: Paste, answer: Answer, coverage: Coverage) -> Iterator[Row]:
    for each in paste.values:
        yield Row(each, answer.lines.get(each.asked.line), coverage.sources)


def table(
    paste: Paste, answer: Answer, coverage: Coverage, chosen: Iterable[int]
) -> Iterator[list[object]]:
    """Under COLUMNS: a row for each record about a value, or one that says why not."""
    wanted = frozenset(chosen)
    for row in _rows(paste, answer, coverage):
        if wanted and row.number not in wanted:
            continue
        yield from _cells(row, outcome(row, coverage))


def _cells(row: Row, found: str) -> Iterator[list[object]]:
    asked = row.pasted.asked
    lines = " ".join(map(str, row.pasted.lines))
    guessed = "yes" if asked.guessed else ""
    about: list[object] = [lines, row.pasted.text, asked.kind, guessed, found]
    releases = row.releases
    if row.known is None or not releases:
        reason = FULL if row.known else row.pasted.fault
        yield [*about, reason, *[""] * (len(COLUMNS) - len(about) - 1)]
        return
    told = row.known.correlation
    for each in releases:
        yield [
            *about,
            "",
            *_facts(each),
            told.originators,
            told.reason or "",
            each["id"],
            _time(each.get("date_added")),
        ]


def _facts(release: dict[str, Any]) -> list[object]:
    source: Source | None = release["source"]
    said = release.get
    return [
        named(release),
        source.agreement if source else "",
        source.title if source else "",
        said("scam_type", ""),
        said("role", ""),
        said("confidence", ""),
        said("severity", ""),
        said("tlp", ""),
        _time(said("first_seen")),
        _time(said("last_seen")),
        "; ".join(said("labels") or ()),
        said("note", ""),
    ]


def named(release: dict[str, Any]) -> str:
    """Who shares it, as far as the clause shows."""
    originator = release.get("originator") or {}
    return str(originator.get("name") or originator.get("id") or "")


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""
