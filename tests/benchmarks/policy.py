"""Decisions and redactions per second, on one core."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import yaml

from sharing.agreements.policy import (
    IndicatorFacts,
    RecipientFacts,
    Terms,
    compile_terms,
    decide,
)
from sharing.redaction.rules import ClaimView, redact

SECONDS = 1.0  # per figure
AGREEMENT = Path(__file__).parents[2] / "hub" / "demo" / "agreement.yaml"
SIGNED = [
    RecipientFacts(UUID(int=1), "meadow", "Meadow", "platform", False, "US"),
    RecipientFacts(UUID(int=2), "sentry", "Sentry", "security_vendor", False, "GB"),
    RecipientFacts(UUID(int=3), "harbour", "Harbour", "bank", False, "GB"),
    RecipientFacts(UUID(int=4), "liaison", "Liaison", "law_enforcement", True, "DE"),
]
FACTS = IndicatorFacts(
    owner=UUID(int=1),
    type="domain",
    scam_type="romance",
    role="perpetrator",
    review_status="unreviewed",
    confidence=60,
    tlp="green",
    state="active",
    audience=None,
)
SEEN = datetime(2026, 3, 4, 15, 16, 17, tzinfo=UTC)
CLAIM = ClaimView(
    type="domain",
    value="scam.example",
    owner_name="Meadow",
    owner_id=UUID(int=1),
    scam_type="romance",
    role="perpetrator",
    status="online",
    review_status="unreviewed",
    confidence=60,
    severity="medium",
    tlp="green",
    first_seen=SEEN,
    last_seen=SEEN,
    valid_until=SEEN,
    labels=("campaign:x",),
    note="A note.",
    shared_infrastructure=(),
    revision=1,
)


def compiled(place: int) -> Terms:
    clause = yaml.safe_load(AGREEMENT.read_text())["clauses"][place]
    terms = {k: said for k, said in clause.items() if k not in ("name", "continues")}
    return compile_terms(
        terms,
        agreement="Coalition",
        agreement_id=UUID(int=8),
        version=1,
        clause=clause["name"],
        clause_id=UUID(int=9),
        collection_id=UUID(int=10),
        signatories=SIGNED,
    )


def per_second(work: Callable[[], object]) -> int:
    count, begin = 0, time.perf_counter()
    while time.perf_counter() < begin + SECONDS:
        for _ in range(1000):
            work()
        count += 1000
    return round(count / (time.perf_counter() - begin))


def figures() -> Iterator[tuple[str, int]]:
    token, value = compiled(0), compiled(1)
    yield "decide, permitted", per_second(partial(decide, token, FACTS))
    low = replace(FACTS, confidence=1)
    yield "decide, one reason", per_second(partial(decide, token, low))
    bad = replace(low, tlp="red", role="victim", audience=frozenset(), state="expired")
    yield "decide, five reasons", per_second(partial(decide, token, bad))
    for name, terms in (("token", token), ("value", value)):
        duties = terms.permit.obligations
        if duties is not None:
            work = partial(redact, CLAIM, duties, token="1:aa")
            yield f"redact for a {name} clause", per_second(work)


def main(_: list[str]) -> None:
    found = dict(figures())
    for name, rate in found.items():
        print(f"{name:<26} {rate:>10,}/s")
    print(json.dumps(found))
