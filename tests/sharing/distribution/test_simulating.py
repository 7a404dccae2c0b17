"""What a draft would release, before anybody signs; and that nothing is written."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from hub.lib.errors import Forbidden, NotFound
from orgs.accounts.actor import Role
from sharing.agreements.models import Version
from sharing.distribution import simulating
from sharing.distribution.models import Release, ReleaseBatch
from sharing.distribution.simulating import FEW, simulate
from tests.cast import acting, person_in
from tests.coalition import pulled, send
from tests.hub.api.caller import Caller
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"


@pytest.fixture
def claims(coalition, alice, frank):
    """Ten of alice's, of confidence 10 to 100; two of frank's."""
    lines = [{"value": f"host-{n}.example", "confidence": n * 10} for n in range(1, 11)]
    send(alice, lines)
    send(frank, [{"value": f"other-{n}.example", "tlp": "green"} for n in range(2)])
    return coalition


def outcomes(person, version) -> dict[str, simulating.Outcome]:
    found = simulate(actor=acting(person), version_id=version.pk)
    return {each.clause.name: each for each in found.clauses}


def test_party_sees_what_would_change_before_anybody_signs(claims, alice):
    version = amended(claims.agreement_id, {FRAUD: {"min_confidence": 60}})
    found = simulate(actor=acting(alice), version_id=version.pk)
    assert (found.claims, found.cut, found.against, found.number) == (10, False, 1, 2)
    fraud = {each.clause.name: each for each in found.clauses}[FRAUD]
    assert (fraud.released, fraud.refused) == (5, 5)
    assert (fraud.newly, fraud.no_longer, fraud.changed) == (0, 3, 0)
    (reason,) = fraud.reasons
    assert (reason.cause, reason.count) == ("confidence", 5)
    assert reason.sentence == "Confidence is below 60."
    assert fraud.continues
    assert fraud.continues.name == FRAUD
    assert {each.name for each in fraud.recipients} == {
        "Meadow Social",
        "Sentry Security",
        "Harbour Bank",
    }


def test_widening_shows_what_would_be_new(claims, alice):
    version = amended(claims.agreement_id, {FRAUD: {"min_confidence": 0}})
    fraud = outcomes(alice, version)[FRAUD]
    assert (fraud.released, fraud.newly, fraud.no_longer) == (10, 2, 0)
    assert fraud.own_tokens


def test_other_shape_is_a_change_although_the_same_claims_leave(claims, alice):
    version = amended(
        claims.agreement_id, {POLICE: {"disclosure": "token", "redaction": {}}}
    )
    police = outcomes(alice, version)[POLICE]
    assert (police.newly, police.no_longer) == (0, 0)
    assert police.changed == police.released == 6
    assert not police.own_tokens
    assert not any(b"host-" in payload for payload in police.samples)


def test_clause_that_is_left_out_would_release_nothing_any_more(claims, alice):
    version = amended(claims.agreement_id, {POLICE: None})
    found = simulate(actor=acting(alice), version_id=version.pk)
    (closing,) = found.closing
    assert (closing.clause.name, closing.no_longer) == (POLICE, 6)


def test_samples_are_what_is_released_once_it_is_signed(claims, alice, bob, dana):
    version = amended(claims.agreement_id, {FRAUD: {"redaction": {"severity": "drop"}}})
    found = outcomes(alice, version)
    assert 0 < len(found[FRAUD].samples) <= 5
    enacted(version)
    for person, title in ((bob, FRAUD), (dana, POLICE)):
        records = [r for r in pulled(person, title) if r["kind"] == "release"]
        own = [bare(r) for r in records if r["originator"]["name"] == "Meadow Social"]
        for payload in found[title].samples:
            assert bare(json.loads(payload)) in own


def bare(record: dict) -> dict:
    """A record without its place in the stream and without what only a key can tell."""
    left_out = {"kind", "id", "cursor", "seq", "date_added", "token"}
    return {key: word for key, word in record.items() if key not in left_out}


def test_claims_are_counted_under_every_reason_and_refused_once(claims, alice):
    terms = {"min_confidence": 60, "types": ["url"]}
    fraud = outcomes(alice, amended(claims.agreement_id, {FRAUD: terms}))[FRAUD]
    assert (fraud.released, fraud.refused, fraud.samples) == (0, 10, ())
    assert {each.cause: each.count for each in fraud.reasons} == {
        "type": 10,
        "confidence": 5,
    }


def test_contradictory_clause_says_that_it_permits_nothing(claims, alice):
    version = amended(claims.agreement_id, {FRAUD: {"types": []}})
    fraud = outcomes(alice, version)[FRAUD]
    assert fraud.released == 0
    assert "names no indicator type" in fraud.void[0]


def test_party_that_does_not_contribute_releases_nothing(claims, bob):
    fraud = outcomes(bob, amended(claims.agreement_id, {}))[FRAUD]
    assert (fraud.contributes, fraud.released, fraud.samples) == (False, 0, ())


def test_simulation_says_when_it_was_cut(claims, alice, monkeypatch):
    monkeypatch.setattr(simulating, "CLAIMS_MAX", 7)
    monkeypatch.setattr("sharing.vocabulary.RELEASE_ROWS", 3)
    version = amended(claims.agreement_id, {})
    found = simulate(actor=acting(alice), version_id=version.pk)
    assert (found.claims, found.cut) == (7, True)
    monkeypatch.setattr(simulating, "CLAIMS_MAX", 10)
    found = simulate(actor=acting(alice), version_id=version.pk)
    assert (found.claims, found.cut) == (10, False)


def test_staff_see_rough_counts_and_made_up_samples(claims, erin):
    version = amended(claims.agreement_id, {FRAUD: {"min_confidence": 40}})
    found = simulate(actor=acting(erin), version_id=version.pk)
    assert (found.claims, found.synthetic) == (10, True)  # of twelve
    clauses = {each.clause.name: each for each in found.clauses}
    fraud = clauses[FRAUD]
    assert (fraud.released, fraud.refused, fraud.no_longer) == (5, FEW, FEW)
    assert {each.count for each in fraud.reasons} == {FEW}
    for clause in clauses.values():
        assert clause.samples
        for payload in clause.samples:
            assert b"host-" not in payload
            assert b"Meadow" not in payload
    assert b'"value":"evil.example"' in clauses[VENDOR].samples[0]


def test_auditor_sees_exact_counts_and_no_values(claims, meadow):
    audit = person_in(meadow, "aud", Role.AUDITOR)
    found = simulate(
        actor=acting(audit), version_id=amended(claims.agreement_id, {}).pk
    )
    assert (found.claims, found.synthetic) == (10, True)
    for clause in found.clauses:
        assert not any(b"host-" in payload for payload in clause.samples)


def test_hidden_party_is_not_among_the_recipients_told(claims, alice, bob, erin):
    version = amended(claims.agreement_id, {}, hidden=("harbour",))
    told = [each.name for each in outcomes(alice, version)[FRAUD].recipients]
    assert "Harbour Bank" not in told
    for person in (bob, erin):
        told = [each.name for each in outcomes(person, version)[FRAUD].recipients]
        assert "Harbour Bank" in told


def test_clause_for_hidden_parties_alone_is_not_told(claims, alice, dana, erin):
    version = amended(claims.agreement_id, {}, hidden=("liaison",))
    assert POLICE not in outcomes(alice, version)
    assert POLICE in outcomes(dana, version)
    assert POLICE in outcomes(erin, version)
    enacted(version)
    left_out = amended(claims.agreement_id, {POLICE: None}, hidden=("liaison",))
    found = {
        person: simulate(actor=acting(person), version_id=left_out.pk).closing
        for person in (alice, dana)
    }
    assert (len(found[alice]), len(found[dana])) == (0, 1)


def test_nothing_is_written(claims, alice):
    version = amended(claims.agreement_id, {})
    before = (stored(Release).count(), stored(ReleaseBatch).count())
    simulate(actor=acting(alice), version_id=version.pk)
    assert (stored(Release).count(), stored(ReleaseBatch).count()) == before
    with pytest.raises(DatabaseError), simulating.nothing_written():
        Version.objects.update(number=7)
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


@pytest.mark.parametrize("person", ["carol", "dana"])
def test_stranger_finds_no_such_version(claims, person, request):
    parties = ("meadow", "sentry", "harbour")
    clauses = {POLICE: None}
    version = amended(claims.agreement_id, clauses, parties=parties, propose=False)
    actor = acting(request.getfixturevalue(person))
    for pk in (version.pk, uuid4()):
        with pytest.raises(NotFound):
            simulate(actor=actor, version_id=pk)


def test_analyst_may_not_simulate(claims, meadow):
    analyst = acting(person_in(meadow, "ann", Role.ANALYST))
    with pytest.raises(Forbidden):
        simulate(actor=analyst, version_id=amended(claims.agreement_id, {}).pk)


def test_simulation_over_the_api(claims, alice, carol):
    version = amended(claims.agreement_id, {FRAUD: {"min_confidence": 60}})
    path = f"agreement-versions/{version.pk}/simulation"
    answer = Caller(alice).post(path, "")
    assert answer.status_code == 200
    clauses = {each["clause"]["name"]: each for each in answer.json()["clauses"]}
    assert (clauses[FRAUD]["released"], clauses[FRAUD]["no_longer"]) == (5, 3)
    assert clauses[POLICE]["samples"][0]["value"].startswith("host-")
    assert Caller(alice, scopes=["read"]).post(path, "").status_code == 403
    blind = Caller(alice, scopes=["audit"]).post(path, "")
    assert (blind.status_code, blind.json()["synthetic"]) == (200, True)
    assert "host-" not in blind.content.decode()
    assert Caller(carol).post(path, "").status_code == 404
    assert Caller(None).post(path, "").status_code == 401
