"""Icons, times, badges and words, alike on every page."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hub.lib.clock import iso, now
from orgs.accounts.requests import actor_of
from orgs.mine import selectors as mine
from orgs.mine import services as keeping

register = template.Library()

_STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (30, "day"), (12, "month"))
_SHOWN = {
    "day": "%Y-%m-%d",
    "minute": "%Y-%m-%d %H:%M UTC",
    "second": "%Y-%m-%d %H:%M:%S UTC",
    "clock": "%H:%M UTC",
}
_TLP_COLOURS = {
    "clear": "secondary",
    "green": "green",
    "amber": "orange",
    "amber+strict": "orange",
    "red": "red",
}
_STATE_COLOURS = {
    "active": "green",
    "done": "green",
    "live": "green",
    "ok": "green",
    "look": "orange",
    "missing": "orange",
    "waits": "blue",
    "act": "red",
    "accepting": "blue",
    "announced": "azure",
    "proposed": "blue",
    "held": "orange",
    "stopped": "orange",
    "suspended": "orange",
    "refused": "red",
    "rejected": "red",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite; the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def ago(moment: datetime | str | None) -> SafeString:
    """A moment as "3 minutes ago"; the exact time in UTC on hover."""
    return _time(moment, lambda at: _ago(int((now() - at).total_seconds())))


@register.simple_tag
def when(moment: datetime | str | None, to: str = "day") -> SafeString:
    """A moment to the day, the minute or the second, or by the clock; exact on hover."""
    return _time(moment, lambda at: f"{at:{_SHOWN[to]}}")


def _time(
    moment: datetime | str | None, shown: Callable[[datetime], str]
) -> SafeString:
    if not moment:
        return SafeString("")
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return format_html(
        '<time datetime="{}" title="{}" class="ago">{}</time>',
        iso(at),
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        shown(at),
    )


def _ago(seconds: int) -> str:
    if seconds < 5:
        return "just now"
    number, unit = seconds, "second"
    for size, name in (*_STEPS, (10**9, "year")):
        unit = name
        if number < size:
            break
        number //= size
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


@register.filter
def words(text: object) -> str:
    """A word of the vocabulary as people write it: job_offer -> job offer."""
    return str(text).replace("_", " ")


@register.simple_tag
def tlp(level: str | None) -> SafeString:
    """A badge of the Traffic Light Protocol 2.0."""
    if not level:
        return SafeString("")
    colour = _TLP_COLOURS.get(level, "secondary")
    return format_html(
        '<span class="badge bg-{}-lt tlp">TLP:{}</span>', colour, level.upper()
    )


@register.simple_tag
def state(word: str) -> SafeString:
    """A badge for a state; the word is always there, the colour only helps."""
    colour = _STATE_COLOURS.get(str(word), "secondary")
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, words(word))


@register.filter
def either(kinds: Sequence[str]) -> str:
    """Words of the vocabulary as a choice: phone, url or domain."""
    *others, last = [words(each) for each in kinds] or [""]
    these = {"these": ", ".join(others), "last": last}
    return gettext("%(these)s or %(last)s") % these if others else last


@register.filter
def grouped(number: int | None) -> str:
    """A count as people read it: 100,000."""
    return "" if number is None else f"{number:,}"


@register.filter
def upto(number: int | None, most: int) -> str:
    """A count that went no further than one beyond `most`: 10,000+."""
    beyond = number is not None and number > most
    return f"{most:,}+" if beyond else grouped(number)


@register.filter
def percent(share: float) -> int:
    return round(share * 100)


@register.inclusion_tag("components/views.html", takes_context=True)
def saved_views(context: template.Context, place: str) -> dict[str, Any]:
    """The views that one keeps of a list, and a form to keep what is shown now."""
    request = context["request"]
    query = keeping.kept_of(request.GET.urlencode())
    kept = mine.views(actor_of(request), place)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "actor": context.get("actor"),
        "place": place,
        "query": query,
        "views": [(each, each.query == query) for each in kept],
    }
