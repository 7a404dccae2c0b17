"""The demo's own passwords and keys: one file, readable by its owner alone."""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from hub import embedded


def place() -> Path:
    return embedded.home() / "demo" / "keys.json"


@dataclass(slots=True)
class Keychain:
    """What the hub shows once or never, kept so that a second start can print it."""

    passwords: dict[str, str] = field(default_factory=dict)  # by e-mail address
    keys: dict[str, str] = field(default_factory=dict)  # by slug of the organization
    submitted: bool = False  # the demo's input went in already

    @classmethod
    def load(cls) -> Self:
        path = place()
        return cls(**json.loads(path.read_text())) if path.exists() else cls()

    def save(self) -> None:
        path = place()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w") as out:
            json.dump(asdict(self), out, indent=1)
        Path(draft).replace(path)

    def new_password(self, email: str) -> str:
        self.passwords[email] = secrets.token_urlsafe(12)
        return self.passwords[email]


def forget() -> None:
    place().unlink(missing_ok=True)
