"""The sharing of an organization at a glance: what it reads, what it gives, who lags.

People with the right of audit see receipts; others see what they read and must answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from hub.lib.clock import now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.access import scope
from orgs.accounts.actor import Actor, Right
from orgs.models import Credential
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import Circle, circles, contributed
from sharing.agreements.models import Grant, Party
from sharing.distribution import selectors as distribution
from sharing.distribution import standing
from sharing.distribution.models import Departure
from sharing.distribution.outgoing import sees
from sharing.distribution.selectors import Reading
from sharing.distribution.standing import Behind, Standing
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class Read:
    """A collection that the organization reads, and how far it is."""

    id: UUID
    title: str
    agreement: str
    disclosure: str
    head: str  # the newest cursor; of what only answers questions none
    standing: Standing | None  # none: there is no stream
    fetched_by: str  # the name of the API key
    answer: str  # a cursor that would acknowledge all that was served, if that is more

    def cursor(self, seq: int) -> str:
        return str(Cursor(Cursor.parse(self.head).generation, seq)) if seq else ""

    @property
    def delivered(self) -> str:
        return self.cursor(self.standing.told.delivered) if self.standing else ""

    @property
    def acked(self) -> str:
        return self.cursor(self.standing.told.acked) if self.standing else ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives one's claims, and how far it is with those claims alone."""

    name: str
    fetched_at: datetime | None  # to the minute
    unfetched: Behind
    unacknowledged: Behind
    recalls: Behind


@dataclass(frozen=True, slots=True)
class Given:
    """A collection that the organization contributes to."""

    id: UUID
    title: str
    agreement: str
    clause: str
    disclosure: str
    names: tuple[str, ...]  # of recipients
    recipients: tuple[
        Recipient, ...
    ]  # for those who see receipts, where there are some


@dataclass(frozen=True, slots=True)
class Ended:
    """A recipient whose access ended and who has not said that it purged."""

    name: str
    collection: str
    ended_at: datetime
    purge_by: datetime


@dataclass(frozen=True, slots=True)
class Sharing:
    reads: tuple[Read, ...]
    gives: tuple[Given, ...]
    ended: tuple[Ended, ...]
    at: datetime


def sharing(actor: Actor) -> Sharing:
    """All of it for the organization acted for.

    Cost: some ten statements a collection and one for its recipients; each number is a
    range scan that ends after a thousand rows.
    """
    organization, audits = sees(actor), actor.may(Right.AUDIT)
    with scope(organization):
        reads = tuple(_read(each) for each in _readings(organization))
        ended = tuple(_ended(organization)) if audits else ()
    return Sharing(reads, given_to(actor), ended, now())


def given_to(actor: Actor, *, receipts: bool = True) -> tuple[Given, ...]:
    """The collections that the organization contributes to, and who receives there.

    Without `receipts` only their names, which costs a tenth.
    """
    organization, audits = sees(actor), receipts and actor.may(Right.AUDIT)
    with scope(organization):
        known = circles(organization)
        return tuple(
            _given(organization, each, known[each.agreement_id], audits=audits)
            for each in contributed(organization)
        )


def _readings(organization: UUID) -> Iterator[Reading]:
    held = Grant.objects.filter(recipient=organization, valid_until__isnull=True)
    for each in held.order_by("collection__title", "collection").only("collection"):
        try:
            yield distribution.readable(organization, each.collection_id)
        except NotFound:
            continue


def _read(reading: Reading) -> Read:
    collection = reading.grant.collection
    found, key = None, ""
    if not distribution.only_answers(reading):
        found = standing.of_reading(reading)
        key = _key(reading.grant.recipient_id, found.told.credential)
    number, head = reading.generation.number, reading.head.next_seq - 1
    told = found.told if found else standing.Told()
    return Read(
        collection.pk,
        collection.title,
        collection.agreement.title,
        collection.disclosure,
        head=str(Cursor(number, head)) if found else "",
        standing=found,
        fetched_by=key,
        answer=str(Cursor(number, told.delivered))
        if told.delivered > told.acked
        else "",
    )


def _key(organization: UUID, credential: UUID | None) -> str:
    if credential is None:
        return ""
    own = Credential.objects.filter(organization=organization, pk=credential)
    return own.values_list("name", flat=True).first() or ""


def _given(
    owner: UUID, clause: agreements.ActiveClause, circle: Circle, *, audits: bool
) -> Given:
    admitted = agreements.readers(clause.collection_id)
    names = {
        each.organization_id: each.name
        for each in circle.parties
        if each.organization_id in admitted and each.organization_id != owner
    }
    streams = (
        audits
        and clause.terms.disclosure is not Disclosure.QUERY
        and clause.generations
    )
    return Given(
        clause.collection_id,
        clause.title,
        clause.terms.agreement,
        clause.terms.clause,
        clause.terms.disclosure,
        tuple(names.values()),
        tuple(_recipients(owner, clause.collection_id, names)) if streams else (),
    )


def _recipients(
    owner: UUID, collection_id: UUID, names: dict[UUID, str]
) -> Iterator[Recipient]:
    generation = agreements.live_generation(collection_id, now())
    found = standing.of_recipients(owner, collection_id, generation, names)
    for pk, name in names.items():
        each = found[pk]
        at = each.told.fetched_at
        yield Recipient(
            name,
            at and at.replace(second=0, microsecond=0),
            each.unfetched,
            each.unacknowledged,
            each.recalls,
        )


def _ended(owner: UUID) -> Iterator[Ended]:
    """Of collections that something of the owner's left by; no hidden parties."""
    left = Departure.objects.filter(owner=owner).values("generation__collection")
    hidden = Party.objects.filter(
        version__agreement=OuterRef("collection__agreement"),
        organization=OuterRef("recipient"),
        hidden=True,
    )
    grants = Grant.objects.filter(
        ~Exists(hidden),
        collection__in=left,
        notice__isnull=False,
        acked_at__isnull=True,
    ).exclude(recipient=owner)
    rows = grants.order_by("purge_by", "pk").values_list(
        "recipient__name", "collection__title", "valid_until", "purge_by"
    )
    for name, title, ended_at, purge_by in rows:
        if ended_at and purge_by:
            yield Ended(name, title, ended_at, purge_by)
