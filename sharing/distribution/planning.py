"""Decide and redact a batch for one clause: everything before the lock, in memory."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hub.lib.clock import iso
from sharing import vocabulary as v
from sharing.agreements.policy import (
    Decision,
    IndicatorFacts,
    Obligations,
    Terms,
    decide,
    released_fields,
)
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


def maker_for(terms: Terms, collection_id: UUID, number: int) -> TokenMaker:
    """Of a clause that answers questions, otags (46 us each), of all others tokens (1 us)."""
    if terms.disclosure is v.Disclosure.QUERY:
        return tokens.otag_maker(collection_id, number)
    return tokens.token_maker(collection_id, number)


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
        makers = [(each, self.maker(each.number)) for each in self.clause.generations]
        return [
            self._row(claim, generation, maker)
            for claim in claims
            for generation, maker in makers
        ]

    def decide(self, claim: Indicator) -> Decision:
        return self.decision(facts_of(claim))

    def decision(self, facts: IndicatorFacts) -> Decision:
        decision = self.decisions.get(facts)
        if decision is None:
            decision = self.decisions[facts] = decide(self.clause.terms, facts)
        return decision

    def _row(
        self, claim: Indicator, generation: GenerationRef, maker: TokenMaker
    ) -> Planned:
        token = self.token(claim, maker)
        payload = self.payload(claim, scheme.wire(generation.number, token))
        return Planned(
            generation=generation.pk,
            indicator=claim.id,
            revision=claim.revision,
            release=uuid.uuid4(),
            owner=claim.owner_id,
            index=bytes(claim.index),
            token=token,
            payload=payload,
            fingerprint=self.mark(payload),
            retain_until=self.moment + timedelta(days=self.clause.terms.retention_days),
            expires_at=claim.valid_until,
        )

    def mark(self, payload: bytes | None) -> bytes:
        """By which a stream tells whether a row says something new."""
        return self.vault.fingerprint("payload", payload or b"")

    def maker(self, number: int) -> TokenMaker:
        """Makes what stands for an observable in a generation: token, or otag."""
        return maker_for(self.clause.terms, self.clause.collection_id, number)

    def token(self, claim: Indicator, maker: TokenMaker) -> bytes:
        digest = self.vault.open_digest(
            claim.id, claim.type, bytes(claim.digest_sealed), claim.vault_epoch
        )
        return maker(claim.type, digest)

    def judge(self, claim: Indicator) -> Decision:
        """Whether the claim leaves now: what the clause says, and the time."""
        decision = self.decide(claim)
        if not decision.permitted or decision.obligations is None:
            return decision
        late = self._too_late(claim) or self._too_early(decision.obligations)
        if late:
            reason = f"{self.clause.terms.place} refuses it: {late}."
            return Decision(permitted=False, obligations=None, reasons=(reason,))
        return decision

    def _too_late(self, claim: Indicator) -> str:
        if claim.valid_until > self.moment:
            return ""
        return f"the claim ended on {iso(claim.valid_until)}"

    def _too_early(self, duties: Obligations) -> str:
        until = duties.embargo_until
        if until is None or until <= self.moment:
            return ""
        return f"nothing leaves before {iso(until)}"

    def payload(self, claim: Indicator, token: str) -> bytes | None:
        """The bytes that leave; None when the claim does not."""
        duties = self.judge(claim).obligations
        return None if duties is None else self.redacted(claim, duties, token)

    def redacted(self, claim: Indicator, duties: Obligations, token: str) -> bytes:
        """A claim as it leaves under these obligations, whether it does now or not."""
        pseudonym = self._pseudonym(claim.owner_id)
        return self.leaving(self._view(claim), duties, token, pseudonym)

    def leaving(
        self, view: ClaimView, duties: Obligations, token: str, pseudonym: str
    ) -> bytes:
        fields = redact(view, duties, token=token, pseudonym=pseudonym)
        check_released(fields, self.allowed)
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)

    def _pseudonym(self, owner_id: UUID) -> str:
        """The same for all claims of one owner in one collection, and only there."""
        who = self.clause.collection_id.bytes + owner_id.bytes
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
            by_hash=claim.by_hash,
        )

    def _open(self, purpose: str, pk: UUID, sealed: Any) -> str | None:
        """Clear text only where the clause discloses values at all."""
        if sealed is None or not self.discloses:
            return None
        return self.vault.open_blob(purpose, pk.bytes, bytes(sealed)).decode()
