"""The demo on its feet: servers, database, cast, programs, and what was submitted."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.core.management import call_command

from hub.demo import cast, casting, generator, ground, keychain, partner, reader
from hub.demo.claims import DEFAULTS
from hub.demo.errors import DemoError
from hub.demo.partner import Partner
from hub.demo.reader import Body
from hub.supervisor import Supervisor, commands
from sharing.events import services as outbox

SETTLING = 30.0  # seconds before READY comes anyway
STARTING = 60.0  # seconds until the web server must answer
EVERY = 3  # of an input file, the second contributor knows every third line


@dataclass(slots=True)
class Plan:
    """What somebody asked for on the command line."""

    input: Path | None = None
    warninglists: Path | None = None
    defaults: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    lines: int = generator.LINES
    port: int = 8000
    fresh: bool = False


@dataclass(slots=True)
class Input:
    """What one contributor is about to send."""

    owner: str
    body: Body
    made: generator.Made | None = None  # None when it comes from a file


@dataclass(slots=True)
class Sent:
    """An input that became a submission, and when."""

    input: Input
    submission: str
    began: float

    @property
    def owner(self) -> str:
        return self.input.owner

    @property
    def body(self) -> Body:
        return self.input.body


@dataclass(slots=True)
class Stage:
    """Everything that one run of the demo holds."""

    plan: Plan
    out: IO[str]
    seconds: dict[str, float] = field(default_factory=dict)
    keys: keychain.Keychain = field(default_factory=keychain.Keychain)
    inputs: list[Input] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(environment=self._environment(), out=self.out)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.plan.port}"

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)

    def load(self) -> None:
        """Read or make up the input, before anything else is touched."""
        first, second = (member.slug for member in cast.CAST if member.contributes)
        if self.plan.input is None:
            for slug in (first, second):
                made = generator.generate(slug, self.plan.lines)
                name = f"generated, seed {generator.SEED}"
                body = Body(name, reader.NDJSON, made.body)
                self.inputs.append(Input(slug, body, made))
        else:
            whole = reader.read(self.plan.input)
            part = reader.sample(whole, EVERY)
            self.inputs += [Input(first, whole), Input(second, part)]

    def prepare(self) -> None:
        """From nothing, or from what was kept, to a hub that answers."""
        with self.step("migrate"):
            ground.take(fresh=self.plan.fresh)
            call_command("migrate", verbosity=0)
        with self.step("cast"):
            self.keys = keychain.Keychain.load()
            casting.create(self.keys)
        with self.step("start"):
            for name, command in commands(self.plan.port).items():
                self.supervisor.start(name, command)
            if not self.supervisor.wait(
                STARTING, lambda: partner.answers(self.address)
            ):
                asked = self.supervisor.stopping.is_set()
                message = "The web server did not answer in time."
                raise DemoError("Stopped." if asked else message)

    def submit(self) -> None:
        """Each contributor sends its input over HTTP, as its own systems would."""
        with self.step("submit"):
            for each in self.inputs:
                with self.partner(each.owner) as system:
                    began = time.time()
                    pk = system.submit(each.body, self.plan.defaults)
                    self.sent.append(Sent(each, pk, began))
        self.keys.submitted = True
        self.keys.save()

    def settle(self) -> None:
        """Give the workers a while, so that the first call after READY finds something."""
        with self.step("deliver"):
            self.supervisor.wait(SETTLING, lambda: not outbox.open_rows())

    @contextlib.contextmanager
    def partner(self, slug: str) -> Iterator[Partner]:
        system = Partner(slug, self.address, self.keys.keys[slug])
        try:
            yield system
        finally:
            system.close()

    def _environment(self) -> dict[str, str]:
        found = {"ACCORD_PUBLIC_URL": self.address}
        if "ACCORD_LOG_LEVEL" not in os.environ:  # a bell a second is no news
            found["ACCORD_LOG_LEVEL"] = "WARNING"
        if self.plan.warninglists is not None:
            found["ACCORD_WARNINGLISTS_DIR"] = str(self.plan.warninglists.resolve())
        return found


def free_port(wanted: int) -> int:
    """The wanted port where it is free, otherwise any."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    message = "No port is free on 127.0.0.1."
    raise DemoError(message)
