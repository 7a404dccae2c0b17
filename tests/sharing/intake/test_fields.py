"""Fields of a line: their rules, and errors that quote nothing."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.intake.fields import READ, BadFieldError, defaults_of, read_fields


def test_fields_are_typed_from_json_and_from_csv_texts():
    assert read_fields({"confidence": "80", "labels": "b;a", "tlp": "AMBER"}) == {
        "confidence": 80,
        "labels": ["a", "b"],
        "tlp": "amber",
    }
    assert read_fields({"first_seen": "2026-01-31T10:00:00+01:00"}) == {
        "first_seen": datetime(2026, 1, 31, 9, tzinfo=UTC)
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 101),
        ("confidence", True),
        ("confidence", "-1"),
        ("tlp", "purple"),
        ("tlp", 3),
        ("first_seen", "yesterday"),
        ("labels", ["UPPER"]),
        ("labels", ["p447700900123"]),
        ("labels", ["a.example"]),
        ("labels", ["x"] * 21),
        ("note", "x" * 2001),
        ("note", 5),
        ("audience", []),
        ("audience", ["coalition"]),
    ],
)
def test_field_is_refused_when_it_breaks_its_rule(field, value):
    with pytest.raises(BadFieldError) as caught:
        read_fields({field: value})
    assert caught.value.field == field


def test_unknown_field_is_refused_without_repeating_its_name():
    with pytest.raises(BadFieldError) as caught:
        read_fields({"+447700900123": 1})
    assert "447700900123" not in caught.value.detail + caught.value.field


def test_last_seen_before_first_seen_is_refused():
    with pytest.raises(BadFieldError):
        read_fields({"first_seen": "2026-02-01", "last_seen": "2026-01-01"})


@pytest.mark.parametrize(
    "said", [{"note": "x"}, {"type": "shoe"}, {"region": "GBR"}, {"colour": "red"}]
)
def test_defaults_refuse_what_a_submission_cannot_say(said):
    with pytest.raises(BadFieldError):
        defaults_of(said)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(READ)), _JSON)
def test_any_json_is_read_or_refused_and_never_crashes(field, value):
    with contextlib.suppress(BadFieldError):
        assert field in read_fields({field: value})
