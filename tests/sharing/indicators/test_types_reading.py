"""Bare and defanged lines are read as what their writers meant, or refused."""

import pytest

from sharing.indicators.types import BadValue, read_value, refang

DEFANGED = [
    ("hxxps://evil[.]com/a", "https://evil.com/a"),
    ("hXXp[:]//evil(dot)com", "http://evil.com"),
    ("hxxp[://]evil{.}com/x", "http://evil.com/x"),
    ("meow://evil.com", "http://evil.com"),
    ("user[@]evil[.]com", "user@evil.com"),
    ("user(at)evil(dot)com", "user@evil.com"),
    ("evil{.}com", "evil.com"),
    ("evil [dot] com", "evil.com"),
    ("evil[.com", "evil.com"),
    ("evil\\.com", "evil.com"),
    ("198[.]51[.]100[.]7", "198.51.100.7"),
    ("2001[:]db8[:][:]1", "2001:db8::1"),
    ("<http://evil.com/>", "http://evil.com/"),
    ('"evil.com"', "evil.com"),
    ("http://evil.com/[docs]/pa[.]th", "http://evil.com/[docs]/pa[.]th"),
    ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
    ("+44 (0)20 7946 0958", "+44 (0)20 7946 0958"),
    ("evil.com", "evil.com"),
]
READ = [
    ("evil.com", "domain", "evil.com"),
    ("Bit-Bridge.plus", "domain", "bit-bridge.plus"),
    ("www.evil.com", "domain", "www.evil.com"),
    ("0.0.0.0 evil.com", "domain", "evil.com"),
    ("127.0.0.1\tevil.com  # bad", "domain", "evil.com"),
    ("::1 evil.com", "domain", "evil.com"),
    ("evil[.]com", "domain", "evil.com"),
    ("www.facebook.com/wceiclub", "url", "http://www.facebook.com/wceiclub"),
    ("evil.com/", "url", "http://evil.com/"),
    ("evil.com?q=1", "url", "http://evil.com/?q=1"),
    ("539lucky.com:15888", "url", "http://539lucky.com:15888/"),
    ("198.51.100.7:8080", "url", "http://198.51.100.7:8080/"),
    ("198.51.100.7/login", "url", "http://198.51.100.7/login"),
    ("http://198.51.100.7", "url", "http://198.51.100.7/"),
    ("evil.com/@user", "url", "http://evil.com/@user"),
    ("hxxps://evil[.]com", "url", "https://evil.com/"),
    ("http://user@evil.com/x", "url", "http://evil.com/x"),
    ("scam[@]evil[.]com", "email", "scam@evil.com"),
    ("+44 20 7946 0958", "phone", "+442079460958"),
    ("tel:+442079460958", "phone", "+442079460958"),
    ("198.51.100.7", "ipv4", "198.51.100.7"),
    ("2001:db8::1", "ipv6", "2001:db8::1"),
    (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "evm_wallet",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ),
    (
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "btc_wallet",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    ),
]
REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("hello", "unrecognised"),
    ("Mr. Smith", "unrecognised"),
    ("127.0.0.1 localhost", "unrecognised"),
    ("020 7946 0958", "region-needed"),
    ("198.51.100.0/24", "network"),
    ("2001:db8::/32", "network"),
    ("*.evil.com", "wildcard"),
    ("evil.com\x00", "control-character"),
    ("x" * 5000, "too-long"),
    ("tg://resolve?domain=evil", "bad-url"),
    ("0x5aaEb6053F3E94C9b9A09f33669435E7Ef1BeAed", "bad-checksum"),
]


@pytest.mark.parametrize(("text", "expected"), DEFANGED)
def test_refang_undoes_what_defanging_did(text, expected):
    assert refang(text) == expected


@pytest.mark.parametrize(("text", "kind", "canonical"), READ)
def test_bare_line_is_read_as_its_type(text, kind, canonical):
    found = read_value(text, kind=None)
    assert (found.kind, found.canonical, found.guessed) == (kind, canonical, True)


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_bare_line_is_refused_with_a_reason(text, code):
    with pytest.raises(BadValue) as caught:
        read_value(text, kind=None)
    assert caught.value.code == code


def test_national_number_is_read_when_a_region_is_given():
    found = read_value("020 7946 0958", kind=None, region="GB")
    assert (found.kind, found.canonical) == ("phone", "+442079460958")


def test_named_type_is_taken_at_its_word():
    found = read_value("evil.com", kind="url")
    assert (found.kind, found.canonical, found.guessed) == (
        "url",
        "http://evil.com/",
        False,
    )


def test_url_never_becomes_a_domain():
    with pytest.raises(BadValue) as caught:
        read_value("http://www.facebook.com/wceiclub", kind="domain")
    assert caught.value.code == "is-url"


def test_unknown_type_is_refused():
    with pytest.raises(BadValue) as caught:
        read_value("evil.com", kind="iban")
    assert caught.value.code == "unknown-type"
