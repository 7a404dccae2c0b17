"""Two worlds that differ only in what an organization may not see answer it alike."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import User
from orgs.members.services import create_organization
from sharing.agreements import services as agreements
from sharing.agreements.models import Agreement
from sharing.distribution.models import Release
from sharing.feedback import services as feedback
from sharing.inbox import filters, watchlists
from sharing.indicators.models import Indicator
from sharing.lookup import services as lookup
from tests.access.asking import PATHS, in_api
from tests.cast import MEMBERS, acting, browser_of, home_of, organization, person_in
from tests.coalition import FILE, collection, pulled, send, work_off
from tests.hub.api.caller import Caller, text
from tests.sharing.agreements.conftest import clause
from tests.sharing.agreements.conftest import text as agreement_text
from tests.walls import empty_tables, stored

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
STRONG = {"confidence": 80, "scam_type": "investment"}
ASKED = ["one.scam.example", "two.scam.example", "red.scam.example", "odd one"]
# What is another in every world: ids, keys and tokens.
NAMES = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|\b[0-9a-f]{64}\b"
    r"|(?<=members/)\d+"
)
# Of two streams that were written to in one second, both say so: times have one name.
TIMES = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?"
    r"|\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC"
    r"|(?<=\.)1[0-9]{15}\b"  # microseconds, in the name of an entry of the inbox
)
NOISE = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": ?"[^"]*"'
    r"|accord_[0-9a-f]{12}\w*|<time[^>]*>[^<]*</time>"
    # A filter says when it was made, in its version, and holds tokens of this world's key.
    r'|"version": ?"\d+\.\d+"|"additions": ?"[^"]*"|"signature": ?"[0-9a-f]*"'
)


class Cast:
    """Everybody, made anew in each world."""

    def __init__(self) -> None:
        homes = {slug: organization(slug) for slug in MEMBERS}
        self.alice = person_in(homes["meadow"], "alice")
        self.frank = person_in(homes["sentry"], "frank")
        self.bob = person_in(homes["harbour"], "bob")
        self.dana = person_in(homes["liaison"], "dana")
        self.carol = person_in(homes["northline"], "carol")
        for slug in MEMBERS:
            person_in(homes[slug], f"{slug}-signs", Role.SIGNATORY)


def another_agreement(cast: Cast) -> None:
    """Of two others, who share values in it."""
    terms = {"from": ["meadow"], "to": ["liaison"], "disclosure": "value"}
    said = agreement_text(
        clause("Between us", government_recipients=True, **terms),
        title="Between us",
        parties=["meadow", "liaison"],
    )
    version = agreements.draft(actor=SYSTEM, text=said)
    agreements.propose(actor=SYSTEM, version_id=version.pk)
    for slug in ("meadow", "liaison"):
        signs = User.objects.get(email=f"{slug}-signs@{slug}.example")
        agreements.sign(actor=acting(signs), version_id=version.pk)
    work_off()


def red_claims(cast: Cast) -> None:
    send(cast.alice, [{"value": "red.scam.example", **STRONG, "tlp": "red"}])


def weak_claims(cast: Cast) -> None:
    send(cast.frank, [{"value": "two.scam.example", "confidence": 10}])


def claims_for_others(cast: Cast) -> None:
    line = {
        "value": "red.scam.example",
        **STRONG,
        "audience": [str(collection(POLICE))],
    }
    send(cast.frank, [line])


def claims_of_a_stranger(cast: Cast) -> None:
    send(cast.carol, [{"value": "one.scam.example", **STRONG}, "two.scam.example"])


def withdrawn_before(cast: Cast) -> None:
    send(cast.carol, ["gone.example"])
    send(cast.carol, [{"op": "withdraw", "value": "gone.example"}])


def unlisted_member(cast: Cast) -> None:
    create_organization(
        actor=SYSTEM,
        slug="quiet",
        name="Quiet Fund",
        kind="bank",
        jurisdiction="US",
        listed=False,
    )


def readers_elsewhere(cast: Cast) -> None:
    pulled(cast.dana, POLICE)
    pulled(cast.frank, FRAUD)


def lookups_of_others(cast: Cast) -> None:
    lookup.look_up(actor=acting(cast.frank), body={"values": ASKED[:2]})


def feedback_of_others(cast: Cast) -> None:
    """About records of Fraud prevention, which is its contributors' alone to see."""
    for record in pulled(cast.frank, FRAUD):
        if record["kind"] == "release":
            words = [{"release": record["id"], "kind": k} for k in ("outdated", "seen")]
            feedback.give(actor=acting(cast.frank), body={"lines": words})
    work_off()


HIDDEN: dict[str, Callable[[Cast], None]] = {
    each.__name__: each
    for each in (
        another_agreement,
        red_claims,
        weak_claims,
        claims_for_others,
        claims_of_a_stranger,
        withdrawn_before,
        unlisted_member,
        readers_elsewhere,
        lookups_of_others,
        feedback_of_others,
    )
}
Plan = list[tuple[int, str]]  # what else happens, and after which visible deed


