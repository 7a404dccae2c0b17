"""A new version of a normal form: claims of the one before are found, and go on."""

from array import array
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.client import Matcher
from hub.client.ownlist import Line
from hub.client.state import head
from hub.client.tokenising import Options, finder
from sharing import vocabulary as v
from sharing.distribution.models import Release
from sharing.indicators import selectors
from sharing.indicators.models import Indicator
from sharing.indicators.types import TYPES, BadValue, read_value
from sharing.indicators.types.base import Former
from sharing.indicators.types.domain import Domain
from sharing.intake import selectors as intake
from sharing.lookup import services as lookup
from sharing.tokens import scheme
from sharing.tokens import services as tokens
from tests.cast import acting
from tests.coalition import collection, pulled, send
from tests.hub.api.caller import Caller
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

VALUE, TOKENS = "Investigation", "Fraud prevention"
SAID: Any = {"scam_type": "investment", "tlp": "green", "confidence": "90"}
HOST, WWW = "evil.example", "www.evil.example"


class NewDomain(Domain):
    """As if `www.` were no longer part of a domain."""

    nv = 2
    previous: ClassVar[tuple[Former, ...]] = (
        Former(1, lambda text, region: Domain().normalise(text)),
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        return super().normalise(text).removeprefix("www.")


class NewestDomain(NewDomain):
    nv = 3
    previous: ClassVar[tuple[Former, ...]] = (
        Former(2, lambda text, region: NewDomain().normalise(text)),
        *NewDomain.previous,
    )


@pytest.fixture
def renew(monkeypatch):
    return lambda kind=NewDomain: monkeypatch.setitem(TYPES, "domain", kind())


SIZES = (("few", 3), ("many", 300))


def old(value: str, **more: Any) -> dict[str, Any]:
    d = scheme.digest("domain", 1, value)
    return {"type": "domain", "nv": 1, "digest": d.hex(), **more}


def outcome(person, batch):
    return [
        (each.outcome, each.seen.moved)
        for each in intake.line_results(acting(person), batch.id)
        if each.seen
    ]


def releases(person, title=TOKENS):
    return [row for row in pulled(person, title) if row["kind"] == "release"]


def wire(title: str, nv: int, value: str) -> str:
    make = tokens.token_maker(collection(title), 1)
    return scheme.wire(1, make("domain", scheme.digest("domain", nv, value)))


def test_older_forms_are_read_beside_the_one_in_use(renew):
    renew(NewestDomain)
    found = read_value("WWW.evil.example", kind="domain")
    assert (found.nv, found.canonical) == (3, HOST)
    assert found.older == ((2, HOST), (1, WWW))


def test_older_form_that_cannot_read_the_value_is_left_out(monkeypatch):
    def refuse(text: str, region: str | None) -> str:
        raise BadValue("empty", "No.")

    class Picky(NewDomain):
        previous: ClassVar = (Former(1, refuse),)

    monkeypatch.setitem(TYPES, "domain", Picky())
    assert read_value(HOST, kind="domain").older == ()


def test_claim_goes_on_in_the_new_form_when_its_value_is_sent_again(
    coalition, alice, bob, renew
):
    send(alice, [WWW], **SAID)
    before, [release] = stored(Indicator).get(), releases(bob)
    renew()
    batch = send(alice, [WWW], **SAID)
    row = stored(Indicator).get()
    assert (row.pk, row.nv, row.revision) == (before.pk, 2, 2)
    assert row.index != before.index
    assert outcome(alice, batch) == [("updated", True)]
    [again] = releases(bob)
    assert again["id"] == release["id"]
    assert release["token"] == wire(TOKENS, 1, WWW)
    assert again["token"] == wire(TOKENS, 2, HOST)
    assert {bytes(each.index) for each in stored(Release)} == {bytes(row.index)}
    assert outcome(alice, send(alice, [WWW], **SAID)) == [("unchanged", False)]
    assert stored(Indicator).get().revision == 2


def test_sealed_digest_opens_after_the_claim_went_on(coalition, alice, renew):
    send(alice, [WWW], **SAID)
    renew()
    send(alice, [WWW], **SAID)
    row = stored(Indicator).get()
    d = tokens.open_digest(row.pk, row.type, bytes(row.digest_sealed), row.vault_epoch)
    assert d == scheme.digest("domain", 2, HOST)


def test_released_value_is_that_of_the_new_form(coalition, alice, dana, renew):
    send(alice, [WWW], **SAID)
    renew()
    send(alice, [WWW], **SAID)
    assert [row["value"] for row in releases(dana, VALUE)] == [HOST]


def test_result_says_that_the_token_is_new(coalition, alice, renew):
    send(alice, [WWW], **SAID)
    renew()
    batch = send(alice, [WWW], **SAID)
    [row] = Caller(alice).get(f"submissions/{batch.id}/results").json()["results"]
    assert (row["nv"], row["how"]) == (2, "guessed")
    assert [each["code"] for each in row["notices"]] == ["moved"]


@pytest.mark.parametrize("op", ["withdraw", "correct"])
def test_correction_and_withdrawal_find_the_claim_of_the_older_form(
    coalition, alice, bob, renew, op
):
    send(alice, [WWW], **SAID)
    renew()
    more = {"confidence": 50} if op == "correct" else {}
    send(alice, [{"value": WWW, "op": op, **more}])
    row = stored(Indicator).get()
    assert (row.nv, row.revision) == (2, 2)
    state = v.State.WITHDRAWN if op == "withdraw" else v.State.ACTIVE
    assert row.state == state
    [record] = pulled(bob, TOKENS)
    assert record["kind"] == ("tombstone" if op == "withdraw" else "release")


def test_two_claims_that_the_new_form_makes_one_become_one(
    coalition, alice, bob, renew
):
    send(alice, [WWW, HOST], **SAID)
    assert len(releases(bob)) == 2
    renew()
    batch = send(alice, [WWW, HOST], **SAID)
    assert outcome(alice, batch) == [("updated", True), ("unchanged", False)]
    assert sorted(stored(Indicator).values_list("nv", "state")) == [
        (1, "withdrawn"),
        (2, "active"),
    ]
    assert [row["token"] for row in releases(bob)] == [wire(TOKENS, 2, HOST)]
    kinds = sorted(row["kind"] for row in pulled(bob, TOKENS))
    assert kinds == ["release", "tombstone"]


def test_claims_of_several_older_forms_become_one(coalition, alice, bob, renew):
    send(alice, [WWW], **SAID)
    renew()
    send(
        alice, [{"type": "domain", "nv": 2, "sha256": scheme.content_hash(HOST).hex()}]
    )
    assert stored(Indicator).count() == 2
    renew(NewestDomain)
    send(alice, [WWW], **SAID)
    assert sorted(stored(Indicator).values_list("nv", "state")) == [
        (1, "withdrawn"),
        (3, "active"),
    ]
    [record] = releases(bob)
    assert record["token"] == wire(TOKENS, 3, HOST)


def test_older_word_about_a_value_does_not_move_its_claim(coalition, alice, renew):
    first = send(alice, [HOST], work=False, **SAID)
    send(alice, [{"value": HOST, "op": "withdraw"}])
    stored(Indicator).update(source_submission=first.pk + 9)
    renew()
    batch = send(alice, [HOST], **SAID)
    assert outcome(alice, batch) == [("outdated", False)]
    row = stored(Indicator).get()
    assert (row.nv, row.state) == (1, "withdrawn")


def test_frozen_claim_stays_where_it_is(coalition, alice, renew):
    send(alice, [WWW], **SAID)
    stored(Indicator).update(state="frozen")
    renew()
    batch = send(alice, [WWW], **SAID)
    assert [each.code for each in intake.problems(acting(alice), batch.id)] == [
        "frozen"
    ]
    assert stored(Indicator).get().nv == 1


@pytest.mark.parametrize(
    "change",
    [{"state": "frozen"}, {"state": "expired"}, {"source_submission": 10**6}],
    ids=["frozen", "expired", "newer"],
)
def test_claim_beside_the_new_one_is_left_alone_when_it_may_not_change(
    coalition, alice, renew, change
):
    send(alice, [WWW, HOST], **SAID)
    renew()
    older = stored(Indicator).filter(pk=stored(Indicator).get(source_line=1).pk)
    older.update(**change)
    before = older.values_list("state", "revision", "index").get()
    send(alice, [HOST], **SAID)
    send(alice, [WWW], **SAID)
    assert stored(Indicator).filter(nv=1).count() == 1
    assert older.values_list("state", "revision", "index").get() == before


def test_claim_of_another_owner_stays_where_it_is(coalition, alice, frank, renew):
    send(alice, [WWW], **SAID)
    send(frank, [WWW], **SAID)
    renew()
    send(alice, [WWW], **SAID)
    assert sorted(stored(Indicator).values_list("owner__slug", "nv")) == [
        ("meadow", 2),
        ("sentry", 1),
    ]


def test_moving_costs_no_statement_per_line(coalition, alice, renew, settings):
    settings.OUTBOX_SHARDS = 1  # of several, some are asked more often by chance
    few, many = (
        [f"www.{name}{n}.example" for n in range(size)] for name, size in SIZES
    )
    send(alice, [*few, *many], **SAID)
    renew()
    send(alice, ["first.example"], **SAID)  # what is asked once in a process
    counts = []
    for hosts in (few, many):
        with CaptureQueriesContext(connection) as asked:
            batch = send(alice, hosts, **SAID)
        assert outcome(alice, batch) == [("updated", True)] * len(hosts)
        counts.append(len(asked))
    assert counts[1] <= counts[0], counts
    assert set(stored(Indicator).values_list("nv", flat=True)) == {2}


def test_hash_of_an_older_form_is_taken_and_said_not_to_match_the_newer(
    coalition, alice, renew
):
    renew()
    batch = send(alice, [old(WWW), {**old(WWW), "nv": 2}, {**old(WWW), "nv": 3}])
    [bad] = intake.problems(acting(alice), batch.id)
    assert (bad.line, bad.field, bad.code) == (3, "nv", "bad-nv")
    assert "2 or 1" in bad.detail
    page = Caller(alice).get(f"submissions/{batch.id}/results").json()["results"]
    codes = [[each["code"] for each in row["notices"]] for row in page]
    assert codes == [["by-hash", "older-form"], ["by-hash"], []]


def test_claim_by_hash_of_the_older_form_goes_on_when_the_value_comes(
    coalition, alice, dana, renew
):
    send(alice, [old(WWW)], **SAID)
    renew()
    send(alice, [WWW], **SAID)
    row = stored(Indicator).get()
    assert (row.nv, row.by_hash) == (2, False)
    assert [each["value"] for each in releases(dana, VALUE)] == [HOST]


def test_own_claim_is_found_by_its_value_before_it_goes_on(coalition, alice, renew):
    send(alice, [WWW], **SAID)
    claim = stored(Indicator).get()
    renew()
    assert selectors.own_of_value(acting(alice), WWW) == claim.pk


@pytest.mark.parametrize("moved", [False, True])
def test_look_up_by_value_finds_releases_of_every_form(
    coalition, alice, bob, renew, moved
):
    send(alice, [WWW], **SAID)
    renew()
    if moved:
        send(alice, [WWW], **SAID)
    answer = lookup.look_up(actor=acting(bob), body={"values": [WWW, "no.example"]})
    assert {line: len(known.hits) for line, known in answer.lines.items()} == {1: 1}


@pytest.mark.parametrize("nv", [1, 2])
def test_look_up_by_hash_takes_every_form_that_is_known(
    coalition, alice, bob, renew, nv
):
    if nv == 2:
        renew()
    send(alice, [WWW], **SAID)
    renew()
    h = scheme.content_hash({1: WWW, 2: HOST}[nv]).hex()
    body = {"digests": [{"type": "domain", "nv": nv, "sha256": h}]}
    assert list(lookup.look_up(actor=acting(bob), body=body).lines) == [1]


@pytest.mark.parametrize("nv", [1, 2])
def test_toolkit_finds_a_line_of_its_list_in_whichever_form_the_token_is(renew, nv):
    renew()
    key = bytes(32)
    d = scheme.digest("domain", nv, {1: WWW, 2: HOST}[nv])
    token = scheme.token(key, "domain", d)
    find = finder({1: key}, array("Q", [head(token)]), Options(None, None))
    assert [each.token for each in find([Line(1, WWW)]).found] == [token]


@pytest.mark.parametrize("moved", [False, True])
def test_partner_matches_a_stream_in_whichever_form_a_claim_is(
    coalition, alice, bob, renew, moved
):
    send(alice, [WWW], **SAID)
    renew()
    if moved:
        send(alice, [WWW], **SAID)
    matcher = Matcher([WWW], {1: tokens.token_key_hex(collection(TOKENS), 1)})
    assert [matcher.find(row) for row in releases(bob)] == [WWW]
