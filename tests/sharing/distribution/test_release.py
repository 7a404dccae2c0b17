"""From a submission to what each partner is served, and only that."""

import hashlib
import hmac
import json
import uuid

import pytest
from django.db import DatabaseError, transaction

from hub.lib.errors import Forbidden, NotFound
from hub.lib.paging import Cursor
from orgs.access import scope
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Collection, StreamHead
from sharing.distribution import control, selectors
from sharing.distribution.models import ControlRecord, Release, ReleaseBatch
from sharing.distribution.release import release_claims
from sharing.feeds import selectors as feeds
from sharing.indicators.models import Indicator
from sharing.intake.models import LineProblem
from sharing.tokens import scheme
from tests.cast import acting
from tests.coalition import collection, pulled, send, work_off
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
HOST = "login-harbour.scam.example"


def test_bank_finds_its_value_by_token_and_sees_no_value(coalition, alice, bob):
    send(alice, [{"value": HOST, "scam_type": "phishing", "confidence": 80}])
    (record,) = pulled(bob, FRAUD)
    assert HOST not in json.dumps(record)
    (key,) = feeds.keys(acting(bob), collection(FRAUD))
    d = scheme.digest("domain", 1, HOST)
    secret = bytes.fromhex(key.key)
    message = b"accord/v1/token\0" + b"\x00\x06domain" + d
    token = hmac.digest(secret, message, hashlib.sha256).hex()
    assert record["token"] == f"1:{token}"
    assert (record["kind"], record["seq"], record["cursor"]) == ("release", 1, "1.1")
    assert (record["scam_type"], record["confidence"]) == ("phishing", 80)
    assert record["originator"]["name"] == "Meadow Social"


def test_police_get_the_value_under_their_own_clause(coalition, alice, dana):
    send(alice, [{"value": HOST, "confidence": 80, "note": "seen in chats"}])
    (record,) = pulled(dana, POLICE)
    assert record["value"] == HOST
    assert "note" not in record


@pytest.mark.parametrize("person", ["carol", "dana"])
def test_stranger_gets_nothing(coalition, alice, person, request):
    send(alice, [HOST])
    stranger = request.getfixturevalue(person)
    with pytest.raises(NotFound):
        pulled(stranger, FRAUD)
    with pytest.raises(NotFound):
        feeds.keys(acting(stranger), collection(FRAUD))


def test_claim_stays_where_the_clause_does_not_permit_it(coalition, alice, bob, dana):
    send(
        alice,
        [
            {"value": "a.scam.example", "tlp": "red"},
            {"value": "b.scam.example", "confidence": 10},
            {"value": "c.scam.example", "role": "victim"},
        ],
    )
    assert stored(Indicator).count() == 3
    assert (pulled(bob, FRAUD), pulled(dana, POLICE)) == ([], [])


def test_audience_keeps_a_claim_out_of_other_collections(coalition, alice, bob, dana):
    send(alice, [{"value": HOST, "audience": [str(collection(POLICE))]}])
    assert pulled(bob, FRAUD) == []
    assert len(pulled(dana, POLICE)) == 1


def test_audience_that_names_nothing_of_the_sender_is_refused(coalition, alice):
    batch = send(alice, [{"value": HOST, "audience": [str(uuid.uuid4())]}])
    assert stored(LineProblem).get(submission=batch).code == "unknown-audience"
    assert stored(Indicator).count() == 0


def test_narrowed_audience_is_a_tombstone_for_those_who_lose_it(
    coalition, alice, bob, dana
):
    send(alice, [HOST])
    (before,) = pulled(bob, FRAUD)
    line = {"op": "correct", "value": HOST, "audience": [str(collection(POLICE))]}
    send(alice, [line])
    (after,) = pulled(bob, FRAUD)
    assert (after["kind"], after["id"]) == ("tombstone", before["id"])
    assert after["token"] == before["token"]
    assert [each["kind"] for each in pulled(dana, POLICE)] == ["release"]


def test_withdrawal_moves_the_release_to_the_end_as_a_tombstone(coalition, alice, bob):
    send(alice, [HOST, "other.scam.example"])
    send(alice, [{"op": "withdraw", "value": HOST}])
    live, gone = pulled(bob, FRAUD)
    assert (live["kind"], gone["kind"], gone["seq"]) == ("release", "tombstone", 3)
    assert stored(Release).get(pk=gone["id"]).payload is None


def test_repeat_changes_nothing_and_a_revision_moves_to_the_end(coalition, alice, bob):
    send(alice, [{"value": HOST, "confidence": 60}])
    send(alice, [{"value": HOST, "confidence": 60}])
    (first,) = pulled(bob, FRAUD)
    assert first["seq"] == 1
    send(alice, [{"value": HOST, "confidence": 70}])
    assert pulled(bob, FRAUD, after=Cursor(1, 1))[0]["confidence"] == 70
    release = stored(Release).get(pk=first["id"])
    assert (release.first_seq, release.seq) == (1, 2)


def test_two_owners_of_one_observable_have_a_release_each(coalition, alice, frank, bob):
    send(alice, [HOST])
    send(frank, [HOST])
    records = pulled(bob, FRAUD)
    assert {each["originator"]["name"] for each in records} == {
        "Meadow Social",
        "Sentry Security",
    }
    assert len({each["token"] for each in records}) == 1
    assert stored(Indicator).values("index").distinct().count() == 1


