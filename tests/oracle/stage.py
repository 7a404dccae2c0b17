"""Where worlds are played: members of the hub, and one clock for it and its database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.test import Client, override_settings

from hub.lib import clock
from orgs.accounts.actor import SCOPES, SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.credentials.services import create_credential
from orgs.members import selectors
from orgs.members.services import add_member, change_organization, create_organization
from sharing import vocabulary as v
from sharing.events import services as outbox
from tests.walls import APP, OWNER, working_as

BEGINS = datetime(2031, 3, 1, 9, tzinfo=UTC)
STEP = timedelta(seconds=1)
# slug, kind, jurisdiction, government: which one it is no name and no kind tells
MEMBERS = (
    ("meadow", "platform", "US", False),
    ("sentry", "security_vendor", "GB", False),
    ("harbour", "bank", "GB", False),
    ("liaison", "law_enforcement", "DE", True),
    ("northline", "telecom", "FR", False),
    ("union", "bank", "DE", True),
    ("corinth", "crypto_exchange", "US", False),
    ("haven", "civil_society", "FR", False),
)


class Clock(datetime):
    """The time of the hub, which stands still until it is told to move."""

    at = BEGINS

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return cls.at

    @classmethod
    def move(cls, to: datetime) -> None:
        cls.at = to
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('oracle.now', %s, false)", [to.isoformat()]
            )


@dataclass(frozen=True)
class Member:
    """An organization of the cast, its people as they act, and the key of its system."""

    id: Any
    slug: str
    name: str
    kind: str
    manages: Actor
    signs: Actor
    key: str


@dataclass(frozen=True)
class Stage:
    members: dict[str, Member]
    staff: Actor
    http: Client

    def describe(self, org: dict[str, Any]) -> None:
        """Hub staff write down what an organization is."""
        change_organization(
            actor=SYSTEM,
            organization_id=self.members[org["slug"]].id,
            name=org["name"],
            kind=org["kind"],
            jurisdiction=org["jurisdiction"],
            is_government=org["government"],
            is_active=org["active"],
        )


@contextmanager
def staged() -> Iterator[Stage]:
    """Members and a clock, in a transaction of which nothing is left afterwards."""
    with (
        mock.patch.object(clock, "datetime", Clock),
        override_settings(OUTBOX_SHARDS=1),  # in the order in which things happened
        mock.patch.object(outbox, "ring"),
        mock.patch.object(outbox, "_CLAIM", _by_our_clock(outbox._CLAIM, "now()")),
        # What goes on in a stream is in the next filter, what ends is in it until then.
        mock.patch.object(v, "FILTER_YOUNG", timedelta(seconds=-1)),
        mock.patch.object(v, "FILTER_AGE", timedelta(0)),
        transaction.atomic(),
    ):
        with working_as(OWNER):
            _set_clock()
        with working_as(APP):
            Clock.move(BEGINS)
            members = {each[0]: _member(*each) for each in MEMBERS}
            person = User.objects.create_user(
                "staff@hub.example", None, name="Staff", is_staff=True
            )
            staff = Actor(user_id=person.pk, is_staff=True, second_factor=True)
            yield Stage(
                members,
                staff,
                Client(raise_request_exception=False, SERVER_NAME="localhost"),
            )
        transaction.set_rollback(True)


def _set_clock() -> None:
    """The functions behind row-level security ask our clock as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION oracle_now() RETURNS timestamptz STABLE LANGUAGE sql"
            " RETURN current_setting('oracle.now')::timestamptz"
        )
        cursor.execute(
            "SELECT pg_get_functiondef('sharing_readable_generations'::regproc)"
        )
        [[defined]] = cursor.fetchall()
        cursor.execute(_by_our_clock(defined, "statement_timestamp()"))


def _by_our_clock(query: str, name: str) -> str:
    assert name in query
    return query.replace(name, "oracle_now()")


def _member(slug: str, kind: str, jurisdiction: str, government: bool) -> Member:
    made = create_organization(
        actor=SYSTEM,
        slug=slug,
        name=slug.title(),
        kind=kind,
        jurisdiction=jurisdiction,
        is_government=government,
        vouched=True,
    )
    manages, signs = (_person(made, role) for role in (Role.MANAGER, Role.SIGNATORY))
    _, key = create_credential(
        actor=manages, organization=made, name="oracle", scopes=SCOPES
    )
    signs = replace(signs, second_factor=True)
    return Member(made.pk, slug, made.name, kind, manages, signs, key)


def _person(member: Organization, role: Role) -> Actor:
    user = User.objects.create_user(
        f"{role}@{member.slug}.example", None, name=role.title()
    )
    add_member(actor=SYSTEM, organization=member, user=user, role=role)
    return selectors.actor_for(user, None)


def quiet() -> None:
    """A long run asks for too much to write every request down."""
    logging.disable(logging.WARNING)


@contextmanager
def without_walls() -> Iterator[None]:
    """Let row-level security hide nothing that was released: one wall less."""
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(
            "CREATE POLICY oracle ON sharing_release FOR SELECT TO accord_app"
            " USING (true)"
        )
        cursor.execute(
            "CREATE POLICY oracle ON sharing_controlrecord FOR SELECT TO accord_app"
            " USING (true)"
        )
    yield  # the stage takes it back
