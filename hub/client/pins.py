"""The hub's public keys as they were when first seen: another one later is refused.

A hub that could show each partner keys of its own could tell what a partner asks for.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from hub.client.console import written
from hub.client.errors import ToolError, UnverifiedError
from hub.client.oblivious import AnswerRefusedError, pinned_keys
from hub.client.settings import one_spelling

PUBLIC_BYTES = 32


def place(environment: Mapping[str, str] | None = None) -> Path:
    env = os.environ if environment is None else environment
    base = env.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "accord" / "pins.json"


class Pins:
    """What was pinned of one hub, in a file that may hold several."""

    def __init__(self, path: Path, hub: str) -> None:
        self.path, self.hub = path, one_spelling(hub)
        self._load()

    def _load(self) -> None:
        path = self.path
        try:
            self._all = json.loads(path.read_text()) if path.exists() else {}
            self._own: dict[str, Any] = self._all.setdefault(self.hub, {})
            self._own.setdefault("signing", {})
            self._own.setdefault("oprf", {})
            for name in [*self._all]:
                if name != self.hub and one_spelling(name) == self.hub:
                    self._join(self._all.pop(name))
        except (OSError, ValueError, AttributeError):
            raise ToolError(f"{path} cannot be read.") from None

    def _join(self, other: Mapping[str, Any]) -> None:
        """What was pinned while the address was spelled in another way holds as well."""
        pairs = [(self._own["signing"], other.get("signing", {}))]
        for place, keys in other.get("oprf", {}).items():
            pairs.append((self._own["oprf"].setdefault(place, {}), keys))
        for own, told in pairs:
            if any(own.setdefault(number, key) != key for number, key in told.items()):
                raise UnverifiedError(
                    f"{self.path} holds two keys of this hub for one number, pinned under"
                    " two spellings of its address: ask your contact there which is right."
                )

    def signing(self, answer: Any, *, trust: bool) -> dict[int, bytes]:
        """The pinned keys of filters; those of the answer only at first, or when told."""
        with self._alone():
            return self._signing(answer, trust=trust)

    def _signing(self, answer: Any, *, trust: bool) -> dict[int, bytes]:
        held = self._own["signing"]
        if trust or not held:
            try:
                told = {
                    str(int(each["key"])): each["public"] for each in answer["keys"]
                }
                found = _bytes(told)
            except (KeyError, TypeError, ValueError):
                raise UnverifiedError(
                    "The hub's signing keys cannot be read."
                ) from None
            if any(number in held and held[number] != told[number] for number in told):
                raise UnverifiedError("A signing key of the hub is not as it was.")
            held.update(told)
            self._save()
            return found
        return _bytes(held)

    def oprf(self, collection: UUID, answer: Any) -> dict[int, str]:
        """The public keys of a collection's generations; a changed one is refused."""
        with self._alone():
            return self._oprf(collection, answer)

    def _oprf(self, collection: UUID, answer: Any) -> dict[int, str]:
        held = self._own["oprf"].setdefault(str(collection), {})
        before = {int(number): key for number, key in held.items()}
        try:
            found = pinned_keys(answer, before)
        except AnswerRefusedError as refused:
            raise UnverifiedError(str(refused)) from None
        if found != before:
            held.update({str(number): key for number, key in found.items()})
            self._save()
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """With what others pinned meanwhile: a pin that got lost would be made anew."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(
                self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600
            )
        except OSError as error:
            raise ToolError(f"{self.path} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._load()
            yield
        finally:
            os.close(lock)

    def _save(self) -> None:
        with written(self.path) as file:
            json.dump(self._all, file, indent=1)


def _bytes(told: Mapping[str, str]) -> dict[int, bytes]:
    found = {int(number): bytes.fromhex(public) for number, public in told.items()}
    if not found or any(len(public) != PUBLIC_BYTES for public in found.values()):
        raise ValueError
    return found
