"""What happened: only given moments, newest first, page by page without a gap."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.errors import Malformed
from sharing.distribution.duties import Redaction
from sharing.distribution.explaining import Named
from sharing.distribution.why import Plain, Why
from sharing.dossier import history
from sharing.dossier.history import Happening, What

AT = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
ID = UUID(int=7)
PAYLOAD = {
    "type": "domain",
    "revision": 1,
    "originator": {"id": "x" * 36, "name": "Meadow Social"},
    "first_seen": "2026-10-01T00:00:00.000000Z",
}


def why(*, hidden: bool = False, redactions: tuple[Redaction, ...] = ()) -> Why:
    terms = Plain((), "", "token", "hidden" if hidden else "shown", None, 30, False)
    return Why(
        release=ID,
        state="live",
        cursor="1.1",
        date_added=AT,
        agreement=Named(ID, "Coalition"),
        version=2,
        clause=Named(ID, "Fraud"),
        collection=Named(ID, "Fraud stream"),
        in_force_since=AT,
        readable_since=AT,
        decided_under=1,
        reasons=(),
        terms=terms,
        onward_sharing=None,
        retain_until=None,
        redactions=redactions,
        originator=None,
        duties=(),
    )


happenings = st.builds(
    Happening,
    at=st.integers(0, 5).map(lambda hours: AT + timedelta(hours=hours)),
    what=st.sampled_from(What),
    about=st.uuids().map(str),
    text=st.just("x"),
)


@given(st.lists(happenings, max_size=100))
def test_pages_tell_everything_once_newest_first(found):
    told: list[Happening] = []
    before = None
    while True:
        page = history.page(found, before)
        told += page.happenings
        if page.earlier is None:
            break
        assert len(page.happenings) == history.PAGE
        before = page.earlier
    assert {each.place for each in told} == {each.place for each in found}
    assert len(told) == len({each.place for each in told})
    assert [each.at for each in told] == sorted(
        (each.at for each in told), reverse=True
    )


def test_what_comes_meanwhile_moves_no_page():
    old = [
        Happening(AT + timedelta(minutes=n), What.REVISED, str(n), "x")
        for n in range(history.PAGE + 5)
    ]
    first = history.page(old, None)
    new = Happening(AT + timedelta(days=1), What.REVISED, "new", "x")
    second = history.page([*old, new], first.earlier)
    assert len(second.happenings) == 5
    assert not set(first.happenings) & set(second.happenings)


@pytest.mark.parametrize("before", ["", "yesterday", "a~b", "a~b~c~d"])
def test_place_that_is_none_is_refused(before):
    with pytest.raises(Malformed):
        history.page([], before)


def test_release_tells_redactions_and_the_clause_that_asked_for_them():
    day = Redaction("first_seen", "day", "rounded down to the day")
    note = Redaction("note", "drop", "not handed over")
    seen, released = history.of_release(why(redactions=(day, note)), PAYLOAD)
    assert (seen.what, seen.day) == (What.FIRST_SEEN, True)
    assert "says Meadow Social" in seen.text
    assert (released.what, released.at) == (What.RELEASED, AT)
    assert released.redacted == "Clause “Fraud” of “Coalition”, version 1,"
    assert released.redactions == (
        "first seen: rounded down to the day",
        "note: not handed over",
    )


def test_release_names_nobody_whom_the_clause_hides():
    payload = {**PAYLOAD, "originator": None, "revision": 3}
    seen, revised = history.of_release(why(hidden=True), payload)
    assert seen.day, "a hidden originator has times of the day alone"
    assert revised.what is What.REVISED
    assert revised.text == "Revision 3 of the claim of a contributor who is not named."
    pseudonym = {**PAYLOAD, "originator": {"id": "abcdefghijklmnop"}}
    *_, told = history.of_release(why(), pseudonym)
    assert "the contributor abcdefghijkl." in told.text


def test_own_claim_is_told_with_its_end():
    def told(**said):
        facts = {"created_at": AT, "updated_at": AT, "revision": 1, "state": "active"}
        return [each.what for each in history.of_claim("c", **{**facts, **said})]

    assert told() == [What.SENT]
    assert told(revision=2) == [What.SENT, What.CHANGED]
    assert told(state="withdrawn") == [What.SENT, What.CHANGED]


def test_only_events_of_the_whole_collection_that_readers_notice_are_told():
    assert not list(history.of_stream("build_complete", AT, "c.1", "X"))
    (told,) = history.of_stream("suspended", AT, "c.1", "X")
    assert told.what is What.COLLECTION
