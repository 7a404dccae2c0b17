"""Filters over HTTP: what one may see now, signed; whole, as a change, or unchanged."""

from base64 import b64decode
from datetime import timedelta
from hashlib import sha256

import pytest

from hub.lib.clock import now
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.agreements import lifecycle
from sharing.distribution import finding
from sharing.lookup import snapshots
from sharing.lookup.models import FilterSnapshot
from sharing.tokens import rice
from tests.cast import acting
from tests.coalition import collection, pulled, send
from tests.hub.api.caller import Caller
from tests.sharing.distribution.amending import amended, enacted
from tests.sharing.lookup.questions import (
    HOST,
    LINE,
    PHONE,
    asked,
    otag,
    with_questions,
)
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
MINUTE = timedelta(seconds=61)


def ask(person, pk=None, *, held: str = "", **said):
    headers = {"If-None-Match": held} if held else {}
    path = f"collections/{pk or asked()}/filter"
    return Caller(person).call("GET", path, query=said, headers=headers)


def numbers(told: dict, before: tuple[int, ...] = ()) -> list[int]:
    change = [rice.decode(b64decode(told[each])) for each in ("additions", "removals")]
    found = rice.changed(before, *change)
    assert told["checksum"] == sha256(rice.packed(found)).hexdigest()
    assert told["count"] == len(found)
    return list(found)


def seen(person, pk=None, **said) -> list[int]:
    answer = ask(person, pk, **said)
    assert answer.status_code == 200, answer.content
    return numbers(answer.json())


def prefixes(*tags: bytes) -> list[int]:
    return sorted({rice.prefix(tag) for tag in tags})


def of_stream(person, title: str) -> list[int]:
    live = [each for each in pulled(person, title) if each["kind"] == "release"]
    tags = [bytes.fromhex(each["token"].partition(":")[2]) for each in live]
    return prefixes(*tags)


BOTH = (HOST, "domain"), (PHONE, "phone")


def test_filter_holds_the_otags_of_a_clause_that_answers_questions(questions, bob):
    told = ask(bob).json()
    assert told["of"] == "otag"
    assert told["since"] is None
    assert numbers(told) == prefixes(*(otag(*each) for each in BOTH))


@pytest.mark.parametrize(("title", "reader"), [(FRAUD, "bob"), (POLICE, "dana")])
def test_filter_holds_the_tokens_of_a_stream(questions, bob, dana, title, reader):
    person = {"bob": bob, "dana": dana}[reader]
    told = ask(person, collection(title)).json()
    assert told["of"] == "token"
    assert numbers(told) == of_stream(person, title) != []


def test_filter_is_for_readers_alone(questions, bob, carol, dana, alice):
    assert ask(carol).status_code == 404
    assert ask(dana).status_code == 404
    path = f"collections/{asked()}/filter"
    assert Caller(bob, scopes=["submit", "keys"]).get(path).status_code == 403
    assert Caller(bob, scopes=["read"]).get(path).status_code == 200
    assert Caller(bob).call("HEAD", path).status_code == 200
    assert Caller(dana).call("HEAD", path).status_code == 404
    assert AuditEvent.objects.filter(verb="lookup:filter:read").count() == 1


def test_contributor_that_reads_nothing_is_told_so(questions, alice):
    with_questions(questions.agreement_id, to=[{"kind": "bank"}])
    answer = ask(alice)
    assert answer.status_code == 403
    assert "gives you no reading" in answer.json()["detail"]


def test_download_is_audited_as_counts(questions, bob):
    told = ask(bob).json()
    event = AuditEvent.objects.get(verb="lookup:filter:read")
    size = sum(len(b64decode(told[each])) for each in ("additions", "removals"))
    assert event.subject == str(asked())
    assert event.detail == {"count": 2, "whole": True, "bytes": size}


def test_change_leads_to_what_there_is(questions, bob, alice, clock):
    first = ask(bob).json()
    before = numbers(first)
    send(
        alice,
        [{"op": "withdraw", "value": PHONE}, {"value": "new.scam.example", **LINE}],
    )
    clock.shift(MINUTE)
    told = ask(bob, since=first["version"]).json()
    assert told["since"] == first["version"] != told["version"]
    assert len(rice.decode(b64decode(told["additions"]))) == 1
    assert len(rice.decode(b64decode(told["removals"]))) == 1
    assert numbers(told, tuple(before)) == seen(bob)
    again = ask(bob, since=told["version"]).json()
    assert again["since"] == again["version"] == told["version"]
    assert numbers(again, tuple(seen(bob))) == seen(bob)


