"""Times, badges and icons as templates write them."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.lib.clock import now
from hub.templatetags import accord


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=40), "40 seconds ago"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(hours=3, minutes=5), "3 hours ago"),
        (timedelta(days=2, hours=1), "2 days ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=900), "2 years ago"),
    ],
)
def test_ago_says_how_long_when_a_moment_has_passed(age, said):
    assert f">{said}</time>" in accord.ago(now() - age)


def test_ago_gives_the_exact_time_in_utc_when_one_hovers():
    moment = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)
    assert 'title="2026-01-31 09:05:07 UTC"' in accord.ago(moment)


def test_tlp_escapes_its_word_when_a_record_brings_markup():
    assert "<b>" not in accord.tlp("<b>")


def test_words_are_written_as_people_do_when_a_vocabulary_word_is_shown():
    assert accord.words("job_offer") == "job offer"


@pytest.mark.parametrize(
    ("number", "said"), [(None, ""), (0, "0"), (9_999, "9,999"), (10_000, "10,000")]
)
def test_count_is_told_when_it_is_known_whole(number, said):
    assert accord.upto(number, 10_000) == said


def test_count_is_told_as_more_when_it_was_not_counted_to_its_end():
    assert accord.upto(10_001, 10_000) == "10,000+"


def test_day_is_told_with_its_moment_in_utc_on_hover():
    moment = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)
    assert ">2026-01-31</time>" in accord.when(moment)
    assert 'title="2026-01-31 09:05:07 UTC"' in accord.when(moment)
    assert accord.when(None) == ""
