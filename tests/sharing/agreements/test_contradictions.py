"""Signed texts that cannot both be: one takes effect, the other gives way once."""

from datetime import timedelta

import pytest
import time_machine

from hub.lib.clock import iso, now
from hub.lib.errors import Conflict
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import activation, due, services
from sharing.agreements.models import Agreement, Version
from sharing.events.models import OutboxRow
from tests.cast import acting
from tests.sharing.agreements.conftest import SIGNING, Enact, clause

Signers = dict[str, User]
LATER = timedelta(days=2)


def sign_all(version: Version, signers: Signers) -> None:
    for slug in SIGNING:
        services.sign(actor=acting(signers[slug]), version_id=version.pk)


def state(version: Version) -> str:
    return Version.objects.get(pk=version.pk).state


def superseded() -> int:
    return AuditEvent.objects.filter(verb=Verb.AGREEMENT_SUPERSEDE).count()


def test_signed_text_gives_way_when_its_collection_was_closed(
    enact: Enact, propose: Enact, signers: Signers
) -> None:
    enact(clause(), clause("Second"))
    drops = propose(clause(continues="Fraud"))
    goes_on = propose(
        clause(continues="Fraud"),
        clause("Second", continues="Second"),
        effective_from=iso(now() + LATER),
    )
    sign_all(goes_on, signers)
    assert state(goes_on) == Version.State.PROPOSED
    sign_all(drops, signers)
    assert state(drops) == Version.State.ACTIVE
    assert state(goes_on) == Version.State.SUPERSEDED
    assert superseded() == 1
    with time_machine.travel(now() + 2 * LATER):
        assert due.activate_due(actor=SYSTEM) == 0
    assert Agreement.objects.get().active_version == drops


def test_text_is_not_signed_any_more_when_its_collection_was_closed(
    enact: Enact, propose: Enact, signers: Signers
) -> None:
    enact(clause(), clause("Second"))
    drops = propose(clause(continues="Fraud"))
    goes_on = propose(clause(continues="Fraud"), clause("Second", continues="Second"))
    sign_all(drops, signers)
    with pytest.raises(Conflict, match="closed meanwhile"):
        services.sign(actor=acting(signers["meadow"]), version_id=goes_on.pk)
    assert state(goes_on) == Version.State.PROPOSED, "it can be drafted anew"


def test_version_that_cannot_take_effect_is_refused_once(
    enact: Enact, propose: Enact, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    enact()
    version = propose(clause(continues="Fraud"), effective_from=iso(now() + LATER))
    sign_all(version, signers)
    tries = []

    def conflict(*_: object, **__: object) -> None:
        tries.append(1)
        raise Conflict("It cannot be.")

    monkeypatch.setattr(activation, "activate", conflict)
    with time_machine.travel(now() + 2 * LATER):
        for _ in range(3):
            assert due.activate_due(actor=SYSTEM) == 0
    assert (state(version), len(tries), superseded()) == ("superseded", 1, 1)


def test_dropped_clause_is_told_to_its_stream(enact: Enact) -> None:
    enact(clause(), clause("Second"))
    assert not OutboxRow.objects.filter(kind="collection_closed").exists()
    enact(clause(continues="Fraud"))
    row = OutboxRow.objects.get(kind="collection_closed")
    closed = Agreement.objects.get().collection_set.get(title="Second")
    assert row.payload == {"collection": str(closed.pk)}
