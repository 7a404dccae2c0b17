"""E-mails: plain text from a template whose first line is the subject."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string


def send(to: str, template: str, **context: Any) -> None:
    subject, _, body = render_to_string(template, context).partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [to])


def link(path: str) -> str:
    """An absolute address from settings: a request's Host header is anybody's word."""
    return f"{settings.PUBLIC_URL}{path}"
