"""Reading blinded elements: what is none is named by its line, and never quoted."""

import pytest

from hub.lib.errors import FieldError, Invalid
from sharing.lookup import blinded
from sharing.tokens import voprf

# Twice the base point (RFC 9496, appendix A.1): alike in every process of the tests.
GOOD = "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
P = 2**255 - 19


def little(number: int) -> str:
    return number.to_bytes(32, "little").hex()


def refused(body) -> list[FieldError]:
    with pytest.raises(Invalid) as caught:
        blinded.read(body)
    assert GOOD not in str(caught.value.errors)
    return caught.value.errors


def test_elements_are_read_in_their_order():
    other = voprf.blind(b"other").element.hex()
    found = blinded.read({"generation": 2, "blinded": [other, GOOD.upper()]})
    assert found.generation == 2
    assert [each.hex() for each in found.elements] == [other, GOOD]
    assert found.otag_scheme == 1, "what toolkits mean that do not know the word"
    typed = blinded.read({"generation": 2, "scheme": 2, "blinded": [GOOD]})
    assert typed.otag_scheme == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (little(0), "identity-element"),
        (little(P), "not-an-element"),  # zero, not reduced
        (little(P + 8), "not-an-element"),
        (little(1), "not-an-element"),  # negative
        ("ff" * 32, "not-an-element"),
        (GOOD[:-2], "wrong-length"),
        (GOOD + "00", "wrong-length"),
        ("", "wrong-length"),
        (f"{GOOD[:32]} {GOOD[32:]}", "wrong-length"),
        ("g" * 64, "not-hexadecimal"),
        (7, "not-hexadecimal"),
        (None, "not-hexadecimal"),
        ([GOOD], "not-hexadecimal"),
    ],
)
def test_line_that_is_no_element_is_named(said, code):
    errors = refused({"generation": 1, "blinded": [GOOD, said, GOOD, said]})
    assert [(each["line"], each["code"]) for each in errors] == [(2, code), (4, code)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({"generation": 1}, "body"),
        ({"generation": 1, "blinded": [GOOD], "type": "phone"}, "body"),
        ({"generation": True, "blinded": [GOOD]}, "generation"),
        ({"generation": "1", "blinded": [GOOD]}, "generation"),
        ({"generation": 1.0, "blinded": [GOOD]}, "generation"),
        ({"generation": 0, "blinded": [GOOD]}, "generation"),
        ({"generation": 2**31, "blinded": [GOOD]}, "generation"),
        ({"generation": 1, "blinded": [GOOD], "scheme": 0}, "scheme"),
        ({"generation": 1, "blinded": [GOOD], "scheme": 3}, "scheme"),
        ({"generation": 1, "blinded": [GOOD], "scheme": True}, "scheme"),
        ({"generation": 1, "blinded": [GOOD], "scheme": None}, "scheme"),
        ({"generation": 1, "scheme": 2}, "body"),
        ({"generation": 1, "blinded": GOOD}, "blinded"),
        ({"generation": 1, "blinded": []}, "blinded"),
        ({"generation": 1, "blinded": [GOOD] * 1001}, "blinded"),
    ],
)
def test_body_that_asks_nothing_is_refused(body, field):
    assert [each["field"] for each in refused(body)] == [field]
