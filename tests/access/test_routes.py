"""Every address and verb of the hub, and what each of the cast is answered there.

A route that is missing here fails: whoever adds one says at once who is refused. A
stranger is told 404, a member without the right 403, somebody without a key 401.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import Organization, User
from orgs.credentials.models import Credential
from orgs.members.invitations import invite
from orgs.members.models import Membership
from sharing.agreements import services as agreements
from sharing.agreements.models import Grant, Version
from sharing.distribution.models import Release
from sharing.distribution.release import release_batch
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from sharing.indicators.models import Indicator
from sharing.intake.accept import accept_chunk
from sharing.intake.models import LineProblem
from tests.access.table import API, PAGES
from tests.cast import acting, browser_of, home_of, key_of, person_in
from tests.coalition import collection, send
from tests.walls import WORKER, stored, working_as

pytestmark = pytest.mark.django_db

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ELSEWHERE = "203.0.113.9"

ROOT = "api/v1/"
NOWHERE = "api/<path:rest>"  # what is no address of the API: 404 for every verb


def routes(resolver: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every route as (name or path, path), the administration's left out."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from routes(entry, path)
        elif isinstance(entry, URLPattern):
            yield entry.name or path, path


@dataclass(frozen=True)
class World:
    """One of everything that belongs to a member."""

    ids: dict[str, object]
    secret: str
    bodies: dict[str, Any]

    def address(self, path: str) -> str:
        if path.startswith("^invitations"):
            return f"/invitations/{self.ids['invitation']}/{self.secret}"
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(self.ids[m[1]]), path)


@pytest.fixture
def amy(coalition: object, alice: User) -> User:
    """The second manager of alice's organization."""
    return person_in(home_of(alice), "amy")


@pytest.fixture
def world(amy: User, alice: User) -> World:
    home, fraud = home_of(alice), collection("Fraud prevention")
    claim = claimed(alice, fraud)
    batch = send(alice, ["scam.example"], work=False)
    stored(LineProblem).create(
        submission=batch,
        line=1,
        outcome="stopped",
        field="value",
        code="warninglist",
        detail="",
        created_at=now(),
    )
    feeds.page(acting(alice), fraud, Cursor(), 1)
    member = Membership.objects.get(user=person_in(home, "max", Role.ANALYST))
    sent, link = invite(
        actor=acting(alice), organization=home, email="x@x.example", role=Role.ANALYST
    )
    key_of(alice)
    enacted = Version.objects.get()
    draft = amended(enacted)
    ids = {
        "agreement_id": enacted.agreement_id,
        "version_id": draft.pk,
        "other_id": enacted.pk,
        "submission_id": batch.id,
        "collection_id": fraud,
        "claim_id": claim.pk,
        "release_id": stored(Release).get(generation__collection=fraud).pk,
        "notice_id": notice_to(home, "Vendor exchange"),
        "line": 1,
        "code": "forbidden",
        "uidb64": "MQ",
        "token": "a-b",
        "invitation": sent.pk,
    }
    bodies = _bodies(home.pk, member, sent.pk) | _texts(draft)
    return World(ids, link.rpartition("/")[2], bodies)


def claimed(person: User, collection_id: UUID) -> Indicator:
    """A claim that is released; by hand: the worker waits for the transaction's end."""
    send(person, ["claimed.example"], work=False)
    received = OutboxRow.objects.get(kind=Kind.CHUNK_RECEIVED)
    with working_as(WORKER):
        accept_chunk(**received.payload)
        claim = stored(Indicator).get()
        release_batch(str(claim.owner_id), claim.batch_id, str(collection_id))
    return claim


def amended(enacted: Version) -> Version:
    """A draft of the next Version, which goes on with nothing."""
    known = enacted.agreement_id
    return agreements.draft(actor=SYSTEM, text=enacted.text, agreement_id=known)


def _texts(draft: Version) -> dict[str, Any]:
    source = json.dumps(draft.text)
    return {
        "agreement-draft POST": {"source": source},
        "agreement-check POST": {"source": source},
        "agreement-amend POST": {"source": source},
        "agreement-edit POST": {"source": source, "was": draft.text_sha256},
        "agreement-invite POST": {"slug": "northline"},
        "agreement-suspend POST": {"reason": "Under review."},
        "agreement-terminate POST": {"reason": "It is over."},
    }


def notice_to(member: Organization, title: str) -> UUID:
    """The id of a Notice that a Grant on a collection became."""
    notice, moment = uuid4(), now()
    Grant.objects.filter(recipient=member, collection__title=title).update(
        notice=notice, valid_until=moment, purge_by=moment, reason="Over."
    )
    return notice


def _bodies(home: UUID, member: Membership, sent: UUID) -> dict[str, Any]:
    return {
        "submissions POST": {
            "lines": "other.example",
            "scam_type": "other",
            "role": "perpetrator",
            "tlp": "amber",
            "confidence": "50",
        },
        "members POST": {"email": "new@x.example", "role": "analyst"},
        "member-role POST": {"role": "auditor"},
        "switch-organization POST": {"organization": home},
        "pk": {
            "member-role": member.pk,
            "member-remove": member.pk,
            "invitation-withdraw": sent,
            "credential-revoke": Credential.objects.get().pk,
        },
    }


