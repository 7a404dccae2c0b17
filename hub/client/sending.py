"""Submissions: a body sent once, however often it takes, and what became of its lines."""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hub.client import shapes
from hub.client.errors import LaterError, ToolError
from hub.client.ownlist import GZIP, Line
from hub.client.remote import NDJSON, Hub
from hub.client.tokenising import Options, Unread
from hub.client.values import BadValue, hashed

TEXT, CSV, JSON = "text/plain", "text/csv", "application/json"
BY_SUFFIX = {
    ".csv": CSV,
    ".tsv": CSV,
    ".json": JSON,
    ".jsonl": NDJSON,
    ".ndjson": NDJSON,
}
KEY_CHARACTERS = 255
ENDED = frozenset({"done", "held", "refused"})


@dataclass(frozen=True, slots=True)
class Body:
    """A file that can be read from its start again, and what it holds."""

    file: IO[bytes]
    content_type: str
    gzipped: bool = False

    def again(self) -> IO[bytes]:
        self.file.seek(0)
        return self.file


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a submission: its state and counts, as the hub shows them."""

    submission: dict[str, Any]
    errors: list[dict[str, Any]]

    @property
    def whole(self) -> bool:
        """Whether every line was taken."""
        return self.submission["state"] == "done" and not self.errors


def body_of(path: Path, content_type: str | None = None) -> Body:
    """A file as it lies there; what it holds is told by its name, else it is a list."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror}.") from None
    name = path.name.lower().removesuffix(".gz")
    found = content_type or BY_SUFFIX.get(Path(name).suffix, TEXT)
    return Body(file, found, gzipped=file.read(2) == GZIP)


def withdrawal(
    lines: Iterable[Line], file: IO[bytes], kind: str | None, region: str | None
) -> Body:
    """A body that takes values back, each in the line that it has in its own file."""
    more = {"type": kind, "region": region}
    more = {name: said for name, said in more.items() if said}
    return _in_places(
        file,
        (
            (each.number, {"op": "withdraw", "value": each.text, **more})
            for each in lines
        ),
    )


def in_hashes(
    lines: Iterable[Line],
    file: IO[bytes],
    options: Options,
    unread: Callable[[list[Unread]], None],
) -> Body:
    """A body that shows no value; what cannot be read is told here and not sent."""

    def said() -> Iterator[tuple[int, dict[str, Any]]]:
        for line in lines:
            try:
                yield line.number, dict(hashed(line.text, *options))
            except BadValue as bad:
                unread([Unread(line.number, bad.code, bad.sentence)])

    return _in_places(file, said())


def _in_places(file: IO[bytes], said: Iterable[tuple[int, dict[str, Any]]]) -> Body:
    """Blank lines between keep the numbers of lines as they are in the partner's file."""
    place = 1
    for number, each in said:
        file.write(b"\n" * (number - place))
        file.write(json.dumps(each).encode() + b"\n")
        place = number + 1
    return Body(file, NDJSON)


def new_key() -> str:
    return f"accord-{secrets.token_hex(16)}"


def submit(hub: Hub, body: Body, defaults: dict[str, str], key: str) -> str:
    """Send it under an Idempotency-Key; the id of the submission.

    LaterError names the key: whether the hub has the body is not known then.
    """
    headers = {"Content-Type": body.content_type, "Idempotency-Key": key}
    if body.gzipped:
        headers["Content-Encoding"] = "gzip"
    with resumable(key):
        return str(hub.send("/submissions", body.again, headers, defaults)["id"])


@contextmanager
def resumable(key: str) -> Iterator[None]:
    """What may work later names the key with which the same command goes on."""
    try:
        yield
    except LaterError as later:
        raise LaterError(
            f"{later} To send it again without fear of sending it twice, add"
            f" --idempotency-key {key}",
            later.wait,
        ) from None


def outcome(
    hub: Hub,
    submission: str,
    *,
    moved: Callable[[float], None] = lambda progress: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sent:
    """Wait until every line has its result, or somebody must decide first."""
    path, pause = f"/submissions/{submission}", 0.1
    while (found := hub.get(path, shapes.Submission))["state"] not in ENDED:
        moved(float(found["progress"]))
        sleep(pause)
        pause = min(2.0, pause * 1.5)
    errors = list(hub.lines(f"{path}/errors", shapes.Problem)) if _faulty(found) else []
    return Sent(found, errors)


def _faulty(submission: dict[str, Any]) -> bool:
    return bool(submission["rejected"] or submission["stopped"])
