"""The machine: random deeds through the real services and HTTP, and the oracle beside it."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sharing.distribution.notices import overdue
from tests.oracle import drawing
from tests.oracle.deeds import Deeds
from tests.oracle.doors import Http, Services
from tests.oracle.explaining import Readings
from tests.oracle.model import PURGE, World
from tests.oracle.reading import Tally
from tests.oracle.stage import BEGINS, MEMBERS, STEP, Stage
from tests.oracle.state import RUNNING, end_of, ends

HTTP_EVERY = 20  # one step in twenty goes over HTTP
STEPS = 50  # of one world
# One number a step: what it decides in detail is drawn from it, so that a world of many
# steps stays within what Hypothesis keeps of an example.
DICE = st.integers(0, 2**32 - 1).map(Random)


class Machine(RuleBasedStateMachine):
    stage: ClassVar[Stage]
    tally: ClassVar[Tally]
    strict: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        orgs = {
            slug: {
                "id": str(self.stage.members[slug].id),
                "slug": slug,
                "name": self.stage.members[slug].name,
                "kind": kind,
                "jurisdiction": jurisdiction,
                "government": government,
                "active": True,
            }
            for slug, kind, jurisdiction, government in MEMBERS
        }
        self.world = World(BEGINS, orgs)
        self.deeds = Deeds(self.stage, self.world, self.tally)
        self.reads = Readings(self.stage, self.world, self.tally)
        self.services, self.http = Services(), Http(self.stage)
        self.steps = 0
        self.before = len(self.tally.said)
        self.deeds.move(BEGINS)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # What there is to choose from

    @property
    def orgs(self) -> list[dict[str, Any]]:
        return [org for org in self.world.orgs.values() if org["active"]]

    def door(self) -> Any:
        if self.tally.steps < HTTP_EVERY * (self.tally.http + 1):
            return self.services
        self.tally.http += 1
        return self.http

    def running(self, *states: str) -> list[Any]:
        found = self.world.agreements.values()
        return [a for a in found if a["state"] in (states or RUNNING)]

    def proposed(self) -> list[Any]:
        return [
            version
            for agreement in self.world.agreements.values()
            for version in agreement["versions"].values()
            if version["state"] in ("proposed", "active") and self._can_sign(version)
        ]

    def known(self, rng: Random) -> Any:
        return rng.choice([*self.world.streams.values()])

    def _can_sign(self, version: Any) -> list[str]:
        """Whose signature is missing; of those who went away nobody acts."""
        if version["state"] == "active" and not self._open(version):
            return []
        missing = self.world.missing(version)
        return [slug for slug in missing if self._here(slug)]

    # Deeds

    @initialize(rng=DICE)
    def begin(self, rng: Random) -> None:
        for org in self.orgs:
            if rng.random() < 0.15:
                self.deeds.describe(org, government=not org["government"])
        self._draft(rng)
        self._sign(self.proposed()[0], 10)
        for slug in self._givers():
            self.deeds.submit(self.services, slug, self.deeds.lines(rng, slug, 8))
        self.deeds.work()

    def _draft(self, rng: Random) -> None:
        title = f"Agreement {len(self.world.agreements) + 1}"
        text = drawing.text(rng, title, self.orgs, self.world.now)
        self.deeds.draft(text)

    @precondition(lambda self: len(self.world.agreements) < 3)
    @rule(rng=DICE)
    def draft(self, rng: Random) -> None:
        self._draft(rng)

    @precondition(lambda self: self._amendable())
    @rule(rng=DICE)
    def amend(self, rng: Random) -> None:
        agreement = rng.choice(self._amendable())
        old = self.world.in_force(agreement)
        staying = {p["slug"] for p in self.world.parties(old)}
        orgs = [o for o in self.orgs if o["slug"] in staying or rng.random() < 0.4]
        text = {**old["text"], "parties": [
            p for p in old["text"]["parties"] if p["slug"] in staying
        ]}  # fmt: skip
        if len(orgs) >= 2:
            text = drawing.amendment(rng, text, orgs, self.world.now)
            version = self.deeds.draft(text, agreement["id"])
            if rng.random() < 0.6:
                self._sign(version, 10)

    def _amendable(self) -> list[Any]:
        return [
            agreement
            for agreement in self.running("active", "suspended", "expired")
            if sum(v["state"] == "proposed" for v in agreement["versions"].values()) < 2
        ]

    @precondition(lambda self: self.proposed())
    @rule(rng=DICE)
    def sign(self, rng: Random) -> None:
        self._sign(rng.choice(self.proposed()), rng.choice((10, 10, 10, 1)))

    def _sign(self, version: Any, most: int) -> None:
        for slug in self._can_sign(version)[:most]:
            self.deeds.sign(version, slug)

    @precondition(lambda self: self.running("active"))
    @rule(rng=DICE)
    def suspend(self, rng: Random) -> None:
        self.deeds.suspend(rng.choice(self.running("active")))

    @precondition(lambda self: self.running("suspended"))
    @rule(rng=DICE)
    def resume(self, rng: Random) -> None:
        self.deeds.resume(rng.choice(self.running("suspended")))

    @precondition(lambda self: self.running())
    @rule(rng=DICE)
    def leave(self, rng: Random) -> None:
        agreement = rng.choice(self.running())
        parties = self.world.parties(self.world.in_force(agreement))
        staying = [p["slug"] for p in parties if p["active"]]
        if len(parties) > 2 and staying:
            self.deeds.leave(agreement, rng.choice(staying))

    @precondition(lambda self: len(self.running()) > 1)
    @rule(rng=DICE)
    def terminate(self, rng: Random) -> None:
        if rng.random() < 0.4:
            self.deeds.terminate(rng.choice(self.running()))

    @precondition(lambda self: self.running())
    @rule(rng=DICE)
    def join(self, rng: Random) -> None:
        agreement = rng.choice(self.running())
        version = self.world.in_force(agreement)
        strangers = [
            o["slug"] for o in self.orgs if o["slug"] not in version["parties"]
        ]
        if strangers and self._open(version):
            slug = rng.choice(strangers)
            self.deeds.invite(version, slug, hidden=rng.random() < 0.3)
            if rng.random() < 0.5:
                self.deeds.sign(version, slug)

    def _open(self, version: Any) -> bool:
        agreement = self.world.agreements[version["agreement"]]
        joins = version["text"]["open_to_accession"] and agreement["state"] in RUNNING
        return joins and not ends(version, self.world.now)

    @rule(rng=DICE)
    def submit(self, rng: Random) -> None:
        slug = rng.choice(self.orgs)["slug"]
        if slug in self.world.waiting:
            self.deeds.work()
        lines = self.deeds.lines(rng, slug, rng.randint(1, 4))
        self.deeds.submit(self.door(), slug, lines)

    @precondition(lambda self: self._givers())
    @rule(rng=DICE)
    def contribute(self, rng: Random) -> None:
        """As `submit`, by somebody whose claims go somewhere."""
        slug = rng.choice(self._givers())
        if slug not in self.world.waiting:
            lines = self.deeds.lines(rng, slug, rng.randint(2, 5))
            self.deeds.submit(self.door(), slug, lines)
        self.deeds.work()

    def _givers(self) -> list[str]:
        found = {
            s for each in self.world.streams.values() for s in self.world.givers(each)
        }
        return [slug for slug in self.world.orgs if slug in found and self._here(slug)]

    def _here(self, slug: str) -> bool:
        return bool(self.world.orgs[slug]["active"])

    @rule(rng=DICE)
    def work(self, rng: Random) -> None:
        self.deeds.work()

    @rule(rng=DICE)
    def wait(self, rng: Random) -> None:
        """Time passes; the clocks of the worker go off before or after somebody reads."""
        hours = rng.choice((1, 3, 3, 21, 26))
        self.deeds.move(self.world.now + timedelta(hours=hours))
        if rng.random() < 0.6:
            self.deeds.beat(sweep=rng.random() < 0.5)

    @precondition(lambda self: self._ending())
    @rule(rng=DICE)
    def reach_an_end(self, rng: Random) -> None:
        """All try to read in the second in which a Version ends; the worker sleeps."""
        version, end = rng.choice(self._ending())
        second = end + timedelta(seconds=rng.choice((-1, 0, 1)))
        self.deeds.move(max(second, self.world.now))
        for stream in self.world.streams.values():
            if stream["agreement"] == version["agreement"]:
                self._all_pull(stream)

    def _ending(self) -> list[tuple[Any, datetime]]:
        """Versions in force that have an end, which nobody awaited yet; and that end."""
        found = [self.world.in_force(each) for each in self.running("active")]
        ends = [(each, end_of(each)) for each in found]
        return [(each, end) for each, end in ends if end and end > self.world.now]

    @rule(rng=DICE)
    def describe(self, rng: Random) -> None:
        """An organization turns out to be of a government, or moves, or goes away."""
        org = rng.choice(self.orgs)
        match rng.randrange(8):
            case 0:
                self.deeds.describe(org, government=True)
            case 1:
                self.deeds.describe(org, jurisdiction="ZZ")
            case 2 if len(self.orgs) > 5:
                self.deeds.describe(org, active=False)
            case _:
                self.reads.lists(self.door(), org["slug"])

    # Reading

    @precondition(lambda self: self.world.streams)
    @rule(rng=DICE)
    def follow(self, rng: Random) -> None:
        stream = self.known(rng)
        readers = sorted(self.world.readers(stream)) or [*self.world.orgs]
        self.reads.follow(self.door(), rng.choice(readers), stream)

    @precondition(lambda self: self.reads.releases)
    @rule(rng=DICE)
    def why(self, rng: Random) -> None:
        release = rng.choice(self.reads.in_order())
        self.reads.why(self.door(), rng.choice([*self.world.orgs]), release)

    @precondition(lambda self: self.world.claims)
    @rule(rng=DICE)
    def visibility(self, rng: Random) -> None:
        slug, value = rng.choice([*self.world.claims])
        self.reads.visibility(self.door(), slug, value)

    @rule(rng=DICE)
    def notices(self, rng: Random) -> None:
        door = self.door()
        for slug in rng.sample([*self.world.orgs], 2):
            self.reads.notices(door, slug)
        late = len(overdue(self.stage.staff))
        expected = sum(
            not told["acked"] and told["ended"] + PURGE < self.world.now
            for told in self.world.notices.values()
        )
        if late != expected:
            self.tally.miss(f"{late} notices are overdue, not {expected}")

    @precondition(lambda self: self.world.streams)
    @rule(rng=DICE)
    def everybody(self, rng: Random) -> None:
        """All organizations try to read a stream."""
        self._all_pull(self.known(rng))

    def _all_pull(self, stream: Any) -> None:
        door = self.door()
        for slug in self.world.orgs:
            self.reads.pull(door, slug, stream, limit=50)

    @invariant()
    def read_somewhere(self) -> None:
        """After every step somebody reads; and what was seen is held to the oracle."""
        if self.world.streams:
            rng = Random(self.steps)
            stream = self.known(rng)
            slugs = [*self.world.orgs]
            may = sorted(self.world.readers(stream))
            slug = rng.choice(may if may and rng.random() < 0.7 else slugs)
            self.reads.pull(self.door(), slug, stream)
        self.steps += 1
        self.tally.steps += 1
        self.deeds.move(self.world.now + STEP)
        if self.strict:
            assert not self.tally.said[self.before :], self.tally.said[self.before :]


def run(
    stage: Stage,
    tally: Tally,
    *,
    steps: int,
    number: int,
    strict: bool = True,
) -> None:
    """Play worlds of `STEPS` steps each; which ones follows from the number alone."""
    told = {"stage": stage, "tally": tally, "strict": strict}
    goal = tally.steps + steps
    while tally.steps < goal:
        kind: type[Machine] = type("Machine", (Machine,), dict(told))
        worlds = -((tally.steps - goal) // STEPS)
        run_state_machine_as_test(
            seed(number)(kind),
            settings=settings(
                max_examples=worlds,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        number += 1_000_003
