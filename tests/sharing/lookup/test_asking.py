"""Reading what is asked: line by line, and nothing is quoted back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.errors import Invalid
from sharing.lookup import asking
from sharing.tokens import scheme
from sharing.vocabulary import LOOKUP_LINES

HOST = "login.scam.example"
DIGEST = scheme.digest("domain", 1, HOST)


def one(body):
    (found,) = asking.read(body).lines
    return found


def test_value_is_read_as_it_is_submitted():
    found = one({"values": ["hxxps://Login[.]SCAM[.]example/a"]})
    expected = scheme.digest("url", 1, "https://login.scam.example/a")
    assert (found.kind, found.guessed, found.digest) == ("url", True, expected)


def test_type_and_region_are_those_of_the_request():
    found = one({"values": ["020 7946 0958"], "type": "phone", "region": "GB"})
    assert found.digest == scheme.digest("phone", 1, "+442079460958")
    assert not found.guessed


@pytest.mark.parametrize(
    "said",
    [
        {"type": "domain", "digest": DIGEST.hex()},
        {"type": "domain", "nv": 1, "digest": DIGEST.hex()},
        {
            "type": "domain",
            "nv": 1,
            "sha256": scheme.content_hash(HOST).hex(),
        },
    ],
)
def test_digest_and_plain_hash_are_one(said):
    assert one({"digests": [said]}).digest == DIGEST


def test_token_names_its_generation():
    assert one({"tokens": ["7:" + "ab" * 32]}).token == (7, b"\xab" * 32)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"values": ["no such thing at all"]}, "unrecognised"),
        ({"values": [""]}, "empty"),
        ({"values": [7]}, "not-a-text"),
        ({"values": [None]}, "not-a-text"),
        ({"digests": ["ab" * 32]}, "bad-digest"),
        ({"digests": [{"digest": "ab" * 32}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "digest": "ab" * 31}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "digest": "zz" * 32}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "digest": "ab " * 32}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "digest": 7}]}, "bad-digest"),
        ({"digests": [{"type": [], "digest": "ab" * 32}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "sha256": "ab" * 32}]}, "bad-digest"),
        ({"digests": [{"type": "domain", "nv": 2, "sha256": "ab" * 32}]}, "bad-nv"),
        ({"digests": [{"type": "domain", "nv": True, "sha256": "ab" * 32}]}, "bad-nv"),
        ({"digests": [{"type": "domain", "nv": 1.0, "sha256": "ab" * 32}]}, "bad-nv"),
        ({"digests": [{"type": "domain", "nv": [], "sha256": "ab" * 32}]}, "bad-nv"),
        ({"digests": [{"type": "domain", "nv": 2, "digest": "ab" * 32}]}, "bad-nv"),
        ({"tokens": ["ab" * 32]}, "bad-token"),
        ({"tokens": ["1:" + "ab" * 31]}, "bad-token"),
        ({"tokens": [{}]}, "bad-token"),
    ],
)
def test_line_that_cannot_be_read_has_a_fault(body, code):
    found = one(body)
    assert found.fault is not None
    assert found.fault[0] == code
    assert (found.digest, found.token) == (None, None)


def test_bad_line_harms_no_other():
    lines = asking.read({"values": ["bad one", HOST]}).lines
    assert [(each.line, each.fault is None) for each in lines] == [
        (1, False),
        (2, True),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({}, "values"),
        ({"values": [HOST], "tokens": []}, "values"),
        ({"values": []}, "values"),
        ({"values": HOST}, "values"),
        ({"values": [HOST] * (LOOKUP_LINES + 1)}, "values"),
        ({"values": [HOST], "value": HOST}, "value"),
        ({"values": [HOST], "type": "horoscope"}, "type"),
        ({"values": [HOST], "type": 1}, "type"),
        ({"values": [HOST], "region": 1}, "region"),
        ({"tokens": ["x"], "type": "domain"}, "type"),
        ({"values": [HOST], "collections": []}, "collections"),
        ({"values": [HOST], "collections": [1]}, "collections"),
    ],
)
def test_request_that_breaks_a_rule_is_refused_with_its_field(body, field):
    with pytest.raises(Invalid) as caught:
        asking.read(body)
    assert [each["field"] for each in caught.value.errors] == [field]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["values", "digests", "tokens", "type", "nv", "digest"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_anything_is_read_or_refused(body):
    try:
        found = asking.read(body)
    except Invalid:
        return
    for each in found.lines:
        ways = [each.digest, each.token, each.fault]
        assert len([way for way in ways if way is not None]) == 1
