"""The rules of the inbox, without a database: who sees what, where it stands, what is open."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hub.lib.errors import Malformed
from orgs.accounts.actor import RIGHTS, SCOPES, Right, Role
from sharing.inbox import kinds
from sharing.inbox.kinds import RULES, Entry, Handled, Kind, Outcome, Place

AT = datetime(2026, 11, 24, 9, 30, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
ONE, TWO = UUID(int=1), UUID(int=2)
ME, BOB = 1, 2


def entry(kind: Kind = Kind.NOTICE, subject: UUID = ONE, at: datetime = AT) -> Entry:
    return Entry(kind, subject, at, "What", "Why.", "notices")


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ANALYST, {Kind.MATCH, Kind.FILTER, Kind.RECALL, Kind.NOTICE, Kind.JOB}),
        (Role.MANAGER, set(Kind) - {Kind.SIGNATURE}),
        (Role.SIGNATORY, {Kind.NOTICE, Kind.SIGNATURE, Kind.ENDING}),
        (Role.AUDITOR, {Kind.NOTICE, Kind.ENDING}),
    ],
)
def test_role_sees_the_kinds_of_its_pages(role: Role, seen: set[Kind]) -> None:
    assert set(kinds.seen_with(RIGHTS[role])) >= seen
    assert not set(kinds.seen_with(RIGHTS[role])) & (set(Kind) - seen)


def test_auditor_decides_nothing() -> None:
    assert not any(rule.decides & RIGHTS[Role.AUDITOR] for rule in RULES.values())


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_key_with_one_scope_sees_what_needs_no_other(scope: Right) -> None:
    for kind in kinds.seen_with({scope}):
        assert RULES[kind].needs <= {scope}
    assert bool(kinds.seen_with({scope})) is (scope in {Right.READ, Right.AUDIT})


def test_place_is_read_as_it_was_written() -> None:
    place = entry().place
    assert Place.parse(str(place)) == place
    assert str(place) == f"notice.{ONE}.1795512600123456"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "notice",
        f"notice.{ONE}",
        f"nothing.{ONE}.1",
        f"notice.{ONE}.-1",
        f"notice.{ONE}.1{'0' * 17}",
        f"notice.{ONE}.99999999999999999999",
        "notice.x.1",
        f"notice.{ONE}.1.2",
        f"notice.{ONE}.²",
    ],
)
def test_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Place.parse(text)


def test_rows_go_from_the_newest_down_and_ties_have_one_order() -> None:
    older = entry(subject=TWO, at=AT - timedelta(days=1))
    tied = [entry(Kind.RECALL), entry(Kind.JOB), entry(subject=TWO), entry()]
    for given in ([older, *tied], [*reversed(tied), older]):
        rows = kinds.rows(given, {}, ME, LATER)
        places = [row.entry.place for row in rows]
        assert places == sorted(places, reverse=True)
        assert rows[-1].entry == older


@pytest.mark.parametrize(
    "outcome", [Outcome.DONE, Outcome.DISMISSED, Outcome.ACKNOWLEDGED]
)
def test_decided_entry_is_closed_until_something_new_happens(outcome: Outcome) -> None:
    known = Handled(outcome=outcome, upto=AT)
    assert known.closed(entry(), LATER)
    assert not known.closed(entry(at=AT + kinds.MICROSECOND), LATER)


def test_snoozed_entry_comes_back_at_its_time_or_when_something_happens() -> None:
    known = Handled(outcome=Outcome.SNOOZED, upto=AT, snoozed_until=LATER)
    assert known.closed(entry(), AT)
    assert not known.closed(entry(), LATER)
    assert not known.closed(entry(at=LATER), AT)


def test_claim_is_a_lease() -> None:
    known = Handled(holder=BOB, holder_name="Bob", held_until=LATER)
    assert known.held_by_other(ME, AT)
    assert not known.held_by_other(BOB, AT)
    assert known.held_by_other(None, AT)  # a system is nobody's colleague
    assert not known.held_at(LATER)
    assert not known.closed(entry(), AT)
