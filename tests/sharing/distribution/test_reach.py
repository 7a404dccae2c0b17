"""How far a submission got: counted as it leaves, told without hidden parties."""

from datetime import timedelta

import pytest

from hub.lib.clock import now
from sharing import vocabulary as v
from sharing.intake import reach, selectors, undoing
from sharing.intake.models import Reach, Submission
from tests.cast import acting, browser_of
from tests.coalition import send, work_off
from tests.hub.api.caller import Caller
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOSTS = [f"h{n}.example" for n in range(3)]


def claims(*hosts, **more):
    return [{"value": host, "confidence": 80, **more} for host in hosts]


def view(person, batch):
    return selectors.submission(acting(person), batch.id)


def numbers(person, batch):
    return {
        each.collection: (each.released, each.revised, each.recalled)
        for each in view(person, batch).reached
    }


def test_new_and_revised_records_are_counted_by_collection(coalition, alice):
    first = send(alice, claims(*HOSTS, scam_type="phishing"))
    assert numbers(alice, first) == {FRAUD: (3, 0, 0), POLICE: (3, 0, 0)}
    second = send(alice, claims(HOSTS[0], "new.example", scam_type="romance"))
    assert numbers(alice, second) == {FRAUD: (1, 1, 0), POLICE: (1, 1, 0)}
    assert numbers(alice, first) == {FRAUD: (3, 0, 0), POLICE: (3, 0, 0)}
    assert view(alice, second).released == 4


def test_what_a_submission_takes_back_is_counted_and_what_is_undone_is_not(
    coalition, alice
):
    first = send(alice, claims(*HOSTS))
    back = send(alice, [{"op": "withdraw", "value": HOSTS[0]}])
    assert numbers(alice, back) == {FRAUD: (0, 0, 1), POLICE: (0, 0, 1)}
    undoing.undo(actor=acting(alice), submission_id=first.id)
    work_off()
    assert numbers(alice, first) == {FRAUD: (3, 0, 0), POLICE: (3, 0, 0)}


def test_nothing_is_counted_where_nothing_leaves(coalition, alice):
    same = claims(HOSTS[0], scam_type="phishing")
    send(alice, same)
    again = send(alice, same)
    assert (view(alice, again).reached, view(alice, again).releasing) == ((), False)


def test_chunks_add_up_and_it_says_until_when_more_is_to_leave(
    coalition, alice, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    batch = send(alice, claims(*HOSTS), work=False)
    stored(Submission).filter(pk=batch.pk).update(passes_open=1)
    assert view(alice, batch).releasing
    stored(Submission).filter(pk=batch.pk).update(passes_open=0)
    work_off()
    assert numbers(alice, batch)[FRAUD] == (3, 0, 0)
    assert stored(Submission).get(pk=batch.pk).passes_open == 0


def test_passes_are_open_from_accepting_to_the_last_collection(
    coalition, alice, monkeypatch
):
    seen = []

    def watch(module, name):
        known = getattr(module, name)

        def noted(*args, **more):
            seen.append(stored(Submission).latest("pk").passes_open)
            return known(*args, **more)

        monkeypatch.setattr(module, name, noted)

    watch(reach, "spread")
    watch(reach, "end")
    batch = send(alice, claims(HOSTS[0]))
    assert seen == [1, 2, 1]
    assert not view(alice, batch).releasing


def test_what_never_leaves_is_not_waited_for_for_ever(coalition, alice):
    batch = send(alice, claims(HOSTS[0]))
    stored(Submission).filter(pk=batch.pk).update(passes_open=1)
    assert view(alice, batch).releasing
    long_ago = now() - timedelta(hours=2)
    stored(Submission).filter(pk=batch.pk).update(done_at=long_ago)
    assert not view(alice, batch).releasing


def test_partners_are_named_and_the_owner_is_not_among_them(coalition, alice):
    batch = send(alice, claims(HOSTS[0]))
    found = {each.collection: each.recipients for each in view(alice, batch).reached}
    assert found[POLICE] == ("Liaison Office",)
    assert "Harbour Bank" in found[FRAUD]
    assert "Meadow Social" not in found[FRAUD]


def test_hidden_partner_is_not_named_and_a_new_clause_counts_nothing_twice(
    coalition, alice
):
    batch = send(alice, claims(*HOSTS))
    before = numbers(alice, batch)
    enacted(amended(coalition.agreement_id, {}, hidden=("harbour",)))
    found = {each.collection: each.recipients for each in view(alice, batch).reached}
    assert found[FRAUD] == ("Sentry Security",)
    assert numbers(alice, batch) == before


def test_page_says_what_each_partner_receives(coalition, alice):
    batch = send(alice, claims(*HOSTS))
    client = browser_of(alice)
    page = client.get(f"/submissions/{batch.id}").content.decode()
    assert "6 records released." in page
    assert "<strong>Harbour Bank</strong>" in page
    part = client.get(f"/submissions/{batch.id}/progress?of=reach")
    assert part.status_code == 286  # nothing more is to leave
    assert "Liaison Office" in part.content.decode()
    assert "Lines that did not go through" not in part.content.decode()


def test_reach_is_told_over_the_api_and_to_its_owner_alone(coalition, alice, bob):
    batch = send(alice, claims(*HOSTS))
    told = Caller(alice).get(f"submissions/{batch.id}").json()
    assert (told["releasing"], told["released"]) == (False, 6)
    assert {each["collection"]: each["released"] for each in told["reached"]} == {
        FRAUD: 3,
        POLICE: 3,
    }
    assert Caller(bob).get(f"submissions/{batch.id}").status_code == 404
    assert stored(Reach).count() == 2