def test_whole_set_comes_when_the_version_is_not_known(questions, bob):
    for since in ("1.1", "2.5", "1.99999999999"):
        assert ask(bob, since=since).json()["since"] is None


def test_whole_set_comes_when_the_generation_is_another(questions, bob):
    first = ask(bob).json()
    with_questions(questions.agreement_id, types=["domain"])
    told = ask(bob, since=first["version"]).json()
    assert told["since"] is None
    assert numbers(told) == prefixes(otag(HOST, "domain", 2))


def test_version_from_before_one_read_is_not_known(questions, bob, alice, at_once):
    first = ask(bob).json()
    send(alice, [{"value": "new.scam.example", **LINE}])
    assert ask(bob, since=first["version"]).json()["since"] == first["version"]
    with_questions(questions.agreement_id, to=[{"kind": "platform"}])
    with_questions(questions.agreement_id)
    assert ask(bob, since=first["version"]).json()["since"] is None


@pytest.mark.parametrize("since", ["1", "a.b", "1.", "-1.2", "1.2.3", "1.²"])
def test_version_that_is_none_is_refused(questions, bob, since):
    answer = ask(bob, since=since)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad-parameter"


def test_nothing_comes_again_when_nothing_changed(questions, bob, alice, at_once):
    tag = ask(bob).headers["ETag"]
    unchanged = ask(bob, held=tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    assert AuditEvent.objects.filter(verb="lookup:filter:read").count() == 1
    send(alice, [{"op": "withdraw", "value": PHONE}])
    assert ask(bob, held=f'"other", {tag}').status_code == 200


def test_who_may_not_read_is_not_told_that_nothing_changed(questions, bob, dana):
    tag = ask(bob).headers["ETag"]
    assert ask(dana, held=tag).status_code == 404


# What is never served


def test_leaver_is_gone_from_the_next_answer(questions, bob, frank, frank_signs):
    send(frank, [{"value": "franks.scam.example", **LINE}])
    assert len(seen(bob)) == 3
    lifecycle.leave(
        actor=acting(frank_signs), agreement_id=questions.agreement_id, reason="Out."
    )
    assert seen(bob) == prefixes(*(otag(*each) for each in BOTH))


@pytest.mark.parametrize("work", [True, False], ids=["rebuilt", "not yet rebuilt"])
def test_what_was_narrowed_is_gone_from_the_next_answer(questions, bob, *, work):
    assert len(seen(bob)) == 2
    with_questions(questions.agreement_id, work=work, types=["domain"])
    assert seen(bob) == (prefixes(otag(HOST, "domain", 2)) if work else [])


def test_snapshot_of_an_earlier_version_is_not_served_however_young(
    questions, bob, builds
):
    before = seen(bob)
    with_questions(questions.agreement_id, min_confidence=20)
    assert seen(bob) == before
    assert len(builds) == 2


def test_stream_that_was_narrowed_is_gone_as_well(questions, bob):
    fraud = collection(FRAUD)
    before = seen(bob, fraud)
    enacted(with_types(questions, "domain"))
    after = seen(bob, fraud)
    assert after == of_stream(bob, FRAUD)
    assert set(before).isdisjoint(after)


def with_types(version, *types):
    return amended(version.agreement_id, {FRAUD: {"types": [*types]}})


def test_claim_is_gone_in_the_second_in_which_it_ends(questions, bob, alice, clock):
    ends = now() + timedelta(minutes=5)
    send(
        alice, [{"value": "ends.scam.example", **LINE, "valid_until": ends.isoformat()}]
    )
    assert len(seen(bob)) == 3
    clock.shift(timedelta(minutes=5) - timedelta(seconds=70))
    assert len(seen(bob)) == 3  # what is served then may be served for a minute
    clock.shift(timedelta(seconds=70))
    assert len(seen(bob)) == 2


def test_snapshot_that_serves_for_a_minute_holds_nothing_that_ends_in_it(
    questions, bob, alice, clock
):
    ends, value = now() + timedelta(seconds=20), "ends.scam.example"
    send(alice, [{"value": value, **LINE, "valid_until": ends.isoformat()}])
    seen(bob)
    send(alice, [{"op": "withdraw", "value": PHONE}])
    clock.shift(timedelta(seconds=25))
    after = seen(bob)
    assert rice.prefix(otag(PHONE, "phone")) in after, "the former is served"
    assert rice.prefix(otag(value, "domain")) not in after


def test_unchanged_stream_is_not_read_again_until_something_ends(
    questions, bob, alice, clock, builds
):
    ends = now() + timedelta(minutes=10)
    send(
        alice, [{"value": "ends.scam.example", **LINE, "valid_until": ends.isoformat()}]
    )
    seen(bob)
    clock.shift(timedelta(minutes=8))
    assert len(seen(bob)) == 3
    assert len(builds) == 1
    clock.shift(timedelta(minutes=2))
    assert len(seen(bob)) == 2
    assert len(builds) == 2


@pytest.fixture
def builds(monkeypatch) -> list[object]:
    """One entry each time that a stream is read for a filter."""
    found: list[object] = []
    read = finding.prefixes

    def counted(*given):
        found.append(given)
        return read(*given)

    monkeypatch.setattr(finding, "prefixes", counted)
    return found


def test_snapshot_serves_others_while_only_the_stream_goes_on(
    questions, bob, alice, clock, builds
):
    first = seen(bob)
    send(alice, [{"op": "withdraw", "value": PHONE}])
    clock.shift(timedelta(seconds=29))
    assert seen(alice) == first
    assert len(builds) == 1
    clock.shift(timedelta(seconds=2))
    assert seen(alice) == prefixes(otag(HOST, "domain"))
    assert len(builds) == 2


@pytest.mark.parametrize(("age", "served"), [(59, True), (61, False)])
def test_former_serves_for_a_minute_while_another_builds(
    questions, bob, alice, clock, monkeypatch, age, served
):
    first = seen(bob)
    send(alice, [{"op": "withdraw", "value": PHONE}])
    monkeypatch.setattr(snapshots, "_locks", lambda reading, how: how != snapshots._TRY)
    clock.shift(timedelta(seconds=age))
    assert (seen(bob) == first) is served


def test_suspended_agreement_serves_no_filter(questions, bob, alice_signs):
    seen(bob)
    lifecycle.suspend(
        actor=acting(alice_signs), agreement_id=questions.agreement_id, reason="Look."
    )
    assert ask(bob).status_code == 404


def test_terms_that_change_while_it_is_built_are_asked_again(
    questions, bob, frank, frank_signs, monkeypatch
):
    send(frank, [{"value": "franks.scam.example", **LINE}])
    read = finding.prefixes
    left: list[bool] = []

    def slowly(*given):
        found = read(*given)
        if not left:
            left.append(True)
            lifecycle.leave(
                actor=acting(frank_signs),
                agreement_id=questions.agreement_id,
                reason="Out.",
            )
        return found

    monkeypatch.setattr(finding, "prefixes", slowly)
    assert seen(bob) == prefixes(*(otag(*each) for each in BOTH))


# What is kept


def test_same_set_keeps_its_version(questions, bob, alice, clock):
    first = ask(bob).json()
    send(alice, [{"value": HOST, **LINE, "confidence": 90}])
    clock.shift(MINUTE)
    second = ask(bob).json()
    assert second["version"] == first["version"]
    assert second["taken_at"] > first["taken_at"]


def test_few_versions_are_kept_and_the_newest_alone_is_coded(
    questions, bob, alice, at_once, monkeypatch
):
    monkeypatch.setattr(v, "FILTERS_KEPT", 2)
    versions = []
    for number in range(4):
        send(alice, [{"value": f"n{number}.scam.example", **LINE}])
        versions.append(ask(bob).json()["version"])
    kept = stored(FilterSnapshot).order_by("number")
    assert [each.coded is not None for each in kept] == [False] * 3 + [True]
    assert by_worker(snapshots.sweep) == 2
    known = [ask(bob, since=each).json()["since"] is not None for each in versions]
    assert known == [False, False, True, True]


def test_nothing_is_kept_of_a_closed_generation_or_for_long(questions, bob, clock):
    seen(bob)
    with_questions(questions.agreement_id, types=["domain"])
    version = ask(bob).json()["version"]
    by_worker(snapshots.sweep)
    assert [each.generation.number for each in stored(FilterSnapshot).all()] == [2]
    clock.shift(timedelta(days=8))
    by_worker(snapshots.sweep)
    assert not stored(FilterSnapshot).exists()
    assert ask(bob).json()["version"] > version


# Who signed it


def test_signing_key_is_pinned_in_the_audit_log_once(questions, bob, dana):
    told = [Caller(each).get("signing-keys").json()["keys"] for each in (bob, dana)]
    assert told[0] == told[1]
    [key] = told[0]
    assert key["current"]
    event = AuditEvent.objects.get(verb="tokens:signing-key:pin")
    assert event.detail == {"public_key": key["public"]}
    assert ask(bob).json()["key"] == key["key"]
    assert Caller(bob, scopes=["submit"]).get("signing-keys").status_code == 403
