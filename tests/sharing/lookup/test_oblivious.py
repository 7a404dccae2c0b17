"""Oblivious look-ups over HTTP: answers to what nobody here reads, for recipients alone."""

import json
from datetime import timedelta
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub import client
from hub.lib.clock import now
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.agreements import lifecycle
from sharing.agreements.models import Collection
from sharing.lookup.models import LookupCount
from sharing.tokens import services as tokens
from sharing.tokens import voprf
from sharing.tokens.models import GenerationRoot
from sharing.tokens.scheme import BARE, TYPED
from tests.cast import acting, home_of, key_of
from tests.coalition import collection
from tests.hub.api.caller import Caller
from tests.sharing.distribution.ahead import its_time, take_effect
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
# Twice the base point (RFC 9496, appendix A.1): alike in every process of the tests.
ELEMENT = "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
NARROWER = {FRAUD: {"min_confidence": 50}}


@pytest.fixture
def fraud(coalition) -> str:
    return f"collections/{collection(FRAUD)}/oprf"


def ask(person, path, *elements, generation=1, scheme=TYPED, **credential):
    body = {"generation": generation, "scheme": scheme}
    body["blinded"] = list(elements or [ELEMENT])
    return Caller(person, **credential).post(f"{path}/evaluate", body)


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def told(person, path) -> list[dict]:
    answer = Caller(person).get(f"{path}/keys")
    assert answer.status_code == 200, answer.content
    return answer.json()["keys"]


def counted() -> dict[str, int]:
    return {row.kind: row.asked for row in stored(LookupCount).all()}


def test_answers_are_proven_with_the_key_that_is_pinned(fraud, bob):
    [key] = told(bob, fraud)
    event = AuditEvent.objects.get(pk=key["pinned"]["event"])
    assert event.verb == "tokens:oprf-key:pin"
    assert event.subject == str(collection(FRAUD))
    assert event.detail == {"generation": 1, "public_key": key["public_key"]}
    assert (key["generation"], key["state"]) == (1, "live")
    asking = client.Oblivious(1, key["public_key"], key["scheme"])
    batch = asking.blind([client.typed("a.example"), client.typed("b.example")])
    answer = ask(bob, fraud, *batch.body["blinded"]).json()
    assert answer["public_key"] == key["public_key"]
    make = tokens.otag_maker(collection(FRAUD), 1)
    expected = [make(*client.typed(f"{each}.example")) for each in "ab"]
    assert asking.otags(batch, answer) == expected


def test_every_recipient_is_told_the_same_key(fraud, alice, frank, bob):
    assert told(alice, fraud) == told(frank, fraud) == told(bob, fraud)


def test_collection_that_only_answers_questions_has_it_too(coalition, dana, bob):
    query = {"disclosure": "query", "redaction": {}, "continues": "new"}
    enacted(amended(coalition.agreement_id, {POLICE: query}))
    found = Collection.objects.get(disclosure="query")
    asked = f"collections/{found.pk}/oprf"
    [key] = told(dana, asked)
    asking = client.Oblivious(1, key["public_key"], key["scheme"])
    batch = asking.blind([client.typed("a.example")])
    otags = asking.otags(batch, ask(dana, asked, *batch.body["blinded"]).json())
    assert otags == [tokens.otag_maker(found.pk, 1)(*client.typed("a.example"))]
    assert code_of(ask(bob, asked)) == (404, "not-found")


def test_stranger_is_told_that_there_is_nothing(fraud, dana, carol, bob):
    for person in (dana, carol):
        assert code_of(ask(person, fraud)) == (404, "not-found")
        assert Caller(person).get(f"{fraud}/keys").status_code == 404
    nowhere = f"collections/{uuid4()}/oprf"
    assert code_of(ask(bob, nowhere)) == (404, "not-found")


def test_stranger_learns_nothing_from_a_bad_body(fraud, carol, bob):
    assert code_of(ask(carol, fraud, "bad")) == (404, "not-found")
    assert code_of(ask(bob, fraud, "bad")) == (422, "invalid")


def test_member_without_the_scope_is_forbidden(fraud, bob):
    assert code_of(ask(bob, fraud, scopes=["submit"])) == (403, "forbidden")
    keys = Caller(bob, scopes=["keys"]).get(f"{fraud}/keys")
    assert code_of(keys) == (403, "forbidden")
    assert ask(bob, fraud, scopes=["read"]).status_code == 200


