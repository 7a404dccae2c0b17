"""Undoing a submission: exactly what it brought, once, and nothing that came later."""

from datetime import timedelta
from uuid import uuid4

import pytest

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, NotFound
from orgs.access import scope
from orgs.accounts.actor import Role
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.distribution import undoing as steps
from sharing.indicators import reverting
from sharing.indicators.claims import Facts
from sharing.indicators.models import Indicator
from sharing.intake import remembering, selectors, undoing
from sharing.intake import services as intake
from sharing.intake.accept import accept_chunk
from sharing.intake.models import Submission, Undo, UndoRecord
from sharing.intake.window import OVER, UNFINISHED
from tests.cast import acting, home_of, person_in
from tests.coalition import collection, pulled, send, work_off
from tests.walls import OWNER, by_worker, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOSTS = [f"h{n}.example" for n in range(3)]


def claims(*hosts, **more):
    return [{"value": host, "confidence": 80, **more} for host in hosts]


def undo(person, batch, *, work=True):
    undoing.undo(actor=acting(person), submission_id=batch.id)
    if work:
        work_off()
    return selectors.submission(acting(person), batch.id).undo


def live(person, title):
    """What a reader holds after reading everything."""
    held = {}
    for each in pulled(person, title):
        if each["kind"] == "release":
            held[each["id"]] = each
        elif each["kind"] == "tombstone":
            held.pop(each["id"], None)
    return held.values()


def told(person, title, name):
    return sorted((each["value"], each[name]) for each in live(person, title))


def states():
    return sorted(stored(Indicator).values_list("state", flat=True))


def test_new_claims_are_withdrawn_and_revised_ones_are_as_before(
    coalition, alice, dana
):
    send(alice, claims(HOSTS[0], scam_type="romance", note="Heard."))
    batch = send(alice, claims(*HOSTS, scam_type="phishing"))
    assert told(dana, POLICE, "scam_type") == [(host, "phishing") for host in HOSTS]
    found = undo(alice, batch)
    assert (found.withdrawn, found.restored, found.later) == (2, 1, 0)
    assert found.done_at is not None
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "romance")]
    assert states() == ["active", "withdrawn", "withdrawn"]
    assert stored(UndoRecord).filter(submission=batch).count() == 0


def test_what_a_later_submission_changed_is_left_and_said(coalition, alice, dana):
    batch = send(alice, claims(*HOSTS, scam_type="phishing"))
    send(alice, claims(HOSTS[0], scam_type="romance"))
    send(alice, claims(HOSTS[1], scam_type="phishing"))  # says the same again
    found = undo(alice, batch)
    assert (found.withdrawn, found.later) == (1, 2)
    assert told(dana, POLICE, "scam_type") == [
        (HOSTS[0], "romance"),
        (HOSTS[1], "phishing"),
    ]


def test_later_one_is_undone_first_and_then_the_earlier(coalition, alice, dana):
    first = send(alice, claims(HOSTS[0], scam_type="romance"))
    second = send(alice, claims(HOSTS[0], scam_type="romance"))  # nothing new
    undo(alice, second)
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "romance")]
    assert undo(alice, first).withdrawn == 1
    assert not live(dana, POLICE)


def test_earlier_one_is_undone_first_and_then_the_later(coalition, alice, dana):
    first = send(alice, claims(*HOSTS[:2], scam_type="romance"))
    second = send(alice, claims(HOSTS[0], scam_type="phishing"))
    assert undo(alice, first).later == 1
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "phishing")]
    assert undo(alice, second).withdrawn == 1
    assert not live(dana, POLICE)


def test_what_was_there_before_both_comes_back_in_either_order(coalition, alice, dana):
    send(alice, claims(HOSTS[0], scam_type="job_offer"))
    first = send(alice, claims(HOSTS[0], scam_type="romance"))
    second = send(alice, claims(HOSTS[0], scam_type="phishing"))
    undo(alice, first)
    undo(alice, second)
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "job_offer")]


def test_what_stands_behind_later_words_is_erased_after_an_hour(coalition, alice, dana):
    send(alice, claims(HOSTS[0], scam_type="job_offer"))
    first = send(alice, claims(HOSTS[0], scam_type="romance"))
    second = send(alice, claims(HOSTS[0], scam_type="phishing"))
    undo(alice, first)
    assert by_worker(remembering.forget_records) == 0
    stored(Undo).update(done_at=now() - timedelta(hours=2))
    assert by_worker(remembering.forget_records) == 1
    undo(alice, second)  # where it would go back to is not known any more
    assert not live(dana, POLICE)


