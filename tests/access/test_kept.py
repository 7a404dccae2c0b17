"""The scope is right however a connection is used: pooled, streamed over, copied into."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections
from django.db.utils import ConnectionHandler
from django.test import Client

from hub import embedded
from orgs.access import scope
from orgs.accounts.models import Organization, User
from sharing.distribution import selectors as distribution
from sharing.feeds import api as feeds
from sharing.indicators.models import Indicator
from sharing.indicators.staging import Sealer
from sharing.intake.accept import accept_chunk
from sharing.intake.models import Chunk, Submission
from tests.access.walled import FRAUD, POLICE, WALLED, answer, whose_rows
from tests.cast import home_of, key_of
from tests.coalition import collection, send, work_off
from tests.walls import OWNER, by_worker, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)
API, NDJSON = "/api/v1", "application/x-ndjson"


class Hub:
    """Requests over one pooled connection, which goes back to its pool between them."""

    def __init__(self, people: dict[str, User]) -> None:
        self.keys = {name: key_of(person) for name, person in people.items()}
        self.homes = {name: home_of(person).pk for name, person in people.items()}
        described = {**connection.settings_dict, "CONN_MAX_AGE": 0}
        pool = {"min_size": 0, "max_size": 1, "reset": embedded.reset_scope}
        described["OPTIONS"] = {**described["OPTIONS"], "pool": pool}
        self.pooled: Any = ConnectionHandler({"default": described})["default"]

    def get(self, who: str, path: str, accept: str = "*/*") -> Any:
        signed = {"Authorization": f"Bearer {self.keys[who]}", "Accept": accept}
        http = Client(raise_request_exception=False)
        return http.get(f"{API}/{path}", headers=signed)

    def records(self, who: str, stream: UUID) -> list[Any]:
        told = self.get(who, f"collections/{stream}/releases?limit=1000")
        return told.json()["records"] if told.status_code == 200 else []

    def hand_back(self) -> None:
        """As Django does at the end of a request."""
        self.pooled.close()

    def backend(self) -> int:
        [(pid,)] = answer("SELECT pg_backend_pid()")
        return int(pid)

    def close(self) -> None:
        self.pooled.close()
        until = time.monotonic() + 5  # what is still on its way back is never closed
        while self.pooled.pool.get_stats()["pool_available"] < 1:
            assert time.monotonic() < until
            time.sleep(0.01)
        self.pooled.close_pool()


@pytest.fixture
def hub(
    filled: dict[str, Organization],
    alice: User,
    frank: User,
    bob: User,
    dana: User,
    carol: User,
) -> Iterator[Hub]:
    people = {"alice": alice, "frank": frank, "bob": bob, "dana": dana, "carol": carol}
    found, plain = Hub(people), connections["default"]
    connections["default"] = found.pooled
    try:
        yield found
    finally:
        connections["default"] = plain
        found.close()


def nothing_is_seen() -> bool:
    """Without a scope, in whatever state the connection is."""
    [(held,)] = answer("SELECT current_setting('app.current_org', true)")
    seen = [rows for rows in WALLED if may_read(rows) and whose_rows(rows).exists()]
    return not held and not seen


def may_read(rows: Any) -> bool:
    asked = "SELECT has_table_privilege(%s, 'SELECT')"
    return answer(asked, rows._meta.db_table) == [(True,)]


# --- a stream of many pages -------------------------------------------------------


@pytest.mark.parametrize("handed_back", [True, False])
def test_stream_of_many_pages_is_its_readers_when_others_ask_between_them(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, handed_back: bool
) -> None:
    fraud, police = collection(FRAUD), collection(POLICE)
    whole = {who: hub.records(who, fraud) for who in ("bob", "alice")}
    danas = hub.records("dana", police)
    claims = hub.get("frank", "indicators").json()
    assert len(whole["bob"]) > 6
    assert danas
    monkeypatch.setattr(feeds, "PIECE_ROWS", 2)
    stream = hub.get("bob", f"collections/{fraud}/releases", NDJSON)
    backend, pieces = hub.backend(), []
    for piece in stream.streaming_content:
        pieces.append(piece)
        if handed_back:
            hub.hand_back()
        assert nothing_is_seen()
        assert hub.records("dana", police) == danas
        assert hub.records("carol", fraud) == hub.records("dana", fraud) == []
        assert hub.get("frank", "indicators").json() == claims
        assert hub.backend() == backend
        if handed_back:
            hub.hand_back()
    assert len(pieces) > 4  # the last one tells of the end
    *records, end = [json.loads(line) for line in b"".join(pieces).splitlines()]
    assert records == whole["bob"]
    assert end["kind"] == "end"
    assert not end["more"]


def test_stream_ends_for_its_reader_when_access_ends_between_pages(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    fraud = collection(FRAUD)
    monkeypatch.setattr(feeds, "PIECE_ROWS", 2)
    stream = hub.get("bob", f"collections/{fraud}/releases", NDJSON)
    pieces = iter(stream.streaming_content)
    first = next(pieces)
    Organization.objects.filter(pk=hub.homes["bob"]).update(is_active=False)
    rest = b"".join(pieces)
    assert b'"kind":"release"' in first
    assert b'"kind":"release"' not in rest
    assert json.loads(rest)["problem"]["status"] == 404


# --- after an exception -----------------------------------------------------------


def python_error() -> None:
    raise RuntimeError


def database_error() -> None:
    answer("SELECT 1 / 0")


def lost_connection() -> None:
    with working_as(OWNER):
        answer("SELECT pg_terminate_backend(pg_backend_pid())")


FAILS: dict[str, Callable[[], None]] = {
    "python": python_error,
    "database": database_error,
    "lost": lost_connection,
}


@pytest.mark.parametrize("fails", FAILS)
def test_next_request_sees_nothing_of_the_one_that_failed(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    fraud = collection(FRAUD)
    expected, seen = hub.records("dana", collection(POLICE)), []

    def failing(*_: Any) -> Any:
        seen.append((hub.backend(), len(whose_rows(Indicator))))
        FAILS[fails]()

    with monkeypatch.context() as patch:
        patch.setattr(distribution, "page", failing)
        told = hub.get("alice", f"collections/{fraud}/releases?limit=5")
    assert told.status_code >= 500
    [(backend, own)] = seen
    assert own == 3  # it failed while it saw Meadow's claims
    hub.hand_back()
    assert nothing_is_seen()
    assert (hub.backend() == backend) is (fails != "lost")
    hub.hand_back()
    assert hub.records("dana", collection(POLICE)) == expected
    assert hub.get("carol", "indicators").json()["indicators"] == []


def test_next_request_sees_nothing_of_a_stream_that_was_abandoned(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PIECE_ROWS", 2)
    stream = hub.get("bob", f"collections/{collection(FRAUD)}/releases", NDJSON)
    assert next(iter(stream.streaming_content))
    stream.close()
    backend = hub.backend()
    hub.hand_back()
    assert nothing_is_seen()
    assert hub.backend() == backend
    assert hub.records("carol", collection(FRAUD)) == []


# --- COPY into a temporary table, then INSERT ... SELECT --------------------------


@pytest.fixture
def waiting(coalition: object, alice: User, frank: User) -> Submission:
    """Frank has a claim about a host; Alice's lines about it and others wait."""
    send(frank, ["shared.example"], tlp="green", confidence="80")
    return send(alice, ["a.example", "shared.example"], work=False, confidence="60")


