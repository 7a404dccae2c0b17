"""What a check foretells is what then happens: lines, counts, and the very bytes."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.lib.clock import now
from hub.lib.paging import Cursor
from sharing import vocabulary as v
from sharing.distribution import foreseeing
from sharing.feeds import selectors as feeds
from sharing.intake import selectors
from tests.cast import acting
from tests.coalition import collection, send

pytestmark = pytest.mark.django_db(transaction=True)

READERS = {"Fraud prevention": "bob", "Investigation": "dana"}
SERVED = {"kind", "id", "cursor", "seq", "date_added"}
VALUES = st.sampled_from(
    [
        *(f"host-{n}.example" for n in range(6)),
        "https://pay.example/x",
        "+44 20 7946 0123",
        "google.com",
        "nothing at all",
        "GB29 NWBK 6016 1331 9268 19",
    ]
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["submit", "submit", "withdraw", "correct"]),
        "confidence": st.sampled_from([10, 40, 80]),
        "tlp": st.sampled_from(["green", "amber", "red"]),
        "role": st.sampled_from(list(v.Role)),
        "labels": st.just(["parcel"]),
        "note": st.just("Heard on the phone."),
        "first_seen": st.just("2026-01-31T09:00:00Z"),
    },
)
LINES = st.builds(
    lambda value, more: (
        {"value": value, "op": "withdraw"}
        if more.get("op") == "withdraw"
        else {"value": value, **more}
    ),
    VALUES,
    FIELDS,
)


def served(person, title: str, after: Cursor) -> tuple[list[dict[str, Any]], Cursor]:
    """What a reader is handed after a cursor, and the next one."""
    page = feeds.page(acting(person), collection(title), after, 1000)
    return [json.loads(line) for line in page.records], page.next


@pytest.fixture
def at(monkeypatch):
    """Claims are made at one moment: else each would be valid for microseconds longer."""
    moment = now()
    monkeypatch.setattr("sharing.indicators.services.now", lambda: moment)


def test_check_foretells_what_happens(coalition, at, alice, bob, dana):
    people = {"bob": bob, "dana": dana}
    cursors = dict.fromkeys(READERS, Cursor())
    for title, who in READERS.items():
        _, cursors[title] = served(people[who], title, Cursor())

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(lines=st.lists(LINES, min_size=1, max_size=8))
    def holds(lines):
        body = "\n".join(map(json.dumps, lines)).encode()
        foretold = foreseeing.dry_run(
            actor=acting(alice),
            stream=[body],
            content_type="application/x-ndjson",
            samples=1000,
        )
        batch = send(alice, lines)
        told = {each.number: each.outcome for each in foretold.checked.lines}
        results = selectors.line_results(acting(alice), batch.id)
        assert told == {row.line: row.outcome for row in results}
        clauses = {each.collection.name: each for each in foretold.clauses}
        for title, who in READERS.items():
            records, cursors[title] = served(people[who], title, cursors[title])
            live = [each for each in records if each["kind"] == "release"]
            gone = [each for each in records if each["kind"] == "tombstone"]
            clause = clauses[title]
            assert (clause.new + clause.revised, clause.taken_back) == (
                len(live),
                len(gone),
            )
            handed = [
                {name: said for name, said in each.items() if name not in SERVED}
                for each in live
            ]
            samples = [json.loads(each.payload) for each in clause.samples]
            assert sorted(samples, key=json.dumps) == sorted(handed, key=json.dumps)

    holds()