def test_contributor_who_may_not_read_is_forbidden(coalition, alice, dana):
    police = f"collections/{collection(POLICE)}/oprf"
    assert code_of(ask(alice, police)) == (403, "forbidden")
    assert code_of(Caller(alice).get(f"{police}/keys")) == (403, "forbidden")


def test_stream_that_tells_its_values_has_none(coalition, dana):
    police = f"collections/{collection(POLICE)}/oprf"
    assert code_of(ask(dana, police)) == (409, "not-oblivious")
    assert code_of(Caller(dana).get(f"{police}/keys")) == (409, "not-oblivious")


def test_nothing_is_answered_under_suspension(fraud, coalition, bob, erin):
    lifecycle.suspend(
        actor=acting(erin), agreement_id=coalition.agreement_id, reason="A breach."
    )
    assert code_of(ask(bob, fraud)) == (404, "not-found")


def test_generation_is_answered_in_its_time_alone(fraud, coalition, bob):
    tomorrow = (now() + timedelta(days=1)).isoformat()
    version = enacted(
        amended(coalition.agreement_id, NARROWER, effective_from=tomorrow)
    )
    first, second = told(bob, fraud)
    assert [each["state"] for each in (first, second)] == ["live", "building"]
    assert first["public_key"] != second["public_key"]
    assert ask(bob, fraud).status_code == 200
    early = ask(bob, fraud, generation=2)
    assert code_of(early) == (409, "generation-not-begun")
    assert code_of(ask(bob, fraud, generation=3)) == code_of(early)
    its_time(version)
    assert [each["state"] for each in told(bob, fraud)] == ["live"], "not noted yet"
    answer = ask(bob, fraud, generation=2)
    assert answer.json()["public_key"] == second["public_key"]
    assert code_of(ask(bob, fraud)) == (410, "generation-closed"), "from its second on"
    take_effect()
    assert code_of(ask(bob, fraud)) == (410, "generation-closed")
    [now_live] = told(bob, fraud)
    same = ("generation", "public_key", "scheme", "pinned")
    assert [now_live[each] for each in same] == [second[each] for each in same]


def test_announced_key_is_for_those_who_will_read(fraud, coalition, bob, frank):
    tomorrow = (now() + timedelta(days=1)).isoformat()
    fewer = {FRAUD: {"to": [{"kind": "bank"}], "min_confidence": 50}}
    enacted(amended(coalition.agreement_id, fewer, effective_from=tomorrow))
    assert len(told(bob, fraud)) == 2
    assert len(told(frank, fraud)) == 1


def test_question_by_another_scheme_is_refused_since_it_would_never_hit(fraud, bob):
    [key] = told(bob, fraud)
    assert key["scheme"] == TYPED
    assert code_of(ask(bob, fraud, scheme=BARE)) == (409, "other-scheme")
    unsaid = {"generation": 1, "blinded": [ELEMENT]}  # by a toolkit of before
    refused = Caller(bob).post(f"{fraud}/evaluate", unsaid)
    assert code_of(refused) == (409, "other-scheme")
    assert counted() == {}
    assert ask(bob, fraud).status_code == 200


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("00" * 32, "identity-element"),
        ("ff" * 32, "not-an-element"),
        (ELEMENT[:-2], "wrong-length"),
    ],
)
def test_element_that_is_none_is_named_by_its_line(fraud, bob, said, code):
    answer = ask(bob, fraud, ELEMENT, ELEMENT, said)
    assert code_of(answer) == (422, "invalid")
    [fault] = answer.json()["errors"]
    assert (fault["line"], fault["field"], fault["code"]) == (3, "blinded", code)
    assert said not in answer.content.decode()
    assert counted() == {}, "what is refused does not count"


def test_doubled_field_is_refused(fraud, bob):
    body = f'{{"generation":1,"blinded":["{ELEMENT}"],"blinded":["{ELEMENT}"]}}'
    answer = Caller(bob).post(f"{fraud}/evaluate", body)
    assert code_of(answer) == (400, "bad-json")


def test_destroyed_key_answers_nothing(fraud, bob):
    tokens.destroy_root(collection(FRAUD), 1)
    assert code_of(ask(bob, fraud)) == (410, "key-destroyed")
    assert code_of(Caller(bob).get(f"{fraud}/keys")) == (410, "key-destroyed")


def test_key_that_is_not_the_one_on_record_is_not_told(fraud, bob):
    GenerationRoot.objects.update(oprf_pinned=AuditEvent.objects.earliest("pk").pk)
    assert Caller(bob).get(f"{fraud}/keys").status_code == 500


