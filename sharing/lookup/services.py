"""Exact look-ups: which releases that one may read now are about these observables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Grant
from sharing.distribution import finding, selectors
from sharing.lookup import asking, quota
from sharing.lookup.asking import Asked, Question
from sharing.lookup.quota import Use
from sharing.tokens import services as tokens
from sharing.vocabulary import Disclosure

NO_COLLECTION = "There is no such collection for you."


@dataclass(frozen=True, slots=True)
class Hit:
    """A release about what was asked: where it stands, and its JSON as the stream has it."""

    collection: UUID
    record: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits of each line, in the order of the lines."""

    question: Question
    collections: tuple[UUID, ...]  # where was looked
    hits: dict[int, list[Hit]]  # by line; of lines without a hit nothing


def look_up(*, actor: Actor, body: object) -> Answer:
    """Ask every readable collection (or those named) for each line; all or nothing.

    Unknown and not for the actor are one answer, by one way: only tokens of collections
    that it may read are made, and looked for in those. Costs one index scan a collection,
    whatever the number of lines; what was asked is kept nowhere, only how often.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    question = asking.read(body)
    with scope(actor.organization_id):
        grants = _grants(actor, question.collections)
        readable = [each for each in question.lines if each.fault is None]
        quota.check(actor, _wanted(grants, readable), now())
        hits: dict[int, list[Hit]] = {}
        uses: dict[tuple[UUID, str], Use] = {}
        for grant in grants:
            found = _find(actor.organization_id, grant.collection_id, readable)
            for line, some in found.items():
                hits.setdefault(line, []).extend(some)
            uses |= _uses(grant.collection_id, readable, found)
        _recorded(actor, question, uses, len(hits))
        return Answer(question, tuple(each.collection_id for each in grants), hits)


def _wanted(grants: list[Grant], asked: list[Asked]) -> dict[tuple[UUID, str], int]:
    kinds = Counter(each.kind for each in asked)
    return {
        (grant.collection_id, kind): some
        for grant in grants
        for kind, some in kinds.items()
    }


def _grants(actor: Actor, wanted: tuple[str, ...] | None) -> list[Grant]:
    """What may be read now and holds releases; a named one that may not is not there."""
    found = [
        grant
        for grant in agreements.granted(actor)
        if grant.collection.disclosure != Disclosure.QUERY
    ]
    if wanted is None:
        return found
    known = {str(grant.collection_id): grant for grant in found}
    if not all(each in known for each in wanted):
        raise NotFound(NO_COLLECTION)
    return [known[each] for each in wanted]


def _find(
    organization_id: UUID, collection_id: UUID, asked: list[Asked]
) -> dict[int, list[Hit]]:
    """The hits of one collection by line."""
    reading = selectors.readable(organization_id, collection_id)
    number = reading.generation.number
    make = tokens.token_maker(collection_id, number)
    lines: dict[bytes, list[int]] = {}
    for each in asked:
        if each.digest is not None:
            for digest in (each.digest, *each.older):
                lines.setdefault(make(each.kind, digest), []).append(each.line)
        elif each.token is not None and each.token[0] == number:
            lines.setdefault(each.token[1], []).append(each.line)
    found: dict[int, list[Hit]] = {}
    for token, record in finding.with_tokens(reading, list(lines)):
        for line in lines[token]:
            found.setdefault(line, []).append(Hit(collection_id, record))
    return found


def _uses(
    collection_id: UUID, asked: Iterable[Asked], found: dict[int, list[Hit]]
) -> dict[tuple[UUID, str], Use]:
    every: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for each in asked:
        every[each.kind] += 1
        hits[each.kind] += each.line in found
    return {
        (collection_id, kind): Use(count, hits[kind]) for kind, count in every.items()
    }


def _recorded(
    actor: Actor, question: Question, uses: dict[tuple[UUID, str], Use], hits: int
) -> None:
    """That it was asked, never what. A power cut may lose under a second of this."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    quota.count(actor, uses, now())
    audit.record(
        actor=actor,
        verb=Verb.LOOKUP,
        form=question.form,
        asked=len(question.lines),
        hits=hits,
    )