def status(client: Client, verb: str, address: str, **sent: Any) -> int:
    """What is answered; whatever was done is undone."""
    with transaction.atomic():
        answer = client.generic(verb, address, **sent)
        transaction.set_rollback(True)
    return answer.status_code


def asked(table: dict[str, Any]) -> dict[str, set[str]]:
    """The verbs of each route of a table."""
    found: dict[str, set[str]] = {}
    for row in table:
        name, _, verb = row.rpartition(" ")
        found.setdefault(name, set()).add(verb)
    return found


def test_every_route_is_in_the_table() -> None:
    names = {name for name, _ in routes()} - {NOWHERE}
    assert names == {f"{ROOT}{name}" for name in asked(API)} | {*asked(PAGES)}


def called(world: World, key: str | None, row: str, verb: str = "") -> int:
    name, _, own = row.rpartition(" ")
    said = {"Authorization": f"Bearer {key}"} if key else {}
    body, kind = "", "text/plain"
    if row.startswith("submissions POST"):
        body = "other.example"
    if row.endswith("receipts POST"):
        body, kind = '{"cursor":"1.0"}', "application/json"
    address = world.address(f"{ROOT}{name}")
    sent = {"data": body, "content_type": kind, "headers": said}
    return status(Client(), verb or own, address, **sent)


def test_key_is_answered_as_the_table_says(
    world: World, amy: User, carol: User
) -> None:
    keys = [
        key_of(amy),
        key_of(amy, scopes=["submit"]),
        key_of(amy, scopes=["read"]),
        key_of(carol),
    ]
    found = {row: tuple(called(world, key, row) for key in keys) for row in API}
    assert found == API


def test_key_that_is_none_is_answered_401_everywhere(world: World, amy: User) -> None:
    revoked, expired, elsewhere = (
        key_of(amy),
        key_of(amy),
        key_of(amy, addresses=[ELSEWHERE]),
    )
    change(revoked, revoked_at=now())
    change(expired, expires_at=now())
    for key in (None, "accord_0_0", revoked, expired, elsewhere):
        found = {row: called(world, key, row) for row in API}
        assert set(found.values()) == {401}, found


def change(key: str, **facts: object) -> None:
    Credential.objects.filter(prefix=key.split("_")[1]).update(**facts)


def test_api_has_no_verb_that_is_not_in_the_table(world: World, amy: User) -> None:
    key = key_of(amy)
    for name, verbs in asked(API).items():
        for verb in set(VERBS) - verbs:
            assert called(world, key, f"{name} {verb}") == 405, (name, verb)


class Pages:
    """The pages' addresses, and a browser for each of the cast."""

    def __init__(self, world: World, people: list[User]) -> None:
        self.world = world
        self.paths = dict(routes())
        self.browsers = [browser_of(person) for person in people]

    def ask(self, client: Client, name: str, verb: str) -> int:
        pk = self.world.bodies["pk"].get(name)
        ids = {**self.world.ids, "pk": pk}
        address = World(ids, self.world.secret, {}).address(self.paths[name])
        sent: dict[str, Any] = {}
        if verb == "POST":
            body = self.world.bodies.get(f"{name} POST", {})
            sent = {"data": encode_multipart(BOUNDARY, body)}
            sent["content_type"] = MULTIPART_CONTENT
        cookies = SimpleCookie(client.cookies)
        found = status(client, verb, address, **sent)
        client.cookies = cookies  # nobody stays signed out
        return found


@pytest.fixture
def pages(world: World, amy: User, carol: User, erin: User) -> Pages:
    home = home_of(amy)
    ann, aud = (
        person_in(home, "ann", Role.ANALYST),
        person_in(home, "aud", Role.AUDITOR),
    )
    return Pages(world, [amy, ann, aud, carol, erin])


def test_person_is_answered_as_the_table_says(pages: Pages) -> None:
    cast, found = [*pages.browsers, Client()], {}
    for row in PAGES:
        name, _, verb = row.rpartition(" ")
        found[row] = tuple(pages.ask(client, name, verb) for client in cast)
    assert found == PAGES


def test_pages_have_no_verb_that_is_not_in_the_table(pages: Pages) -> None:
    manager, nobody = pages.browsers[0], Client()
    table = asked(PAGES)
    del table["password-reset-confirm"]  # a link that is none is told so for every verb
    for name, verbs in table.items():
        # Whoever is signed in is led on before the verb is looked at.
        client = nobody if name == "sign-in" else manager
        for verb in set(VERBS) - verbs:
            assert pages.ask(client, name, verb) == 405, (name, verb)


@pytest.mark.parametrize("verb", VERBS)
def test_address_that_is_none_is_not_found_whatever_the_verb(
    amy: User, verb: str
) -> None:
    assert status(browser_of(amy), verb, "/api/v1/nowhere") == 404


def test_administration_is_closed_to_members_and_strangers(alice: User) -> None:
    [admin] = [
        entry
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace == "admin"
    ]
    paths = {path for _, path in routes(admin, "admin/")}
    assert len(paths) > 50
    member, nobody = browser_of(alice), Client()
    for path in sorted(paths):
        if path.endswith(("login/", "logout/")):
            continue
        plain = re.sub(r"\(\?P<\w+>.*\)|<[^>]*>", "1", path.replace("^", ""))
        address = "/" + plain.replace("$", "")
        assert member.get(address, follow=True).status_code == 404, address
        told = nobody.get(address, follow=True)
        assert told.request["PATH_INFO"] == "/sign-in", address
