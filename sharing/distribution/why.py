"""Why a recipient has a release: the agreement behind it, what it was given, its duties."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from hub.lib.errors import NotFound
from orgs.access import Permission, need, require, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import facts
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Collection
from sharing.agreements.policy import Terms, admit
from sharing.distribution import duties, selectors
from sharing.distribution.duties import Redaction
from sharing.distribution.explaining import Named
from sharing.distribution.selectors import Entry, Reading
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class Plain:
    """The terms of the clause in force, as far as they bind a recipient."""

    purposes: tuple[str, ...]
    legal_basis: str
    disclosure: str
    originator: str  # shown or hidden
    tlp_ceiling: str | None
    retention_days: int
    may_train: bool


@dataclass(frozen=True, slots=True)
class Why:
    release: UUID
    state: str  # live or tombstone
    cursor: str | None  # none of what has no stream
    date_added: datetime
    agreement: Named
    version: int
    clause: Named
    collection: Named
    in_force_since: datetime
    readable_since: datetime
    decided_under: int  # the Version whose terms made this release
    reasons: tuple[str, ...]
    terms: Plain
    onward_sharing: str | None
    retain_until: datetime | None
    redactions: tuple[Redaction, ...]
    originator: dict[str, str] | None  # as released
    duties: tuple[str, ...]


def why(*, actor: Actor, release_id: UUID) -> Why:
    """Why the actor's organization may read a release now, or NotFound."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        return told(*found(actor, actor.organization_id, release_id))


def found(
    actor: Actor, organization_id: UUID, release_id: UUID
) -> tuple[Reading, Entry]:
    """The release as it may be read now; what may not is refused as if it were none."""
    try:
        collection_id = selectors.collection_of(release_id)
        require(actor, Permission.VIEW_COLLECTION, Collection, collection_id)
        reading = selectors.readable(organization_id, collection_id)
        return reading, selectors.entry(reading, release_id)
    except NotFound:
        raise NotFound(selectors.NO_RELEASE) from None


TermsUnder = Callable[[UUID, UUID], Terms]  # by Version and collection


def told(
    reading: Reading, entry: Entry, terms_under: TermsUnder = agreements.terms_under
) -> Why:
    """Of a release that was found; who tells of many gives terms that are kept."""
    grant, row = reading.grant, entry.release
    version, collection = grant.clause.version, grant.collection
    terms = terms_under(version.pk, collection.pk)
    said: dict[str, Any] = orjson.loads(entry.payload) if entry.payload else {}
    live = entry.payload is not None
    cursor = None if collection.disclosure == Disclosure.QUERY else entry.cursor
    tlp = said.get("tlp", terms.tlp_ceiling)
    return Why(
        release=row.public_id,
        state=row.state,
        cursor=cursor,
        date_added=row.date_added,
        agreement=Named(terms.agreement_id, terms.agreement),
        version=terms.version,
        clause=Named(terms.clause_id, terms.clause),
        collection=Named(collection.pk, collection.title),
        in_force_since=version.activated_at or version.effective_from,
        readable_since=grant.valid_from,
        decided_under=row.version.number,
        reasons=admit(terms, facts.facts_of(grant.recipient)).reasons,
        terms=_plain(terms),
        onward_sharing=duties.onward(tlp) if live else None,
        retain_until=row.retain_until if live else None,
        redactions=(
            duties.redactions(terms_under(row.version_id, collection.pk))
            if live
            else ()
        ),
        originator=said.get("originator"),
        duties=tuple(
            duties.to_keep(terms, tlp, row.retain_until)
            if live
            else duties.to_forget(row.date_added, cursor)
        ),
    )


def _plain(terms: Terms) -> Plain:
    return Plain(
        purposes=tuple(sorted(terms.purposes)),
        legal_basis=terms.legal_basis,
        disclosure=terms.disclosure,
        originator="hidden" if terms.originator_hidden else "shown",
        tlp_ceiling=terms.tlp_ceiling,
        retention_days=terms.retention_days,
        may_train=terms.may_train,
    )
