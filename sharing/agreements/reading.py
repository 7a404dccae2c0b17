"""A whole Version for one viewer: plain words beside exact terms, cautions, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.lib.canonical import canonical
from hub.lib.clock import now
from orgs.accounts.actor import Actor, Right, Role
from sharing.agreements import (
    accession,
    differences,
    directory,
    facts,
    prose,
    schema,
    screens,
    selectors,
    shown,
)
from sharing.agreements.models import Clause, Generation, Version
from sharing.agreements.policy import Terms, overlaps, same_or_wider, warnings
from sharing.agreements.texts import ACCESSION, DOCUMENT, terms_in


@dataclass(frozen=True, slots=True)
class ShownClause:
    """A clause in plain words beside its exact terms, and the stream it feeds."""

    name: str
    prose: prose.Prose
    terms: list[tuple[str, str, str]]
    collection_id: UUID | None
    collection: str
    generation: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole Version, and what the viewer may do to it."""

    summary: screens.Summary
    clauses: list[ShownClause]
    cautions: list[str]
    canonical: str
    open_to_accession: bool
    may_sign: bool
    may_edit: bool
    may_propose: bool
    document: dict[str, object] | None  # name, size and SHA-256 of what is attached
    may_attach: bool


def page(actor: Actor, version: Version) -> Page:
    text = shown.text(actor, version)
    found = screens.summary(actor, version)
    return Page(
        summary=found,
        clauses=_clauses(actor, version),
        cautions=cautions(actor, version),
        canonical=canonical(text).decode(),
        open_to_accession=text.get(ACCESSION) is True,
        may_sign=_may_sign(actor, version, found),
        may_edit=_may_edit(actor, version, text),
        document=text.get(DOCUMENT),
        may_attach=_may_attach(actor, version),
        may_propose=version.state == Version.State.DRAFT and _drafts(actor, version),
    )


def _clauses(actor: Actor, version: Version) -> list[ShownClause]:
    names = {
        party.slug: party.name for party in screens.summary(actor, version).parties
    }
    said = {clause["name"]: clause for clause in shown.text(actor, version)["clauses"]}
    rows = _rows(actor, version)
    live = _generations(rows)
    return [
        ShownClause(
            name=clause.name,
            prose=prose.clause(
                schema.meant(terms_in(said[clause.name]), clause.known), names
            ),
            terms=differences.labelled(said[clause.name]),
            collection_id=clause.collection_id,
            collection=clause.collection.title if clause.collection else "",
            generation=live.get(clause.collection_id),
        )
        for clause in rows
    ]


def _rows(actor: Actor, version: Version) -> list[Clause]:
    """The clauses that the actor may see; their names are each in a text once."""
    names = [clause["name"] for clause in shown.text(actor, version)["clauses"]]
    rows = version.clauses.filter(name__in=names).select_related("collection")
    return list(rows.order_by("position"))


def _generations(rows: Sequence[Clause]) -> dict[UUID | None, int]:
    """The number of the generation that each collection is in."""
    current = Generation.objects.filter(
        collection__in=[row.collection_id for row in rows if row.collection_id],
        state__in=selectors.CURRENT,
        effective_from__lte=now(),
    )
    return dict(current.order_by("number").values_list("collection_id", "number"))


def cautions(actor: Actor, version: Version) -> list[str]:
    """What a reader should know, from the parties it knows of.

    What would be void only without those it does not know of is not: then nothing is
    said, for it would be wrong.
    """
    full, seen = _compiled(actor, version)
    told = [
        line
        for whole, part in zip(full, seen, strict=True)
        if whole.void or not part.void
        for line in warnings(part)
    ]
    hidden = [p.organization for p in shown.parties(actor, version) if p.hidden]
    return told + overlaps(seen) + directory.findable(hidden)


def _compiled(actor: Actor, version: Version) -> tuple[list[Terms], list[Terms]]:
    everyone = facts.named(version)
    known = {party.organization_id for party in shown.parties(actor, version)}
    some = tuple(each for each in everyone if each.organization_id in known)
    rows, agreement, number = _rows(actor, version), version.agreement, version.number
    full, seen = (
        [facts.terms_of(row, agreement, number, parties) for row in rows]
        for parties in (everyone, some)
    )
    return full, seen


def _may_sign(actor: Actor, version: Version, found: screens.Summary) -> bool:
    mine = found.mine
    if actor.role != Role.SIGNATORY or mine is None or mine.at or mine.left_at:
        return False
    return version.state == Version.State.PROPOSED or accession.may_accede(version)


def _may_attach(actor: Actor, version: Version) -> bool:
    draft = version.state == Version.State.DRAFT and not actor.is_staff
    return draft and _drafts(actor, version)


def _drafts(actor: Actor, version: Version) -> bool:
    own = actor.may(Right.DRAFT) and shown.drafted(actor, version)
    return actor.is_staff or own


def _may_edit(actor: Actor, version: Version, text: dict[str, object]) -> bool:
    """Whoever does not see the whole text cannot write it anew."""
    unsigned = not version.signatures.exists()
    open_ = version.state in (Version.State.DRAFT, Version.State.PROPOSED)
    return _drafts(actor, version) and open_ and unsigned and text == version.text


@dataclass(frozen=True, slots=True)
class Compared:
    """Two Versions, what changed, and what each change of a clause does to its stream."""

    old: screens.Summary
    new: screens.Summary
    difference: differences.Difference
    clauses: list[tuple[differences.ClauseChange, str]]


def compare(actor: Actor, old: Version, new: Version) -> Compared:
    before, after = _rows(actor, old), _rows(actor, new)
    difference = differences.between(
        _meant(shown.text(actor, old), before),
        _meant(shown.text(actor, new), after),
        old_feeds=[row.collection_id for row in before],
        new_feeds=[row.collection_id for row in after],
    )
    (_, was), (_, now) = _compiled(actor, old), _compiled(actor, new)
    told = [(each, _effect(each, was, now)) for each in difference.clauses]
    return Compared(
        screens.summary(actor, old), screens.summary(actor, new), difference, told
    )


def _meant(text: dict[str, Any], rows: Sequence[Clause]) -> dict[str, Any]:
    """The text as it was signed: of two that say `all` the later may mean more by it."""
    known = {row.name: row.known for row in rows}
    clauses = [schema.meant(each, known[each["name"]]) for each in text["clauses"]]
    return {**text, "clauses": clauses}


def _effect(
    each: differences.ClauseChange, was: Sequence[Terms], now: Sequence[Terms]
) -> str:
    if each.after is None:
        return "Its collection closes; recipients are told to purge what they hold."
    if each.before is None:
        return "It feeds a new collection, with a key of its own."
    if not each.changes:
        return ""
    if same_or_wider(was[each.before], now[each.after]):
        return "Nothing becomes narrower: the stream goes on in the same generation."
    return (
        "Something becomes narrower: the stream begins its next generation, with a new"
        " key."
    )
