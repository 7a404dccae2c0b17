"""Decide and redact a batch for one clause: everything before the lock, in memory."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from sharing import vocabulary as v
from sharing.agreements.policy import Decision, IndicatorFacts, decide, released_fields
from sharing.agreements.selectors import ActiveClause, GenerationRef
from sharing.indicators.models import Indicator
from sharing.redaction.rules import ClaimView, check_released, redact
from sharing.tokens import scheme
from sharing.tokens import services as tokens

TokenMaker = Callable[[str, bytes], bytes]


@dataclass(slots=True)
class Planned:
    """One row to stage: what should be so in one generation."""

    generation: int
    indicator: UUID
    revision: int  # of the claim this was decided on
    release: UUID  # its id, if it has none yet
    owner: UUID
    index: bytes
    token: bytes
    payload: bytes | None  # None: not permitted, a tombstone if it was there
    fingerprint: bytes
    retain_until: datetime
    expires_at: datetime


def facts_of(claim: Indicator) -> IndicatorFacts:
    audience = None if claim.audience is None else frozenset(claim.audience)
    return IndicatorFacts(
        owner=claim.owner_id,
        type=claim.type,
        scam_type=claim.scam_type,
        role=claim.role,
        review_status=claim.review_status,
        confidence=claim.confidence,
        tlp=claim.tlp,
        state=claim.state,
        audience=audience,
    )


class Planner:
    """Plans the claims of a batch under one clause; decides once per distinct facts."""

    def __init__(self, clause: ActiveClause, moment: datetime) -> None:
        self.clause = clause
        self.moment = moment
        self.vault = tokens.vault()
        self.allowed = released_fields(clause.terms)
        self.decisions: dict[IndicatorFacts, Decision] = {}
        self.discloses = clause.terms.disclosure == v.Disclosure.VALUE

    def plan(self, claims: Iterable[Indicator]) -> list[Planned]:
        makers = [
            (each, tokens.token_maker(self.clause.collection_id, each.number))
            for each in self.clause.generations
        ]
        return [
            self._row(claim, generation, maker)
            for claim in claims
            for generation, maker in makers
        ]

    def decide(self, claim: Indicator) -> Decision:
        facts = facts_of(claim)
        decision = self.decisions.get(facts)
        if decision is None:
            decision = self.decisions[facts] = decide(self.clause.terms, facts)
        return decision

    def _row(
        self, claim: Indicator, generation: GenerationRef, maker: TokenMaker
    ) -> Planned:
        digest = self.vault.open_digest(
            claim.id, claim.type, bytes(claim.digest_sealed), claim.vault_epoch
        )
        token = maker(claim.type, digest)
        payload = self._payload(claim, scheme.wire(generation.number, token))
        mark = payload if payload is not None else b""
        return Planned(
            generation=generation.pk,
            indicator=claim.id,
            revision=claim.revision,
            release=uuid.uuid4(),
            owner=claim.owner_id,
            index=bytes(claim.index),
            token=token,
            payload=payload,
            fingerprint=self.vault.fingerprint("payload", mark),
            retain_until=self.moment + timedelta(days=self.clause.terms.retention_days),
            expires_at=claim.valid_until,
        )

    def _payload(self, claim: Indicator, token: str) -> bytes | None:
        if claim.valid_until <= self.moment:
            return None
        decision = self.decide(claim)
        duties = decision.obligations
        if not decision.permitted or duties is None:
            return None
        if duties.embargo_until is not None and duties.embargo_until > self.moment:
            return None
        fields = redact(
            self._view(claim), duties, token=token, pseudonym=self._pseudonym(claim)
        )
        check_released(fields, self.allowed)
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)

    def _pseudonym(self, claim: Indicator) -> str:
        """The same for all claims of one owner in one collection, and only there."""
        who = self.clause.collection_id.bytes + claim.owner_id.bytes
        return self.vault.fingerprint("pseudonym", who)[:16].hex()

    def _view(self, claim: Indicator) -> ClaimView:
        return ClaimView(
            type=claim.type,
            value=self._open("value", claim.id, claim.value_sealed),
            note=self._open("note", claim.id, claim.note_sealed),
            owner_id=claim.owner_id,
            owner_name=self.clause.names.get(claim.owner_id, ""),
            scam_type=claim.scam_type,
            role=claim.role,
            status=claim.status,
            review_status=claim.review_status,
            confidence=claim.confidence,
            severity=claim.severity,
            tlp=claim.tlp,
            first_seen=claim.first_seen,
            last_seen=claim.last_seen,
            valid_until=claim.valid_until,
            labels=tuple(claim.labels),
            shared_infrastructure=tuple(claim.shared_infrastructure),
            revision=claim.revision,
        )

    def _open(self, purpose: str, pk: UUID, sealed: Any) -> str | None:
        """Clear text only where the clause discloses values at all."""
        if sealed is None or not self.discloses:
            return None
        return self.vault.open_blob(purpose, pk.bytes, bytes(sealed)).decode()
