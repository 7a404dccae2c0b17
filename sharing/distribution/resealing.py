"""Where things rest under the vault key, and how the worker goes through all of them.

Claims, waiting lines and documents owner by owner, releases stream by stream: nobody
sees across the walls for this either.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from hub.lib.clock import now
from hub.lib.errors import Conflict
from orgs.access import collection_scope, scope
from orgs.members.selectors import organization_ids
from sharing.agreements import selectors as agreements
from sharing.tokens import rewrapping
from sharing.tokens import services as tokens
from sharing.tokens.providers import Purpose
from sharing.tokens.rewrapping import Place, Progress

# Programs that were at work when the epoch began may seal under the one before for a while.
SETTLES = timedelta(hours=1)
_SUBMITTED = "JOIN sharing_submission s ON s.ordinal = t.submission_id"
DIGESTS = Place("sharing_indicator", "digest_sealed", "", "uuid_send(t.id)")
OWNED = (
    DIGESTS,
    Place("sharing_indicator", "value_sealed", "value", "uuid_send(t.id)"),
    Place("sharing_indicator", "note_sealed", "note", "uuid_send(t.id)"),
    Place(
        "sharing_chunk",
        "sealed",
        "chunk",
        "uuid_send(s.id) || int8send(t.number)",
        key_type="bigint",
        join=_SUBMITTED,
        at_once=20,
    ),
    Place(
        "sharing_lineproblem",
        "sealed_line",
        "line",
        "uuid_send(s.id) || int8send(t.line)",
        key_type="bigint",
        join=_SUBMITTED,
    ),
    Place("sharing_watchline", "label_sealed", "watch-label", "uuid_send(t.id)"),
    Place("sharing_match", "sealed", "watch-match", "uuid_send(t.id)"),
    Place(
        "sharing_undorecord",
        "sealed",
        "undo",
        "uuid_send(s.id) || int8send(t.number)",
        key_type="bigint",
        join=_SUBMITTED,
        at_once=20,
    ),
    Place(
        "sharing_legaldocument",
        "sealed",
        "legal-document",
        "uuid_send(t.version_id)",
        key="version_id",
        at_once=4,
    ),
    Place(
        "sharing_verdict",
        "note_sealed",
        "feedback-note",
        "uuid_send(t.release) || uuid_send(t.giver_id)",
        key_type="bigint",
    ),
)
STREAMED = Place(
    "sharing_release",
    "payload",
    "payload",
    "int8send(t.generation_id) || uuid_send(t.indicator)",
    key="indicator",
    where="t.sealed AND t.generation_id = %(generation)s",
)
Told = Callable[[str, int], None]


@dataclass(slots=True)
class Outcome:
    """What a run did, and what is left under older epochs."""

    done: int = 0
    broken: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.broken and not self.waits


def run(told: Told = lambda place, count: None) -> Outcome:
    """Seal everything under the newest vault key; again, and it goes on where it was.

    As the worker. About a minute for a million claims, in transactions of 5,000 rows.
    """
    outcome, vault = Outcome(), tokens.vault()
    for place, enter, given in _everything():
        name = f"{place.table.removeprefix('sharing_')}.{place.column}"
        found = rewrapping.reseal(place, vault, enter, given, partial(told, name))
        _add(outcome, name, found)
    return outcome


def _add(outcome: Outcome, name: str, found: Progress) -> None:
    outcome.done += found.done
    if found.broken:
        outcome.broken.append(name)
    if found.waits:
        outcome.waits.append(name)


def uses(epoch: int) -> list[str]:
    """Where something rests under an epoch of the vault key."""
    return sorted(
        {
            f"{place.table.removeprefix('sharing_')}.{place.column}"
            for place, enter, given in _everything()
            if rewrapping.uses(place, epoch, enter, given)
        }
    )


def check_unused(purpose: Purpose, epoch: int) -> None:
    """Conflict unless a key can be dropped: nothing opens with it, or will be sealed so."""
    newest = tokens.key_provider().current(purpose)
    if epoch >= newest.epoch:
        raise Conflict("This is the key that is used now.")
    since = now() - newest.created_at
    if since < SETTLES:
        raise Conflict(
            "Programs may still seal under the old key; try again in"
            f" {-(-(SETTLES - since).seconds // 60)} minutes."
        )
    used = (
        uses(epoch) if purpose is Purpose.VAULT else tokens.roots_wrapped_under(epoch)
    )
    if used:
        raise Conflict(f"It is still needed for: {', '.join(used)}. Run `keys rewrap`.")


def _everything() -> Iterator[
    tuple[Place, Callable[[], AbstractContextManager[None]], dict[str, Any]]
]:
    for owner in organization_ids():
        for place in OWNED:
            yield place, partial(scope, owner), {}
    for collection, generation, _ in agreements.all_streams():
        yield (
            STREAMED,
            partial(collection_scope, collection),
            {"generation": generation},
        )


def sample() -> int:
    """Open one digest of each owner and epoch; SealBrokenError if the keys do not fit."""
    return sum(
        rewrapping.sample(place, tokens.vault(), enter)
        for place, enter, _ in _everything()
        if place == DIGESTS
    )
