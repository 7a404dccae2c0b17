"""A filter at the partner's side: nothing is taken that the hub did not sign."""

import json
import stat
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.client import filters
from hub.client.filters import BadFilterError, Filter
from sharing.tokens import rice
from sharing.tokens.signing import FilterStatement, Signer

SIGNER, OTHER = Signer(bytes(32), 1), Signer(bytes(32), 2)
KEYS = {1: SIGNER.public}
COLLECTION = UUID("c3b7d6de-6c5e-4b0e-9c0c-6f6e2b9f7d44")
NUMBERS = st.integers(0, 2**48 - 1) | st.integers(0, 50)
SETS = st.sets(NUMBERS, max_size=60).map(sorted)


def statement(numbers: list[int], number: int = 1, **more: Any) -> FilterStatement:
    said = FilterStatement(
        collection=COLLECTION,
        generation=1,
        number=number,
        of="otag",
        taken_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        count=len(numbers),
        checksum=rice.checksum(numbers),
    )
    return replace(said, **more)


def answer(
    said: FilterStatement,
    additions: list[int],
    removals: list[int] | None = None,
    *,
    since: str | None = None,
    signer: Signer = SIGNER,
    **more: Any,
) -> bytes:
    """As the hub writes it."""
    body = {
        "collection": str(said.collection),
        "version": f"{said.generation}.{said.number}",
        "of": said.of,
        "taken_at": said.taken_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "count": said.count,
        "checksum": said.checksum.hex(),
        "since": since,
        "additions": b64encode(rice.encode(additions)).decode(),
        "removals": b64encode(rice.encode(removals or [])).decode(),
        "key": signer.epoch,
        "signature": signer.sign(said.message()).hex(),
    }
    return json.dumps({**body, **more}, separators=(",", ":")).encode()


def read(body: bytes, held: Filter | None = None) -> Filter:
    return filters.read(body, KEYS, collection=COLLECTION, held=held)


def whole(numbers: list[int], **more: Any) -> Filter:
    return read(answer(statement(numbers, **more), numbers))


def tag(number: int) -> bytes:
    return number.to_bytes(6, "big") + bytes(10)


@given(SETS, NUMBERS)
def test_set_has_what_was_signed_and_nothing_else(numbers, number):
    held = whole(numbers)
    assert list(held.numbers) == numbers
    assert len(held) == len(numbers)
    assert held.has(tag(number)) == (number in numbers)
    assert all(held.holds(f"1:{tag(each).hex()}") for each in numbers)
    assert not any(held.holds(f"2:{tag(each).hex()}") for each in numbers)


@given(st.lists(SETS, min_size=1, max_size=6))
def test_changes_lead_to_the_same_as_the_whole_set_through_any_history(history):
    held = whole(history[0])
    for number, numbers in enumerate(history[1:], 2):
        change = rice.difference(held.numbers, numbers)
        said = statement(numbers, number)
        held = read(answer(said, *change, since=held.version), held)
        assert held == read(answer(said, numbers))


SOME = answer(statement([5, 700, 2**40], 3), [5, 700, 2**40])
SECOND = answer(statement([5, 9], 2), [9], [1], since="1.1")


def test_version_that_is_held_is_no_other_set():
    held = whole([5, 700])
    with pytest.raises(BadFilterError, match="another set"):
        read(answer(statement([5, 701]), [5, 701]), held)
    later = statement([5, 700], taken_at=datetime(2026, 11, 25, tzinfo=UTC))
    assert read(answer(later, [5, 700]), held).numbers == held.numbers


@given(st.sampled_from([SOME, SECOND]), st.data())
def test_answer_with_a_flipped_bit_is_refused(body, data):
    place = data.draw(st.integers(0, 8 * len(body) - 1))
    bad = bytearray(body)
    bad[place // 8] ^= 1 << place % 8
    held = whole([5, 700])
    read(body, held)
    with pytest.raises(BadFilterError):
        read(bytes(bad), held)


@pytest.mark.parametrize("body", [SOME, SECOND], ids=["whole", "change"])
def test_every_bit_of_a_small_answer_counts(body):
    held = whole([5, 700])
    for place in range(8 * len(body)):
        bad = bytearray(body)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(BadFilterError):
            read(bytes(bad), held)


@pytest.mark.parametrize(
    "body",
    [
        answer(statement([1]), [1], signer=OTHER),
        answer(statement([1]), [1], signer=OTHER, key=1),
        answer(statement([1]), [1, 2]),
        answer(statement([1], count=2), [1]),
        answer(statement([1], collection=UUID(int=3)), [1]),
        answer(statement([1]), [1], more=1),
        answer(statement([1]), [1], taken_at="2026-11-24T09:30:00Z"),
        answer(statement([1]), [1], version="1.01"),
        answer(statement([1]), [1], since="1.7"),
        b"[]",
        b"",
        b"\xff",
    ],
    ids=range(12),
)
def test_answer_that_is_not_the_hubs_is_refused(body):
    with pytest.raises(BadFilterError):
        read(body)


@pytest.mark.parametrize(
    "older",
    [{"number": 4}, {"generation": 1, "number": 99}],
    ids=["number", "generation"],
)
def test_older_set_than_what_is_held_is_refused(older):
    held = whole([1, 2], number=5, generation=2)
    said = statement([1], **{"generation": 2, **older})
    with pytest.raises(BadFilterError, match="older"):
        read(answer(said, [1]), held)
    assert read(answer(said, [1])).numbers[0] == 1


def test_change_of_another_set_than_what_is_held_is_refused():
    held = whole([1, 2], number=1)
    body = answer(statement([1], number=3), [], [1], since="1.2")
    with pytest.raises(BadFilterError, match="not held"):
        read(body, held)


def test_file_gives_back_what_was_saved(tmp_path):
    held, path = whole([5, 700, 2**47]), tmp_path / "filter"
    held.save(path)
    assert filters.load(path, KEYS) == held
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size < 600
    whole([5]).save(path)
    assert list(filters.load(path, KEYS).numbers) == [5]
    assert [each.name for each in tmp_path.iterdir()] == ["filter"]


def test_file_with_a_flipped_bit_is_refused(tmp_path):
    path = tmp_path / "filter"
    whole([5, 700, 2**47]).save(path)
    content = path.read_bytes()
    for place in range(8 * len(content)):
        bad = bytearray(content)
        bad[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(bad))
        with pytest.raises(BadFilterError):
            filters.load(path, KEYS)


def test_file_opens_with_a_pinned_key_alone(tmp_path):
    path = tmp_path / "filter"
    whole([5]).save(path)
    with pytest.raises(BadFilterError, match="not pinned"):
        filters.load(path, {2: OTHER.public})
