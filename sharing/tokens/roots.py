"""The wrapped roots of generations: one for token keys, one for oblivious look-ups."""

import os
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from hub.lib.clock import now
from hub.lib.errors import Gone, NotFound
from hub.lib.sealed import SealBrokenError, seal, unseal
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.tokens import scheme
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.models import GenerationRoot
from sharing.tokens.providers import KeyProvider, Purpose, Root


class PinBrokenError(Exception):
    """The store holds another OPRF root than the one whose key was put on record."""


class OprfRoot(NamedTuple):
    """The root of a generation's OPRF key, and what its otags are made of."""

    secret: bytes
    otag_scheme: int


class Rewrapped(NamedTuple):
    """How many rested under another key, and which do not open."""

    done: int
    broken: "list[Place]"


class Place(NamedTuple):
    """A wrapped root has one generation and one use: moved elsewhere, it does not open."""

    collection: UUID
    number: int

    @property
    def token_aad(self) -> bytes:
        return self._aad(b"generation-root")

    def oprf_aad(self, otag_scheme: int) -> bytes:
        later = b"" if otag_scheme == scheme.BARE else scheme.uint32(otag_scheme)
        return self._aad(b"oprf-root" + later)

    def _aad(self, use: bytes) -> bytes:
        return self.collection.bytes + scheme.uint32(self.number) + use


def create(provider: KeyProvider, collection: UUID, number: int) -> None:
    wrap = provider.current(Purpose.WRAP)
    place = Place(collection, number)
    token, oprf = os.urandom(scheme.KEY_BYTES), os.urandom(scheme.KEY_BYTES)
    newest = scheme.OTAG_SCHEME
    GenerationRoot.objects.create(
        collection=collection,
        number=number,
        wrapped=seal(_wrap_key(wrap), token, aad=place.token_aad),
        wrapped_oprf=seal(_wrap_key(wrap), oprf, aad=place.oprf_aad(newest)),
        oprf_pinned=_pin(place, oprf),
        otag_scheme=newest,
        wrap_epoch=wrap.epoch,
        created_at=now(),
    )


def token_root(provider: KeyProvider, collection: UUID, number: int) -> bytes:
    """The root of a generation's token key, or NotFound, or Gone once destroyed."""
    row = _row(collection, number)
    wrap = provider.root(Purpose.WRAP, row.wrap_epoch)
    sealed = bytes(row.wrapped or b"")
    return unseal(_wrap_key(wrap), sealed, aad=Place(collection, number).token_aad)


def oprf_root(provider: KeyProvider, collection: UUID, number: int) -> OprfRoot:
    """The root of a generation's OPRF key; the same refusals."""
    row = _with_oprf(provider, _row(collection, number))
    wrap = provider.root(Purpose.WRAP, row.wrap_epoch)
    sealed = bytes(row.wrapped_oprf or b"")
    aad = Place(collection, number).oprf_aad(row.otag_scheme)
    return OprfRoot(unseal(_wrap_key(wrap), sealed, aad=aad), row.otag_scheme)


def oprf_pin(provider: KeyProvider, collection: UUID, number: int) -> int:
    """The id of the audit event with the generation's public key."""
    pin = _with_oprf(provider, _row(collection, number)).oprf_pinned
    assert pin is not None  # noqa: S101 - root and pin are written in one statement
    return pin


def pin_of(
    provider: KeyProvider, collection: UUID, number: int, public: bytes
) -> tuple[int, datetime]:
    """Id and time of the audit event with this public key, or PinBrokenError."""
    event = AuditEvent.objects.get(pk=oprf_pin(provider, collection, number))
    pinned = {"generation": number, "public_key": public.hex()}
    if (event.verb, event.subject, event.detail) != (
        Verb.OPRF_KEY_PIN,
        str(collection),
        pinned,
    ):
        raise PinBrokenError("the public key is not the one on record")
    return event.pk, event.at


