"""Between password and code: the session knows who comes, but nobody is signed in."""

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from hub.lib.clock import now
from orgs.accounts.models import User

KEY = "waits-for-code"
WITHIN = 10 * 60  # seconds


def hold(request: HttpRequest, user: User, onward: str) -> None:
    """Remember who gave the right password, and where they wanted to go."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "mark": user.get_session_auth_hash(),  # changes with the password
        "since": int(now().timestamp()),
        "onward": onward,
    }


def who(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the right password a moment ago, and where to; None when nobody did."""
    held = request.session.get(KEY)
    if not held or not 0 <= now().timestamp() - held["since"] < WITHIN:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None:
        return None
    if not constant_time_compare(held["mark"], user.get_session_auth_hash()):
        return None
    return user, held["onward"]


def end(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
