"""Made-up values that hurt nobody: reserved ranges, names under .example, right checksums."""

import random
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

import base58

from hub.demo import accounts
from sharing.indicators.types.evm_wallet import checksummed

_CONSONANTS, _VOWELS = "bcdfghklmnprstvz", "aeiou"
# Ranges that regulators keep free for films and books (NANPA, Ofcom, ARCEP, BNetzA).
_PHONES = (
    "+44 7700 900{:03d}",
    "+44 20 7946 0{:03d}",
    "+49 30 23125 {:03d}",
    "+33 6 39 98 {:04d}",
)
_AREA_CODES = (202, 212, 305, 312, 404, 415, 512, 602, 617, 702, 713, 818)
_DOCUMENTATION_V4 = ("192.0.2.0", "198.51.100.0", "203.0.113.0")  # RFC 5737
_DOCUMENTATION_V6 = "2001:db8::"  # RFC 3849
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FIRST_NAMES = (
    "amelia anders bianca carlos claire daniel elena emily fatima grace hugo irina"
    " james julia kenji laura leo marco mia nadia noah olivia pablo rosa samuel sofia"
    " theo victor wei yara"
).split()


def name(rng: random.Random, words: Sequence[str]) -> str:
    """A host name as scams like them: two words of the trade and a made-up one."""
    invented = "".join(
        rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 4))
    )
    parts = [rng.choice(words), invented]
    if rng.random() < 0.4:
        parts.append(str(rng.randint(1, 99)))
    rng.shuffle(parts)
    host = "-".join(parts).strip("-")
    sub = rng.choice(("", "", "", "www.", "app.", "login.", "m."))
    return f"{sub}{host}.example"


def domain(rng: random.Random, words: Sequence[str]) -> str:
    return name(rng, words)


def url(rng: random.Random, words: Sequence[str]) -> str:
    scheme = rng.choice(("https", "https", "http"))
    path = rng.choice(("login", "verify", "apply", "invest", "gift", "track", "chat"))
    query = rng.choice(("", "", f"?id={rng.randint(1000, 99999)}", "?ref=sms"))
    return f"{scheme}://{name(rng, words)}/{path}/{rng.randint(1, 9999)}{query}"


def email(rng: random.Random, words: Sequence[str]) -> str:
    person = rng.choice(_FIRST_NAMES)
    local = rng.choice(
        (f"{person}.{rng.choice(words)}", f"{person}{rng.randint(2, 99)}")
    )
    return f"{local}@{name(rng, words).removeprefix('www.')}"


def phone(rng: random.Random, _: Sequence[str]) -> str:
    if rng.random() < 0.3:
        return f"+1 {rng.choice(_AREA_CODES)} 555 01{rng.randint(0, 99):02d}"
    shape = rng.choice(_PHONES)
    return shape.format(rng.randint(0, 9999 if "4d" in shape else 999))


def ipv4(rng: random.Random, _: Sequence[str]) -> str:
    net = int(IPv4Address(rng.choice(_DOCUMENTATION_V4)))
    return str(IPv4Address(net + rng.randint(1, 254)))


def ipv6(rng: random.Random, _: Sequence[str]) -> str:
    return str(IPv6Address(int(IPv6Address(_DOCUMENTATION_V6)) + rng.getrandbits(64)))


def evm_wallet(rng: random.Random, _: Sequence[str]) -> str:
    digits = rng.randbytes(20).hex()
    return "0x" + (checksummed(digits) if rng.random() < 0.5 else digits)


def btc_wallet(rng: random.Random, _: Sequence[str]) -> str:
    body = rng.randbytes(20)
    if rng.random() < 0.5:
        return bech32("bc", body)
    version = rng.choice((b"\x00", b"\x05"))  # to a key, to a script
    return base58.b58encode_check(version + body).decode("ascii")


def bech32(prefix: str, program: bytes) -> str:
    """A version 0 witness address (BIP-173) of a program of whole 5-bit groups."""
    bits = "".join(f"{byte:08b}" for byte in program)
    data = [0, *(int(bits[at : at + 5], 2) for at in range(0, len(bits), 5))]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    rest = 1
    for value in [*spread, *data, 0, 0, 0, 0, 0, 0]:
        top, rest = rest >> 25, (rest & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATORS):
            rest ^= generator if top >> bit & 1 else 0
    check = [(rest ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1" + "".join(_BECH32[value] for value in data + check)


MAKERS: dict[str, Callable[[random.Random, Sequence[str]], str]] = {
    "domain": domain,
    "url": url,
    "email": email,
    "phone": phone,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "evm_wallet": evm_wallet,
    "btc_wallet": btc_wallet,
    **accounts.MAKERS,
}
# What people defang; the rest nobody could click on.
DEFANGED = frozenset({"domain", "url", "email", "ipv4"})


def as_written(rng: random.Random, kind: str, value: str) -> str:
    """The value as an analyst may have typed it: defanged, in capitals, with dashes."""
    if kind == "phone":
        return rng.choice((value, value.replace(" ", ""), value.replace(" ", "-")))
    if kind not in DEFANGED or rng.random() < 0.6:
        return value
    if kind == "url":
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.replace('tt', 'xx')}://{host.replace('.', '[.]')}{slash}{path}"
    if kind == "domain" and rng.random() < 0.4:
        return value.upper()
    return value.replace("@", "[at]").replace(".", rng.choice(("[.]", "(.)", "[dot]")))
