"""What `manage.py keys` does to keys in use: renew, wrap anew, drop, rotate, destroy."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import transaction

from hub.lib.clock import iso
from hub.management import key_records
from orgs.access import as_worker
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import rotation
from sharing.distribution import resealing
from sharing.tokens import providers
from sharing.tokens import services as tokens
from sharing.tokens.providers import Purpose
from sharing.tokens.roots import Place, Rewrapped

Act = Callable[[OutputWrapper, Mapping[str, Any]], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--collection", type=UUID, help="id of a collection")
    parser.add_argument("--at", type=_moment, help="2026-12-24T12:00Z; in 30 days")
    parser.add_argument("--generation", type=int, help="number of a generation")
    parser.add_argument(
        "--purpose", choices=[*key_records.RENEWED], help="of the key to drop"
    )
    parser.add_argument("--epoch", type=int, help="epoch of the key to drop")


def _new_vault(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    _renew(out, Purpose.VAULT)
    _rewrap(out, options)


def _new_wrap(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    _renew(out, Purpose.WRAP)
    _rewrap(out, options)


def _renew(out: OutputWrapper, purpose: Purpose) -> None:
    key_records.settle(_file())
    around = partial(key_records.around, Verb.KEY_RENEW, purpose)
    root = providers.renew(_file(), settings.KEK_FILE, purpose, around)
    out.write(f"{purpose} key: epoch {root.epoch} begins. Back the key file up now.")


def _rewrap(out: OutputWrapper, _: Mapping[str, Any]) -> None:
    """Everything that rests under older keys, sealed and wrapped under the newest."""
    key_records.settle(_file())
    done: Counter[str] = Counter()

    def told(place: str, count: int) -> None:
        done[place] += count
        out.write(f"  {place}: {done[place]:,}")

    with as_worker():
        roots = tokens.rewrap_roots()
        found = resealing.run(told)
    with transaction.atomic():
        audit.record(
            actor=SYSTEM,
            verb=Verb.KEY_REWRAP,
            rows=found.done,
            roots=roots.done,
            broken_roots=[*map(_named, roots.broken)],
            complete=found.complete and not roots.broken,
        )
    out.write(f"Sealed again: {found.done:,} rows, {roots.done} roots of generations.")
    if said := [*_left(roots, found)]:
        raise CommandError("\n".join(said))


def _left(roots: Rewrapped, found: resealing.Outcome) -> Iterator[str]:
    """What still rests under an older key, and why: by ids and places, never a key."""
    if roots.broken:
        names = ", ".join(map(_named, roots.broken))
        yield f"Broken roots, left as they are: {names}"
    if found.broken:
        yield f"Broken seals, left as they are: {', '.join(found.broken)}"
    if found.waits:
        yield f"Held by others: {', '.join(found.waits)}. Run `keys rewrap` again."


def _named(place: Place) -> str:
    return f"collection {place.collection} generation {place.number}"


def _drop(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    purpose, epoch = (
        Purpose(_given(options, "purpose")),
        int(_given(options, "epoch")),
    )
    key_records.settle(_file())
    with as_worker():
        tokens.key_provider().root(purpose, epoch)  # KeyFileError if there is none
        resealing.check_unused(purpose, epoch)
    around = partial(key_records.around, Verb.KEY_DROP, purpose)
    providers.drop(_file(), settings.KEK_FILE, purpose, epoch, around)
    out.write(f"{purpose} key: epoch {epoch} is forgotten. Older backups need it.")


def _rotate(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    found = rotation.announce(
        actor=SYSTEM,
        collection_id=_given(options, "collection"),
        effective_from=options["at"],
    )
    begins = iso(found.effective_from)
    out.write(f"Generation {found.number} takes effect on {begins}.")


def _cancel(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    found = rotation.cancel(actor=SYSTEM, collection_id=_given(options, "collection"))
    out.write(f"Generation {found.number} will not take effect.")


def _destroy(out: OutputWrapper, options: Mapping[str, Any]) -> None:
    number = int(_given(options, "generation"))
    collection = _given(options, "collection")
    rotation.destroy(actor=SYSTEM, collection_id=collection, number=number)
    out.write(f"The roots of generation {number} are destroyed.")


ACTS: dict[str, Act] = {
    "new-vault": _new_vault,
    "new-wrap": _new_wrap,
    "rewrap": _rewrap,
    "drop": _drop,
    "rotate": _rotate,
    "cancel-rotation": _cancel,
    "destroy": _destroy,
}


def _file() -> Path:
    return Path(str(settings.KEYS_FILE))  # the command refuses to go on without one


def _given(options: Mapping[str, Any], name: str) -> Any:
    if options[name] is None:
        raise CommandError(f"Name it with --{name}.")
    return options[name]


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