def test_stopped_line_is_not_let_through_once_the_rest_is_undone(
    coalition, alice, meadow
):
    other = person_in(meadow, "otto", Role.MANAGER)
    batch = send(alice, [*claims(HOSTS[0]), {"value": "google.com"}])
    undo(alice, batch)
    with pytest.raises(Conflict, match="undone"):
        intake.overrule(actor=acting(other), submission_id=batch.id, line=2)


def test_line_that_was_let_through_is_undone_as_well(coalition, alice, meadow, dana):
    other = person_in(meadow, "otto", Role.MANAGER)
    batch = send(alice, [*claims(HOSTS[0]), {"value": "google.com", "confidence": 80}])
    intake.overrule(actor=acting(other), submission_id=batch.id, line=2)
    assert undoing.outlook(acting(alice), batch.id).why_not == UNFINISHED.sentence
    work_off()
    assert len(live(dana, POLICE)) == 2
    assert undo(alice, batch).withdrawn == 2
    assert not live(dana, POLICE)


def test_withdrawal_is_undone_without_the_value_that_was_forgotten(
    coalition, alice, dana
):
    send(alice, claims(HOSTS[0]))
    batch = send(alice, [{"op": "withdraw", "value": HOSTS[0]}])
    assert not live(dana, POLICE)
    found = undo(alice, batch)
    assert (found.restored, found.without_text) == (1, 1)
    [back] = live(dana, POLICE)
    assert back["value_absent"] == "not_kept"


def test_claim_that_a_batch_says_twice_is_as_before_the_batch(
    coalition, alice, dana, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    send(alice, claims(HOSTS[0], scam_type="romance"))
    batch = send(
        alice,
        [
            *claims(HOSTS[0], scam_type="phishing"),
            *claims(HOSTS[1]),
            *claims(HOSTS[0], scam_type="job_offer"),
            {"op": "withdraw", "value": HOSTS[1]},
        ],
    )
    undo(alice, batch)
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "romance")]
    assert states() == ["active", "withdrawn"]


def test_sent_again_it_is_as_if_it_had_never_been_there(coalition, alice, dana, bob):
    batch = send(alice, claims(HOSTS[0]))
    undo(alice, batch)
    send(alice, claims(HOSTS[0], audience=[str(collection(FRAUD))]))
    assert len(live(bob, FRAUD)) == 1
    assert not live(dana, POLICE)


def test_who_fetched_it_is_counted_by_partner(coalition, alice, bob, dana):
    batch = send(alice, claims(*HOSTS))
    pulled(bob, FRAUD)
    found = undo(alice, batch)
    assert [
        (each.organization, each.collection, each.claims) for each in found.fetched
    ] == [("Harbour Bank", FRAUD, 3)]


def test_asked_again_it_changes_nothing(coalition, alice):
    batch = send(alice, claims(*HOSTS))
    first = undo(alice, batch)
    assert undo(alice, batch) == first
    rows = stored(AuditEvent).filter(verb=Verb.SUBMISSION_UNDO)
    assert rows.count() == 1
    assert rows.get().detail == {"lines": 3}


