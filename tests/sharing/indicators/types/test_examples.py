"""All indicator types pass one test made of their own examples."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sharing.indicators.types import TYPES, BadValue, Parsed, read_value
from sharing.indicators.types.bank_account import BankAccount
from sharing.indicators.types.phone import Phone
from sharing.vocabulary import IndicatorKind

EXAMPLES = [
    (kind, text, canonical)
    for kind, type_ in TYPES.items()
    for text, canonical in (*type_.examples, *type_.stated_examples)
]
GUESSED = [
    (kind, canonical)
    for kind, type_ in TYPES.items()
    for _, canonical in type_.examples
    if not type_.mistakable(canonical)
]
MISTAKABLE = [
    (kind, canonical)
    for kind, type_ in TYPES.items()
    for _, canonical in type_.examples
    if type_.mistakable(canonical)
]
STATED = [
    canonical for type_ in TYPES.values() for _, canonical in type_.stated_examples
]
BAD = [(kind, text) for kind, type_ in TYPES.items() for text in type_.bad_examples]
NAMESPACES = "upi: pix:+ paypal: youtube:@ mac: imei: idfa: US: IBAN sha1: T".split()


def spliced(text: str, place: int, piece: str, gone: int) -> str:
    at = place % (len(text) + 1)
    return text[:at] + piece + text[at + gone :]


ANY_TEXT = st.one_of(
    st.builds(
        spliced,
        st.sampled_from([text for _, text, _ in EXAMPLES] + [text for _, text in BAD]),
        st.integers(0, 100),
        st.text(max_size=2),
        st.integers(0, 2),
    ),
    st.text(max_size=80),
    st.text("0123456789+-() ./:@[]%?#abcfxnqp1\u0130ß\uff46。٣", max_size=60),
    st.sampled_from([text for _, text, _ in EXAMPLES] + [text for _, text in BAD]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(
            ["http://", "https://u:p@", "", "mailto:", "tel:+", "0.0.0.0 ", *NAMESPACES]
        ),
        st.text(max_size=30),
        st.sampled_from([".com", ".com/x?y#z", "@evil.example", ".", "[.]com", ""]),
    ),
)


def test_every_kind_has_a_type():
    assert set(TYPES) == {kind.value for kind in IndicatorKind}


@pytest.mark.parametrize(("kind", "text", "canonical"), EXAMPLES)
def test_type_normalises_its_example(kind, text, canonical):
    assert TYPES[kind].normalise(text) == canonical


@pytest.mark.parametrize(("kind", "text", "canonical"), EXAMPLES)
def test_type_leaves_a_normal_form_as_it_is(kind, text, canonical):
    assert TYPES[kind].normalise(canonical) == canonical


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_type_refuses_its_bad_example(kind, text):
    with pytest.raises(BadValue) as caught:
        TYPES[kind].normalise(text)
    assert caught.value.code
    assert text not in caught.value.sentence


@pytest.mark.parametrize(("kind", "canonical"), GUESSED)
def test_normal_form_is_guessed_to_be_its_type(kind, canonical):
    assert read_value(canonical, kind=None) == Parsed(kind, 1, canonical, guessed=True)


@pytest.mark.parametrize(("kind", "canonical"), MISTAKABLE)
def test_normal_form_is_not_guessed_when_it_may_be_something_else(kind, canonical):
    with pytest.raises(BadValue) as caught:
        read_value(canonical, kind=None)
    assert caught.value.code == "ambiguous"
    assert kind in caught.value.sentence
    assert canonical not in caught.value.sentence


@pytest.mark.parametrize("canonical", STATED)
def test_normal_form_is_not_guessed_when_nobody_knows_its_namespace(canonical):
    with pytest.raises(BadValue):
        read_value(canonical, kind=None)


def test_only_these_types_are_not_guessed_from_their_normal_form():
    assert {kind for kind, _ in MISTAKABLE} == {
        "file_md5",
        "file_sha1",
        "file_sha256",
        "media_md5",
        "media_pdq",
        "media_sha256",
        "payment_card",
    }


@pytest.mark.parametrize(
    ("kind", "text", "region", "canonical"),
    [("phone", *each) for each in Phone.region_examples]
    + [("bank_account", *each) for each in BankAccount.region_examples],
)
def test_number_is_read_in_its_region(kind, text, region, canonical):
    assert TYPES[kind].normalise(text, region=region) == canonical


def test_number_with_its_country_code_is_the_same_whatever_the_region():
    regions = [None, "US", "GB", "MX", "BR", "IT", "AR", "RU"]
    read = 0
    for where in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(
            where, phonenumbers.PhoneNumberType.MOBILE
        )
        if example is None:
            continue
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        written = phonenumbers.format_number(
            example, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        found = {Phone().normalise(text, region=each) for each in regions}
        assert found == {Phone().normalise(written)}
        read += 1
    assert read > 200


def test_phone_is_refused_when_its_region_is_unknown():
    with pytest.raises(BadValue, match="region"):
        Phone().normalise("020 7946 0958", region="XX")


@given(st.sampled_from(sorted(TYPES)), ANY_TEXT)
@example("email", "İ@example.org")
@example("payment_handle", "https://ca\u017fh.app/$scam")
@example("platform_account", "https://tikto\u212a.com/@scam")
@example("url", "http://a.com/?#")
def test_normal_form_is_stable_and_nothing_else_is_raised(kind, text):
    type_ = TYPES[kind]
    try:
        canonical = type_.normalise(text)
    except BadValue:
        return
    assert type_.normalise(canonical) == canonical
    canonical.encode()


@given(ANY_TEXT, st.sampled_from([None, "GB", "us", "XX", ""]))
def test_reading_raises_nothing_but_bad_value(text, region):
    try:
        found = read_value(text, kind=None, region=region)
    except BadValue:
        return
    assert read_value(found.canonical, kind=found.kind).canonical == found.canonical
