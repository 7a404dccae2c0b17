"""What other tools get wrong, and what a hostile or careless line must not do."""

import pytest

from sharing.indicators.types import TYPES, BadValue, read_value, refang
from sharing.indicators.types.base import LENGTH_MAX
from sharing.indicators.types.digits import luhn
from sharing.indicators.types.iban import LENGTHS
from sharing.indicators.types.payment_card import may_hold_card

READ = [
    ("phone", "+44 (0)20 7946 0958", "+442079460958"),
    ("phone", "+52 1 55 1234 5678", "+525512345678"),
    ("phone", "+54 11 15 2345-6789", "+5491123456789"),
    ("email", "Foo.Bar+tag@GMAIL.com", "foo.bar+tag@gmail.com"),
    ("email", "user@bücher.example.com", "user@xn--bcher-kva.example.com"),
    ("email", "\uff46oo@example.org", "foo@example.org"),
    ("domain", "faß.de", "xn--fa-hia.de"),
    ("domain", "paypa\u04cf.com", "xn--paypa-iof.com"),
    ("domain", "evil.github.io", "evil.github.io"),
    ("domain", "ex_ample.com", "ex_ample.com"),
    ("domain", "☃.net", "xn--n3h.net"),
    ("url", "http://3279880203/blah", "http://195.127.0.11/blah"),
    ("url", "http://0x7f.1/", "http://127.0.0.1/"),
    ("url", "http://ex%41mple.com/", "http://example.com/"),
    ("url", "http://u:p@evil.com.:80/#x", "http://evil.com/"),
    ("url", "http://evil.com/?b=1&a=2", "http://evil.com/?b=1&a=2"),
    ("url", "http://evil.com/%2525", "http://evil.com/%2525"),
    ("iban", "gb29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
    ("iban", "IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("iban", "\uff24\uff25\uff18\uff19370400440532013000", "DE89370400440532013000"),
    ("payment_card", "٤111 1111 1111 1111", "4111111111111111"),
    ("url", "hxxps://evil[.]com/a", "https://evil.com/a"),
    ("url", "meow://evil.com/", "http://evil.com/"),
    ("url", "hxxp://evil.com/pa[.]th/[docs]/", "http://evil.com/pa[.]th/[docs]/"),
]
REFUSED = [
    ("phone", "020 7946 0958", "region-needed"),
    ("evm_wallet", "0x5aaEb6053F3E94C9b9A09f33669435E7Ef1BeAed", "bad-checksum"),
    ("btc_wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "bad-checksum"),
    ("tron_wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "bad-wallet"),
    ("domain", "http://evil.com/a", "is-url"),
    ("domain", "evil.com/a", "is-url"),
    ("domain", "evil. com", "bad-domain"),
    ("ipv4", "198.51.100.0/24", "network"),
    ("cidr", "198.51.100.7/32", "is-address"),
    ("cidr", "0.0.0.0/0", "too-wide"),
    ("bank_account", "GB29NWBK60161331926819", "parts"),
    ("device_id", "idfa:00000000-0000-0000-0000-000000000000", "null-device"),
    (
        "file_sha256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "nothing",
    ),
]
# Each made to repeat what a careless expression would try again and again.
HOSTILE = [
    piece * (LENGTH_MAX // len(piece))
    for piece in (
        *" a1.:-/@[(+0$\u0130ß\ufdfa\u0660",
        "a.",
        "1.",
        "a-",
        "[.]",
        "[ ",
        "( dot",
        "::",
        "0:",
        "xn--",
        "%41",
        "\\.",
        "1 ",
        "4-",
    )
]
FRAMES = [
    "{}",
    "http{}!",
    "[{}",
    "tel:{}!",
    "upi:{}",
    "IBAN{}",
    "US:{}:1",
    "mac:{}",
    "{}@a",
]


@pytest.mark.parametrize(("kind", "text", "canonical"), READ)
def test_pitfall_is_read_as_it_should(kind, text, canonical):
    assert read_value(text, kind=kind).canonical == canonical


@pytest.mark.parametrize(("kind", "text", "code"), REFUSED)
def test_pitfall_is_refused_with_its_reason(kind, text, code):
    with pytest.raises(BadValue) as caught:
        read_value(text, kind=kind)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_type_refuses_at_once_what_is_longer_than_its_values(kind):
    type_ = TYPES[kind]
    assert type_.length_max <= LENGTH_MAX
    for text in ("1" * (type_.length_max + 1), "a." * type_.length_max):
        with pytest.raises(BadValue) as caught:
            type_.normalise(text)
        assert caught.value.code == "too-long"


@pytest.mark.parametrize("frame", FRAMES)
def test_hostile_text_raises_nothing_but_bad_value(frame):
    for body in HOSTILE:
        text = frame.format(body[: LENGTH_MAX - len(frame)])
        refang(text)
        for kind in (None, *TYPES):
            try:
                read_value(text, kind=kind, region="GB")
            except BadValue:
                continue


def test_iban_lengths_fit_the_standard():
    assert len(LENGTHS) == 89
    assert set(LENGTHS.values()) <= set(range(15, 35))


@pytest.mark.parametrize(
    ("digits", "right"), [("79927398713", True), ("79927398710", False)]
)
def test_luhn_tells_right_check_digits(digits, right):
    assert luhn(digits) is right


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "card 4111 1111 1111 1111 exp 12/29",
        "4111-1111-1111-1111",
        "4111  1111  1111  1111",
        "4111\t1111\t1111\t1111",
        "\uff14111 1111 1111 1111",
        "x: 378282246310005.",
        "4111\u200b1111\u200b1111\u200b1111",
        "4111 1111 1111 1111 12/29",
        "4111111111111111 123",
        "2 4111111111111111",
        "1. 4111-1111-1111-1111 - 12 - 29",
        " ".join("0" * 100),
    ],
)
def test_card_number_is_found_in_a_text(text):
    assert may_hold_card(text)


@pytest.mark.parametrize(
    "text", ["+442079460958", "4111 1111 1111 1112", "evil.com", ""]
)
def test_card_number_is_not_seen_where_none_is(text):
    assert not may_hold_card(text)
