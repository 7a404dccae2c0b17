"""Redaction: exactly the fields that may leave, each as far as its rule lets it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from sharing.agreements import fields
from sharing.agreements.policy import Obligations
from sharing.redaction.rules import ClaimView, NotReleasedError, check_released, redact
from sharing.vocabulary import Disclosure, FieldRule

SEEN = datetime(2026, 3, 4, 15, 16, 17, tzinfo=UTC)
OWNER, CLAUSE = uuid4(), uuid4()
CLAIM = ClaimView(
    type="domain",
    value="scam.example",
    owner_name="Meadow Social",
    owner_id=OWNER,
    scam_type="romance",
    role="perpetrator",
    status="online",
    review_status="reviewed",
    confidence=80,
    severity="high",
    tlp="green",
    first_seen=SEEN,
    last_seen=None,
    valid_until=SEEN + timedelta(days=30),
    labels=("campaign:x",),
    note="call scam.example now",
    shared_infrastructure=("List of known hosts",),
    revision=2,
)


def duties(
    disclosure: str = "value", *, hidden: bool = False, **rules: str
) -> Obligations:
    named = {name: FieldRule(rule) for name, rule in rules.items()}
    disclosed = Disclosure(disclosure)
    return Obligations(
        disclosure=disclosed,
        fields=fields.effective(named, disclosure=disclosed, hidden=hidden),
        originator_hidden=hidden,
        retention_days=90,
        embargo_until=None,
        may_train=False,
        clause_id=CLAUSE,
    )


def test_redact_releases_just_this_when_the_clause_is_silent() -> None:
    assert redact(CLAIM, duties("token"), token="1:aa") == {
        "type": "domain",
        "token": "1:aa",
        "clause": str(CLAUSE),
        "originator": {"id": str(OWNER), "name": "Meadow Social"},
        "scam_type": "romance",
        "role": "perpetrator",
        "status": "online",
        "review_status": "reviewed",
        "confidence": 80,
        "severity": "high",
        "tlp": "green",
        "first_seen": "2026-03-04T00:00:00.000000Z",
        "valid_until": "2026-04-03T00:00:00.000000Z",
        "shared_infrastructure": ["List of known hosts"],
        "revision": 2,
        "may_train": False,
    }


def test_redact_keeps_what_the_profile_keeps() -> None:
    kept = duties(note="keep", labels="keep", first_seen="keep")
    payload = redact(CLAIM, kept, token="1:aa")
    assert payload["value"] == "scam.example"
    assert payload["note"] == "call scam.example now"
    assert payload["labels"] == ["campaign:x"]
    assert payload["first_seen"] == "2026-03-04T15:16:17.000000Z"


def test_redact_drops_what_the_profile_drops() -> None:
    payload = redact(
        CLAIM, duties(severity="drop", originator="drop", first_seen="drop"), token=None
    )
    assert {"severity", "originator", "first_seen", "token"}.isdisjoint(payload)


def test_redact_hands_over_no_clear_text_under_token_even_if_a_rule_says_keep() -> None:
    forged = replace(
        duties("token"),
        fields=tuple(dict.fromkeys(fields.RULES, FieldRule.KEEP).items()),
    )
    payload = redact(CLAIM, forged, token="1:aa")
    assert {"value", "value_absent", "note"}.isdisjoint(payload)


def test_redact_leaves_no_trace_of_a_hidden_originator_even_if_a_rule_says_keep() -> (
    None
):
    forged = replace(
        duties(hidden=True),
        fields=tuple(dict.fromkeys(fields.RULES, FieldRule.KEEP).items()),
    )
    payload = redact(CLAIM, forged, token="1:aa", pseudonym="p")
    assert {"originator", "note", "labels"}.isdisjoint(payload)
    assert payload["first_seen"] == "2026-03-04T00:00:00.000000Z"


def test_redact_says_that_the_value_was_not_kept() -> None:
    payload = redact(replace(CLAIM, value=None), duties(), token="1:aa")
    assert payload["value_absent"] == "not_kept"
    assert "value" not in payload


@pytest.mark.parametrize(
    ("rule", "kind", "value", "left"),
    [
        ("domain", "url", "https://www.scam.example:8443/a?b", "www.scam.example"),
        ("domain", "email", "x@scam.example", "scam.example"),
        ("domain", "domain", "scam.example", "scam.example"),
        ("domain", "phone", "+447911123456", None),
        ("country", "phone", "+447911123456", "+44"),
        ("country", "phone", "+14155550100", "+1"),
        ("country", "domain", "scam.example", None),
        ("mask", "phone", "+447911123456", "+4•••56"),
        ("mask", "domain", "ab.de", "•••"),
    ],
)
def test_redact_generalises_the_value(
    rule: str, kind: str, value: str, left: str | None
) -> None:
    claim = replace(CLAIM, type=kind, value=value)
    payload = redact(claim, duties(value=rule), token="1:aa")
    assert payload.get("value") == left
    assert payload.get("value_absent") == (None if left else "redacted")


def test_redact_names_a_pseudonym_or_nobody() -> None:
    asked = duties(originator="pseudonym")
    named = redact(CLAIM, asked, token=None, pseudonym="p1")
    assert named["originator"] == {"id": "p1"}
    assert "originator" not in redact(CLAIM, asked, token=None)


def test_redact_takes_the_day_in_utc_when_the_time_has_another_offset() -> None:
    late = SEEN.astimezone(timezone(timedelta(hours=14)))
    payload = redact(replace(CLAIM, first_seen=late), duties(), token=None)
    assert payload["first_seen"] == "2026-03-04T00:00:00.000000Z"


@pytest.mark.parametrize(
    "payload",
    [{"type": "url", "owner": "x"}, {"originator": {"id": "x", "name": "Meadow"}}],
)
def test_check_released_refuses_a_key_that_is_not_released(
    payload: dict[str, object],
) -> None:
    allowed = frozenset({"type", "originator", "originator.id"})
    check_released({"type": "url", "originator": {"id": "x"}}, allowed)
    with pytest.raises(NotReleasedError) as refused:
        check_released(payload, allowed)
    assert "Meadow" not in str(refused.value)


@pytest.mark.parametrize("rule", sorted(fields.RULES["value"]))
def test_redact_hands_over_no_card_even_if_it_is_given_one(rule: FieldRule) -> None:
    card = replace(CLAIM, type="payment_card", value="4111111111111111")
    forged = replace(
        duties(),
        fields=tuple(
            {**dict.fromkeys(fields.RULES, FieldRule.KEEP), "value": rule}.items()
        ),
    )
    payload = redact(card, forged, token="1:aa")
    assert payload["value_absent"] == "not_kept"
    assert {"value", "note"}.isdisjoint(payload)


def test_no_rule_leaves_anything_of_a_card() -> None:
    assert not any(fields.leaves(rule, "payment_card") for rule in FieldRule)
