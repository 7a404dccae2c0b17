"""Made-up claims that a clause permits, redacted as real ones would be."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid5

from sharing.agreements.policy import Terms
from sharing.distribution.planning import Planner, TokenMaker
from sharing.distribution.tallying import SAMPLES
from sharing.indicators.types.registry import TYPES
from sharing.redaction.rules import ClaimView
from sharing.tokens import scheme

OWNER = UUID("00000000-0000-4000-8000-000000000001")
OWNER_NAME = "Example Member"


def payloads(planner: Planner, number: int, maker: TokenMaker) -> Iterator[bytes]:
    """One payload for each of a few types of the clause; none if it permits nothing."""
    terms = planner.clause.terms
    duties = terms.permit.obligations
    if not planner.allowed or duties is None:
        return
    for kind in sorted(terms.types)[:SAMPLES]:
        view = _view(terms, kind, planner)
        digest = scheme.digest(kind, TYPES[kind].nv, str(view.value))
        token = scheme.wire(number, maker(kind, digest))
        pseudonym = uuid5(terms.collection_id, OWNER.hex).hex
        yield planner.leaving(view, duties, token, pseudonym)


def _view(terms: Terms, kind: str, planner: Planner) -> ClaimView:
    moment = planner.moment
    return ClaimView(
        type=kind,
        value=TYPES[kind].examples[0][1],
        owner_name=OWNER_NAME,
        owner_id=OWNER,
        scam_type=min(terms.scam_types),
        role=min(terms.roles),
        status="online",
        review_status=min(terms.review_statuses),
        confidence=max(terms.min_confidence, 50),
        severity="medium",
        tlp=str(terms.tlp_ceiling),
        first_seen=moment - timedelta(days=2),
        last_seen=moment - timedelta(days=1),
        valid_until=moment + timedelta(days=90),
        labels=("example",),
        note="A made-up note.",
        shared_infrastructure=(),
        revision=1,
    )
