"""Laws of deciding: restrictions never add, widening never takes away, silence is no."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from sharing import vocabulary as v
from sharing.agreements.policy import (
    IndicatorFacts,
    RecipientFacts,
    Terms,
    admit,
    compile_terms,
    decide,
    released_fields,
    same_or_wider,
    warnings,
)

IDS = [UUID(int=number) for number in range(1, 7)]
KINDS = ["bank", "platform", "law_enforcement"]
LISTS: dict[str, list[str]] = {
    "types": list(v.IndicatorKind),
    "scam_types": list(v.ScamType),
    "roles": list(v.Role),
    "review_status": list(v.ReviewStatus),
    "purposes": list(v.Purpose),
}
PARTIES = st.builds(
    RecipientFacts,
    organization_id=st.sampled_from(IDS),
    slug=st.sampled_from([f"org{number}" for number in range(6)]),
    name=st.just("Somebody"),
    kind=st.sampled_from(KINDS),
    is_government=st.booleans(),
    jurisdiction=st.sampled_from(["DE", "GB"]),
)
SIGNED = st.lists(PARTIES, max_size=5, unique_by=lambda party: party.organization_id)
CHOSEN = st.one_of(
    st.just("all parties"),
    st.lists(
        st.sampled_from([f"org{n}" for n in range(6)])
        | st.sampled_from(KINDS).map(lambda kind: {"kind": kind}),
        min_size=1,
    ),
)


def words(known: list[str]) -> st.SearchStrategy[Any]:
    lists = st.lists(st.sampled_from(known), min_size=1, unique=True)
    return st.just("all") | lists.map(lambda found: [str(word) for word in found])


RAW = st.fixed_dictionaries(
    {
        "from": CHOSEN,
        "to": CHOSEN,
        **{name: words(known) for name, known in LISTS.items()},
        "legal_basis": st.just("A contract."),
        "tlp_ceiling": st.sampled_from([str(tlp) for tlp in v.Tlp]),
        "min_confidence": st.integers(0, 100),
        "retention_days": st.integers(1, 3650),
    },
    optional={
        "government_recipients": st.booleans(),
        "disclosure": st.sampled_from(["value", "token", "query"]),
        "originator": st.sampled_from(["shown", "hidden"]),
        "may_train": st.booleans(),
        "recipient_jurisdictions": st.just("all") | st.just(["DE"]) | st.just(["GB"]),
        "embargo_until": st.just("2030-01-01"),
    },
)
FACTS = st.builds(
    IndicatorFacts,
    owner=st.sampled_from(IDS),
    type=st.sampled_from([str(kind) for kind in v.IndicatorKind]),
    scam_type=st.sampled_from([str(kind) for kind in v.ScamType]),
    role=st.sampled_from([str(role) for role in v.Role]),
    review_status=st.sampled_from([str(status) for status in v.ReviewStatus]),
    confidence=st.integers(0, 100),
    tlp=st.sampled_from([str(tlp) for tlp in v.Tlp]),
    state=st.just("active") | st.sampled_from([str(state) for state in v.State]),
    audience=st.none() | st.frozensets(st.sampled_from([*IDS, UUID(int=77)])),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def compiled(raw: Any, signed: list[RecipientFacts]) -> Terms:
    return compile_terms(
        raw,
        agreement="A",
        agreement_id=UUID(int=88),
        version=1,
        clause="C",
        clause_id=UUID(int=99),
        collection_id=UUID(int=77),
        signatories=signed,
    )


def restrictions(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Every way to take one thing away from these terms."""
    ceilings = [str(tlp) for tlp in v.Tlp]
    lower = ceilings[: ceilings.index(raw["tlp_ceiling"])]
    found: list[dict[str, Any]] = [
        {"min_confidence": 100},
        {"government_recipients": False},
        {"recipient_jurisdictions": ["DE"]}
        if raw.get("recipient_jurisdictions", "all") == "all"
        else {},
        {"originator": "hidden"},
        {"disclosure": "query"},
        *({"tlp_ceiling": each} for each in lower),
    ]
    for name, known in LISTS.items():
        current = known if raw[name] == "all" else raw[name]
        found.append({name: [str(word) for word in current[1:]]})
    sides = [side for side in ("from", "to") if isinstance(raw[side], list)]
    found += [{side: raw[side][1:]} for side in sides]
    return [{**raw, **each} for each in found]


