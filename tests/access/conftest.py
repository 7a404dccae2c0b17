"""Rows in every walled table."""

from uuid import uuid4

import pytest
from django.db import transaction

from hub.lib.clock import now
from orgs.accounts.models import Organization, User
from orgs.mine.models import SavedView
from sharing.agreements import documents, services
from sharing.agreements.models import Generation, Version
from sharing.distribution import control
from sharing.distribution.models import Retained
from sharing.feedback import services as feedback
from sharing.inbox import filters as saved
from sharing.inbox import selectors as inbox
from sharing.inbox import services as handling
from sharing.inbox import watchlists
from sharing.inbox.kinds import Kind, Outcome
from sharing.intake.models import Submission, Undo
from sharing.lookup import filters
from sharing.lookup import services as lookup
from sharing.lookup.models import LookupLimit
from tests.access.walled import FRAUD, POLICE
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send
from tests.walls import by_worker, stored


@transaction.atomic
def add_control(stream: Generation) -> None:
    control.add_once(stream.pk, "build_complete")


def contract_of(person: User) -> None:
    """A legal document, attached to a draft that nobody else sees."""
    active = Version.objects.get()
    actor, known = acting(person), active.agreement_id
    draft = services.draft(actor=actor, text=active.text, agreement_id=known)
    documents.attach(
        actor=actor, version_id=draft.pk, name="contract.txt", content=b"The whole."
    )


def promise_of(person: User) -> None:
    """What was promised to retain, of a claim whose rows are gone."""
    stream, moment = Generation.objects.get(collection__title=FRAUD), now()
    stored(Retained).create(
        collection=stream.collection,
        indicator=uuid4(),
        owner=home_of(person),
        retain_until=moment,
        keep_until=moment,
    )


def limit_of(person: User) -> None:
    stored(LookupLimit).create(
        organization=home_of(person),
        collection_id=collection(FRAUD),
        kind="domain",
        most=1_000,
        reason="Why.",
        set_at=now(),
    )


def watch(person: User, values: list[str]) -> None:
    order = watchlists.read({"name": "Customers", "values": values, "show": "values"})
    watchlists.change(actor=acting(person), order=order)


def filter_of(person: User) -> None:
    order = saved.read({"name": "Sure", "where": {"confidence": 50}})
    saved.save(actor=acting(person), order=order)


def decision_of(person: User) -> None:
    """About what it was told of its submission."""
    [row] = inbox.page(acting(person), Kind.JOB, limit=1).rows
    handling.decide(
        actor=acting(person), places=[row.entry.place], outcome=Outcome.DONE
    )


def view_of(person: User) -> None:
    """In its organization; hub staff have none."""
    stored(SavedView).create(
        user=person,
        organization=None if person.is_staff else home_of(person),
        place="agreements",
        name="Active",
        query="state=active",
        created_at=now(),
    )


def undo_of(person: User) -> None:
    """Of what it sent first; what its claims were before is still there."""
    mine = stored(Submission).filter(owner=home_of(person), state="done")
    batch, moment = mine.earliest("pk"), now()
    stored(Undo).create(submission=batch, asked_at=moment, done_at=moment)


def words_of(person: User) -> None:
    """A verdict and a sighting, about the first record that the person reads."""
    about = next(each["id"] for each in pulled(person, FRAUD) if "type" in each)
    words = [{"release": about, "kind": kind} for kind in ("helpful", "seen")]
    feedback.give(actor=acting(person), body={"lines": words})


@pytest.fixture
def filled(
    coalition: object, alice: User, frank: User, bob: User, dana: User, erin: User
) -> dict[str, Organization]:
    """Two contributors with rows in every walled table; bob and dana were served."""
    for person, watched in ((alice, "f0.scam.example"), (frank, "a0.scam.example")):
        watch(person, [watched])
        filter_of(person)
    for person, name in ((alice, "a"), (frank, "f")):
        lines = [f"{name}{n}.scam.example" for n in range(3)]
        send(person, [*lines, "not an indicator"], tlp="green", confidence="80")
    for person in (alice, frank):
        lookup.look_up(actor=acting(person), body={"values": ["a0.scam.example"]})
        promise_of(person)
        limit_of(person)
        decision_of(person)
        view_of(person)
        undo_of(person)
        send(person, ["waits.scam.example"], work=False)
    view_of(erin)
    pulled(bob, FRAUD)
    pulled(dana, POLICE)
    words_of(bob)
    for person, title in ((bob, FRAUD), (dana, POLICE)):
        filters.read(actor=acting(person), collection_id=collection(title), since=None)
    stream = Generation.objects.get(collection__title=FRAUD)
    by_worker(add_control, stream)
    contract_of(alice)
    people = {"alice": alice, "frank": frank, "bob": bob, "dana": dana}
    return {name: home_of(person) for name, person in people.items()}
