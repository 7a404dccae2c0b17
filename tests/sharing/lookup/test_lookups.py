"""Look-ups over HTTP: one entry a release, the same silence for all that is not yours."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.agreements import lifecycle
from sharing.distribution import correlation, finding, selectors
from sharing.distribution.models import Release
from sharing.lookup.models import LookupCount
from sharing.tokens import scheme
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.hub.api.caller import Caller
from tests.sharing.distribution import amending
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

MEADOW, SENTRY = "Meadow Social", "Sentry Security"
FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
HOST, PHONE = "login.scam.example", "+442079460958"
LINE = {"confidence": 80, "scam_type": "investment"}


@pytest.fixture
def known(coalition, alice, frank):
    """One host that two members know, and a telephone of one of them."""
    send(alice, [{"value": HOST, **LINE}, {"value": PHONE, **LINE}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60}])


def ask(person, *values, **more):
    body = {"values": list(values), **more}
    return Caller(person).post("lookups", body)


def found(answer) -> list[list[dict]]:
    assert answer.status_code == 200, answer.content
    return [each["releases"] for each in answer.json()["results"]]


def test_each_release_is_an_entry_as_it_stands_in_its_stream(known, bob):
    answer = ask(bob, "hxxp://nothing.example", "Login[.]scam.example", PHONE)
    miss, host, phone = found(answer)
    assert (miss, len(host), len(phone)) == ([], 2, 1)
    streamed = {each["id"]: each for each in pulled(bob, FRAUD)}
    for each in (*host, *phone):
        assert each.pop("collection") == str(collection(FRAUD))
        assert each == streamed[each["id"]]
    assert sorted(each["originator"]["name"] for each in host) == [
        "Meadow Social",
        "Sentry Security",
    ]
    told = answer.json()
    assert (told["asked"], told["hits"], told["unreadable"]) == (3, 2, 0)
    assert set(told["collections"]) == {
        str(collection(FRAUD)),
        str(collection(VENDOR)),
    }


def test_type_is_told_and_whether_it_was_guessed(known, bob):
    (guessed,) = ask(bob, HOST).json()["results"]
    assert (guessed["type"], guessed["guessed"]) == ("domain", True)
    (named,) = ask(bob, HOST, type="domain").json()["results"]
    assert (named["type"], named["guessed"]) == ("domain", False)


def test_value_digest_and_token_find_the_same(known, bob):
    d = scheme.digest("domain", 1, HOST)
    tokens = sorted({each["token"] for each in pulled(bob, FRAUD)})
    by_value = found(ask(bob, HOST))
    caller = Caller(bob)
    for said in (
        {"type": "domain", "digest": d.hex()},
        {"type": "domain", "nv": 1, "sha256": scheme.content_hash(HOST).hex()},
    ):
        assert found(caller.post("lookups", {"digests": [said]})) == by_value
    by_token = found(caller.post("lookups", {"tokens": tokens}))
    assert sorted(map(len, by_token)) == [1, 2]
    assert by_value[0] in by_token


def test_token_of_another_generation_finds_nothing(known, bob):
    token = pulled(bob, FRAUD)[0]["token"].replace("1:", "2:", 1)
    assert found(Caller(bob).post("lookups", {"tokens": [token]})) == [[]]


def test_value_clause_gives_the_value(known, dana):
    ((release,),) = found(ask(dana, PHONE))
    assert release["value"] == PHONE
    assert release["collection"] == str(collection(POLICE))


def test_unknown_and_not_yours_are_one_answer(known, carol, bob, alice):
    send(alice, [{"value": "red.scam.example", **LINE, "tlp": "red"}])
    for person, mine in ((carol, [HOST, PHONE]), (bob, ["red.scam.example"])):
        for value in mine:
            hidden = ask(person, value)
            unknown = ask(person, "unknown.scam.example", type="domain")
            kind = "phone" if value == PHONE else "domain"
            told = hidden.json()
            assert found(hidden) == [[]]
            told["results"][0] |= {"type": kind, "guessed": False}
            other = unknown.json()
            other["results"][0] |= {"type": kind}
            assert told == other


def test_stranger_is_told_of_no_collection(known, carol):
    assert ask(carol, HOST).json()["collections"] == []


def test_named_collection_alone_is_asked(known, bob):
    answer = ask(bob, HOST, collections=[str(collection(VENDOR))])
    assert found(answer) == [[]]
    assert answer.json()["collections"] == [str(collection(VENDOR))]


@pytest.mark.parametrize("which", ["unknown", "not readable", "no id"])
def test_collection_that_is_not_yours_is_not_there(known, bob, which):
    pk = {"unknown": str(uuid4()), "not readable": str(collection(POLICE))}
    answer = ask(bob, HOST, collections=[pk.get(which, "none")])
    assert answer.status_code == 404


def test_nothing_is_found_that_is_over(known, alice, bob):
    send(alice, [{"op": "withdraw", "value": PHONE}])
    assert found(ask(bob, PHONE)) == [[]]
    stored(Release).update(expires_at=now())
    assert found(ask(bob, HOST)) == [[]]
    stored(Release).update(
        expires_at=now() + timedelta(days=1), retain_until=now() + timedelta(days=1)
    )
    assert len(found(ask(bob, HOST))[0]) == 2
    stored(Release).update(retain_until=now())
    assert found(ask(bob, HOST)) == [[]]


def test_nothing_is_found_under_suspension(known, coalition, bob, erin):
    lifecycle.suspend(
        actor=acting(erin), agreement_id=coalition.agreement_id, reason="A breach."
    )
    assert found(ask(bob, HOST)) == [[]]


def test_narrowed_clause_serves_no_value_from_that_second(
    known, coalition, dana, monkeypatch
):
    assert found(ask(dana, PHONE))[0][0]["value"] == PHONE
    narrower = {"disclosure": "token", "redaction": {}}
    version = amended(coalition.agreement_id, {POLICE: narrower})
    monkeypatch.setattr(amending, "work_off", lambda: 0)
    enacted(version)
    assert found(ask(dana, PHONE)) == [[]], "not rebuilt yet"
    work_off()
    ((release,),) = found(ask(dana, PHONE))
    assert "value" not in release
    streamed = {each.get("id"): each for each in pulled(dana, POLICE)}
    assert release.pop("collection") == str(collection(POLICE))
    assert release == streamed[release["id"]]
    assert release["token"].startswith("2:")


def test_line_that_cannot_be_read_has_an_error_of_its_own(known, bob):
    answer = ask(bob, "who knows", HOST)
    first, second = answer.json()["results"]
    assert first["error"]["code"] == "unrecognised"
    assert first["releases"] == []
    assert len(second["releases"]) == 2
    assert answer.json()["unreadable"] == 1


def test_what_was_asked_is_kept_nowhere(known, bob, caplog):
    ask(bob, HOST, "unknown.scam.example", "odd thing")
    event = AuditEvent.objects.filter(verb="lookup:releases:look-up").get()
    assert event.detail == {"form": "values", "asked": 3, "hits": 1}
    assert event.organization_id == home_of(bob).pk
    assert "scam.example" not in caplog.text
    rows = stored(LookupCount).values("kind", "asked", "hits")
    assert {row["kind"] for row in rows} == {"domain"}
    counts = {
        row.collection_id: (row.asked, row.hits) for row in stored(LookupCount).all()
    }
    assert counts == {collection(FRAUD): (2, 1), collection(VENDOR): (2, 0)}


def test_request_beyond_the_quota_is_refused_whole_and_not_counted(
    known, bob, frank, monkeypatch
):
    monkeypatch.setattr(v, "LOOKUPS_A_DAY", 3)
    assert ask(bob, HOST, "one.example").status_code == 200
    answer = ask(bob, HOST, "two.example")
    assert answer.status_code == 429
    assert answer.json()["code"] == "too-many"
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600
    assert {row.asked for row in stored(LookupCount).all()} == {2}
    assert ask(bob, HOST).status_code == 200, "what is left is left"
    assert ask(bob, PHONE).status_code == 200, "each type has a quota of its own"
    assert ask(frank, HOST).status_code == 200, "so has each organization"
    with time_machine.travel(now() + timedelta(days=1)):
        assert ask(bob, HOST).status_code == 200


def test_nothing_is_looked_for_when_the_quota_is_used_up(known, bob, monkeypatch):
    """Else the time until the refusal would tell of hits, uncounted."""
    looked: list[object] = []

    def look(*given: object) -> list[object]:
        looked.append(given)
        return []

    monkeypatch.setattr(finding, "with_tokens", look)
    monkeypatch.setattr(v, "LOOKUPS_OF_FEW", 1)
    assert ask(bob, PHONE).status_code == 200
    before = len(looked)
    assert before
    assert ask(bob, PHONE).status_code == 429
    assert len(looked) == before


def test_types_of_few_numbers_have_less(monkeypatch, known, bob):
    monkeypatch.setattr(v, "LOOKUPS_OF_FEW", 1)
    assert ask(bob, PHONE).status_code == 200
    assert ask(bob, PHONE).status_code == 429


def test_body_of_ten_thousand_digests_fits(known, bob):
    d = scheme.digest("domain", 1, HOST).hex()
    digests = [{"type": "domain", "digest": d}] * v.LOOKUP_LINES
    answer = Caller(bob).post(
        "lookups",
        json.dumps({"digests": digests, "collections": [str(collection(FRAUD))]}),
    )
    assert answer.json()["hits"] == v.LOOKUP_LINES


def test_grant_that_ends_meanwhile_takes_nothing_else_with_it(known, bob, monkeypatch):
    readable, ended = selectors.readable, collection(VENDOR)

    def ending(organization_id: UUID, collection_id: UUID) -> selectors.Reading:
        if collection_id == ended:
            raise NotFound
        return readable(organization_id, collection_id)

    monkeypatch.setattr(selectors, "readable", ending)
    answer = ask(bob, HOST, collections=[str(ended), str(collection(FRAUD))])
    assert len(found(answer)[0]) == 2
    assert answer.json()["collections"] == [str(collection(FRAUD))]
    asked = {row.collection_id: row.asked for row in stored(LookupCount).all()}
    assert asked == {collection(FRAUD): 1, ended: 0}


def test_hit_tells_how_many_stand_behind_it(known, bob):
    hit, miss = ask(bob, HOST, "unknown.example").json()["results"]
    assert hit["correlation"] == {
        "originators": "fewer than 5",
        "over_correlating": False,
        "reason": None,
    }
    assert "correlation" not in miss


def test_only_what_one_may_see_is_counted(
    known, alice, bob, frank, dana, carol, monkeypatch
):
    monkeypatch.setattr(correlation, "SMALL_COUNT", 0)
    before = ask(bob, HOST, PHONE, "red.scam.example").json()
    send(alice, [{"value": "red.scam.example", **LINE, "tlp": "red"}])
    for person in (dana, carol):
        send(person, [{"value": HOST, **LINE}, {"value": PHONE, **LINE}])
    after = ask(bob, HOST, PHONE, "red.scam.example").json()
    counts = [
        [line.get("correlation", {}).get("originators") for line in told["results"]]
        for told in (before, after)
    ]
    assert counts == [["2", "1", None]] * 2
    send(frank, [{"op": "withdraw", "value": HOST}])
    (host,) = ask(bob, HOST).json()["results"]
    assert host["correlation"]["originators"] == "1"


def test_line_shows_no_more_than_its_share(known, bob, monkeypatch):
    monkeypatch.setattr(v, "CORRELATION_CAP", 1)
    both = ask(bob, HOST, PHONE).json()
    host, phone = both["results"]
    assert (len(host["releases"]), host["cut"]) == (1, True)
    assert (len(phone["releases"]), phone["cut"]) == (1, False)
    assert (both["cut"], both["hits"]) == (True, 2)


def test_newest_of_a_value_are_read_and_one_more_than_are_counted(
    known, bob, monkeypatch
):
    monkeypatch.setattr(v, "CORRELATION_CAP", 1)
    for most, shown, many in ((1, MEADOW, True), (0, SENTRY, False)):
        monkeypatch.setattr(finding, "CORRELATION_CAP", most)
        host, phone = ask(bob, HOST, PHONE).json()["results"]
        (release,) = host["releases"]
        assert release["originator"]["name"] == shown, "in the order of the stream"
        assert host["cut"] is host["correlation"]["over_correlating"] is many
        assert phone["cut"] is phone["correlation"]["over_correlating"] is False


def test_answer_ends_at_its_bytes_and_says_which_lines_are_cut(known, bob, monkeypatch):
    whole = found(ask(bob, PHONE, HOST))
    monkeypatch.setattr(v, "LOOKUP_BYTES", len(json.dumps(whole[0][0])))
    answer = ask(bob, PHONE, HOST).json()
    shown = [len(each["releases"]) for each in answer["results"]]
    assert sum(shown) == 1
    cut = [each["cut"] for each in answer["results"]]
    assert cut == [count < len(all_) for count, all_ in zip(shown, whole, strict=True)]
    assert (answer["cut"], answer["hits"]) == (True, 2), "a line that is cut is a hit"


def test_refusal_is_on_record_although_it_undoes_everything_else(
    known, bob, monkeypatch
):
    monkeypatch.setattr(v, "LOOKUPS_OF_FEW", 0)
    assert ask(bob, PHONE, HOST).status_code == 429
    assert not AuditEvent.objects.filter(verb="lookup:releases:look-up").exists()
    (event,) = AuditEvent.objects.filter(verb="lookup:releases:refuse")
    assert event.organization_id == home_of(bob).pk
    assert event.credential is not None
    assert UUID(event.subject) in {collection(FRAUD), collection(VENDOR)}
    assert event.detail == {"kind": "phone"}
