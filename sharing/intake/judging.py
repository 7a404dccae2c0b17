"""What a line may be for its sender: asked when it is accepted, and when it is checked."""

from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.policy import IndicatorFacts, decide
from sharing.indicators.claims import Facts, Line, Op, Outcome
from sharing.intake.fields import Defaults
from sharing.intake.parsing import Trouble, parse, seen_in
from sharing.intake.rawlines import RawLine


def parsed(
    raw: Iterable[RawLine], defaults: Defaults, allowed: "Allowed", *, overruled: bool
) -> tuple[list[Line], list[Trouble]]:
    """What each line says, or why it says nothing that may be taken."""
    lines: list[Line] = []
    troubles: list[Trouble] = []
    for each in raw:
        found = parse(each, defaults, overruled=overruled)
        if isinstance(found, Line):
            found = allowed.check(found)
        if isinstance(found, Trouble):
            troubles.append(found)
        else:
            lines.append(found)
    return lines, troubles


class Allowed:
    """What the sender may do with a line, and whom it may name as the audience."""

    def __init__(self, owner_id: UUID, *, may_withdraw: bool) -> None:
        self.may_withdraw = may_withdraw
        self._owner_id = owner_id

    @cached_property
    def audiences(self) -> set[UUID]:
        """Asked only when a line names one."""
        clauses = agreements.fed_clauses(self._owner_id)
        return {clause.collection_id for clause in clauses} | {
            clause.agreement_id for clause in clauses
        }

    def check(self, line: Line) -> Line | Trouble:
        audience = line.given.get("audience")
        narrows = line.op is Op.WITHDRAW or (
            line.op is Op.CORRECT and audience is not None
        )
        if narrows and not self.may_withdraw:
            return Trouble(
                line.number,
                Outcome.REJECTED,
                "op",
                "forbidden",
                "Taking back what was shared needs the right `withdraw`.",
                seen_in(line),
            )
        if audience is not None and not set(audience) <= self.audiences:
            return Trouble(
                line.number,
                Outcome.REJECTED,
                "audience",
                "unknown-audience",
                "The audience names nothing that you contribute to.",
                seen_in(line),
            )
        return line


class ValueClauses:
    """Does a clause disclose this value now? Asked once per distinct facts."""

    def __init__(self, owner_id: UUID) -> None:
        self.owner_id = owner_id
        self.terms = [
            clause.terms
            for clause in agreements.fed_clauses(owner_id)
            if clause.terms.disclosure == v.Disclosure.VALUE
        ]
        self.known: dict[IndicatorFacts, bool] = {}

    def __call__(self, kind: str, facts: Facts) -> bool:
        if not self.terms:
            return False
        asked = IndicatorFacts(
            owner=self.owner_id,
            type=kind,
            scam_type=facts.scam_type,
            role=facts.role,
            review_status=facts.review_status,
            confidence=facts.confidence,
            tlp=facts.tlp,
            state=v.State.ACTIVE,
            audience=None if facts.audience is None else frozenset(facts.audience),
        )
        answer = self.known.get(asked)
        if answer is None:
            answer = any(decide(terms, asked).permitted for terms in self.terms)
            self.known[asked] = answer
        return answer