def test_tokens_of_two_collections_do_not_join(coalition, frank, bob):
    send(frank, [{"value": HOST, "tlp": "green"}])
    (one,), (other,) = pulled(bob, FRAUD), pulled(bob, VENDOR)
    assert one["token"] != other["token"]
    assert other["value"] == HOST


def test_value_is_sealed_in_the_store_and_only_where_a_clause_discloses_it(
    coalition, alice
):
    send(alice, [{"value": HOST}, {"value": "quiet.scam.example", "confidence": 40}])
    sealed = list(stored(Indicator).filter(value_sealed__isnull=False))
    assert [claim.confidence for claim in sealed] == [50]
    police = stored(Release).get(generation__collection=collection(POLICE))
    assert police.sealed
    assert HOST.encode() not in bytes(police.payload or b"")


def test_pages_follow_each_other_without_gap_or_repeat(coalition, alice, bob):
    send(alice, [f"host-{n}.scam.example" for n in range(25)])
    records = pulled(bob, FRAUD, limit=7)
    assert [each["seq"] for each in records] == list(range(1, 26))
    assert [each["token"] for each in records] == sorted(e["token"] for e in records)
    dates = [each["date_added"] for each in records]
    assert dates == sorted(set(dates))


def test_batches_commit_to_what_left_in_order(coalition, alice, bob):
    send(alice, [f"host-{n}.scam.example" for n in range(5)])
    batch = stored(ReleaseBatch).get(generation__collection=collection(FRAUD))
    assert (batch.first_seq, batch.n) == (1, 5)
    rows = stored(Release).filter(batch=batch).order_by("ordinal")
    for place, row in enumerate(rows):
        nonce = bytes(batch.nonces or b"")[16 * place : 16 * place + 16]
        digest = hashlib.sha256(
            nonce + row.pk.bytes + bytes(row.payload or b"")
        ).digest()
        assert bytes(batch.commitments)[32 * place : 32 * place + 32] == digest
    head = StreamHead.objects.get(generation__collection=collection(FRAUD))
    assert head.next_seq == 6


def test_what_was_there_before_the_agreement_is_released_with_it(
    quiet_bells, alice, bob, request
):
    send(alice, [HOST, "second.scam.example"])
    request.getfixturevalue("coalition")
    work_off()
    assert len(pulled(bob, FRAUD)) == 2


def test_collections_say_what_one_reads_and_gives(coalition, alice, bob, carol):
    views = {view.title: view for view in feeds.collections(acting(alice))}
    assert {t: (x.can_read, x.can_contribute) for t, x in views.items()} == {
        FRAUD: (True, True),
        POLICE: (False, True),
        VENDOR: (True, False),
    }
    assert feeds.collections(acting(carol)) == []


def test_batches_cannot_be_changed_but_their_nonces_can_be_erased(coalition, alice):
    send(alice, [HOST])
    batches = stored(ReleaseBatch).all()
    for change in (lambda: batches.update(n=7), batches.delete):
        with pytest.raises(DatabaseError):
            change()
    assert batches.update(nonces=None) == 2


def test_contributor_who_may_not_read_is_told_so(coalition, alice, carol):
    for read in (
        lambda person: pulled(person, POLICE),
        lambda person: feeds.keys(acting(person), collection(POLICE)),
        lambda person: feeds.check_readable(acting(person), collection(POLICE)),
    ):
        with pytest.raises(Forbidden):
            read(alice)
        with pytest.raises(NotFound):
            read(carol)


def test_batch_planned_on_an_older_revision_does_not_overwrite_a_newer(
    coalition, alice, bob
):
    send(alice, [{"value": HOST, "confidence": 60}])
    stale = list(Indicator.objects.all())
    send(alice, [{"value": HOST, "confidence": 90}])
    before = pulled(bob, FRAUD)
    with transaction.atomic():
        release_claims(collection(FRAUD), stale)
    assert pulled(bob, FRAUD) == before
    assert [each["confidence"] for each in before] == [90]


def test_nothing_is_written_when_the_clause_ends_between_decision_and_lock(
    coalition, alice, monkeypatch
):
    lock = agreements.lock_heads

    def late(generations):
        Collection.objects.filter(title=FRAUD).update(state=Collection.State.CLOSED)
        return lock(generations)

    monkeypatch.setattr(agreements, "lock_heads", late)
    send(alice, [{"value": HOST, "confidence": 40}])  # for this collection only
    assert not Release.objects.filter(generation__collection__title=FRAUD).exists()


def test_page_holds_a_control_record_from_after_the_head_was_read(
    coalition, alice, bob, harbour
):
    send(alice, [HOST])
    reading = selectors.readable(harbour.pk, collection(FRAUD))
    with transaction.atomic():
        kind = ControlRecord.Kind.BUILD_COMPLETE
        by_worker(control.add_once, reading.generation.pk, kind)
    send(alice, ["other.scam.example"])
    with scope(harbour.pk):
        page = selectors.page(reading, Cursor(1, 1), 10)
    kinds = [json.loads(line)["kind"] for line in page.records]
    assert (kinds, page.next.seq) == (["control", "release"], 3)
