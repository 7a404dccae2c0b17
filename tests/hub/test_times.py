"""Every time on every page is a <time> with the exact moment, in UTC, on hover."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from django.conf import settings

from hub.templatetags.accord import ago, when

FOLDER = settings.BASE_DIR / "templates"
MOMENT = datetime(2026, 3, 1, 23, 30, 5, tzinfo=timezone(-timedelta(hours=2)))
DAYS = {"day", "left.day", "period.start"}  # dates, which are no times
ELSEWHERE = re.compile(  # the title of the page, and what cannot hold an element
    r"{% block title %}.*?{% endblock %}|<option.*?</option>|<time\b.*?</time>"
    r"""|<(?:"[^"]*"|'[^']*'|[^<>"'])*>""",
    re.DOTALL,
)
PRINTED = re.compile(r"{{ *([\w.]+)\|(?:date|time|slice:\":1\d\")")


def bare(source: str) -> list[str]:
    """What prints a time outside of the element for it."""
    left = ELSEWHERE.sub(" ", source)
    return [name for name in PRINTED.findall(left) if name not in DAYS]


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.html")), ids=lambda path: path.stem
)
def test_template_shows_no_time_without_utc_on_hover(path):
    assert bare(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p>{{ x.at|date:"Y-m-d" }}</p>', ["x.at"]),
        ('<p>{{ x.at|slice:":10" }}</p>', ["x.at"]),
        ('<p aria-label="{{ x.at|date:\'Y\' }}">{{ day|date:"Y-m-d" }}</p>', []),
        ('<time title="x">{{ x.at|date:"Y-m-d" }}</time>', []),
        ("<p>{% when x.at %}</p>", []),
    ],
)
def test_bare_time_is_found(source, found):
    assert bare(source) == found


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("day", "2026-03-02"),
        ("minute", "2026-03-02 01:30 UTC"),
        ("second", "2026-03-02 01:30:05 UTC"),
        ("clock", "01:30 UTC"),
    ],
)
def test_time_is_shown_in_utc_whatever_zone_it_came_in(to, shown):
    assert when(MOMENT, to) == (
        '<time datetime="2026-03-02T01:30:05.000000Z"'
        f' title="2026-03-02 01:30:05 UTC" class="ago">{shown}</time>'
    )


def test_time_of_a_payload_is_read_as_utc():
    assert when("2026-03-01T10:00:00Z", "clock") == when("2026-03-01T10:00:00", "clock")
    assert ">2026-03-01<" in when("2026-03-01")
    assert when(None) == ago(None) == ""