def test_how_often_was_asked_is_kept_and_nothing_else(fraud, bob, caplog):
    answer = ask(bob, fraud, ELEMENT, ELEMENT)
    event = AuditEvent.objects.get(verb="lookup:elements:evaluate")
    assert event.detail == {"generation": 1, "asked": 2}
    assert event.subject == str(collection(FRAUD))
    assert event.organization_id == home_of(bob).pk
    assert counted() == {"oblivious": 2}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(e::text, ''), '') FROM orgs_auditevent e"
        )
        kept = cursor.fetchone()[0] + caplog.text
    assert not [each for each in (ELEMENT, *answer.json()["evaluated"]) if each in kept]


def test_request_beyond_the_quota_is_refused_whole_and_not_counted(
    fraud, bob, frank, monkeypatch
):
    monkeypatch.setattr(v, "OBLIVIOUS_A_DAY", 3)
    assert ask(bob, fraud, ELEMENT, ELEMENT).status_code == 200
    with monkeypatch.context() as broken:
        broken.delattr(voprf, "evaluate")  # refused before the arithmetic
        refused = ask(bob, fraud, ELEMENT, ELEMENT)
    assert code_of(refused) == (429, "too-many")
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert counted() == {"oblivious": 2}
    assert ask(bob, fraud).status_code == 200, "what is left is left"
    assert ask(frank, fraud).status_code == 200, "each organization has its own"
    with time_machine.travel(now() + timedelta(days=1)):
        assert ask(bob, fraud).status_code == 200


def test_asking_long_raises_no_alarm_since_hits_are_not_seen(fraud, bob, monkeypatch):
    monkeypatch.setattr(v, "LOOKUP_DRY_RUN", 2)
    ask(bob, fraud, ELEMENT, ELEMENT)
    ask(bob, fraud, ELEMENT, ELEMENT)
    assert not AuditEvent.objects.filter(verb__endswith="run-without-hits").exists()


def test_thousand_elements_cost_as_many_queries_as_one(fraud, bob):
    system = Caller(bob)
    many = [voprf.blind(b"%d" % n).element.hex() for n in range(v.OBLIVIOUS_ELEMENTS)]

    def queries(elements):
        with CaptureQueriesContext(connection) as caught:
            body = {"generation": 1, "scheme": TYPED, "blinded": elements}
            assert system.post(f"{fraud}/evaluate", body).status_code == 200
        return len(caught)

    queries([ELEMENT])
    assert queries(many) == queries([ELEMENT])


class Partner:
    """A partner's program on the live server, which records what the server receives."""

    def __init__(self, address: str, person) -> None:
        self.root, self.key = f"{address}/api/v1/", key_of(person)
        self.recording: list[bytes] = []

    def get(self, path: str):
        return self._call(path, None)

    def send_to(self, path: str):
        def send(body):
            data = json.dumps(body).encode()
            self.recording.append(data)
            return self._call(path, data)

        return send

    def _call(self, path: str, data: bytes | None):
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
        }
        request = Request(self.root + path, data, headers)  # noqa: S310 - of this test
        with urlopen(request) as answer:  # noqa: S310
            return json.load(answer)


def test_bank_finds_its_own_and_two_runs_share_nothing(fraud, bob, live_server):
    bank = Partner(live_server.url, bob)
    told = bank.get(f"{fraud}/keys")
    [number] = keys = client.pinned_keys(told)
    asking = client.Oblivious(number, keys[number], client.schemes_of(told)[number])
    own = [(n, client.typed(f"{n}.example")) for n in range(1_200)]
    make = tokens.otag_maker(collection(FRAUD), number)
    scams = {make(*own[n][1]) for n in range(0, 1_200, 100)}
    runs = []
    for _ in range(2):
        bank.recording = []
        found = list(asking.find(own, bank.send_to(f"{fraud}/evaluate"), scams))
        assert found == list(range(0, 1_200, 100))
        runs.append([json.loads(each) for each in bank.recording])
    first, second = ({each for body in run for each in body["blinded"]} for run in runs)
    assert (len(first), len(second)) == (1_200, 1_200)
    assert first.isdisjoint(second)
    whole = json.dumps(runs)
    for _, typed in own:
        assert typed.digest.hex() not in whole
    assert client.pinned_keys(bank.get(f"{fraud}/keys"), keys) == keys
