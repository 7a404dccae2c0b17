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
