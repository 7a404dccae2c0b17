"""Where the demo may play: servers of its own, or an empty database that it was given."""

from django.conf import settings
from django.db import ProgrammingError, connection

from hub import embedded
from hub.demo import keychain
from hub.demo.errors import DemoError
from orgs.credentials import services as credentials

REFUSAL = (
    "DATABASE_URL names a database with contents that are not this demo's to discard"
    " or to add to: name an empty one, or unset DATABASE_URL."
)
# Whatever an extension brings along (views of statistics) is nobody's data.
_CONTENTS = """
SELECT EXISTS (
  SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                        AND d.deptype = 'e'))
"""


def take(*, fresh: bool) -> None:
    """Begin from nothing (`fresh`) or go on from before; DemoError where neither may be.

    A given database is never emptied, and only one in which the demo's own keys work
    is used again: anything else may be a real hub.
    """
    if settings.EMBEDDED:
        if fresh:
            keychain.forget()
            embedded.empty()
    elif _empty():
        keychain.forget()
    elif fresh or not _ours():
        raise DemoError(REFUSAL)


def _empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CONTENTS)
        row: tuple[bool, ...] | None = cursor.fetchone()
    return row == (False,)


def _ours() -> bool:
    known = keychain.Keychain.load().keys.values()
    try:
        return bool(known) and all(
            credentials.verify(key, address=None) is not None for key in known
        )
    except ProgrammingError:  # no such tables: something else altogether
        return False
