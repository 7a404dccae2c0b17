"""What time does: expiry, the end of retention, swept tombstones, forgotten values."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hub.lib.clock import now
from hub.lib.errors import Gone
from hub.lib.paging import Cursor
from sharing import pipeline
from sharing.agreements.models import Generation
from sharing.distribution import housekeeping
from sharing.distribution.models import Release
from sharing.events import services as outbox
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from sharing.indicators import services as indicators
from sharing.indicators.models import Indicator
from tests.cast import acting
from tests.coalition import collection, pulled, send, work_off
from tests.walls import OWNER, by_worker, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOST = "login.scam.example"


def kinds(records):
    return [record["kind"] for record in records]


def test_expired_claim_is_absent_at_once_and_then_a_tombstone(coalition, alice, bob):
    send(alice, [HOST])
    stored(Indicator).update(valid_until=now())
    stored(Release).update(expires_at=now())
    assert pulled(bob, FRAUD) == []
    assert by_worker(indicators.expire_due) == 1
    work_off()
    assert kinds(pulled(bob, FRAUD)) == ["tombstone"]
    assert stored(Indicator).get().state == "expired"


def test_release_is_a_tombstone_when_its_retention_is_over(coalition, alice, bob):
    send(alice, [HOST, "other.scam.example"])
    first = stored(Release).filter(generation__collection__title=FRAUD)[0]
    stored(Release).filter(pk=first.pk).update(retain_until=now())
    assert len(pulled(bob, FRAUD)) == 1
    assert by_worker(housekeeping.end_retention) == 1
    assert kinds(pulled(bob, FRAUD)) == ["release", "tombstone"]
    send(alice, [{"value": HOST, "confidence": 90}])
    send(alice, [{"value": "other.scam.example", "confidence": 90}])
    again = stored(Release).get(pk=first.pk)
    assert again.state == "tombstone", "retention is fixed at the first release"


def test_cursor_from_before_swept_tombstones_must_start_again(coalition, alice, bob):
    send(alice, [HOST, "other.scam.example"])
    send(alice, [{"op": "withdraw", "value": HOST}])
    later = now() + timedelta(days=91)
    assert by_worker(housekeeping.sweep_tombstones) == 0
    assert (
        by_worker(housekeeping.sweep_tombstones, later) == 2
    )  # one in each collection
    assert kinds(pulled(bob, FRAUD)) == ["release"]
    with pytest.raises(Gone):
        pulled(bob, FRAUD, after=Cursor(1, 1))
    assert pulled(bob, FRAUD, after=Cursor(1, 3)) == []


def test_clear_value_dies_with_its_last_value_release(coalition, alice, dana):
    send(alice, [HOST])
    later = now() + timedelta(hours=2)
    assert by_worker(housekeeping.forget_values, later) == 0
    send(alice, [{"op": "correct", "value": HOST, "confidence": 40}])
    assert kinds(pulled(dana, POLICE)) == ["tombstone"]
    for left in ({"value_sealed": b"left behind"}, {"note_sealed": b"left behind"}):
        stored(Indicator).update(**left)
        assert by_worker(housekeeping.forget_values) == 0
        assert by_worker(housekeeping.forget_values, later) == 1
        claim = stored(Indicator).get()
        assert claim.value_sealed is None
        assert claim.note_sealed is None


def test_clear_value_stays_while_its_first_release_is_still_to_come(coalition, alice):
    send(alice, [HOST], work=False)
    later = now() + timedelta(hours=2)
    for kind in (Kind.CHUNK_RECEIVED, Kind.CLAIMS_CHANGED):
        (shard,) = outbox.shards_due()
        row = outbox.claim(shard)
        assert row is not None
        assert row.kind == kind
        assert by_worker(pipeline.work, row)
        assert by_worker(housekeeping.forget_values, later) == 0
    assert stored(Release).count() == 0
    OutboxRow.objects.update(dead_at=now())
    assert by_worker(housekeeping.forget_values, later) == 1


def test_stream_is_read_whole_page_by_page_when_tombstones_in_it_were_swept(
    coalition, alice, bob
):
    send(alice, [f"host-{n}.scam.example" for n in range(4)])
    send(alice, [{"op": "withdraw", "value": "host-0.scam.example"}])
    assert by_worker(housekeeping.sweep_tombstones, now() + timedelta(days=91)) == 2
    who, stream = acting(bob), collection(FRAUD)
    first = feeds.page(who, stream, Cursor(), 1)
    assert (first.more, first.next.seq < 5, first.next.begun > 0) == (True, True, True)
    assert json.loads(first.records[0])["cursor"] == str(first.next)
    again = Cursor.parse(str(first.next))
    rest = feeds.page(who, stream, again, 9)
    assert len(first.records) + len(rest.records) == 3
    assert (rest.more, str(rest.next)) == (False, "1.5")
    assert feeds.page(who, stream, rest.next, 9).records == []
    assert kinds(pulled(bob, FRAUD, limit=1)) == ["release"] * 3
    stale = int((now() - timedelta(days=91)).timestamp())
    for begun in (0, stale):
        with pytest.raises(Gone):
            feeds.page(who, stream, Cursor(1, 1, begun), 9)


# As many rows as let the server choose: of a handful every way costs the same.
GROWN = """
INSERT INTO sharing_release
SELECT (jsonb_populate_record(r, jsonb_build_object(
         'id', gen_random_uuid(), 'public_id', gen_random_uuid(),
         'indicator', gen_random_uuid(), 'seq', r.seq + n))).*
  FROM sharing_release r, generate_series(1, 3000) n WHERE r.payload IS NULL
"""


def plans(capture):
    """How the server would answer each question that was asked of releases."""
    asked = [
        each["sql"]
        for each in capture.captured_queries
        if each["sql"].startswith("SELECT") and 'FROM "sharing_release"' in each["sql"]
    ]
    with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GROWN)
        cursor.execute("ANALYZE sharing_release")
        for sql in asked:
            cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
            yield " ".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)


def test_emptied_generation_is_asked_by_index(coalition, alice):
    send(alice, [HOST])
    Generation.objects.filter(collection=collection(FRAUD)).update(state="closed")
    assert by_worker(housekeeping.empty_closed) == 1
    with CaptureQueriesContext(connection) as capture:
        assert by_worker(housekeeping.empty_closed) == 0
    full, emptied = plans(capture)
    assert "release_full" in full
    assert "release_emptied" in emptied
