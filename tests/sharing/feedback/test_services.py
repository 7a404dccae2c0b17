"""Giving feedback: on what one reads, many at once, the same again, and taken back."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from hub.lib.clock import iso, now
from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.access import scope
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.distribution.models import Release
from sharing.events.models import OutboxRow
from sharing.feedback import housekeeping, services
from sharing.feedback.models import Sighting, Verdict
from tests.cast import acting, home_of, person_in
from tests.coalition import send, work_off
from tests.sharing.feedback.telling import HOST, LINE, faults, release_of, say
from tests.sharing.lookup.questions import ASKED, with_questions
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)


def said(person: User) -> list[tuple[str, UUID]]:
    rows = stored(Verdict).filter(giver=home_of(person))
    return [(row.kind, row.release) for row in rows]


def test_last_verdict_on_a_release_takes_the_place_of_the_others(record, bob):
    say(bob, record, "helpful")
    say(bob, record, "outdated")
    assert said(bob) == [("outdated", record)]
    lines = [
        {"release": str(record), "kind": kind} for kind in ("in_review", "helpful")
    ]
    services.give(actor=acting(bob), body={"lines": lines})
    assert said(bob) == [("helpful", record)]


def test_same_again_changes_nothing_and_leaves_no_trace(record, bob):
    seen = {"count": 3, "last_seen": iso(now())}
    for expected in (1, 0):
        assert say(bob, record, "helpful", note="As is.").changed == expected
        assert say(bob, record, "blocked", **seen).changed == expected
    assert AuditEvent.objects.filter(verb="feedback:releases:give").count() == 2
    assert OutboxRow.objects.filter(kind="feedback_given").count() == 2
    assert say(bob, record, "helpful", note="Other.").changed == 1


def test_sighting_says_all_so_far_and_only_widens(record, bob):
    moment = now()
    first, last = moment - timedelta(days=3), moment - timedelta(days=1)
    say(bob, record, "seen", count=5, first_seen=iso(first), last_seen=iso(last))
    say(bob, record, "seen", count=2, first_seen=iso(last), last_seen=iso(moment))
    [row] = stored(Sighting).all()
    assert (row.count, row.first_seen, row.last_seen) == (5, first, moment)
    say(bob, record, "blocked")
    assert stored(Sighting).count() == 2


def test_line_that_cannot_be_taken_harms_no_other(record, bob):
    found = services.give(
        actor=acting(bob),
        body={
            "lines": [
                {"release": str(record), "kind": "no such"},
                {"release": "no id", "kind": "seen"},
                {"release": str(uuid4()), "kind": "seen"},
                {"release": str(record), "kind": "helpful", "count": 2},
                {"release": str(record), "kind": "seen", "note": "x"},
                {"release": str(record), "kind": "seen", "value": "x"},
                {"release": str(record), "kind": "seen", "count": 0},
                {"release": str(record), "kind": "seen", "last_seen": "2090-01-01"},
                {"release": str(record), "kind": "helpful", "note": "x" * 501},
                "nothing",
                {"release": str(record), "kind": "seen"},
            ]
        },
    )
    assert faults(found) == [
        *("unknown-word", "bad-id", "unknown-release", "not-of-verdicts"),
        *("not-of-sightings", "unknown-field", "bad-number", "bad-time"),
        *("too-long", "not-an-object", None),
    ]
    assert (found.given, found.changed) == (1, 1)


@pytest.mark.parametrize("body", [[], {}, {"lines": []}, {"lines": [], "more": 1}])
def test_request_that_is_none_is_refused_whole(record, bob, body):
    with pytest.raises(Invalid):
        services.give(actor=acting(bob), body=body)


def test_what_one_may_not_read_is_as_what_never_was(record, carol, dana, bob, alice):
    for stranger in (carol, dana):
        found = [say(stranger, pk, "seen").lines[0] for pk in (record, uuid4())]
        told = {(x.fault.code, x.fault.sentence) for x in found if x.fault}
        assert {code for code, _ in told} == {"unknown-release"}
        assert len(told) == 1
        assert said(stranger) == []
    send(alice, [{"op": "withdraw", "value": HOST}])
    assert faults(say(bob, record, "seen")) == ["unknown-release"]


def test_nothing_is_said_about_own_claims(record, alice):
    assert faults(say(alice, record, "helpful")) == ["own-release"]


def test_nothing_is_said_where_one_can_only_ask(coalition, alice, bob):
    with_questions(coalition.agreement_id)
    send(alice, [LINE])
    assert faults(say(bob, release_of(alice, ASKED), "seen")) == ["unknown-release"]


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.AUDITOR])
def test_role_without_the_right_gives_nothing(record, harbour, role):
    other = person_in(harbour, "other", role)
    with pytest.raises(Forbidden):
        say(other, record, "helpful")
    with pytest.raises(Forbidden):
        services.take_back(actor=acting(other), release_id=record)


def test_many_cost_as_many_statements_as_one(coalition, alice, bob):
    send(alice, [{**LINE, "value": f"h{n}.scam.example"} for n in range(30)])
    rows = stored(Release).filter(generation__collection__title="Fraud prevention")
    pks = [row.public_id for row in rows.filter(owner=home_of(alice))]
    assert len(pks) > 20
    lines = [
        {"release": str(pk), "kind": kind} for pk in pks for kind in ("helpful", "seen")
    ]
    counts = []
    for some in (lines[:2], lines[2:]):
        with CaptureQueriesContext(connection) as asked:
            services.give(actor=acting(bob), body={"lines": some})
        counts.append(len(asked))
    assert counts[1] <= counts[0]
    assert stored(Verdict).count() == stored(Sighting).count() == len(pks)


def test_log_of_both_sides_tells_counts_and_no_value(record, alice, bob):
    say(bob, record, "helpful", note="call +44 20")
    say(bob, record, "seen")
    work_off()
    given = AuditEvent.objects.filter(verb="feedback:releases:give")
    assert [each.detail for each in given.order_by("pk")] == [
        {"verdicts": 1, "sightings": 0},
        {"verdicts": 0, "sightings": 1},
    ]
    received = AuditEvent.objects.filter(verb="feedback:claims:receive")
    assert {each.organization_id for each in received} == {home_of(alice).pk}
    assert "call" not in str([each.detail for each in AuditEvent.objects.all()])
    assert b"call" not in bytes(stored(Verdict).get().note_sealed or b"")


def test_own_words_can_be_taken_back_by_kind_or_all(record, bob, frank):
    say(bob, record, "helpful")
    say(bob, record, "seen")
    say(frank, record, "outdated")
    assert services.take_back(actor=acting(bob), release_id=record, kind="seen") == 1
    assert services.take_back(actor=acting(bob), release_id=record) == 1
    with pytest.raises(NotFound):
        services.take_back(actor=acting(bob), release_id=record)
    assert said(frank) == [("outdated", record)]


def test_words_about_what_was_swept_are_forgotten(record, bob, alice):
    say(bob, record, "helpful")
    say(bob, record, "seen")
    assert by_worker(housekeeping.forget_what_is_gone) == 0
    stored(Release).filter(owner=home_of(alice)).delete()
    assert by_worker(housekeeping.forget_what_is_gone) == 2


def test_note_is_not_longer_than_allowed(record, bob):
    note = "x" * v.FEEDBACK_NOTE
    assert faults(say(bob, record, "helpful", note=note)) == [None]


# --- the wall in the database -----------------------------------------------------


def test_database_takes_no_word_in_the_name_or_about_the_claim_of_another(
    record, bob, frank, carol, alice
):
    say(bob, record, "helpful")
    row = stored(Verdict).get()
    for person, change in (
        (frank, {}),  # in Bob's name
        (carol, {"giver": home_of(carol)}),  # reads nothing
        (bob, {"release": uuid4()}),
        (bob, {"indicator": uuid4()}),
        (bob, {"owner": home_of(frank)}),
        (alice, {"giver": home_of(alice)}),  # about her own
    ):
        copy = stored(Verdict).get()
        copy.pk = None
        for name, value in change.items():
            setattr(copy, name, value)
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            scope(home_of(person).pk),
        ):
            copy.save(force_insert=True)
    assert stored(Verdict).get().pk == row.pk


@pytest.mark.parametrize(
    ("shared", "seeing"),
    [(False, {"alice", "bob"}), (True, {"alice", "bob", "frank"})],
)
def test_database_shows_words_to_both_sides_and_to_readers_if_that_was_promised(
    record, alice, bob, frank, dana, carol, shared, seeing
):
    say(bob, record, "helpful")
    say(bob, record, "seen")
    people = {"alice": alice, "bob": bob, "frank": frank, "dana": dana, "carol": carol}
    for table in (Verdict, Sighting):
        stored(table).update(shared=shared)
        found = set()
        for name, person in people.items():
            with scope(home_of(person).pk):
                if table.objects.exists():
                    found.add(name)
        assert found == seeing
