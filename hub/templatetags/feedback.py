"""What was said about records, on the pages of rooms that know nothing of feedback."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hub.lib.errors import NotFound
from orgs.accounts.actor import Actor
from sharing.feedback import selectors
from sharing.feedback.forms import CHOICES, WORDS, FeedbackForm
from sharing.feedback.selectors import OfClaim
from sharing.feedback.showing import Feedback

register = template.Library()

Context = Mapping[str, Any]
_ROLL_UPS = {
    "positive": ("green", "what others say is positive"),
    "seed": ("azure", "taken in or looked into, not judged yet"),
    "negative": ("red", "what others say is negative"),
    "contested": ("orange", "some say it is right, some that it is not"),
}


@register.simple_tag(takes_context=True)
def feedback_about(context: Context, rows: Iterable[Any]) -> dict[str, Feedback]:
    """By the id of each record that is shown in the rows of a look-up."""
    ids = [UUID(str(each["id"])) for row in rows for each in row.head]
    found = selectors.of_releases(actor=_actor(context), release_ids=ids)
    return {str(pk): feedback for pk, feedback in found.items()}


@register.simple_tag(takes_context=True)
def feedback_on(context: Context, release_id: UUID) -> Feedback | None:
    """About one record; None where nothing can be said or seen."""
    try:
        return selectors.of_release(actor=_actor(context), release_id=release_id)
    except NotFound:
        return None


@register.simple_tag(takes_context=True)
def feedback_on_claim(context: Context, claim_id: UUID) -> OfClaim:
    """About an own claim, from all that read it."""
    return selectors.of_claim(actor=_actor(context), claim_id=claim_id)


@register.simple_tag
def feedback_form() -> FeedbackForm:
    return FeedbackForm()


@register.simple_tag
def feedback_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The words to choose from, in their groups."""
    return CHOICES


@register.filter
def said_of(found: Mapping[str, Feedback], release_id: object) -> Feedback | None:
    return found.get(str(release_id))


@register.filter
def feedback_word(kind: str) -> str:
    """A kind as people read it."""
    return {str(each): said for each, said in WORDS.items()}.get(str(kind), str(kind))


@register.simple_tag
def roll_up(word: str | None) -> SafeString:
    """A badge of what verdicts come to; the word is always there."""
    if word is None:
        return SafeString("")
    colour, meaning = _ROLL_UPS[str(word)]
    return format_html(
        '<span class="badge bg-{}-lt" title="{}">{}</span>', colour, meaning, word
    )


def _actor(context: Context) -> Actor:
    actor = context.get("actor")
    return actor if isinstance(actor, Actor) else Actor()
