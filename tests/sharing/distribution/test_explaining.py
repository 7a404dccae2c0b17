"""Who sees a claim, what of it and why: asked by its owner; and why a recipient has it."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils.dateparse import parse_datetime

from hub.lib.clock import now
from sharing.agreements.models import (
    Agreement,
    CollectionGroupObjectPermission,
    Grant,
)
from sharing.distribution import duties, explaining, planning
from sharing.distribution.models import Release
from sharing.indicators.models import Indicator
from sharing.redaction.rules import NotReleasedError, redact
from sharing.vocabulary import Tlp
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send
from tests.hub.api.caller import Caller
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
HOST = "login-harbour.scam.example"


def sent(person, **line) -> UUID:
    send(person, [{"value": HOST, "confidence": 80, **line}])
    return stored(Indicator).get(owner=home_of(person)).pk


def seen(person, claim: UUID) -> dict[str, explaining.ByClause]:
    found = explaining.visibility(actor=acting(person), claim_id=claim)
    return {each.clause.name: each for each in found.clauses}


def names(entries) -> set[str]:
    return {each.organization.name for each in entries}


def test_owner_sees_who_is_served_which_bytes(coalition, alice, bob, dana):
    clauses = seen(alice, sent(alice))
    fraud, police = clauses[FRAUD], clauses[POLICE]
    assert set(clauses) == {FRAUD, POLICE}  # alice gives nothing to the third
    assert names(fraud.recipients) == {
        "Harbour Bank",
        "Meadow Social",
        "Sentry Security",
    }
    assert names(police.recipients) == {"Liaison Office"}
    for person, clause in ((bob, fraud), (dana, police)):
        (record,) = pulled(person, clause.collection.name)
        place = {key: record.pop(key) for key in ("id", "cursor", "seq", "kind")}
        added = record.pop("date_added")
        assert clause.payload
        assert clause.release
        assert json.loads(clause.payload) == record
        assert str(clause.release.id) == place["id"]
        assert clause.release.cursor == place["cursor"]
        assert clause.release.date_added == parse_datetime(added)
    assert HOST.encode() in (police.payload or b"")
    assert HOST.encode() not in (fraud.payload or b"")


def test_bytes_are_those_of_the_stream_to_the_last(coalition, alice, bob):
    answer = Caller(alice).get(f"indicators/{sent(alice)}/visibility")
    row = stored(Release).get(generation__collection=collection(FRAUD))
    assert bytes(row.payload or b"-") in answer.content


def test_reasons_name_agreement_version_and_clause(coalition, alice):
    claim = sent(alice, confidence=40)
    police = seen(alice, claim)[POLICE]
    place = "Clause “Investigation” of “Coalition against scams”, version 1,"
    refusal = f"{place} refuses it: confidence 40 is below 50."
    assert (police.standing, police.payload, police.recipients) == (
        "withheld",
        None,
        (),
    )
    assert police.reasons == (refusal,)
    told = {each.organization.name: each.reasons for each in police.refused}
    assert told["Liaison Office"] == (refusal,)
    assert told["Harbour Bank"] == (
        f"{place} does not admit it: Harbour Bank is not among its recipients.",
        refusal,
    )
    found = explaining.visibility(actor=acting(alice), claim_id=claim)
    assert names(found.unseen_by) == {"Liaison Office"}


def test_claim_is_due_until_the_stream_has_it(coalition, alice, bob):
    send(alice, [{"value": HOST, "confidence": 80}])
    stored(Release).all().delete()
    fraud = seen(alice, stored(Indicator).get().pk)[FRAUD]
    assert (fraud.standing, fraud.release) == ("due", None)
    stored(Indicator).update(revision=2)  # as if it was sent again
    send(alice, [{"value": HOST, "confidence": 80, "severity": "high"}])
    (record,) = pulled(bob, FRAUD)
    due = json.loads(fraud.payload or b"")
    assert record["token"] == due["token"]
    assert due.keys() <= record.keys()


@pytest.mark.parametrize("change", ["withdrawn", "ended", "retention"])
def test_nobody_sees_what_is_over(coalition, alice, change):
    claim = sent(alice)
    if change == "withdrawn":
        send(alice, [{"op": "withdraw", "value": HOST}])
        word = "the claim is withdrawn"
    elif change == "ended":
        past = now() - timedelta(minutes=1)
        stored(Indicator).update(valid_until=past)
        stored(Release).update(expires_at=past)
        word = "the claim ended on"
    else:
        stored(Release).update(retain_until=now() - timedelta(minutes=1))
        word = "its retention ended"
    for clause in seen(alice, claim).values():
        assert (clause.standing, clause.payload) == ("withheld", None)
        assert clause.recipients == ()
        assert word in clause.reasons[0]
    found = explaining.visibility(actor=acting(alice), claim_id=claim)
    assert len(found.unseen_by) == 3


def test_reader_whose_access_ended_is_among_those_who_cannot(coalition, alice, bob):
    claim = sent(alice)
    Grant.objects.filter(recipient=home_of(bob)).update(valid_until=now())
    fraud = seen(alice, claim)[FRAUD]
    assert "Harbour Bank" not in names(fraud.recipients)
    (bank,) = [e for e in fraud.refused if e.organization.name == "Harbour Bank"]
    assert bank.reasons[0].endswith("whose access is not valid now.")


def test_suspended_agreement_shows_nobody_anything(coalition, alice):
    claim = sent(alice)
    Agreement.objects.update(state=Agreement.State.SUSPENDED)
    found = explaining.visibility(actor=acting(alice), claim_id=claim)
    assert found.clauses == ()
    assert {each.reasons for each in found.unseen_by} == {
        ("“Coalition against scams” is suspended: nothing is shared under it.",)
    }


def test_hidden_party_is_neither_named_nor_counted(coalition, alice, bob):
    claim = sent(alice)
    enacted(amended(coalition.agreement_id, {}, hidden=("harbour",)))
    answer = Caller(alice).get(f"indicators/{claim}/visibility")
    assert "Harbour" not in answer.content.decode()
    assert str(home_of(bob).pk) not in answer.content.decode()
    assert len(pulled(bob, FRAUD)) == 1  # it reads as before


def test_clause_for_hidden_parties_alone_is_not_told(coalition, alice, dana):
    claim = sent(alice)
    enacted(amended(coalition.agreement_id, {}, hidden=("liaison",)))
    answer = Caller(alice).get(f"indicators/{claim}/visibility").content.decode()
    assert "Liaison" not in answer
    assert POLICE not in answer
    assert len(pulled(dana, POLICE)) == 1


def test_hidden_party_sees_itself(coalition, frank):
    enacted(amended(coalition.agreement_id, {}, hidden=("sentry",)))
    fraud = seen(frank, sent(frank))[FRAUD]
    assert "Sentry Security" in names(fraud.recipients)


def test_outsider_is_not_told_of_by_anybody(coalition, alice, carol):
    answer = Caller(alice).get(f"indicators/{sent(alice)}/visibility")
    assert "Northline" not in answer.content.decode()


@pytest.mark.parametrize("person", ["bob", "frank", "carol", "dana"])
def test_claim_of_others_is_not_found(coalition, alice, person, request):
    claim = sent(alice)
    other = Caller(request.getfixturevalue(person))
    answer = other.get(f"indicators/{claim}/visibility")
    assert answer.status_code == 404
    assert answer.json() == other.get(f"indicators/{uuid4()}/visibility").json()


def test_visibility_needs_the_right_to_read(coalition, alice):
    claim = sent(alice)
    answer = Caller(alice, scopes=["submit"]).get(f"indicators/{claim}/visibility")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


# -- why a recipient has it


def test_recipient_is_told_why_it_has_a_release(coalition, alice, bob):
    sent(alice)
    (record,) = pulled(bob, FRAUD)
    told = Caller(bob).get(f"releases/{record['id']}/why").json()
    assert (told["state"], told["cursor"]) == ("live", record["cursor"])
    assert told["agreement"]["name"] == "Coalition against scams"
    assert (told["version"], told["decided_under"]) == (1, 1)
    assert told["clause"] == {"id": record["clause"], "name": FRAUD}
    assert told["terms"]["purposes"] == ["detection", "disruption", "victim_support"]
    assert told["terms"]["retention_days"] == 180
    assert told["onward_sharing"] == duties.ONWARD[Tlp.AMBER]
    assert told["originator"] == record["originator"]
    rules = {each["field"]: each["rule"] for each in told["redactions"]}
    assert rules == {"note": "drop", "value": "drop"}
    assert told["reasons"][0].endswith("names Harbour Bank as a recipient.")
    assert any("Delete it by" in duty for duty in told["duties"])
    assert any("Do not train" in duty for duty in told["duties"])


def test_redactions_are_those_of_the_clause(coalition, alice, dana):
    sent(alice)
    (record,) = pulled(dana, POLICE)
    told = Caller(dana).get(f"releases/{record['id']}/why").json()
    assert {each["field"]: each["rule"] for each in told["redactions"]} == {
        "first_seen": "day",
        "labels": "drop",
        "last_seen": "day",
        "note": "drop",
        "valid_until": "day",
    }


def test_tombstone_says_what_is_left_to_do(coalition, alice, bob):
    sent(alice)
    send(alice, [{"op": "withdraw", "value": HOST}])
    (record,) = pulled(bob, FRAUD)
    told = Caller(bob).get(f"releases/{record['id']}/why").json()
    assert (told["state"], told["cursor"]) == ("tombstone", record["cursor"])
    assert (told["originator"], told["redactions"]) == (None, [])
    assert told["duties"][0].startswith("Delete what you keep under this id by ")
    assert "Meadow" not in json.dumps(told)


@pytest.mark.parametrize("person", ["carol", "dana"])
def test_release_of_a_stream_one_does_not_read_is_not_found(
    coalition, alice, bob, person, request
):
    sent(alice)
    (record,) = pulled(bob, FRAUD)
    other = Caller(request.getfixturevalue(person))
    answer = other.get(f"releases/{record['id']}/why")
    assert answer.status_code == 404
    assert (
        answer.json()["detail"] == other.get(f"releases/{uuid4()}/why").json()["detail"]
    )


def test_release_is_not_found_when_access_ended_or_its_time_is_over(
    coalition, alice, bob
):
    sent(alice)
    (record,) = pulled(bob, FRAUD)
    system, path = Caller(bob), f"releases/{record['id']}/why"
    stored(Release).update(expires_at=now())
    assert system.get(path).status_code == 404
    stored(Release).update(expires_at=now() + timedelta(days=1))
    assert system.get(path).status_code == 200
    Grant.objects.filter(recipient=home_of(bob)).update(valid_until=now())
    assert system.get(path).status_code == 404


@pytest.mark.parametrize("wall", ["permission", "agreement", "owner"])
def test_why_stays_shut_when_one_wall_alone_stands(coalition, alice, bob, wall):
    sent(alice)
    (record,) = pulled(bob, FRAUD)
    path = f"releases/{record['id']}/why"
    if wall == "permission":
        CollectionGroupObjectPermission.objects.all().delete()
    elif wall == "agreement":
        Agreement.objects.update(state=Agreement.State.SUSPENDED)
    else:
        stored(Release).all().update(owner=home_of(bob))  # gives nothing to it
    assert Caller(bob).get(path).status_code == 404


def test_explaining_fails_when_redaction_lets_a_field_slip(
    coalition, alice, monkeypatch
):
    claim = sent(alice)
    stored(Release).all().delete()

    def careless(view, *duties, **more):
        return {**redact(view, *duties, **more), "value": HOST}

    monkeypatch.setattr(planning, "redact", careless)
    with pytest.raises(NotReleasedError):
        seen(alice, claim)


def test_why_needs_the_right_to_read(coalition, alice, bob):
    sent(alice)
    (record,) = pulled(bob, FRAUD)
    answer = Caller(bob, scopes=["submit"]).get(f"releases/{record['id']}/why")
    assert answer.status_code == 403
