"""Joining a text in force that is open to it, by signing the same text."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import Permission, require, visible
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import lifecycle, selectors, services
from sharing.agreements.accession import invite_to_accede, withdraw_invitation
from sharing.agreements.models import Agreement, Collection, Generation, Party, Version
from sharing.events.models import OutboxRow
from tests.cast import acting, organization, person_in
from tests.sharing.agreements.conftest import Enact, clause, text

Signers = dict[str, User]
ALL = clause(**{"from": "all parties", "to": "all parties"})


def invite(person: User, version: Version, slug: str = "northline", **how: Any) -> None:
    invite_to_accede(
        actor=acting(person), agreement_id=version.agreement_id, slug=slug, **how
    )


def sign(person: User, version: Version, sha256: str | None = None) -> None:
    services.sign(actor=acting(person), version_id=version.pk, text_sha256=sha256)


def reads(slug: str) -> bool:
    pk = Collection.objects.get().pk
    return selectors.grant_now(organization(slug).pk, pk) is not None


@pytest.fixture
def open_text(enact: Enact) -> Version:
    return enact(ALL, open_to_accession=True)


def test_joiner_signs_the_same_text_and_reads_the_same_stream(
    open_text: Version, erin: User, carol: User, carol_signs: User
) -> None:
    invite(erin, open_text)
    assert visible(acting(carol), Agreement).exists()
    assert not reads("northline")
    with pytest.raises(Conflict):
        sign(carol_signs, open_text, "0" * 64)
    before = OutboxRow.objects.count()
    sign(carol_signs, open_text, open_text.text_sha256)
    assert reads("northline")
    assert reads("harbour")
    assert Generation.objects.count() == 1
    (found,) = selectors.active_clauses(organization("northline").pk)
    assert found.version_id == open_text.pk
    for permission in (Permission.CONTRIBUTE_COLLECTION, Permission.KEYS_COLLECTION):
        require(acting(carol), permission, Collection, found.collection_id)
    new = OutboxRow.objects.order_by("id")[before:]
    assert [row.kind for row in new] == ["version_activated"]
    verbs = AuditEvent.objects.values_list("verb", flat=True)
    assert {Verb.PARTY_INVITE, Verb.PARTY_ACCEDE} <= set(verbs)
    signature = open_text.signatures.get(organization=organization("northline"))
    assert signature.text_sha256 == open_text.text_sha256


def test_manager_of_a_party_invites_and_nobody_else(
    open_text: Version, signers: Signers, carol: User, carol_signs: User
) -> None:
    with pytest.raises(Forbidden):
        invite(signers["meadow"], open_text)
    with pytest.raises(NotFound):
        invite(carol, open_text)
    invite(person_in(organization("meadow"), "mia"), open_text)
    with pytest.raises(Forbidden):
        invite(carol, open_text, "northline")  # named, but it has not signed
    sign(carol_signs, open_text)
    assert reads("northline")


def test_text_that_does_not_say_so_is_closed(
    enact: Enact, erin: User, carol_signs: User
) -> None:
    version = enact(ALL)
    with pytest.raises(Conflict):
        invite(erin, version)
    northline = organization("northline")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(version=version, organization=northline, acceding=True)


def test_only_staff_learn_that_an_organization_is_named_already(
    enact: Enact, erin: User
) -> None:
    parties = ["meadow", "sentry", "harbour", {"slug": "liaison", "hidden": True}]
    version = enact(ALL, parties=parties, open_to_accession=True)
    mia = person_in(organization("meadow"), "mia")
    invite(mia, version, "liaison")
    with pytest.raises(Conflict):
        invite(erin, version, "liaison")
    with pytest.raises(Invalid):
        invite(mia, version, "nobody")
    assert version.parties.count() == 4


def test_hidden_joiner_is_hidden(
    open_text: Version, erin: User, carol_signs: User
) -> None:
    invite(erin, open_text, hidden=True)
    sign(carol_signs, open_text)
    assert open_text.parties.get(organization__slug="northline").hidden


def test_nobody_accedes_to_what_is_over_or_after_leaving(
    open_text: Version, erin: User, signers: Signers, carol_signs: User
) -> None:
    invite(erin, open_text)
    leaver, agreement = signers["harbour"], open_text.agreement_id
    lifecycle.leave(actor=acting(leaver), agreement_id=agreement, reason="We go.")
    with pytest.raises(Conflict):
        invite(erin, open_text, "harbour")
    with pytest.raises(NotFound):
        sign(leaver, open_text)
    lifecycle.terminate(actor=acting(erin), agreement_id=agreement, reason="Over.")
    with pytest.raises(Conflict):
        sign(carol_signs, open_text)


def test_joiner_makes_a_clause_work_that_lacked_contributors(
    enact: Enact, erin: User, carol_signs: User
) -> None:
    hidden = clause(
        **{"from": [{"kind": "platform"}, {"kind": "bank"}, {"kind": "telecom"}]},
        originator="hidden",
    )
    version = enact(hidden, open_to_accession=True)
    assert not reads("harbour")
    invite(erin, version)
    sign(carol_signs, version)
    assert reads("harbour")


def test_silence_and_no_about_accession_are_one_text(
    signers: Signers, erin: User
) -> None:
    actor = acting(erin)
    said = [
        services.draft(actor=actor, text=text(**parts)).text_sha256
        for parts in ({}, {"open_to_accession": False}, {"open_to_accession": True})
    ]
    assert said[0] == said[1] != said[2]
    with pytest.raises(Invalid):
        services.draft(actor=actor, text=text(open_to_accession="perhaps"))


def withdraw(person: User, version: Version, slug: str = "northline") -> None:
    withdraw_invitation(
        actor=acting(person), agreement_id=version.agreement_id, slug=slug
    )


def test_withdrawn_invitation_signs_and_shows_nothing(
    open_text: Version, erin: User, carol: User, carol_signs: User
) -> None:
    invite(erin, open_text)
    withdraw(erin, open_text)
    assert not visible(acting(carol), Agreement).exists()
    with pytest.raises(NotFound):
        sign(carol_signs, open_text)
    event = AuditEvent.objects.get(verb=Verb.INVITATION_REVOKE)
    assert event.user_id == erin.pk
    with pytest.raises(NotFound):
        withdraw(erin, open_text)
    invite(erin, open_text)
    sign(carol_signs, open_text)
    assert reads("northline")


def test_invitation_is_withdrawn_by_whoever_may_invite(
    open_text: Version, erin: User, signers: Signers, carol: User
) -> None:
    invite(erin, open_text)
    with pytest.raises(Forbidden):
        withdraw(signers["meadow"], open_text)
    with pytest.raises(Forbidden):
        withdraw(carol, open_text)
    withdraw(person_in(organization("meadow"), "mia"), open_text)
    assert not Party.objects.filter(acceding=True).exists()


def test_invitation_that_is_hidden_from_a_party_is_not_there_for_it(
    open_text: Version, erin: User, carol: User
) -> None:
    invite(erin, open_text, hidden=True)
    mia = person_in(organization("meadow"), "mia")
    with pytest.raises(NotFound):
        withdraw(mia, open_text)
    withdraw(erin, open_text)


def test_party_that_signed_is_no_invitation_any_more(
    open_text: Version, erin: User, carol_signs: User
) -> None:
    invite(erin, open_text)
    sign(carol_signs, open_text)
    for slug in ("northline", "harbour"):
        with pytest.raises(NotFound):
            withdraw(erin, open_text, slug)
        joined = open_text.parties.filter(organization__slug=slug)
        with pytest.raises(IntegrityError), transaction.atomic():
            joined.delete()


def test_agreement_stays_in_sight_when_a_proposed_version_names_it_too(
    open_text: Version, propose: Enact, erin: User, carol: User
) -> None:
    invite(erin, open_text)
    propose(ALL, parties=["meadow", "sentry", "harbour", "liaison", "northline"])
    withdraw(erin, open_text)
    assert visible(acting(carol), Agreement).exists()