def destroy(collection: UUID, number: int) -> bool:
    """Forget both roots; False when they were forgotten before."""
    there = GenerationRoot.objects.filter(
        collection=collection, number=number, destroyed_at=None
    )
    return bool(there.update(wrapped=None, wrapped_oprf=None, destroyed_at=now()))


def rewrap(provider: KeyProvider) -> Rewrapped:
    """Wrap all roots under the newest key; what does not open is left as it is, and told."""
    newest, count, broken = provider.current(Purpose.WRAP), 0, []
    rows = GenerationRoot.objects.filter(destroyed_at=None).exclude(
        wrap_epoch=newest.epoch
    )
    for pk, collection, number in list(rows.values_list("pk", "collection", "number")):
        try:
            with transaction.atomic():
                count += _rewrap(provider, newest, pk)
        except (SealBrokenError, KeyFileError):  # KeyFileError: its key is not there
            broken.append(Place(collection, number))
    return Rewrapped(count, sorted(broken))


def _rewrap(provider: KeyProvider, newest: Root, pk: int) -> bool:
    row = GenerationRoot.objects.select_for_update().get(pk=pk)
    if row.destroyed_at is not None or row.wrap_epoch == newest.epoch:
        return False
    old = _wrap_key(provider.root(Purpose.WRAP, row.wrap_epoch))
    place, new = Place(row.collection, row.number), _wrap_key(newest)

    def again(sealed: bytes | memoryview | None, aad: bytes) -> bytes | None:
        if sealed is None:
            return None
        return seal(new, unseal(old, bytes(sealed), aad=aad), aad=aad)

    row.wrapped = again(row.wrapped, place.token_aad)
    row.wrapped_oprf = again(row.wrapped_oprf, place.oprf_aad(row.otag_scheme))
    row.wrap_epoch = newest.epoch
    row.save(update_fields=["wrapped", "wrapped_oprf", "wrap_epoch"])
    return True


def wrapped_under(epoch: int) -> int:
    return GenerationRoot.objects.filter(destroyed_at=None, wrap_epoch=epoch).count()


def _row(collection: UUID, number: int) -> GenerationRoot:
    """The roots of a generation while they are there, or NotFound, or Gone."""
    row = GenerationRoot.objects.filter(collection=collection, number=number).first()
    if row is None:
        raise NotFound("This collection has no such generation.")
    return _whole(row)


def _whole(row: GenerationRoot) -> GenerationRoot:
    if row.wrapped is None:
        raise Gone("The key of this generation was destroyed.", code="key-destroyed")
    return row


def _with_oprf(provider: KeyProvider, row: GenerationRoot) -> GenerationRoot:
    """A generation of an earlier version of the hub gets its OPRF root when first asked.

    Under the lock of its row: all who come at once have the same, and only that is pinned.
    No otag of it was made before, so they are of the newest scheme.
    """
    if row.wrapped_oprf is not None:
        return row
    with transaction.atomic():
        row = _whole(GenerationRoot.objects.select_for_update().get(pk=row.pk))
        if row.wrapped_oprf is None:
            place, root = (
                Place(row.collection, row.number),
                os.urandom(scheme.KEY_BYTES),
            )
            wrap = provider.root(Purpose.WRAP, row.wrap_epoch)
            row.otag_scheme = scheme.OTAG_SCHEME
            aad = place.oprf_aad(row.otag_scheme)
            row.wrapped_oprf = seal(_wrap_key(wrap), root, aad=aad)
            row.oprf_pinned = _pin(place, root)
            row.save(update_fields=["wrapped_oprf", "oprf_pinned", "otag_scheme"])
    return row


def _pin(place: Place, root: bytes) -> int:
    """Put the public key on record where nobody can change it: no key without a pin."""
    key = scheme.oprf_key(root, place.collection, place.number)
    return audit.record(
        actor=SYSTEM,
        verb=Verb.OPRF_KEY_PIN,
        subject=place.collection,
        generation=place.number,
        public_key=key.public.hex(),
    )


def _wrap_key(root: Root) -> bytes:
    return scheme.derive(root.secret, b"accord/v1/wrap-key", scheme.uint32(root.epoch))
