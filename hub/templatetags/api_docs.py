"""Descriptions of the API as HTML: paragraphs, and code between backticks."""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    """Blank lines divide paragraphs, backticks enclose code; nothing else is markup."""
    paragraphs = [part for part in str(text).split("\n\n") if part]
    return format_html_join("", "<p>{}</p>", ((inline(each),) for each in paragraphs))


@register.filter
def inline(text: str) -> SafeString:
    parts = enumerate(str(text).split("`"))
    return format_html_join("", "{}", ((_part(place, each),) for place, each in parts))


def _part(place: int, text: str) -> SafeString:
    return (
        format_html("<code>{}</code>", text) if place % 2 else conditional_escape(text)
    )
