"""A new password, by a link sent to the person's e-mail address."""

from celery import current_app
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from hub.lib.errors import Unavailable
from orgs.accounts import letters
from orgs.accounts.models import User

SEND = "orgs.send_password_link"
NOBODY = 0
STALE = 60 * 60  # seconds; whoever still waits then asks again


def ask_for_link(email: str) -> None:
    """Have the link sent by a worker: the answer takes as long for an unknown address.

    The message carries the person's id only (NOBODY's if there is none); the link is made
    where it is sent.
    """
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    pk = NOBODY if user is None else user.pk
    try:
        current_app.send_task(SEND, args=[pk], expires=STALE, retry=False)
    except (OSError, RedisError, OperationalError) as error:
        raise Unavailable("E-mails cannot be sent for a moment.") from error


def send_link(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        letters.send(
            user.email,
            "orgs/accounts/mail/password.txt",
            user=user,
            link=link_for(user),
        )


def link_for(user: User) -> str:
    """A link that sets the password once, within PASSWORD_RESET_TIMEOUT."""
    path = reverse(
        "password-reset-confirm",
        args=[
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ],
    )
    return letters.link(path)
