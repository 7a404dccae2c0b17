"""What a reader must be told of, whatever time and others do while a stream is rebuilt."""

from datetime import timedelta

import pytest

from hub.lib.clock import iso, now
from hub.lib.errors import Gone
from hub.lib.paging import Cursor
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from orgs.members.models import Membership
from sharing.agreements import lifecycle
from sharing.agreements import services as agreements
from sharing.agreements.models import Agreement, Generation, Version
from sharing.distribution import housekeeping
from sharing.distribution.models import Release
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from tests.cast import acting, home_of
from tests.coalition import pulled, send, work_off
from tests.sharing.distribution.ahead import (
    AHEAD,
    FRAUD,
    STRONG,
    WEAK,
    Ahead,
    claims,
    its_time,
    kinds,
    of,
    rows,
    standing,
    take_effect,
)
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_the_last_unsigned_party_announces_by_leaving_is_built_ahead(
    coalition: Version, alice: User, bob: User, frank: User, frank_signs: User
) -> None:
    send(alice, claims(STRONG))
    version = amended(
        coalition.agreement_id,
        {FRAUD: {"min_confidence": 50}},
        effective_from=iso(now() + AHEAD),
    )
    for party in version.parties.exclude(organization=home_of(frank)):
        member = Membership.objects.get(
            organization=party.organization, role=Role.SIGNATORY
        )
        agreements.sign(actor=acting(member.user), version_id=version.pk)
    work_off()
    lifecycle.leave(
        actor=acting(frank_signs), agreement_id=coalition.agreement_id, reason="We go."
    )
    late = OutboxRow.objects.filter(kind=Kind.VERSION_ANNOUNCED, done_at=None)
    assert late.update(not_before=now() + AHEAD) == 1
    work_off()
    late.update(not_before=now())
    work_off()
    assert Agreement.objects.get().next_version == version
    assert (rows(1), rows(2)) == (1, 1)
    its_time(version)
    take_effect()
    assert kinds(pulled(bob, FRAUD)).count("release") == 1


def test_release_keeps_its_id_when_only_what_is_announced_had_it_first(
    ahead: Ahead, coalition: Version, alice: User, bob: User
) -> None:
    enacted(amended(coalition.agreement_id, {FRAUD: {"min_confidence": 50}}))
    version = ahead({"min_confidence": 0, "retention_days": 5})
    send(alice, claims(WEAK, confidence=40))
    assert (rows(2), rows(3)) == (0, 1)
    send(alice, claims(WEAK, confidence=90))
    old = pulled(bob, FRAUD)
    its_time(version)
    take_effect()
    assert standing(pulled(bob, FRAUD)).keys() == standing(old).keys()


def test_tombstone_that_is_still_to_be_carried_outlives_its_retention(
    coalition: Version, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG, "other.example"))
    old = pulled(bob, FRAUD)
    first = stored(Release).filter(generation=of(FRAUD, 1)).first()
    assert first is not None
    stored(Release).filter(pk=first.pk).update(retain_until=now())
    terms = {FRAUD: {"min_confidence": 50}}
    enacted(amended(coalition.agreement_id, terms), work=False)
    by_worker(housekeeping.empty_closed)
    work_off()
    assert standing(pulled(bob, FRAUD, Cursor(1, 2))).keys() == standing(old).keys()
    assert standing(pulled(bob, FRAUD))[str(first.public_id)] == "tombstone"
    by_worker(housekeeping.empty_closed)
    assert not stored(Release).filter(pk=first.pk).exists()


def test_cursor_of_an_older_generation_starts_again_when_its_tombstones_were_swept(
    coalition: Version, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG, "other.example"))
    send(alice, [{"op": "withdraw", "value": STRONG}])
    later = now() + timedelta(days=91)
    by_worker(housekeeping.sweep_tombstones, later)
    enacted(amended(coalition.agreement_id, {FRAUD: {"min_confidence": 50}}))
    assert kinds(pulled(bob, FRAUD, Cursor(1, 3))).count("release") == 1
    with pytest.raises(Gone):
        pulled(bob, FRAUD, Cursor(1, 1))


def test_cursor_of_an_older_generation_starts_again_when_the_next_is_older_than_tombstones(
    coalition: Version, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    enacted(amended(coalition.agreement_id, {FRAUD: {"min_confidence": 50}}))
    assert kinds(pulled(bob, FRAUD, Cursor(1, 1))).count("release") == 1
    generation = Generation.objects.filter(pk=of(FRAUD, 2).pk)
    generation.update(effective_from=now() - timedelta(days=91))
    with pytest.raises(Gone):
        pulled(bob, FRAUD, Cursor(1, 1))
    assert kinds(pulled(bob, FRAUD)).count("release") == 1
