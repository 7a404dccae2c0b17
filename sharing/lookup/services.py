"""Exact look-ups: which releases that one may read now are about these observables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Grant
from sharing.distribution import finding, selectors
from sharing.distribution.selectors import Reading
from sharing.lookup import asking, quota
from sharing.lookup.answering import Gathered, Line
from sharing.lookup.asking import Asked, Question
from sharing.lookup.quota import Use
from sharing.tokens import services as tokens
from sharing.vocabulary import Disclosure

NO_COLLECTION = "There is no such collection for you."


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of each line, in the order of the lines."""

    question: Question
    collections: tuple[UUID, ...]  # where was looked
    lines: dict[int, Line]  # by number; of lines without a hit nothing
    cut: bool  # there was more than one answer holds


def look_up(*, actor: Actor, body: object) -> Answer:
    """Ask every readable collection (or those named) for each line; all or nothing.

    Unknown and not for the actor are one answer, by one way: only tokens of collections
    that it may read are made, and looked for in those. Costs one index scan a collection,
    whatever the number of lines; what was asked is kept nowhere, only how often.
    """
    need(actor, Right.READ)
    return answer(actor=actor, question=asking.read(body))


def answer(*, actor: Actor, question: Question, again: bool = False) -> Answer:
    """The same for a question that was read; what is asked `again` counts no second time."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    moment = now()
    lines = [each for each in question.lines if each.fault is None]
    with quota.refusals_recorded(actor), scope(actor.organization_id):
        grants = _grants(actor, question)
        wanted = {} if again else _wanted(grants, lines)
        quota.reserve(actor, wanted, moment)
    with quota.working(actor, wanted, moment):
        readings = _readings(actor.organization_id, grants)
        gathered = Gathered()
        uses: dict[tuple[UUID, str], Use] = {}
        for reading in readings:
            found = _find(reading, lines, gathered)
            uses |= _uses(reading.grant.collection_id, lines, found)
        quota.settle(actor, wanted, uses, moment)
        _recorded(actor, question, len(gathered.lines))
        looked = tuple(each.grant.collection_id for each in readings)
        return Answer(question, looked, gathered.lines, gathered.cut)


def _wanted(grants: list[Grant], asked: list[Asked]) -> dict[tuple[UUID, str], int]:
    kinds = Counter(each.kind for each in asked)
    return {
        (grant.collection_id, kind): some
        for grant in grants
        for kind, some in kinds.items()
    }


def _grants(actor: Actor, question: Question) -> list[Grant]:
    """What may be read now and holds releases; a named one that may not is not there."""
    found = [
        grant
        for grant in agreements.granted(actor)
        if grant.collection.disclosure != Disclosure.QUERY
    ]
    if question.collections is None:
        return found
    known = {str(grant.collection_id): grant for grant in found}
    if not all(each in known for each in question.collections):
        raise NotFound(NO_COLLECTION)
    return [known[each] for each in question.collections]


def _readings(organization_id: UUID, grants: list[Grant]) -> list[Reading]:
    """What may be read still: a Grant that ended just now takes nothing else with it."""
    found = []
    for grant in grants:
        try:
            found.append(selectors.readable(organization_id, grant.collection_id))
        except NotFound:
            continue
    return found


def _find(reading: Reading, asked: list[Asked], gathered: Gathered) -> set[int]:
    """Gather what one collection has; returns the lines that it has something of."""
    collection_id, number = reading.grant.collection_id, reading.generation.number
    make = tokens.token_maker(collection_id, number)
    lines: dict[bytes, list[int]] = {}
    for each in asked:
        if each.digest is not None:
            for digest in (each.digest, *each.older):
                lines.setdefault(make(each.kind, digest), []).append(each.line)
        elif each.token is not None and each.token[0] == number:
            lines.setdefault(each.token[1], []).append(each.line)
    found = finding.with_tokens(reading, list(lines))
    return gathered.add(collection_id, lines, found)


def _uses(
    collection_id: UUID, asked: Iterable[Asked], found: set[int]
) -> dict[tuple[UUID, str], Use]:
    every: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for each in asked:
        every[each.kind] += 1
        hits[each.kind] += each.line in found
    return {
        (collection_id, kind): Use(count, hits[kind]) for kind, count in every.items()
    }


def _recorded(actor: Actor, question: Question, hits: int) -> None:
    """That it was asked, never what."""
    audit.record(
        actor=actor,
        verb=Verb.LOOKUP,
        form=question.form,
        asked=len(question.lines),
        hits=hits,
    )
