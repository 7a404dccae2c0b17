"""What is said to be of one type answers for no other; and what was made before that."""

from typing import Any

import pytest

from hub.client import Oblivious, Typed, schemes_of, typed
from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from sharing import tasks
from sharing.agreements import renewing, rotation, turning
from sharing.agreements.models import Collection, Generation, Version
from sharing.tokens import scheme
from sharing.tokens.models import GenerationRoot
from sharing.vocabulary import ROTATION_NOTICE
from tests.coalition import send, work_off
from tests.hub.api.caller import Caller
from tests.sharing.distribution.ahead import SOON
from tests.sharing.distribution.turning import its_second
from tests.sharing.lookup.questions import LINE, PHONE, asked, with_questions
from tests.sharing.lookup.test_filters import numbers
from tests.walls import by_worker

pytestmark = pytest.mark.django_db(transaction=True)

TRUE, MAIL = typed(PHONE), typed("mule@scam.example")
FALSE = MAIL._replace(kind="phone")  # the digest of an e-mail address, sent as a phone


def by_hash(found: Typed) -> dict[str, Any]:
    return {"type": found.kind, "nv": 1, "digest": found.digest.hex(), **LINE}


def hits(person: User, *own: Typed) -> list[bool]:
    """As the toolkit asks: by the scheme that the hub tells, against its filter."""
    caller, path = Caller(person), f"collections/{asked()}"
    told = caller.get(f"{path}/oprf/keys").json()
    live = told["keys"][0]
    number = live["generation"]
    asking = Oblivious(number, live["public_key"], schemes_of(told)[number])
    batch = asking.blind(own)
    answer = caller.post(f"{path}/oprf/evaluate", batch.body)
    assert answer.status_code == 200, answer.content
    held = set(numbers(caller.get(f"{path}/filter").json()))
    otags = asking.otags(batch, answer.json())
    return [int.from_bytes(each[:6], "big") in held for each in otags]


@pytest.fixture
def phones_alone(coalition: Version, alice: User) -> None:
    with_questions(coalition.agreement_id, types=["phone"])
    send(alice, [by_hash(TRUE), by_hash(FALSE)])


def test_question_about_one_type_is_not_answered_for_another(
    phones_alone: None, bob: User
) -> None:
    assert hits(bob, TRUE, MAIL) == [True, False]
    assert hits(bob, FALSE) == [True], "as with tokens: it is what was claimed"


@pytest.fixture
def before(coalition: Version, alice: User, monkeypatch: pytest.MonkeyPatch) -> Version:
    """A collection whose generation began when otags did not bind the type."""
    with monkeypatch.context() as earlier:
        earlier.setattr(scheme, "OTAG_SCHEME", scheme.BARE)
        version = with_questions(coalition.agreement_id, types=["phone"])
    send(alice, [by_hash(TRUE), by_hash(FALSE)])
    return version


def streams() -> list[tuple[int, str, int]]:
    roots = GenerationRoot.objects.filter(collection=asked())
    schemes = dict(roots.values_list("number", "otag_scheme"))
    found = Generation.objects.filter(collection=asked()).order_by("number")
    return [(each.number, each.state, schemes[each.number]) for each in found]


def test_generation_of_before_is_asked_as_before(before: Version, bob: User) -> None:
    assert hits(bob, TRUE, MAIL) == [True, True]
    other = typed("+442079460951")
    assert hits(bob, other) == [False]


def test_next_generation_is_announced_and_binds_the_type(
    before: Version, bob: User
) -> None:
    by_worker(tasks.sweep)
    assert streams() == [(1, "live", 1), (2, "building", 2)]
    [generation] = turning.planned()
    assert abs(generation.effective_from - now() - ROTATION_NOTICE) < SOON
    event = AuditEvent.objects.get(verb="agreements:rotation:announce")
    assert event.subject == str(asked())
    work_off()
    assert hits(bob, TRUE, MAIL) == [True, True], "until then all is as it was"
    its_second(generation)
    assert hits(bob, TRUE, MAIL, FALSE) == [True, False, True]
    by_worker(rotation.take_over_due)
    work_off()
    assert hits(bob, TRUE, MAIL, FALSE) == [True, False, True]
    assert by_worker(renewing.announce_due) == 0
    assert streams() == [(1, "closed", 1), (2, "live", 2)]


def test_nothing_is_announced_twice_or_where_new_keys_come_anyway(
    before: Version,
) -> None:
    assert by_worker(renewing.announce_due) == 1
    assert by_worker(renewing.announce_due) == 0
    rotation.cancel(actor=SYSTEM, collection_id=asked())
    assert by_worker(renewing.announce_due) == 1, "it is still to be done"


def test_nothing_is_announced_where_no_otags_are_or_nobody_asks(
    before: Version, coalition: Version
) -> None:
    GenerationRoot.objects.exclude(collection=asked()).update(otag_scheme=1)
    with_questions(coalition.agreement_id, types=["phone"])
    Collection.objects.filter(pk=asked()).update(state=Collection.State.CLOSED)
    assert by_worker(renewing.announce_due) == 0
