"""What is told of how many stand behind one observable: only what payloads show."""

import pytest

from sharing.distribution.correlation import Seen
from sharing.vocabulary import CORRELATION_CAP


def named(count: int, start: int = 0) -> Seen:
    seen = Seen()
    for number in range(start, start + count):
        seen.add({"originator": {"id": f"o{number}"}})
    return seen


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "fewer than 5"),
        (4, "fewer than 5"),
        (5, "5"),
        (CORRELATION_CAP - 1, "99"),
        (CORRELATION_CAP, "100 or more"),
        (CORRELATION_CAP + 50, "100 or more"),
    ],
)
def test_count_is_told_but_for_small_and_large_ones(count, told):
    assert named(count).told().originators == told


def test_originator_counts_once():
    seen = named(6)
    seen.join(named(6))
    assert seen.told().originators == "6"


def test_originators_of_several_streams_are_counted_together():
    seen = named(3)
    seen.join(named(3, start=2))
    assert seen.told().originators == "5"


def test_hidden_originators_do_not_count():
    seen = named(5)
    for _ in range(20):
        seen.add({"type": "domain"})
    assert seen.told() == named(5).told()


@pytest.mark.parametrize("payload", [{}, {"shared_infrastructure": []}])
def test_what_few_know_joins(payload):
    seen = named(CORRELATION_CAP - 1)
    seen.add(payload)
    assert (seen.told().over_correlating, seen.told().reason) == (False, None)


def test_what_is_on_a_list_over_correlates_with_the_lists_as_reason():
    seen, other = Seen(), Seen()
    seen.add({"type": "ipv4", "shared_infrastructure": ["Cloud"]})
    other.add({"type": "ipv4", "shared_infrastructure": ["CDN", "Cloud"]})
    seen.join(other)
    told = seen.told()
    assert told.over_correlating
    assert told.reason is not None
    assert "CDN, Cloud" in told.reason


@pytest.mark.parametrize("kind", ["url", "domain", "email"])
def test_what_is_under_a_shared_host_joins(kind):
    seen = Seen()
    seen.add({"type": kind, "shared_infrastructure": ["Dynamic DNS"]})
    assert not seen.told().over_correlating


def test_what_too_many_know_over_correlates():
    told = named(CORRELATION_CAP).told()
    assert told.over_correlating
    assert told.reason is not None
    assert "100 or more" in told.reason


def test_more_releases_than_are_counted_over_correlate_whoever_made_them():
    seen, other = Seen(), Seen(many=True)
    seen.join(other)
    assert seen.told().over_correlating
