"""The same deed done to the hub and told to the oracle, and what the hub named things."""

import copy
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from hub.lib.errors import Conflict
from orgs.accounts.actor import SYSTEM
from sharing import pipeline
from sharing.agreements import accession, due, lifecycle, services
from sharing.agreements.models import Clause
from sharing.distribution import housekeeping
from sharing.events import services as outbox
from sharing.indicators import services as indicators
from tests.oracle import drawing
from tests.oracle.model import World
from tests.oracle.reading import Tally
from tests.oracle.stage import Clock, Stage
from tests.walls import WORKER, working_as

Doc = dict[str, Any]


class Deeds:
    """Everything that changes something."""

    def __init__(self, stage: Stage, world: World, tally: Tally) -> None:
        self.stage, self.world, self.tally = stage, world, tally

    # Agreements

    def draft(self, text: Doc, agreement: str | None = None) -> Doc:
        """Draft and propose."""
        pk = None if agreement is None else UUID(agreement)
        made = services.draft(
            actor=self.stage.staff, text=copy.deepcopy(text), agreement_id=pk
        )
        services.propose(actor=self.stage.staff, version_id=made.pk)
        own, version = str(made.agreement_id), str(made.pk)
        text = copy.deepcopy(text)
        self.world.draft(own, version, text)
        found: Doc = self.world.agreements[own]["versions"][version]
        self.world.propose(found)
        return found

    def sign(self, version: Doc, slug: str) -> None:
        expected = self.world.sign(version, slug)
        try:
            services.sign(
                actor=self.stage.members[slug].signs, version_id=UUID(version["id"])
            )
        except Conflict:
            refused = True
        else:
            refused = False
        if refused is not (expected == "conflict"):
            self.tally.wrong(f"{slug} signs: refused is {refused}; {version['text']}")
        if expected == "active":
            self.world.enacted(version, self._ids(version))

    def _ids(self, version: Doc) -> list[tuple[str, str]]:
        rows = Clause.objects.filter(version=version["id"]).order_by("position")
        found = rows.values_list("pk", "collection_id")
        return [(str(clause), str(collection)) for clause, collection in found]

    def invite(self, version: Doc, slug: str, *, hidden: bool) -> None:
        accession.invite_to_accede(
            actor=self.stage.staff,
            agreement_id=UUID(version["agreement"]),
            slug=slug,
            hidden=hidden,
        )
        self.world.invite(version, slug, hidden=hidden)

    def suspend(self, agreement: Doc) -> None:
        self._act(lifecycle.suspend, agreement, reason="A question is open.")
        self.world.suspend(agreement)

    def resume(self, agreement: Doc) -> None:
        self._act(lifecycle.resume, agreement)
        self.world.resume(agreement)

    def terminate(self, agreement: Doc) -> None:
        self._act(lifecycle.terminate, agreement, reason="It is over.")
        self.world.end(agreement, "terminated", self.world.now)

    def leave(self, agreement: Doc, slug: str) -> None:
        lifecycle.leave(
            actor=self.stage.members[slug].signs,
            agreement_id=UUID(agreement["id"]),
            reason="We go.",
        )
        self.world.leave(agreement, slug)

    def _act(self, act: Any, agreement: Doc, **said: str) -> None:
        act(actor=self.stage.staff, agreement_id=UUID(agreement["id"]), **said)

    def describe(self, org: Doc, **facts: Any) -> None:
        org |= facts
        self.stage.describe(org)

    # Claims

    def submit(self, door: Any, slug: str, lines: list[Doc]) -> None:
        door.submit(self.stage.members[slug], lines)
        self.world.submit(slug, lines)

    def lines(self, rng: Random, slug: str, count: int) -> list[Doc]:
        """Lines of an organization, about what it has claimed already or not yet."""
        streams = self.world.streams.values()
        own = [n for s in streams if slug in self.world.givers(s) for n in _names(s)]
        if not own or rng.random() < 0.2:  # it may name others, in vain
            own = [n for s in streams for n in _names(s)]
        names, known = [*dict.fromkeys(own)], self.world.claims_of(slug)
        return [drawing.line(rng, names, known, self.world.now) for _ in range(count)]

    # Time and the worker

    def move(self, to: datetime) -> None:
        Clock.move(to)
        self.world.overdue |= self.world.ends_something(to)
        self.world.now = to

    def work(self) -> None:
        """The worker does all that is due."""
        with working_as(WORKER):
            for _ in range(20):
                shards = outbox.shards_due()
                if not sum(pipeline.drain(shard) for shard in shards):
                    break
            assert not outbox.shards_due(), "the worker cannot finish"
        self.world.settle()

    def beat(self, *, sweep: bool) -> None:
        """The clocks of the worker go off, each as often as it does."""
        with working_as(WORKER):
            due.activate_due(actor=SYSTEM)
        for version in self.world.activate_due():
            self.world.enacted(version, self._ids(version))
        with working_as(WORKER):
            lifecycle.expire_due(actor=SYSTEM)
            indicators.expire_due()
        self.world.expire_agreements()
        self.world.expire_claims()
        self.work()
        with working_as(WORKER):
            housekeeping.end_retention()
            self.world.overdue = False
            if sweep:
                housekeeping.empty_closed()
                housekeeping.forget_values()
                housekeeping.sweep_tombstones()
                housekeeping.forget_promises()
        if sweep:
            self.world.forget_values()


def _names(stream: Doc) -> tuple[str, str]:
    """What an audience may name: the collection, and all of its agreement."""
    return stream["id"], stream["agreement"]
