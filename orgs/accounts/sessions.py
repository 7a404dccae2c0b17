"""Sessions of browsers: Django's, in a table that says whose each is.

The engine of SESSION_ENGINE. Address and exact user agent are kept nowhere; a session is
spoken of by a handle, never by its key.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db.models import QuerySet
from django.http import HttpRequest

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from orgs.accounts.browsers import family
from orgs.accounts.models import BrowserSession, User

HANDLE, SINCE, BROWSER = "handle", "since", "browser"


class SessionStore(db.SessionStore):
    """As Django's; a row also tells its person, since when, and the kind of browser."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: Mapping[str, Any]) -> BrowserSession:
        row = BrowserSession(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(dict(data)),
            expire_date=self.get_expiry_date(),
        )
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
        if HANDLE in data:
            row.handle = UUID(data[HANDLE])
            row.since = datetime.fromisoformat(data[SINCE])
            row.browser = data[BROWSER]
        return row


@dataclass(frozen=True, slots=True)
class OwnSession:
    """What its person is told of a session."""

    handle: UUID
    since: datetime
    browser: str
    ends: datetime
    this: bool


def note(request: HttpRequest) -> None:
    """Once in each session of somebody signed in: when it began, and in what."""
    session = request.session
    if HANDLE in session:
        return
    session[HANDLE] = uuid4().hex
    session[SINCE] = iso(now())
    session[BROWSER] = family(request.headers.get("User-Agent", ""))
    with suppress(UpdateError):  # it was just signed out elsewhere
        session.save()


def own(user: User, key: str | None) -> list[OwnSession]:
    """The sessions of a person that open anything still, the newest first.

    `key` is that of the session in which one asks.
    """
    return [
        OwnSession(row.handle, row.since, row.browser, row.expire_date, row.pk == key)
        for row in _rows(user).order_by("-since")
        if row.handle and row.since and _opens(row, user)
    ]


def end(user: User, handle: UUID) -> None:
    """Sign one of one's own sessions out; its next request is nobody's."""
    done, _ = BrowserSession.objects.filter(user=user, handle=handle).delete()
    if not done:
        raise NotFound("You have no such session.")


def end_others(user: User, key: str | None) -> int:
    """Sign every session of a person out but this one; returns how many there were."""
    others = BrowserSession.objects.filter(user=user).exclude(pk=key or "")
    done, _ = others.delete()
    return done


def _rows(user: User) -> QuerySet[BrowserSession]:
    return BrowserSession.objects.filter(user=user, expire_date__gt=now())


def _opens(row: BrowserSession, user: User) -> bool:
    """Not so after the password was changed elsewhere: its proof is of the old one."""
    data = SessionStore().decode(row.session_data)
    return bool(data.get(HASH_SESSION_KEY) == user.get_session_auth_hash())
