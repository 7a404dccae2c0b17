"""Gathers what the lines of health are made of, by asking the rooms."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from hub import embedded, health
from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.audit import selectors as audit
from orgs.audit.verbs import Verb
from sharing.agreements import outlook
from sharing.distribution import progress
from sharing.events import pulse, queues
from sharing.indicators import listage
from sharing.intake import selectors as intake
from sharing.tokens import services as tokens
from sharing.tokens.keyfiles import KeyFileError


@dataclass(frozen=True, slots=True)
class HubKey:
    """A key of the hub's own by purpose, epoch and age; what is in it stays in its file."""

    purpose: str
    epoch: int
    created_at: datetime
    newest: bool  # of its purpose: what is sealed now is sealed under it


@dataclass(frozen=True, slots=True)
class Disk:
    used: int  # bytes of the database
    free: int | None  # None: the server is another machine


@dataclass(frozen=True, slots=True)
class Facts:
    moment: datetime
    redis: bool
    walls: bool
    pulse: dict[str, datetime] | None  # None: Redis does not answer
    shards: dict[int, queues.Depth]
    chunks: dict[UUID, queues.Depth]
    held: list[intake.Held]
    builds: list[progress.Building]
    keys: list[outlook.Keys]
    hub_keys: list[HubKey] | None  # None: the key file does not open
    changes: list[outlook.Change]
    lists: datetime | None
    disk: Disk
    backup: datetime | None


def gathered(actor: Actor) -> Facts:
    """Everything of one moment. That there is an answer says that the database is there."""
    return Facts(
        moment=now(),
        redis=health.redis_answers(),
        walls=_walls(),
        pulse=pulse.last(),
        shards=queues.by_shard(),
        chunks=queues.chunks_by_owner(actor),
        held=intake.waiting_everywhere(actor),
        builds=progress.building(actor),
        keys=outlook.keys(actor),
        hub_keys=hub_keys(),
        changes=outlook.changes(actor),
        lists=listage.newest(),
        disk=_disk(),
        backup=audit.last(Verb.HUB_BACKUP),
    )


def hub_keys() -> list[HubKey] | None:
    try:
        roots = tokens.key_provider().roots()
    except (ImproperlyConfigured, KeyFileError):
        return None
    newest = {root.purpose: root.epoch for root in roots}
    return [
        HubKey(
            str(root.purpose),
            root.epoch,
            root.created_at,
            newest[root.purpose] == root.epoch,
        )
        for root in roots
    ]


_BYPASSING = """
SELECT count(*) FROM pg_roles
 WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)
"""


def _walls() -> bool:
    """For us; on the command line, where one may look past them, for the programs."""
    if settings.DB_ROLE in (settings.APP, settings.WORKER):
        return health.walls_stand()
    with connection.cursor() as cursor:
        cursor.execute(_BYPASSING, [[settings.APP, settings.WORKER]])
        row = cursor.fetchone()
    return bool(row and row[0] == 0)


def _disk() -> Disk:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        [used] = cursor.fetchone() or (0,)
    free = shutil.disk_usage(embedded.home()).free if settings.EMBEDDED else None
    return Disk(int(used), free)
