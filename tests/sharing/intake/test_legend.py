"""What lines were read as: one byte each, and a small legend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.indicators.claims import How, Outcome
from sharing.intake import legend, selectors
from sharing.intake.costs import notices
from sharing.intake.legend import Seen
from sharing.intake.models import ChunkResult, LineProblem
from tests.cast import acting, browser_of
from tests.coalition import send
from tests.hub.api.caller import NDJSON, Caller, rows
from tests.walls import stored

SEEN = st.builds(
    Seen,
    st.sampled_from(["domain", "phone", "url"]),
    st.integers(1, 3),
    st.sampled_from(How),
    st.booleans(),
)
LINES = st.dictionaries(st.integers(5, 40), SEEN)


@given(LINES, LINES)
def test_bytes_tell_what_was_noted_at_once_or_in_two_goes(first, second):
    later = {line: seen for line, seen in second.items() if line not in first}
    data, table = legend.noted(5, later, *legend.noted(5, first))
    told = dict(enumerate(legend.told(data, table), start=5))
    every = first | later
    assert {line: seen for line, seen in told.items() if seen is not None} == every
    counted = legend.summed([table])
    assert sum(counted.values()) == len(every)
    assert set(counted) == set(every.values())


def test_what_is_beyond_a_byte_is_not_told_and_harms_nothing():
    every = {n: Seen("domain", n, How.NAMED) for n in range(1, 400)}
    data, table = legend.noted(1, every)
    told = list(legend.told(data, table))
    assert len(table) == 255
    assert told.count(None) == 399 - 255
    assert all(seen in (None, every[n]) for n, seen in enumerate(told, start=1))


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.STOPPED])
def test_only_accepted_lines_have_notices(outcome):
    assert notices(outcome, Seen("phone", 1, How.HASHED)) == []
    assert notices(Outcome.CREATED, None) == []


worked = pytest.mark.django_db(transaction=True)
BROKEN = "0x52908400098527886E0F7030069857D2E4169eE7"  # a wrong checksum
LIST = [
    "evil.example",
    {"value": "evil.example", "type": "domain"},
    "+44 7700 900123",
    BROKEN,
    "metamask.io",
    "nonsense",
    {"value": "12", "type": "phone"},
    {"value": "https://a.example/x", "tlp": "purple"},
]


@worked
def test_results_say_of_each_line_what_it_was_read_as(quiet_bells, alice):
    batch = send(alice, LIST)
    system = Caller(alice)
    *found, _ = rows(system.get(f"submissions/{batch.id}/results", NDJSON))
    assert [(each["type"], each["how"]) for each in found] == [
        ("domain", "guessed"),
        ("domain", "named"),
        ("phone", "guessed"),
        ("evm_wallet", "guessed"),
        ("domain", "guessed"),
        (None, None),
        ("phone", "named"),
        ("url", "guessed"),
    ]
    assert {each["nv"] for each in found} == {1, None}
    read_as = system.get(f"submissions/{batch.id}").json()["read_as"]
    assert {(e["type"], e["how"], e["lines"]) for e in read_as} == {
        ("domain", "guessed", 2),
        ("domain", "named", 1),
        ("phone", "guessed", 1),
        ("phone", "named", 1),
        ("evm_wallet", "guessed", 1),
        ("url", "guessed", 1),
    }
    row = stored(ChunkResult).get()
    assert len(bytes(row.seen)) == len(LIST)


@worked
def test_errors_say_what_was_guessed(quiet_bells, alice):
    batch = send(alice, LIST)
    page = Caller(alice).get(f"submissions/{batch.id}/errors").json()["errors"]
    assert [(each["line"], each["type"], each["guessed"]) for each in page] == [
        (4, "evm_wallet", True),
        (5, "domain", True),
        (6, "", False),
        (7, "phone", False),
        (8, "url", True),
    ]
    table = browser_of(alice).get(f"/submissions/{batch.id}/problems.csv")
    assert "evm_wallet (guessed)" in table.getvalue().decode()
    assert stored(LineProblem).count() == 5


@worked
def test_results_of_before_are_shown_without_what_they_were_read_as(quiet_bells, alice):
    batch = send(alice, ["evil.example"])
    stored(ChunkResult).update(seen=b"", legend=[])
    [found] = selectors.line_results(acting(alice), batch.id)
    assert (found.outcome, found.seen) == ("created", None)
    page = Caller(alice).get(f"submissions/{batch.id}/results").json()["results"]
    assert (page[0]["type"], page[0]["notices"]) == (None, [])


@worked
def test_page_says_of_each_line_what_it_was_read_as(quiet_bells, alice, monkeypatch):
    monkeypatch.setattr("sharing.intake.views.PROBLEMS", 3)
    batch = send(alice, [*LIST, {"type": "phone", "nv": 1, "sha256": "ab" * 32}])
    browser, path = browser_of(alice), f"/submissions/{batch.id}"
    page = browser.get(path).content.decode()
    assert "What each line was read as" in page
    assert page.count("guessed</span>") > 4
    assert "?lines=3#results" in page
    assert "has not seen the value" not in page
    last = browser.get(path, {"lines": "6"}).content.decode()
    assert "by hash</span>" in last
    assert "has not seen the value" in last
    assert "?lines=9" not in last
    assert "First lines" in last


@worked
def test_a_page_of_results_reads_the_chunks_that_it_needs(
    quiet_bells, alice, monkeypatch
):
    monkeypatch.setattr("sharing.vocabulary.CHUNK_LINES", 2)
    batch = send(alice, [f"h{n}.scam.example" for n in range(9)])

    def lines(after, limit=None):
        found = selectors.line_results(
            acting(alice), batch.id, after_line=after, limit=limit
        )
        return [each.line for each in found]

    for after in range(10):
        assert lines(after) == list(range(after + 1, 10))
        assert lines(after, 3) == list(range(after + 1, 10))[:3]