@given(RAW, SIGNED, FACTS, PARTIES)
def test_a_restriction_never_adds_a_permission(
    raw: dict[str, Any],
    signed: list[RecipientFacts],
    facts: IndicatorFacts,
    reader: RecipientFacts,
) -> None:
    wide = compiled(raw, signed)
    for less in restrictions(raw):
        narrow = compiled(less, signed)
        assert decide(wide, facts).permitted or not decide(narrow, facts).permitted
        assert admit(wide, reader).permitted or not admit(narrow, reader).permitted


@given(RAW, RAW, SIGNED, FACTS)
def test_what_is_called_wider_permits_and_tells_at_least_as_much(
    one: dict[str, Any],
    two: dict[str, Any],
    signed: list[RecipientFacts],
    facts: IndicatorFacts,
) -> None:
    old, new = compiled(one, signed), compiled(two, signed)
    if same_or_wider(old, new):
        assert not decide(old, facts).permitted or decide(new, facts).permitted
        assert released_fields(old) <= released_fields(new)


@given(RAW, RAW, SIGNED.filter(lambda signed: len(signed) > 1), FACTS)
def test_what_was_released_before_its_reader_left_is_not_told_by_a_narrower_text(
    one: dict[str, Any],
    two: dict[str, Any],
    signed: list[RecipientFacts],
    facts: IndicatorFacts,
) -> None:
    *here, reader = signed
    text = {**one, "from": "all parties", "to": [reader.slug]}
    before, old = compiled(text, signed), compiled(text, here)
    for other in (two, *restrictions(one)):
        new = compiled({**other, "from": "all parties", "to": "all parties"}, here)
        if new.void or not same_or_wider(old, new):
            continue
        assert released_fields(before) <= released_fields(new)
        given_still = facts.owner in old.contributors
        if given_still and decide(before, facts).permitted:
            assert decide(new, facts).permitted


@given(RAW, SIGNED)
def test_the_same_terms_are_never_narrower(
    raw: dict[str, Any], signed: list[RecipientFacts]
) -> None:
    assert same_or_wider(compiled(raw, signed), compiled(raw, signed))


@given(RAW, SIGNED, FACTS)
def test_every_answer_has_reasons_that_name_its_clause(
    raw: dict[str, Any], signed: list[RecipientFacts], facts: IndicatorFacts
) -> None:
    decision = decide(compiled(raw, signed), facts)
    assert decision.reasons
    assert decision.permitted == (decision.obligations is not None)
    assert all(
        reason.startswith("Clause “C” of “A”, version 1,") and reason.endswith(".")
        for reason in decision.reasons
    )


@given(RAW, SIGNED, FACTS)
def test_nobody_but_a_contributor_who_signed_is_released(
    raw: dict[str, Any], signed: list[RecipientFacts], facts: IndicatorFacts
) -> None:
    if decide(compiled(raw, signed), facts).permitted:
        assert facts.owner in {party.organization_id for party in signed}
        assert facts.state == v.State.ACTIVE
        assert facts.tlp != v.Tlp.RED or raw["tlp_ceiling"] == v.Tlp.RED


@given(RAW, SIGNED, PARTIES)
def test_no_government_is_admitted_unless_the_clause_says_so(
    raw: dict[str, Any], signed: list[RecipientFacts], reader: RecipientFacts
) -> None:
    state = replace(reader, is_government=True)
    if not raw.get("government_recipients"):
        assert not admit(compiled(raw, signed), state).permitted


@given(RAW, st.sampled_from(sorted(LISTS)), JSON, SIGNED, FACTS)
def test_whatever_stands_in_a_term_it_compiles_and_never_permits_by_accident(
    raw: dict[str, Any],
    name: str,
    junk: Any,
    signed: list[RecipientFacts],
    facts: IndicatorFacts,
) -> None:
    assume(junk != "all")
    terms = compiled({**raw, name: junk}, signed)
    assert terms.void
    assert not decide(terms, facts).permitted
    assert warnings(terms)


@given(JSON)
def test_whatever_is_given_as_terms_permits_nothing(junk: Any) -> None:
    assert compiled(junk, []).void
