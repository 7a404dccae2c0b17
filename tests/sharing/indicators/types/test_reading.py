"""Bare and defanged lines are read as what their writers meant, or refused."""

import pytest

from sharing.indicators.types import TYPES, BadValue, read_value, refang

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
    ("198.51.100.0/24", "cidr", "198.51.100.0/24"),
    ("198[.]51[.]100[.]0/24", "cidr", "198.51.100.0/24"),
    ("2001:db8::/32", "cidr", "2001:db8::/32"),
    ("198.51.100.0/24/x", "url", "http://198.51.100.0/24/x"),
    ("IBAN DE89 3704 0044 0532 0130 00", "iban", "DE89370400440532013000"),
    ("US:021000021:123456789", "bank_account", "US:021000021:123456789"),
    ("BE:0210000:123456", "bank_account", "BE:0210000:123456"),
    ("4111 1111 1111 1111", "payment_card", "4111111111111111"),
    ("3782-822463-10005", "payment_card", "378282246310005"),
    ("upi:scam[at]okaxis", "payment_handle", "upi:scam@okaxis"),
    ("paypal:scam@evil[.]com", "payment_handle", "paypal:scam@evil.com"),
    ("telegram:@scam_er", "platform_account", "telegram:scam_er"),
    ("imei:490154203237518", "device_id", "imei:490154203237518"),
    ("mac:00:1b:63:84:45:e6", "device_id", "mac:00:1b:63:84:45:e6"),
    ("pdq:" + "f8" * 32, "media_pdq", "f8" * 32),
    ("sha1:" + "a9" * 20, "file_sha1", "a9" * 20),
    ("https://t.me/scam_er", "url", "https://t.me/scam_er"),
    ("cash.app/$scam", "url", "http://cash.app/$scam"),
    ("cash.app:443", "url", "http://cash.app:443/"),
    (
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "tron_wallet",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    ),
    (
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "solana_wallet",
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
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
    ("198.51.100.7/24", "host-bits"),
    ("2001:db8::1/32", "host-bits"),
    ("*.evil.com", "wildcard"),
    ("evil.com\x00", "control-character"),
    ("x" * 5000, "too-long"),
    ("tg://resolve?domain=evil", "bad-url"),
    ("0x5aaEb6053F3E94C9b9A09f33669435E7Ef1BeAed", "bad-checksum"),
    ("4111111111111111", "ambiguous"),
    ("4111.1111.1111.1111", "ambiguous"),
    ("378282246310005", "ambiguous"),
    ("4111 1111 1111 1112", "region-needed"),
    ("9e107d9d372bb6826bd81d3542a419d6", "ambiguous"),
    ("md5:9e107d9d372bb6826bd81d3542a419d6", "ambiguous"),
    ("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ambiguous"),
    ("F8" * 32, "ambiguous"),
    ("sha256:" + "f8" * 32, "ambiguous"),
    ("12345678", "region-needed"),
    ("021000021 123456789", "region-needed"),
    ("490154203237518", "region-needed"),
    ("@scam_er", "unrecognised"),
    ("$scamtag", "unrecognised"),
    ("tinder:AbC123", "unrecognised"),
    ("DE89 3704 0044 0532 0130 01", "bad-checksum"),
]
HASHES = [
    ("a9" * 16, {"file_md5", "media_md5"}),
    ("a9" * 20, {"evm_wallet", "file_sha1"}),
    ("a9" * 32, {"file_sha256", "media_sha256", "media_pdq"}),
    ("4111111111111111", {"payment_card"}),
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


@pytest.mark.parametrize(("text", "kinds"), HASHES)
def test_refusal_names_the_types_that_a_line_may_be_of(text, kinds):
    with pytest.raises(BadValue) as caught:
        read_value(text, kind=None)
    words = set(caught.value.sentence.replace(",", "").replace("(", "").split())
    assert words & set(TYPES) == kinds


@pytest.mark.parametrize("text", ["1234567890", "12345678", "000123456789"])
@pytest.mark.parametrize("region", ["US", "GB", "DE"])
def test_bare_number_is_never_guessed_to_be_an_account(text, region):
    try:
        found = read_value(text, kind=None, region=region)
    except BadValue:
        return
    assert found.kind == "phone"


def test_unknown_type_is_refused():
    with pytest.raises(BadValue) as caught:
        read_value("evil.com", kind="fax")
    assert caught.value.code == "unknown-type"
