"""One of everything that a route can be about, and everybody who may ask for it.

Meadow is the owner: its people have one role each, its keys one scope each. Frank, Bob
and Dana are parties too, Carol is none. The coalition has a fifth party that nobody else
may know of. Made once per module, in one transaction that is never committed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.accounts.actor import SCOPES, Role
from orgs.accounts.models import BrowserSession, User
from orgs.accounts.sessions import SessionStore
from orgs.credentials.models import Credential
from orgs.members.invitations import invite
from orgs.members.models import Membership
from orgs.mine import services
from sharing.agreements.models import Version
from sharing.distribution import notices
from sharing.distribution.models import Release
from sharing.feedback import services as feedback
from sharing.feeds import selectors as feeds
from sharing.inbox import filters, watchlists
from sharing.indicators.models import Indicator
from tests.access import bodies, treaties
from tests.access.treaties import work_off
from tests.cast import (
    PASSWORD,
    acting,
    browser_of,
    home_of,
    key_of,
    organization,
    person_in,
)
from tests.coalition import collection, send
from tests.sharing.intake.held import LIMIT, lines, make_settled, make_small
from tests.walls import stored

DOCUMENT_PATH = "api/v1/agreement-versions/<uuid:version_id>/document"
DETAILS_PATH = "api/v1/collections/<uuid:collection_id>/details"
FRAUD = "Fraud prevention"
VALUE, STOPPED = "claimed.example", "metamask.io"  # the second is on a warning list
LINE = {"tlp": "green", "confidence": "80"}
HOMES = {"frank": "sentry", "bob": "harbour", "dana": "liaison", "carol": "northline"}

Ids = dict[str, object]


@dataclass(frozen=True)
class World:
    """Ids by the name of a path's parameter; where a route means another one, by route."""

    ids: Ids
    own_ids: dict[str, Ids]
    bodies: bodies.Bodies
    browsers: dict[str, Client]
    keys: dict[str, str | None]
    quiet: tuple[str, ...]  # words that would tell of the hidden party


