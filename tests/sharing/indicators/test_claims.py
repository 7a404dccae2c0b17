"""Folding lines into claims."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import vocabulary as v
from sharing.indicators.claims import Claim, Facts, Line, Op, Outcome, Refusal, fold

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
COLLECTION = uuid.uuid4()


def line(op=Op.SUBMIT, number=1, **given):
    return Line(number, op, "domain", 1, "evil.example", b"d" * 32, given)


def apply(claim, *lines, submission=1, keeps=True):
    outcomes = []
    for each in lines:
        result = fold(
            each,
            claim,
            index=b"i",
            source=(submission, each.number),
            moment=MOMENT,
            new_id=uuid.uuid4,
            keeps_text=lambda kind, facts: keeps,
        )
        if isinstance(result, Refusal):
            outcomes.append(result.code)
        else:
            claim, outcome = result
            outcomes.append(outcome)
    return claim, outcomes


def stored(**facts):
    facts.setdefault("valid_until", MOMENT + timedelta(days=170))
    return Claim(
        uuid.uuid4(), "domain", b"i", 1, Facts(**facts), "active", (5, 5), revision=3
    )


def test_submit_creates_then_repeats_then_replaces():
    claim, outcomes = apply(
        None,
        line(confidence=80, note="seen"),
        line(number=2, confidence=80, note="seen"),
        line(number=3, confidence=30),
    )
    assert outcomes == [Outcome.CREATED, Outcome.UNCHANGED, Outcome.UPDATED]
    assert (claim.facts.confidence, claim.facts.note) == (30, None)


def test_note_is_not_kept_and_repeats_change_nothing_when_no_clause_wants_text():
    lines = line(note="rang from there"), line(number=2, note="rang from there")
    claim, outcomes = apply(None, *lines, keeps=False)
    assert outcomes == [Outcome.CREATED, Outcome.UNCHANGED]
    assert claim.facts.note is None


def test_note_is_forgotten_when_the_claim_is_withdrawn():
    claim, _ = apply(None, line(note="seen"), line(Op.WITHDRAW, 2))
    assert claim.facts.note is None


def test_submit_leaves_the_audience_as_it_was_set():
    claim, _ = apply(None, line(audience=[COLLECTION]), line(number=2, audience=None))
    assert claim.facts.audience == [COLLECTION]


def test_withdraw_leaves_a_withdrawn_row_when_it_overtakes_its_submission():
    claim, outcomes = apply(None, line(Op.WITHDRAW), submission=9)
    assert (claim.state, outcomes) == (v.State.WITHDRAWN, [Outcome.WITHDRAWN])
    claim, outcomes = apply(claim, line(number=7), submission=8)
    assert (claim.state, outcomes) == (v.State.WITHDRAWN, [Outcome.OUTDATED])


def test_older_line_never_overwrites_a_newer():
    claim, outcomes = apply(stored(confidence=90), line(confidence=1), submission=4)
    assert (claim.facts.confidence, outcomes) == (90, [Outcome.OUTDATED])


def test_correct_changes_what_it_names_only():
    claim, outcomes = apply(
        stored(confidence=90, labels=["x"]),
        line(Op.CORRECT, confidence=10),
        submission=6,
    )
    assert outcomes == [Outcome.UPDATED]
    assert (claim.facts.confidence, claim.facts.labels) == (10, ["x"])


def test_correct_is_refused_when_there_is_no_claim():
    assert apply(None, line(Op.CORRECT, confidence=10))[1] == ["not-found"]


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (None, [COLLECTION], Outcome.UPDATED),
        ([COLLECTION], [uuid.uuid4()], "audience-widens"),
    ],
)
def test_correct_may_only_narrow_the_audience(before, after, outcome):
    claim = stored(audience=before)
    assert apply(claim, line(Op.CORRECT, audience=after), submission=6)[1] == [outcome]


def test_frozen_claim_does_not_change():
    claim = stored()
    claim.state = v.State.FROZEN
    assert apply(claim, line(confidence=1), submission=6)[1] == ["frozen"]


def test_repeat_extends_validity_only_in_its_second_half():
    early = stored(valid_until=MOMENT + timedelta(days=170))
    late = stored(valid_until=MOMENT + timedelta(days=20))
    assert apply(early, line(), submission=6)[1] == [Outcome.UNCHANGED]
    claim, outcomes = apply(late, line(), submission=6)
    assert outcomes == [Outcome.UPDATED]
    assert claim.facts.valid_until == MOMENT + timedelta(days=180)


_lines = st.lists(
    st.builds(
        lambda op, confidence: (
            line(op, confidence=confidence) if op is not Op.WITHDRAW else line(op)
        ),
        st.sampled_from(Op),
        st.integers(0, 100),
    ),
    max_size=8,
)


@given(_lines, st.permutations(range(8)))
def test_last_source_position_wins_whatever_the_order_of_submits(lines, order):
    """Submissions handled in another order end in the same facts and state.

    Corrections are left out: they change what they name of what is there.
    """
    placed = [
        (position, each)
        for position, each in enumerate(lines)
        if each.op is not Op.CORRECT
    ]

    def end(sequence):
        claim = None
        for position, each in sequence:
            claim, _ = apply(claim, each, submission=position)
        if claim is None:
            return None
        withdrawn = claim.state == v.State.WITHDRAWN
        return claim.state, None if withdrawn else claim.facts.confidence

    shuffled = sorted(placed, key=lambda pair: order[pair[0] % 8])
    assert end(placed) == end(shuffled)


@pytest.mark.parametrize("keep", [True, False], ids=["one chunk", "two chunks"])
def test_audience_is_set_by_the_first_submission_when_a_withdrawal_came_before_it(keep):
    claim, _ = apply(None, line(Op.WITHDRAW))
    assert claim.facts.audience == [], "nobody, for nobody was named"
    if not keep:
        claim.revision, claim.digest, claim.source = 1, None, (1, 1)
    claim, outcomes = apply(claim, line(number=2, audience=[COLLECTION]))
    assert (claim.state, outcomes) == (v.State.ACTIVE, [Outcome.UPDATED])
    assert claim.facts.audience == [COLLECTION]
    claim, _ = apply(claim, line(number=3))
    assert claim.facts.audience == [COLLECTION]


def test_correction_leaves_the_end_of_a_claim_as_it_was_unless_it_names_one():
    soon = MOMENT + timedelta(days=1)
    claim, _ = apply(
        stored(valid_until=soon), line(Op.CORRECT, confidence=9), submission=9
    )
    assert (claim.facts.valid_until, claim.facts.confidence) == (soon, 9)
    claim, _ = apply(claim, line(Op.CORRECT, 2, valid_until=MOMENT), submission=9)
    assert claim.facts.valid_until == MOMENT


def test_correction_of_one_time_must_fit_the_other():
    claim, outcomes = apply(
        stored(first_seen=MOMENT),
        line(Op.CORRECT, last_seen=MOMENT - timedelta(days=1)),
        line(Op.CORRECT, 2, last_seen=MOMENT),
        submission=9,
    )
    assert outcomes == ["order", Outcome.UPDATED]
    assert claim.facts.last_seen == MOMENT
