"""The commands of `accord`, one module each; importing them adds them to the app."""

from hub.client.commands import (
    collections,
    lookup,
    match,
    pull,
    push,
    token,
    withdraw,
)
from hub.client.commands.shared import app

__all__ = [
    "app",
    "collections",
    "lookup",
    "match",
    "pull",
    "push",
    "token",
    "withdraw",
]