def test_it_goes_on_where_it_was_when_a_worker_dies(
    coalition, alice, bob, dana, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    batch = send(alice, claims(*HOSTS))
    undo(alice, batch, work=False)
    owner, ordinal = str(home_of(alice).pk), batch.ordinal
    by_worker(steps.step, owner, ordinal)

    class DiedError(Exception):
        pass

    def dies(*_):
        raise DiedError

    with monkeypatch.context() as broken:
        broken.setattr(undoing, "tell_fetched", dies)
        with pytest.raises(DiedError):
            by_worker(steps.step, owner, ordinal)
    assert stored(UndoRecord).filter(submission=batch).count() == 2
    work_off()
    found = selectors.submission(acting(alice), batch.id).undo
    assert found is not None
    assert (found.withdrawn, found.done_at is None) == (3, False)
    assert not live(dana, POLICE)
    by_worker(steps.step, owner, ordinal)  # a bell that rings too late
    assert selectors.submission(acting(alice), batch.id).undo == found


def test_sender_and_managers_may_and_nobody_else(coalition, alice, meadow, frank):
    ann = person_in(meadow, "ann", Role.ANALYST)
    abe = person_in(meadow, "abe", Role.ANALYST)
    aud = person_in(meadow, "aud", Role.AUDITOR)
    batch, other = send(ann, claims(HOSTS[0])), send(ann, claims(HOSTS[1]))
    for person, refusal in ((abe, Forbidden), (aud, Forbidden), (frank, NotFound)):
        with pytest.raises(refusal):
            undoing.undo(actor=acting(person), submission_id=batch.id)
    assert undoing.outlook(acting(abe), batch.id).until is None
    assert undo(ann, batch).withdrawn == 1
    assert undo(alice, other).withdrawn == 1


def test_window_ends_and_what_was_kept_for_it_is_erased(coalition, alice):
    batch = send(alice, claims(*HOSTS))
    assert by_worker(remembering.forget_records) == 0
    stored(Submission).filter(pk=batch.pk).update(undo_until=now() - timedelta(1))
    with pytest.raises(Conflict, match="over"):
        undoing.undo(actor=acting(alice), submission_id=batch.id)
    assert undoing.outlook(acting(alice), batch.id).why_not == OVER.sentence
    assert by_worker(remembering.forget_records) == 1
    assert stored(UndoRecord).count() == 0


def test_what_is_not_done_cannot_be_undone_yet(coalition, alice):
    batch = send(alice, claims(*HOSTS), work=False)
    with pytest.raises(Conflict, match="worked off"):
        undoing.undo(actor=acting(alice), submission_id=batch.id)
    work_off()
    assert not stored(Undo).exists()


def test_what_claims_were_rests_sealed(coalition, alice):
    send(alice, claims(HOSTS[0], note="Call Harry."))
    send(alice, claims(HOSTS[0], scam_type="romance"))
    for record in stored(UndoRecord).all():
        assert b"Harry" not in bytes(record.sealed)
        assert HOSTS[0].encode() not in bytes(record.sealed)


def test_what_it_first_repeated_and_then_changed_is_as_before(
    coalition, alice, dana, monkeypatch, settings
):
    settings.OUTBOX_SHARDS = 1  # line by line
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    said = claims(HOSTS[0], scam_type="romance")
    send(alice, said)
    batch = send(alice, [*said, *claims(HOSTS[0], scam_type="phishing")])
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "phishing")]
    undo(alice, batch)
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "romance")]
    assert not UndoRecord.objects.exists()


def test_text_that_its_last_line_made_the_hub_forget_stays_forgotten(
    coalition, alice, dana, monkeypatch, settings
):
    settings.OUTBOX_SHARDS = 1  # line by line
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    send(alice, claims(HOSTS[0], scam_type="romance"))
    batch = send(
        alice,
        [
            *claims(HOSTS[0], scam_type="phishing"),
            {"op": "withdraw", "value": HOSTS[0]},
        ],
    )
    undo(alice, batch)
    [back] = live(dana, POLICE)
    assert (back["scam_type"], back["value_absent"]) == ("romance", "not_kept")


def test_withdrawal_that_came_too_late_to_count_is_not_lost(coalition, alice, dana):
    send(alice, claims(HOSTS[0], scam_type="romance"))
    older = send(alice, [{"op": "withdraw", "value": HOSTS[0]}], work=False)
    newer = send(alice, claims(HOSTS[0], scam_type="phishing"), work=False)
    for batch in (newer, older):
        by_worker(accept_chunk, str(home_of(alice).pk), batch.ordinal, 0)
    work_off()
    assert told(dana, POLICE, "scam_type") == [(HOSTS[0], "phishing")]
    found = undo(alice, newer)
    assert (found.withdrawn, found.restored, found.later) == (1, 0, 0)
    assert not live(dana, POLICE)


def test_refused_submission_keeps_no_record(coalition, alice):
    send(alice, claims(*HOSTS))
    batch = send(alice, [{"op": "withdraw", "value": HOSTS[0]}])
    assert stored(UndoRecord).filter(submission=batch).exists()
    with working_as(OWNER):
        Submission.objects.filter(pk=batch.pk).update(
            state=Submission.State.REFUSED, undo_until=None
        )
    by_worker(remembering.forget_records)
    assert not stored(UndoRecord).filter(submission=batch).exists()


def test_record_of_what_is_held_has_no_text(coalition, alice):
    before = reverting.Earlier(
        uuid4(), (1, 1), changed=True, facts=Facts(note="ask Mia"), value="a.example"
    )
    batch = send(alice, claims(HOSTS[0]))
    batch.state = Submission.State.HELD
    with scope(home_of(alice).pk):
        by_worker(remembering.remember, batch, 7, [before])
        [record] = stored(UndoRecord).filter(submission=batch, number=7)
        [kept] = remembering.opened(batch.id, record)
    assert kept.facts == Facts()
    assert (kept.value, kept.forgot) == (None, True)


def test_who_fetched_it_is_for_those_who_audit(coalition, alice, bob, dana):
    batch = send(alice, claims(*HOSTS))
    pulled(bob, FRAUD)
    undo(alice, batch)
    analyst = person_in(home_of(alice), "ann", Role.ANALYST)
    found = selectors.submission(acting(analyst), batch.id).undo
    assert found is not None
    assert found.fetched is None