@pytest.fixture(scope="module", name="db")
def one_transaction(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """For a module that imports it, instead of a transaction for each test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module", name="world")
def one_world(db: None) -> World:
    return built()


def built() -> World:
    people = _people()
    quiet, vera = treaties.quiet_party()
    versions = treaties.versions(people, quiet)
    ids, own_ids = _things(people, vera, versions)
    browsers = {name: browser_of(person) for name, person in people.items()}
    return World(
        ids,
        own_ids,
        bodies.of_pages(people, versions),
        {**browsers, "nobody": Client()},
        _keys(people),
        (*treaties.QUIET, treaties.QUIET_CLAUSE, str(quiet.pk), quiet.pk.hex),
    )


def _people() -> dict[str, User]:
    """As the table names them: managers, but for Meadow's others and for staff."""
    meadow = organization("meadow")
    found = {"alice": person_in(meadow, "alice")}
    for role in (Role.ANALYST, Role.SIGNATORY, Role.AUDITOR):
        found[str(role)] = person_in(meadow, str(role), role)
    for name, slug in HOMES.items():
        found[name] = person_in(organization(slug), name)
    found["erin"] = User.objects.create_user(
        "erin@accord.example", PASSWORD, name="Erin", is_staff=True
    )
    return found


def _things(
    people: dict[str, User], vera: User, versions: dict[str, Version]
) -> tuple[Ids, dict[str, Ids]]:
    """What Meadow has; its second manager made it, so that Alice is a second person."""
    home, fraud = home_of(people["alice"]), collection(FRAUD)
    amy, max_ = person_in(home, "amy"), person_in(home, "max", Role.ANALYST)
    batch = send(amy, [VALUE, STOPPED], work=False, **LINE)
    send(vera, ["quiet.example"], work=False, **LINE)
    work_off()
    for reader in ("alice", "frank", "bob"):
        feeds.page(acting(people[reader]), fraud, Cursor(), 1)
    [notice] = notices.notices(acting(people["alice"]))
    release = stored(Release).get(generation__collection=fraud, owner=home).public_id
    word = {"release": str(release), "kind": "helpful"}
    feedback.give(actor=acting(people["bob"]), body={"lines": [word]})
    work_off()
    invited, link = invite(
        actor=acting(amy), organization=home, email="x@x.example", role=Role.ANALYST
    )
    member: Ids = {"pk": Membership.objects.get(user=max_).pk}
    key_of(amy, scopes=["read"])
    active, proposed = versions["active"], versions["proposed"]
    ids: Ids = {
        "member_id": home.pk,
        "agreement_id": active.agreement_id,
        "version_id": active.pk,
        "other_id": versions["amended"].pk,
        "submission_id": batch.id,
        "held_id": _held(amy),
        "collection_id": fraud,
        "claim_id": stored(Indicator).get(owner=home).pk,
        "release_id": release,
        "notice_id": notice.id,
        "handle": _session(people["alice"]),
        "view_id": _view(people["alice"]),
        "kind": "notice",
        "watchlist_id": _watchlist(amy),
        "filter_id": _filter(amy),
        "subject": notice.id,
        "line": 2,
        "name": "contributed-weeks",
        "code": "forbidden",
        "uidb64": "MQ",
        "token": "a-b",
    }
    own_ids: dict[str, Ids] = {
        "agreement-resume": {"agreement_id": versions["suspended"].agreement_id},
        "agreement-amend": {"agreement_id": proposed.agreement_id},
        "agreement-sign": {"version_id": proposed.pk},
        "agreement-edit": {"version_id": versions["draft"].pk},
        "agreement-document": {"version_id": versions["draft"].pk},
        DETAILS_PATH: {"collection_id": collection(treaties.ASKED)},
        "collection-details": {"collection_id": collection(treaties.ASKED)},
        DOCUMENT_PATH: {"version_id": versions["draft"].pk},
        "agreement-propose": {"version_id": versions["draft"].pk},
        "member-role": member,
        "member-remove": member,
        "invitation-withdraw": {"pk": invited.pk},
        "invitation": {"pk": invited.pk, "secret": link.rpartition("/")[2]},
        "credential-revoke": {"pk": Credential.objects.get().pk},
    }
    return ids, own_ids


def _session(person: User) -> UUID:
    """The handle of another browser in which she is signed in."""
    row = BrowserSession.objects.create(
        session_key="k" * 32,
        session_data=SessionStore().encode({}),
        expire_date=now() + timedelta(days=1),
        user=person,
        handle=uuid4(),
        since=now(),
        browser="Firefox on Linux",
    )
    return row.handle or uuid4()


def _view(person: User) -> int:
    return services.save_view(
        actor=acting(person), place="agreements", name="Active", query="state=active"
    ).pk


def _watchlist(person: User) -> UUID:
    order = watchlists.read({"name": "Customers", "values": ["watched.example"]})
    return watchlists.change(actor=acting(person), order=order).id


def _filter(person: User) -> UUID:
    order = filters.read({"name": "Sure", "where": {"confidence": 50}})
    return filters.save(actor=acting(person), order=order).id


def _held(person: User) -> UUID:
    """The id of a submission that waits for a second person."""
    make_settled(home_of(person))
    with pytest.MonkeyPatch.context() as small:
        make_small(small)
        return send(person, lines(LIMIT), work=False).id


def _keys(people: dict[str, User]) -> dict[str, str | None]:
    """Meadow's: with every scope, with one each, with none, an analyst's; others' with all.

    Staff have no keys, and a browser's session opens nothing here.
    """
    alice = people["alice"]
    none, analyst = key_of(alice), key_of(alice, scopes=["read"], role=Role.ANALYST)
    _change(none, scopes=[])
    _change(analyst, scopes=sorted(SCOPES))  # its role narrows them
    return {
        "alice": key_of(alice),
        **{str(right): key_of(alice, scopes=[right]) for right in sorted(SCOPES)},
        "none": none,
        "analyst": analyst,
        **{who: key_of(people[who]) for who in HOMES},
        "erin": None,
        "nobody": None,
    }


def _change(key: str, **facts: object) -> None:
    Credential.objects.filter(prefix=key.split("_")[1]).update(**facts)
