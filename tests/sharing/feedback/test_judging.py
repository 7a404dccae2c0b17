"""What verdicts come to, how long they stand, and who sees them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.feedback.judging import (
    NEGATIVE,
    POSITIVE,
    SEED,
    Mark,
    Said,
    Viewer,
    roll_up,
    stands,
)
from sharing.vocabulary import RollUp, VerdictKind

K = VerdictKind
KINDS = st.sampled_from(K)
THEN = datetime(2026, 11, 1, tzinfo=UTC)
TIMES = st.none() | st.integers(-9, 9).map(lambda days: THEN + timedelta(days=days))
SAID = st.builds(
    Said,
    st.integers(1, 9),
    st.none() | st.sampled_from(["romance", "phishing"]),
    st.none() | st.sampled_from(["mule", "perpetrator"]),
    st.none() | st.sampled_from(["online", "mitigated"]),
    TIMES,
)
RECORD = Said(3, "romance", "perpetrator", "online", THEN)


def test_every_verdict_is_of_one_class() -> None:
    assert {*K} == POSITIVE | SEED | NEGATIVE
    assert len(POSITIVE) + len(SEED) + len(NEGATIVE) == len(K)


@pytest.mark.parametrize(
    ("kinds", "comes_to"),
    [
        ([], None),
        ([K.HELPFUL], RollUp.POSITIVE),
        ([K.IN_REVIEW], RollUp.SEED),
        ([K.IN_REVIEW, K.SAW_THIS_TOO], RollUp.POSITIVE),
        ([K.FALSE_POSITIVE, K.OUTDATED], RollUp.NEGATIVE),
        ([K.FALSE_POSITIVE, K.CONFIRMED_HARMFUL], RollUp.CONTESTED),
        ([K.OUTDATED, K.IN_REVIEW], RollUp.CONTESTED),
    ],
)
def test_roll_up_is_the_best_unless_it_is_contested(
    kinds: list[K], comes_to: RollUp | None
) -> None:
    assert roll_up(kinds) == comes_to


@given(st.lists(KINDS), st.randoms())
def test_order_and_repetition_change_nothing(kinds: list[K], chance) -> None:
    again = [*kinds, *kinds]
    chance.shuffle(again)
    assert roll_up(again) == roll_up(kinds)


@given(st.lists(KINDS, min_size=1), KINDS)
def test_another_verdict_moves_it_only_as_its_class_can(
    kinds: list[K], another: K
) -> None:
    before, after = roll_up(kinds), roll_up([*kinds, another])
    if before is RollUp.CONTESTED:
        assert after is RollUp.CONTESTED
    elif another in NEGATIVE:
        assert after is (
            RollUp.NEGATIVE if before is RollUp.NEGATIVE else RollUp.CONTESTED
        )
    elif before is RollUp.NEGATIVE:
        assert after is RollUp.CONTESTED
    else:
        assert after in (before, RollUp.POSITIVE)


@given(KINDS, SAID)
def test_verdict_stands_as_long_as_the_record_says_the_same(
    kind: K, said: Said
) -> None:
    assert stands(kind, said, said)
    assert not stands(kind, said, None)


@given(KINDS, SAID, SAID)
def test_only_what_names_something_to_mend_ends_while_the_record_is_there(
    kind: K, then: Said, now: Said
) -> None:
    mendable = {K.OUTDATED, K.WRONG_TYPE, K.WANT_MORE_INFO}
    assert stands(kind, then, now) or kind in mendable


@given(KINDS, SAID, SAID)
def test_older_word_of_a_record_mends_nothing(kind: K, then: Said, now: Said) -> None:
    """A revision alone never ends what is about something that the record tells."""
    older = replace(then, revision=max(0, then.revision - 1))
    assert stands(kind, then, older)


LATER = THEN + timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "change", "mended"),
    [
        (K.OUTDATED, {"last_seen": LATER}, True),
        (K.OUTDATED, {"last_seen": THEN - timedelta(days=1)}, False),
        (K.OUTDATED, {"status": "mitigated"}, True),
        (K.OUTDATED, {"last_seen": None}, False),
        (K.OUTDATED, {"scam_type": "phishing"}, False),
        (K.WRONG_TYPE, {"scam_type": "phishing"}, True),
        (K.WRONG_TYPE, {"role": "mule"}, True),
        (K.WRONG_TYPE, {"last_seen": LATER}, False),
        (K.WANT_MORE_INFO, {}, True),
        (K.FALSE_POSITIVE, {"scam_type": "phishing", "last_seen": LATER}, False),
        (K.NOT_HELPFUL, {"scam_type": "phishing", "last_seen": LATER}, False),
        (K.HELPFUL, {"scam_type": "phishing", "last_seen": LATER}, False),
    ],
)
def test_criticism_ends_with_the_revision_that_mends_it(
    kind: K, change: dict, mended: bool
) -> None:
    now = replace(RECORD, revision=4, **change)
    assert stands(kind, RECORD, now) is not mended


def test_time_that_was_not_told_before_says_that_it_was_seen_since() -> None:
    then = replace(RECORD, last_seen=None)
    assert not stands(K.OUTDATED, then, replace(RECORD, revision=4))
    assert stands(K.OUTDATED, then, replace(then, revision=4))


@pytest.mark.parametrize("kind", [K.OUTDATED, K.WRONG_TYPE])
def test_any_revision_mends_what_the_clause_leaves_out(kind: K) -> None:
    assert stands(kind, Said(3), Said(3))
    assert not stands(kind, Said(3), Said(4))


def test_mending_that_is_undone_brings_the_criticism_back() -> None:
    again = replace(RECORD, revision=5)
    assert stands(K.WRONG_TYPE, RECORD, again)


ME, OTHER, OWNER = uuid4(), uuid4(), uuid4()
VIEWER = Viewer(
    ME,
    readers=frozenset({ME, OTHER, OWNER}),
    known={ME: "I", OTHER: "Other", OWNER: "Owner"},
    shared=True,
    unnamed=False,
    originator_hidden=False,
)
MARK = Mark(giver=OTHER, owner=OWNER, shared=True, unnamed=False)
MINE = replace(MARK, giver=ME)
ABOUT_MINE = replace(MARK, owner=ME)


def test_feedback_of_another_is_seen_when_it_was_promised_and_still_is() -> None:
    assert VIEWER.sees(MARK)
    assert not VIEWER.sees(replace(MARK, shared=False))
    assert not replace(VIEWER, shared=False).sees(MARK)


def test_own_words_and_words_about_own_claims_are_seen_whatever_the_clause_says() -> (
    None
):
    narrow = replace(VIEWER, shared=False, unnamed=True)
    for mark in (MINE, ABOUT_MINE):
        assert narrow.sees(replace(mark, shared=False))


@pytest.mark.parametrize("mark", [MARK, ABOUT_MINE])
def test_nothing_is_seen_of_who_left_or_is_hidden(mark: Mark) -> None:
    left = replace(VIEWER, readers=frozenset({ME}))
    unknown = replace(VIEWER, known={ME: "I"})
    for viewer in (left, unknown):
        assert not viewer.sees(mark)
        assert viewer.sees(replace(mark, giver=ME))


@pytest.mark.parametrize(
    ("viewer", "mark", "named"),
    [
        (VIEWER, MARK, True),
        (VIEWER, replace(MARK, unnamed=True), False),
        (replace(VIEWER, unnamed=True), MARK, False),
        (replace(VIEWER, unnamed=True), replace(MINE, unnamed=True), True),
        (replace(VIEWER, originator_hidden=True), MARK, False),
        (replace(VIEWER, originator_hidden=True), ABOUT_MINE, True),
        (replace(VIEWER, unnamed=True), ABOUT_MINE, False),
    ],
)
def test_giver_is_named_when_both_texts_say_so_and_nobody_hides_behind_it(
    viewer: Viewer, mark: Mark, named: bool
) -> None:
    assert viewer.named(mark) is named


def test_who_left_does_not_count_even_for_itself() -> None:
    assert VIEWER.counts(MINE)
    assert not replace(VIEWER, readers=frozenset({OTHER})).counts(MINE)
