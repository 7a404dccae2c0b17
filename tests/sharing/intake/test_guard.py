"""The rule that holds submissions, alone: counts in, a verdict out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import vocabulary as v
from sharing.intake import guard
from sharing.intake.guard import Cause, Past, judge, usual

KNOWN = Past(vouched=True, approved=0, passed=0, waiting=0, usual=500)
NEW = replace(KNOWN, vouched=False, usual=None)
TODAY = date(2026, 11, 24)


def cause(past: Past, lines: int) -> Cause | None:
    wait = judge(past, lines)
    return wait.cause if wait else None


def test_first_line_of_a_new_member_waits() -> None:
    assert cause(NEW, 1) == Cause.NEW_MEMBER
    assert cause(replace(NEW, approved=999), 1) == Cause.NEW_MEMBER


def test_member_is_new_no_longer_when_enough_was_approved() -> None:
    assert cause(replace(NEW, approved=v.NEW_MEMBER_LINES), 999) is None
    assert cause(replace(NEW, approved=v.NEW_MEMBER_LINES), 1_000) == Cause.RISE


def test_member_that_is_vouched_for_begins_with_as_much_as_it_likes() -> None:
    assert cause(replace(NEW, vouched=True), 5_000_000) is None


@pytest.mark.parametrize(
    ("passed", "lines", "held"),
    [(0, 4_999, False), (0, 5_000, True), (4_999, 1, True), (4_000, 999, False)],
)
def test_tenfold_of_the_usual_week_waits(passed: int, lines: int, held: bool) -> None:
    assert bool(judge(replace(KNOWN, passed=passed), lines)) is held


def test_small_contributor_is_not_held_at_eleven_lines() -> None:
    for week in (0, 1):
        assert judge(replace(KNOWN, usual=week), 999) is None
        assert cause(replace(KNOWN, usual=week), 1_000) == Cause.RISE


def test_nothing_new_never_waits() -> None:
    assert judge(NEW, 0) is None
    assert judge(replace(KNOWN, passed=10**6), 0) is None


def test_reason_is_a_sentence_with_the_figures() -> None:
    wait = judge(replace(KNOWN, passed=1_000, waiting=3_000), 2_000)
    assert wait is not None
    assert wait.reason == (
        "6,000 lines in seven days; from 5,000 on, 10 times the usual week of 500, they"
        " wait for a second person."
    )
    wait = judge(replace(NEW, approved=200), 2_000)
    assert wait is not None
    assert wait.reason == (
        "The first 1,000 lines of a new member wait for hub staff; 200 were let through"
        " so far."
    )


@pytest.mark.parametrize(
    ("days_ago", "week"),
    [(None, None), (0, None), (6, None), (7, 800), (13, 800), (14, 400), (400, 200)],
)
def test_usual_week_is_the_mean_of_the_weeks_there_were(
    days_ago: int | None, week: int | None
) -> None:
    first = None if days_ago is None else TODAY - timedelta(days_ago)
    assert usual(800, first, TODAY) == week


def test_current_week_and_those_before_meet() -> None:
    current, before = guard.span(TODAY)
    assert (TODAY - current).days == 6
    assert (current - before).days == 28


pasts = st.builds(
    Past,
    vouched=st.booleans(),
    approved=st.integers(0, 2_000),
    passed=st.integers(0, 3_000),
    waiting=st.just(0) | st.integers(0, 3_000),
    usual=st.integers(0, 400),
)


@given(past=pasts, parts=st.lists(st.integers(1, 3_000), min_size=1, max_size=12))
def test_splitting_never_lets_more_through_than_one_submission_could(
    past: Past, parts: list[int]
) -> None:
    """In pieces, by whichever keys, and again after something was held."""
    most = largest_that_passes(past)
    through, held = 0, False
    for part in parts:
        if judge(past, part) is None:
            assert not held, "what comes after it waits as well"
            through += part
            past = replace(past, passed=past.passed + part)
        else:
            held = True
            past = replace(past, waiting=past.waiting + part)
    assert through <= most
    if sum(parts) > most:
        assert held


def largest_that_passes(past: Past) -> int:
    low, high = 0, 10**6
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if judge(past, middle) is None else (low, middle - 1)
    return low


@given(past=pasts, lines=st.integers(1, 10**6), more=st.integers(1, 10**6))
def test_more_lines_never_pass_where_fewer_wait(
    past: Past, lines: int, more: int
) -> None:
    if judge(past, lines) is not None:
        assert judge(past, lines + more) is not None
