"""Laws of redaction: nothing beyond the released fields, no clear text under tokens."""

import json
from datetime import UTC
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from sharing import vocabulary as v
from sharing.agreements.fields import RULES
from sharing.agreements.policy import (
    RecipientFacts,
    Terms,
    compile_terms,
    released_fields,
)
from sharing.redaction.rules import ClaimView, check_released, redact

SIGNED = [
    RecipientFacts(
        UUID(int=number), f"org{number}", f"Org {number}", "bank", False, "DE"
    )
    for number in range(1, 4)
]
VALUES = {
    "domain": "zq-marker.example",
    "url": "https://zq-marker.example/path",
    "email": "zq-marker@zq-marker.example",
    "phone": "+447911123456",
    "ipv4": "203.0.113.77",
    "ipv6": "2001:db8::77",
    "evm_wallet": "0x52908400098527886E0F7030069857D2E4169EE7",
    "btc_wallet": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
}
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
PROFILES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(sorted(rules)) for name, rules in RULES.items()}
)


@st.composite
def claims(draw: st.DrawFn) -> ClaimView:
    kind = draw(st.sampled_from(sorted(VALUES)))
    value = VALUES[kind]
    return ClaimView(
        type=kind,
        value=draw(st.none() | st.just(value)),
        owner_name="Secret Originator",
        owner_id=UUID(int=1),
        scam_type=draw(st.sampled_from(list(v.ScamType))),
        role=draw(st.sampled_from(list(v.Role))),
        status=draw(st.sampled_from(list(v.Status))),
        review_status=draw(st.sampled_from(list(v.ReviewStatus))),
        confidence=draw(st.integers(0, 100)),
        severity=draw(st.sampled_from(list(v.Severity))),
        tlp=draw(st.sampled_from(list(v.Tlp))),
        first_seen=draw(TIMES),
        last_seen=draw(TIMES),
        valid_until=draw(TIMES),
        labels=tuple(draw(st.lists(st.sampled_from(["a", "secret:campaign"])))),
        note=draw(st.none() | st.just(f"Somebody saw {value} here")),
        shared_infrastructure=tuple(draw(st.lists(st.just("A list of hosts")))),
        revision=draw(st.integers(1, 9)),
    )


@st.composite
def compiled(draw: st.DrawFn, /, **fixed: str) -> Terms:
    raw: dict[str, Any] = {
        "from": "all parties",
        "to": "all parties",
        **dict.fromkeys(("types", "scam_types", "roles", "review_status"), "all"),
        "purposes": ["detection"],
        "legal_basis": "A contract.",
        "tlp_ceiling": "red",
        "min_confidence": 0,
        "retention_days": 90,
        "disclosure": draw(st.sampled_from(["value", "token"])),
        "originator": draw(st.sampled_from(["shown", "hidden"])),
        "redaction": draw(PROFILES),
        **fixed,
    }
    terms = compile_terms(
        raw,
        agreement="A",
        agreement_id=UUID(int=88),
        version=1,
        clause="C",
        clause_id=UUID(int=99),
        collection_id=UUID(int=77),
        signatories=SIGNED,
    )
    assume(not terms.void)
    return terms


def released(claim: ClaimView, terms: Terms) -> dict[str, Any]:
    assert terms.permit.obligations is not None
    return redact(claim, terms.permit.obligations, token="1:aa", pseudonym="p")


@given(claims(), compiled())
def test_a_payload_holds_only_released_fields(claim: ClaimView, terms: Terms) -> None:
    payload = released(claim, terms)
    check_released(payload, released_fields(terms))
    assert payload.keys() <= released_fields(terms)


@given(claims(), compiled(disclosure="token"))
def test_no_clear_value_leaves_under_tokens(claim: ClaimView, terms: Terms) -> None:
    text = json.dumps(released(claim, terms))
    assert VALUES[claim.type] not in text
    assert "zq-marker" not in text


@given(claims(), compiled(originator="hidden"))
def test_nothing_points_at_a_hidden_originator(claim: ClaimView, terms: Terms) -> None:
    payload = released(claim, terms)
    text = json.dumps(payload)
    assert "Secret Originator" not in text
    assert str(claim.owner_id) not in text
    assert "secret:campaign" not in text
    assert "Somebody saw" not in text
    times = [payload[name] for name in ("first_seen", "last_seen") if name in payload]
    assert all(time.endswith("T00:00:00.000000Z") for time in times)


@given(claims(), compiled())
def test_a_payload_is_plain_json(claim: ClaimView, terms: Terms) -> None:
    payload = released(claim, terms)
    assert json.loads(json.dumps(payload)) == payload


@given(claims(), compiled(disclosure="value"))
def test_a_value_clause_gives_the_value_or_says_why_not(
    claim: ClaimView, terms: Terms
) -> None:
    payload = released(claim, terms)
    assert ("value" in payload) != ("value_absent" in payload)
    if claim.value is None:
        assert payload["value_absent"] == "not_kept"