def claims_of(person: User) -> list[tuple[int, str]]:
    rows = stored(Indicator).filter(owner=home_of(person))
    return list(rows.order_by("pk").values_list("confidence", "state"))


def test_copied_claims_are_inserted_when_they_are_the_owners(
    waiting: Submission, alice: User, frank: User
) -> None:
    work_off()
    assert claims_of(alice) == [(60, "active")] * 2
    assert claims_of(frank) == [(80, "active")]


@pytest.mark.parametrize("foreign", [1, 2])
def test_copied_claims_are_refused_when_one_of_them_is_somebody_elses(
    waiting: Submission,
    alice: User,
    frank: User,
    foreign: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first is a new row for Frank, the second would overwrite the one he has."""
    theirs, rows, real = home_of(frank).pk, [], Sealer.row

    def careless(self: Sealer, owner_id: UUID, *more: Any) -> list[Any]:
        rows.append(owner_id)
        return real(self, theirs if len(rows) == foreign else owner_id, *more)

    monkeypatch.setattr(Sealer, "row", careless)
    whose = str(home_of(alice).pk)
    with pytest.raises(DatabaseError, match="row-level security"):
        by_worker(accept_chunk, whose, waiting.ordinal, 0)
    assert len(rows) == 2
    assert claims_of(alice) == []
    assert claims_of(frank) == [(80, "active")]
    assert stored(Chunk).filter(submission=waiting).exists()


def test_chunk_is_not_accepted_in_the_name_of_somebody_else(
    waiting: Submission, frank: User
) -> None:
    with pytest.raises(Submission.DoesNotExist):
        by_worker(accept_chunk, str(home_of(frank).pk), waiting.ordinal, 0)
    with scope(home_of(frank).pk):
        assert len(whose_rows(Indicator)) == 1