@override_settings(OUTBOX_SHARDS=1)  # of one line, one stream follows the other
def world(plan: Plan) -> list[str]:
    """Build a world, and ask as bob; every answer with names by order of appearance."""
    empty_tables(again=True)
    cast = Cast()
    agreements.apply_file(FILE, actor=SYSTEM)
    work_off()
    watched = {"name": "Ours", "values": [*ASKED, "red.scam.example"]}
    watchlists.change(actor=acting(cast.bob), order=watchlists.read(watched))
    wanted = {"name": "Sure ones", "where": {"confidence": 50}}
    filters.save(actor=acting(cast.bob), order=filters.read(wanted))
    for number, deed in enumerate(_visible(cast)):
        deed()
        for place, name in plan:
            if place == number:
                HIDDEN[name](cast)
    renamed: dict[str, str] = {}
    return [_plain(answer, renamed) for answer in _asked(cast)]


def _visible(cast: Cast) -> list[Callable[[], Any]]:
    """One line at a time: rows of a batch have the order of their tokens."""
    one, two = ({"value": value, **STRONG} for value in ASKED[:2])
    return [
        lambda: send(cast.alice, [one]),
        lambda: send(cast.alice, [two]),
        lambda: send(cast.bob, ["own.scam.example"]),
        lambda: send(cast.frank, [{**one, "confidence": 60, "tlp": "green"}]),
        lambda: send(cast.alice, [{"op": "withdraw", "value": two["value"]}]),
    ]


def _asked(cast: Cast) -> Iterator[str]:
    api, browser = Caller(cast.bob), browser_of(cast.bob)
    ids = _ids(cast)
    yield text(api.post("lookups", {"values": ASKED}))
    yield text(api.post("lookups", {"values": ["red.scam.example"]}))
    for name, path in PATHS.items():
        if in_api(name):
            address = re.sub(r"<\w+:(\w+)>", lambda found: str(ids[found[1]]), path)
            answer: Any = api.http.get(
                f"/{address}", headers={"Authorization": f"Bearer {api.key}"}
            )
        else:
            wanted = {key: pk for key, pk in ids.items() if f":{key}>" in path}
            try:
                answer = browser.get(reverse(name, kwargs=wanted))
            except NoReverseMatch:
                continue  # about something that bob has not
        yield f"{name} {answer.status_code} {text(answer)}"


def _ids(cast: Cast) -> dict[str, Any]:
    """Of what bob has, or at least may ask for."""
    known = Agreement.objects.get(title="Coalition against scams")
    stream = stored(Release).filter(
        generation__collection=collection(FRAUD), owner=home_of(cast.frank)
    )
    sent = json.loads(text(Caller(cast.bob).get("submissions")))["submissions"][0]["id"]
    return {
        "collection_id": collection(FRAUD),
        "release_id": stream.earliest("seq").public_id,
        "claim_id": stored(Indicator).get(owner=home_of(cast.bob)).pk,
        "submission_id": sent,
        "held_id": sent,
        "agreement_id": known.pk,
        "version_id": known.active_version_id,
        "other_id": known.active_version_id,
        "notice_id": known.pk,
        "filter_id": filters.listed(acting(cast.bob))[0].id,
        "watchlist_id": watchlists.lists(acting(cast.bob))[0].id,
        "name": "received-types",
    }


def _plain(answer: str, renamed: dict[str, str]) -> str:
    answer = TIMES.sub("@", NOISE.sub("", answer))
    return NAMES.sub(lambda at: renamed.setdefault(at[0], f"#{len(renamed)}"), answer)


def _first_difference(told: list[str], expected: list[str]) -> tuple[str, ...] | None:
    """Which answer, and what stands in it and in the other; short enough to be read."""
    for one, other in zip(told, expected, strict=True):
        if one != other:
            pairs = enumerate(zip(one, other, strict=False))
            at = next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))
            near = slice(max(0, at - 80), at + 80)
            return one[:60], one[near], other[near]
    return None


class Told(dict[str, list[str]]):
    """All answers of a world: too long to be shown with a failing example."""

    def __repr__(self) -> str:
        return f"Told({len(self)})"


@pytest.fixture(scope="module")
def plain_world() -> Told:
    return Told()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_bells")
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    plan=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(sorted(HIDDEN))),
        min_size=3,
        max_size=6,
        unique_by=lambda each: each[1],
    )
)
def test_answers_are_alike_whatever_one_may_not_see(
    plain_world: Told, plan: Plan
) -> None:
    expected = plain_world.setdefault("plain", []) or world([])
    plain_world["plain"] = expected
    assert len(expected) > 40
    told = world(plan)
    assert len(told) == len(expected)
    assert _first_difference(told, expected) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_bells")
def test_answers_differ_when_something_may_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def seen(cast: Cast) -> None:
        send(cast.frank, [{"value": "new.scam.example", **STRONG}])

    monkeypatch.setitem(HIDDEN, "seen", seen)
    told = world([(4, "seen")]), world([])
    assert _first_difference(*told) is not None
