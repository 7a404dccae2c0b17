"""A hub for measurements of its screens: a database of its own, everybody, everything."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # models wait for the servers of the measurement
    from orgs.accounts.models import User
    from tests.access.world import World

LINES = 120  # of each contributor, beside what the matrix has
_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@contextmanager
def own_database() -> Iterator[None]:
    """A database of this run alone, seen as the web sees it; dropped at the end."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.walls import APP

    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    options = settings.DATABASES["default"]["OPTIONS"]
    options.pop("pool", None)  # its connections would outlive the database
    before = settings.DATABASES["default"]["NAME"]
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = (
        f"bench_{os.getpid()}"
    )
    connection.close()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    options["options"] = f"-c role={APP}"
    try:
        yield
    finally:
        connection.close()
        options.pop("options")
        with connection.cursor() as cursor:  # a thread of the server may have left one
            cursor.execute(_OTHERS)
        connection.creation.destroy_test_db(before, verbosity=0)


def furnished() -> "World":
    """The world of the access matrix, and what the demo's contributors report."""
    from django.db import transaction

    from hub.demo import generator
    from hub.demo.claims import DEFAULTS
    from sharing.events import services as outbox
    from tests.access import world

    outbox.ring = lambda shard: None
    with transaction.atomic():  # as for the matrix, but kept
        made = world.built()
    for email in ("amy@meadow.example", "frank@sentry.example"):
        slug = email.partition("@")[2].partition(".")[0]
        send(email, generator.generate(slug, LINES).body, dict(DEFAULTS))
    return made


def send(email: str, body: bytes, defaults: dict[str, str]) -> None:
    """Submit for a person's organization, and let the worker do all that follows."""
    from orgs.accounts.models import User
    from sharing.intake import services as intake
    from tests.cast import acting
    from tests.coalition import work_off

    intake.submit(
        actor=acting(User.objects.get(email=email)),
        stream=[body],
        content_type="application/x-ndjson",
        defaults=defaults,
    )
    work_off()


def persons() -> dict[str, "User"]:
    """The accounts of the roles; nobody has none."""
    from orgs.accounts.models import User
    from tests.browser.gallery import ROLES

    found = {user.name.lower(): user for user in User.objects.all()}
    return {role: found[who] for role, who in ROLES.items() if who in found}
