"""What a submission says again and again of a claim is undone at once, and counted once."""

from datetime import timedelta

import pytest

from hub.lib.clock import now
from sharing import vocabulary as v
from sharing.distribution import undoing as steps
from sharing.intake import remembering
from sharing.intake.models import Undo, UndoRecord
from tests.cast import home_of
from tests.coalition import pulled, send
from tests.sharing.distribution.test_undoing import (
    FRAUD,
    HOSTS,
    POLICE,
    claims,
    live,
    states,
    told,
    undo,
)
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)
X = HOSTS[0]
FORGET = {"op": "withdraw", "value": X}


@pytest.fixture(autouse=True)
def line_by_line(monkeypatch, settings):
    settings.OUTBOX_SHARDS = 1
    monkeypatch.setattr(v, "CHUNK_LINES", 1)


def said(*types):
    return [line for each in types for line in claims(X, scam_type=each)]


def test_claim_that_it_changed_twice_counts_once(coalition, alice, bob, dana):
    send(alice, said("romance"))
    batch = send(alice, said("phishing", "job_offer"))
    pulled(bob, FRAUD)
    found = undo(alice, batch)
    assert (found.withdrawn, found.restored, found.later) == (0, 1, 0)
    assert [each.claims for each in found.fetched] == [1]
    assert told(dana, POLICE, "scam_type") == [(X, "romance")]


def test_claim_that_it_brought_and_changed_counts_as_new(coalition, alice, dana):
    found = undo(alice, send(alice, said("phishing", "job_offer")))
    assert (found.withdrawn, found.restored, found.later) == (1, 0, 0)
    assert not live(dana, POLICE)


def test_left_claim_counts_once(coalition, alice):
    batch = send(alice, said("phishing", "job_offer"))
    send(alice, said("romance"))
    found = undo(alice, batch)
    assert (found.withdrawn, found.restored, found.later) == (0, 0, 1)


def test_what_it_withdrew_itself_is_active_at_no_moment(coalition, alice):
    batch = send(alice, [*said("phishing"), FORGET])
    undo(alice, batch, work=False)
    by_worker(steps.step, str(home_of(alice).pk), batch.ordinal)
    assert states() == ["withdrawn"]


def test_text_stays_forgotten_behind_several_changes(coalition, alice, dana):
    send(alice, said("romance"))
    undo(alice, send(alice, [*said("phishing", "job_offer"), FORGET]))
    [back] = live(dana, POLICE)
    assert (back["scam_type"], back["value_absent"]) == ("romance", "not_kept")


def test_what_it_repeated_and_withdrew_comes_back_without_text(coalition, alice, dana):
    send(alice, said("romance"))
    undo(alice, send(alice, [*said("romance"), FORGET]))
    [back] = live(dana, POLICE)
    assert (back["scam_type"], back["value_absent"]) == ("romance", "not_kept")


def test_behind_a_later_one_it_is_as_before_what_was_repeated_and_changed(
    coalition, alice, dana
):
    send(alice, said("romance"))
    first = send(alice, said("romance", "phishing"))
    second = send(alice, said("job_offer"))
    assert undo(alice, first).later == 1
    undo(alice, second)
    assert told(dana, POLICE, "scam_type") == [(X, "romance")]


def test_records_of_an_undo_that_does_not_end_are_erased(coalition, alice):
    batch = send(alice, said("phishing"))
    undo(alice, batch, work=False)
    assert by_worker(remembering.forget_records) == 0
    stored(Undo).update(asked_at=now() - timedelta(days=1, minutes=1))
    assert by_worker(remembering.forget_records) == 1
    assert not stored(UndoRecord).exists()
