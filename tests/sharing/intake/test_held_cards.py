"""What waits for a second person holds no card number, whatever becomes of it."""

import pytest

from orgs.accounts.models import User
from sharing.indicators.models import Indicator
from sharing.intake.models import Chunk, LineProblem, Submission
from sharing.intake.rawlines import RawLine
from sharing.intake.sealing import open_lines
from tests.coalition import send
from tests.sharing.intake.held import LIMIT, approve, lines, state_of
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

CARD, DIGITS = "4111 1111 1111 1111", "4111111111111111"
TYPED = {"type": "payment_card", "value": CARD, "note": f"Paid with {CARD}"}
UNREADABLE = [
    {"value": CARD, "colour": "red"},
    {"type": "payment_card", "value": "4111 1111 1111 1112"},
]


def resting(batch: Submission) -> list[RawLine]:
    chunks = stored(Chunk).filter(submission=batch.pk).order_by("number")
    return [
        line
        for chunk in chunks
        for line in open_lines(batch.id, chunk.number, bytes(chunk.sealed))
    ]


def test_held_submission_rests_without_card_numbers(
    settled: None, alice: User, erin: User
) -> None:
    other = lines(LIMIT)
    batch = send(alice, [TYPED, *UNREADABLE, *other])
    assert state_of(batch) == "held"
    kept = resting(batch)
    assert [line.number for line in kept] == list(range(1, LIMIT + 4))
    text = b" ".join(line.data for line in kept)
    for number in (CARD, DIGITS, "4111 1111 1111 1112"):
        assert number.encode() not in text
    assert all(f'"{host}"'.encode() in text for host in other)
    approve(erin, batch)
    assert state_of(batch) == "done"
    cards = stored(Indicator).filter(type="payment_card")
    assert [(row.value_sealed, row.note_sealed) for row in cards] == [(None, None)]
    bad = stored(LineProblem).order_by("line")
    assert [(row.line, row.code, row.sealed_line) for row in bad] == [
        (2, "may-hold-card", None),
        (3, "may-hold-card", None),
    ]
    again = send(alice, [TYPED])
    assert stored(Indicator).filter(type="payment_card").count() == 1, "the same claim"
    assert state_of(again) == "done"


def test_withdrawn_card_is_withdrawn_at_once_though_the_rest_waits(
    settled: None, alice: User
) -> None:
    send(alice, [TYPED])
    batch = send(
        alice,
        [{"op": "withdraw", "type": "payment_card", "value": CARD}, *lines(LIMIT)],
    )
    assert state_of(batch) == "held"
    assert DIGITS.encode() not in b"".join(line.data for line in resting(batch))
    assert stored(Indicator).get(type="payment_card").state == "withdrawn"


def test_submission_of_cards_rests_as_hashes(settled: None, alice: User) -> None:
    numbers = ["5555 5555 5555 4444", CARD, *["x"] * LIMIT]
    batch = send(alice, numbers, type="payment_card")
    kept = resting(batch)
    assert [b"digest" in line.data for line in kept] == [True, True] + [False] * LIMIT
    assert all(b"4444" not in line.data for line in kept[:1])
