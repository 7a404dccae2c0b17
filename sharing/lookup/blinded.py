"""What an oblivious look-up asks with: blinded elements, read one by one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.lib.errors import FieldError, Invalid
from sharing.tokens import scheme, voprf
from sharing.vocabulary import OBLIVIOUS_ELEMENTS

FIELDS = frozenset({"generation", "blinded"})
SCHEME = "scheme"  # left out by toolkits that know but the first
DIGITS = 2 * voprf.ELEMENT_BYTES
GENERATION_MAX = 2**31 - 1
_NOT_TEXT = (
    "not-hexadecimal",
    f"An element is written as {DIGITS} hexadecimal digits.",
)


@dataclass(frozen=True, slots=True)
class Blinded:
    generation: int
    otag_scheme: int  # by which the elements were made, as is said: nothing shows it
    elements: tuple[bytes, ...]


def read(body: object) -> Blinded:
    """The elements in a JSON body, or Invalid with every line at fault; none is quoted."""
    if not isinstance(body, Mapping):
        raise _invalid("body", "not-an-object", "A JSON object is needed.")
    if body.keys() - {SCHEME} != FIELDS:
        unknown = body.keys() - FIELDS - {SCHEME}
        word = "unknown-field" if unknown else "missing"
        detail = "Exactly generation, scheme and blinded are read here."
        raise _invalid("body", word, detail)
    number, said = body["generation"], body["blinded"]
    if type(number) is not int or not 1 <= number <= GENERATION_MAX:
        detail = "The number of a generation is needed."
        raise _invalid("generation", "not-a-number", detail)
    otag_scheme = body.get(SCHEME, scheme.BARE)
    if type(otag_scheme) is not int or otag_scheme not in scheme.OTAG_SCHEMES:
        detail = "The scheme of otags is one that `oprf/keys` tells."
        raise _invalid(SCHEME, "unknown-scheme", detail)
    if not isinstance(said, list) or not 1 <= len(said) <= OBLIVIOUS_ELEMENTS:
        detail = f"A list of 1 to {OBLIVIOUS_ELEMENTS:,} elements is needed."
        raise _invalid("blinded", "bad-list", detail)
    found = [_element(each) for each in said]
    if faults := [
        _fault(line, *each) for line, each in enumerate(found, 1) if type(each) is tuple
    ]:
        raise Invalid(f"Line {faults[0]['line']}: {faults[0]['detail']}", errors=faults)
    elements = tuple(each for each in found if isinstance(each, bytes))
    return Blinded(number, otag_scheme, elements)


def _element(text: Any) -> bytes | tuple[str, str]:
    """The element, or code and sentence of what is wrong with it."""
    try:
        found = bytes.fromhex(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None:
        return _NOT_TEXT
    if len(text) != DIGITS or len(found) != voprf.ELEMENT_BYTES:
        return "wrong-length", f"An element has {voprf.ELEMENT_BYTES} bytes."
    if not any(found):
        return "identity-element", "This is the identity, which would tell the key."
    if not voprf.is_element(found):
        return "not-an-element", "This is no element of ristretto255 in its one form."
    return found


def _fault(line: int, code: str, detail: str) -> FieldError:
    return {"line": line, "field": "blinded", "code": code, "detail": detail}


def _invalid(field: str, code: str, detail: str) -> Invalid:
    fault: FieldError = {"field": field, "code": code, "detail": detail}
    return Invalid(f"{field}: {detail}", errors=[fault])
