"""Erasing what is kept of a collection, in every file that a folder has of it."""

from pathlib import Path
from uuid import UUID

from hub.client.errors import ToolError
from hub.client.state import State


def purged(folder: Path, collection: UUID) -> int:
    """Erase stream and filter, and drafts of who was killed; how many releases there were.

    ToolError if something is left: then the hub must not be told.
    """
    filters = [
        *folder.glob(f"{collection}.filter"),
        *folder.glob(f".{collection}.filter.*"),
    ]
    count = 0
    if State.place(folder, collection).is_file() or not filters:
        with State.at(folder, collection, new=False) as held:
            count = held.count()
            held.erase()
    for path in filters:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ToolError(f"{path} cannot be erased: {error.strerror}.") from None
    return count
