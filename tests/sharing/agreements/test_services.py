"""The life of a Version: who may do what, when, and what it makes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from hub.lib.canonical import canonical_hash
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import Permission, require, visible
from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import due, services
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Grant,
    Signature,
    StreamHead,
    Version,
)
from sharing.events.models import OutboxRow
from tests.cast import acting, organization, person_in
from tests.sharing.agreements.conftest import Enact, clause, text

Signers = dict[str, User]


def sign(signers: Signers, slug: str, version: Version, **said: Any) -> Signature:
    return services.sign(actor=acting(signers[slug]), version_id=version.pk, **said)


def readers(title: str = "Fraud") -> set[str]:
    open_ = Grant.objects.filter(collection__title=title, valid_until__isnull=True)
    return set(open_.values_list("recipient__slug", flat=True))


def numbers(title: str = "Fraud") -> list[tuple[int, str]]:
    found = Generation.objects.filter(collection__title=title).order_by("number")
    return list(found.values_list("number", "state"))


def test_draft_stores_one_canonical_text_and_its_hash(signers: Signers) -> None:
    version = services.draft(actor=SYSTEM, text=text(title="  Coalition "))
    assert version.text_sha256 == canonical_hash(version.text)
    assert version.text["title"] == "Coalition"
    assert version.text["effective_from"] == "2025-01-01T00:00:00.000000Z"
    assert version.text["parties"][0] == {"slug": "harbour", "hidden": False}
    assert version.clauses.get().terms["types"] == "all"
    assert AuditEvent.objects.filter(verb=Verb.AGREEMENT_DRAFT).count() == 1


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown-key"),
        ({"title": ""}, "title", "missing"),
        ({"title": "!?"}, "title", "bad-title"),
        ({"parties": ["meadow"]}, "parties", "bad-parties"),
        ({"parties": ["meadow", "meadow"]}, "parties", "twice"),
        ({"parties": ["meadow", {"slug": "sentry", "x": 1}]}, "parties.1", "bad-party"),
        ({"parties": ["meadow", "sentry", "ghost"]}, "parties", "unknown"),
        ({"clauses": []}, "clauses", "missing"),
        ({"clauses": ["all"]}, "clauses.0", "not-terms"),
        ({"clauses": [clause(colour="red")]}, "clauses.0.colour", "unknown-key"),
        ({"clauses": [clause(types=["fax"])]}, "clauses.0.types.0", "unknown-word"),
        ({"clauses": [clause(to=["carol"])]}, "clauses.0.to", "not-a-party"),
        ({"clauses": [clause(to=[{"kind": "bakery"}])]}, "clauses.0.to", "bad-kind"),
        ({"clauses": [clause(), clause()]}, "clauses.name", "twice"),
        (
            {"clauses": [clause(continues="Fraud")]},
            "clauses.0.continues",
            "bad-collection",
        ),
        ({"effective_from": "soon"}, "effective_from", "bad-time"),
        ({"effective_from": "2026-01-01T10:00:00"}, "effective_from", "bad-time"),
        ({"effective_until": "2024-01-01"}, "effective_until", "bad-time"),
    ],
)
def test_draft_names_the_field_when_the_text_is_wrong(
    signers: Signers, said: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.draft(actor=SYSTEM, text=text(**said))
    faults = {(fault["field"], fault["code"]) for fault in refused.value.errors}
    assert (field, code) in faults
    assert not Agreement.objects.exists()


def test_draft_takes_a_manager_of_a_party_and_nobody_else(signers: Signers) -> None:
    alice = person_in(organization("meadow"), "alice")
    carol = person_in(organization("northline"), "carol")
    version = services.draft(actor=acting(alice), text=text())
    proposed = services.propose(actor=acting(alice), version_id=version.pk)
    assert proposed.state == Version.State.PROPOSED
    for person in (carol, signers["meadow"]):
        with pytest.raises(Forbidden):
            services.draft(actor=acting(person), text=text())


def test_version_is_unseen_by_strangers(signers: Signers, propose: Enact) -> None:
    version = propose()
    carol = person_in(organization("northline"), "carol", Role.SIGNATORY)
    with pytest.raises(NotFound):
        services.sign(actor=acting(carol), version_id=version.pk)
    with pytest.raises(NotFound):
        services.sign(actor=acting(carol), version_id=UUID(int=1))
    assert not visible(acting(carol), Agreement).exists()


def test_draft_is_unseen_by_its_parties_until_it_is_proposed(signers: Signers) -> None:
    version = services.draft(actor=SYSTEM, text=text())
    with pytest.raises(NotFound):
        sign(signers, "meadow", version)


def test_sign_records_who_and_which_text(signers: Signers, propose: Enact) -> None:
    version = propose()
    signature = sign(signers, "meadow", version, text_sha256=version.text_sha256)
    assert signature.organization.slug == "meadow"
    assert signature.user == signers["meadow"]
    assert signature.text_sha256 == version.text_sha256
    event = AuditEvent.objects.get(verb=Verb.AGREEMENT_SIGN)
    assert event.organization_id == signature.organization_id


def test_sign_refuses_everybody_but_a_signatory(
    signers: Signers, propose: Enact
) -> None:
    version = propose()
    for role in (Role.MANAGER, Role.AUDITOR):
        person = person_in(organization("meadow"), f"some-{role}", role)
        with pytest.raises(Forbidden):
            services.sign(actor=acting(person), version_id=version.pk)
    with pytest.raises(NotFound):
        services.sign(actor=SYSTEM, version_id=version.pk)


def test_sign_refuses_a_second_signature(signers: Signers, propose: Enact) -> None:
    version = propose()
    sign(signers, "meadow", version)
    with pytest.raises(Conflict):
        sign(signers, "meadow", version)


def test_sign_refuses_when_the_text_is_not_the_one_that_was_read(
    signers: Signers, propose: Enact
) -> None:
    with pytest.raises(Conflict):
        sign(signers, "meadow", propose(), text_sha256="0" * 64)


@pytest.mark.parametrize("what", ["text", "terms"])
def test_sign_refuses_when_the_stored_text_was_tampered_with(
    signers: Signers, propose: Enact, what: str
) -> None:
    version = propose()
    if what == "text":
        Version.objects.update(text={**version.text, "title": "Other"})
    else:
        Clause.objects.update(terms={"types": "all"})
    with pytest.raises(Conflict):
        sign(signers, "meadow", version)


def test_redraft_changes_a_text_until_somebody_signed(
    signers: Signers, propose: Enact
) -> None:
    version = propose()
    changed = services.redraft(
        actor=SYSTEM, version_id=version.pk, text=text(clause(min_confidence=99))
    )
    assert changed.state == Version.State.DRAFT
    assert changed.text_sha256 != version.text_sha256
    services.propose(actor=SYSTEM, version_id=version.pk)
    sign(signers, "meadow", version)
    with pytest.raises(Conflict):
        services.redraft(actor=SYSTEM, version_id=version.pk, text=text())


def test_redraft_hides_the_agreement_from_parties_that_it_drops(
    signers: Signers, propose: Enact
) -> None:
    version = propose()
    manager = acting(signers["liaison"])
    assert visible(manager, Agreement).exists()
    fewer = text(parties=["meadow", "sentry", "harbour"])
    services.redraft(actor=SYSTEM, version_id=version.pk, text=fewer)
    assert not visible(manager, Agreement).exists()


def test_nothing_is_in_force_until_the_last_party_signed(
    signers: Signers, propose: Enact
) -> None:
    version = propose()
    for slug in ("meadow", "sentry", "harbour"):
        sign(signers, slug, version)
    version.refresh_from_db()
    assert version.state == Version.State.PROPOSED
    assert not Collection.objects.exists()
    sign(signers, "liaison", version)
    version.refresh_from_db()
    assert version.state == Version.State.ACTIVE
    assert version.agreement.state == Agreement.State.ACTIVE
    assert version.agreement.active_version == version


def test_activation_makes_stream_grants_and_says_so(enact: Enact) -> None:
    version = enact()
    collection = Collection.objects.get()
    assert version.clauses.get().collection == collection
    generation = Generation.objects.get()
    assert (generation.number, generation.state) == (1, Generation.State.LIVE)
    assert StreamHead.objects.get(generation=generation).next_seq == 1
    assert readers() == {"harbour"}
    row = OutboxRow.objects.get(kind="version_activated")
    assert row.payload == {"version": str(version.pk)}
    assert AuditEvent.objects.filter(verb=Verb.AGREEMENT_ACTIVATE).count() == 1


def test_activation_gives_each_role_just_its_permissions(enact: Enact) -> None:
    enact()
    collection = Collection.objects.get()
    people = {
        (slug, role): acting(person_in(organization(slug), f"{slug}-{role}-2", role))
        for slug in ("meadow", "harbour")
        for role in Role
    }

    def may(slug: str, role: Role, permission: Permission, obj: Any) -> bool:
        try:
            require(people[slug, role], permission, type(obj), obj.pk)
        except (NotFound, Forbidden):
            return False
        return True

    holders = {
        permission: {key for key in people if may(*key, permission, obj)}
        for permission, obj in (
            (Permission.VIEW_COLLECTION, collection),
            (Permission.KEYS_COLLECTION, collection),
            (Permission.SIGN_AGREEMENT, collection.agreement),
            (Permission.VIEW_AGREEMENT, collection.agreement),
        )
    }
    both = ("meadow", "harbour")
    assert holders == {
        Permission.VIEW_COLLECTION: {
            ("harbour", Role.ANALYST),
            ("harbour", Role.MANAGER),
        },
        Permission.KEYS_COLLECTION: {("harbour", Role.MANAGER)},
        Permission.SIGN_AGREEMENT: {(slug, Role.SIGNATORY) for slug in both},
        Permission.VIEW_AGREEMENT: {
            (slug, role) for slug in both for role in Role if role != Role.ANALYST
        },
    }


def test_void_clause_makes_a_stream_that_nobody_reads(enact: Enact) -> None:
    enact(clause(to=[{"kind": "regulator"}]))
    assert not Grant.objects.exists()
    assert numbers() == [(1, "live")]


def test_version_waits_when_its_time_has_not_come(enact: Enact) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    version = enact(effective_from=later.isoformat())
    assert version.state == Version.State.PROPOSED
    assert due.activate_due(actor=SYSTEM) == 0
    with time_machine.travel(later + timedelta(seconds=1)):
        assert due.activate_due(actor=SYSTEM) == 1
    version.refresh_from_db()
    assert version.state == Version.State.ACTIVE


def test_embargo_is_announced_for_the_time_when_it_ends(enact: Enact) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    enact(clause(embargo_until=end.isoformat()))
    rows = OutboxRow.objects.filter(kind="version_activated").order_by("not_before")
    assert [row.not_before == end for row in rows] == [False, True]


def test_widening_goes_on_in_the_same_generation(enact: Enact) -> None:
    enact()
    enact(clause(continues="Fraud", min_confidence=0))
    assert numbers() == [(1, "live")]
    states = Version.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["superseded", "active"]


def test_narrowing_begins_the_next_generation(enact: Enact) -> None:
    enact()
    version = enact(clause(continues="Fraud", min_confidence=90))
    assert numbers() == [(1, "closed"), (2, "live")]
    assert readers() == {"harbour"}
    assert Grant.objects.get().clause.version == version


def test_renamed_clause_keeps_its_collection(enact: Enact) -> None:
    enact()
    before = Collection.objects.get()
    enact(clause("Scams", continues=str(before.pk)))
    after = Collection.objects.get()
    assert (after.pk, after.title) == (before.pk, "Scams")


def test_dropped_clause_closes_its_collection_and_ends_its_grants(enact: Enact) -> None:
    enact(clause(), clause("Second"))
    enact(clause(continues="Fraud"))
    closed = Collection.objects.get(title="Second")
    assert closed.state == Collection.State.CLOSED
    assert numbers("Second") == [(1, "closed")]
    ended = Grant.objects.get(collection=closed)
    assert ended.valid_until is not None
    assert "version 2” has no such clause" in ended.reason
    assert ended.purge_by == ended.valid_until + timedelta(hours=72)
    assert readers("Fraud") == {"harbour"}


def test_lost_party_loses_its_grant_and_its_sight(
    enact: Enact, signers: Signers
) -> None:
    enact(clause(to="all parties"))
    reader = acting(person_in(organization("sentry"), "frank"))
    assert visible(reader, Collection).exists()
    enact(
        clause(to="all parties", continues="Fraud", **{"from": ["meadow"]}),
        parties=["meadow", "harbour"],
    )
    assert readers() == {"meadow", "harbour"}
    ended = Grant.objects.get(recipient__slug="sentry")
    assert "does not name it any more" in ended.reason
    assert ended.purge_by is not None
    assert not visible(reader, Collection).exists()
    assert not visible(reader, Agreement).exists()


def test_recipient_that_comes_back_gets_a_new_grant(enact: Enact) -> None:
    enact(clause(to=["harbour", "meadow"]))
    first = Grant.objects.get(recipient__slug="meadow").valid_from
    enact(clause(to=["harbour"], continues="Fraud"))
    assert (
        "not among its recipients" in Grant.objects.get(recipient__slug="meadow").reason
    )
    enact(clause(to=["harbour", "meadow"], continues="Fraud"))
    again = Grant.objects.get(recipient__slug="meadow")
    assert again.valid_until is None
    assert again.reason == ""
    assert again.valid_from > first
    assert numbers() == [(1, "live")]


def test_to_or_from_query_is_always_a_new_collection(enact: Enact) -> None:
    enact()
    with pytest.raises(Invalid):
        enact(clause(continues="Fraud", disclosure="query"))


def test_one_collection_is_continued_once(enact: Enact) -> None:
    enact()
    pk = str(Collection.objects.get().pk)
    with pytest.raises(Invalid):
        enact(clause(continues="Fraud"), clause("Second", continues=pk))


def test_older_proposal_gives_way_when_a_newer_version_is_in_force(
    enact: Enact, propose: Enact, signers: Signers
) -> None:
    enact()
    older = propose(clause(continues="Fraud", min_confidence=70))
    enact(clause(continues="Fraud", min_confidence=80))
    with pytest.raises(Conflict):
        sign(signers, "meadow", older)
    older.refresh_from_db()
    assert older.state == Version.State.SUPERSEDED
