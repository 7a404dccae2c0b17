"""The token keys of a collection: fetched, or from a file that only its owner reads."""

import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from hub.client.errors import ToolError, UnverifiedError
from hub.client.remote import Hub
from sharing.tokens.scheme import KEY_BYTES

Keys = dict[int, bytes]  # by generation


def fetched(hub: Hub, collection: UUID) -> Keys:
    """Those of the live generation and of an announced one."""
    return read(hub.get(f"/collections/{collection}/keys"))


def in_file(path: Path) -> Keys:
    """What `accord keys` wrote: the answer of the hub as it was."""
    try:
        text = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror}.") from None
    if path.is_file() and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ToolError(f"Others may read {path}, and it holds keys: chmod 600 it.")
    try:
        return read(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, UnverifiedError):
        raise ToolError(f"{path} holds no token keys.") from None


def read(answer: Any) -> Keys:
    """The keys of an answer, or UnverifiedError."""
    try:
        found = {
            int(each["generation"]): bytes.fromhex(each["key"])
            for each in answer["keys"]
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnverifiedError("The hub's keys cannot be read.") from None
    if not found or any(len(key) != KEY_BYTES for key in found.values()):
        raise UnverifiedError("The hub's keys cannot be read.")
    return found
