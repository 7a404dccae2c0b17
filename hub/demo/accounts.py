"""Made-up accounts, payees, devices and hashes; their check digits are right."""

import random
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network

import base58

_DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")  # RFC 5737
_NAMES = (
    "amelia anders bianca daniel elena fatima hugo irina kenji mia noah olivia".split()
)
_ROUTING = ("021000021", "011401533", "091000019")
_PLATFORMS = ("telegram", "instagram", "tiktok", "x")
Words = Sequence[str]


def cidr(rng: random.Random, _: Words) -> str:
    net = IPv4Network(rng.choice(_DOCUMENTATION))
    return str(rng.choice(list(net.subnets(new_prefix=rng.randint(25, 30)))))


def tron_wallet(rng: random.Random, _: Words) -> str:
    return base58.b58encode_check(b"\x41" + rng.randbytes(20)).decode("ascii")


def solana_wallet(rng: random.Random, _: Words) -> str:
    return base58.b58encode(b"\x40" + rng.randbytes(31)).decode("ascii")


def iban(rng: random.Random, _: Words) -> str:
    """Of a German bank code that is not given out."""
    account = f"10000000{rng.randrange(10**10):010d}"
    check = 98 - int(f"{account}131400") % 97
    plain = f"DE{check:02d}{account}"
    if rng.random() < 0.5:
        return plain
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def bank_account(rng: random.Random, _: Words) -> str:
    return f"US:{rng.choice(_ROUTING)}:{rng.randrange(10**8, 10**9)}"


def payment_card(rng: random.Random, _: Words) -> str:
    return _checked(f"400000{rng.randrange(10**9):09d}")


def payment_handle(rng: random.Random, words: Words) -> str:
    who = f"{rng.choice(_NAMES)}{rng.choice(words)}{rng.randint(1, 999)}"
    return rng.choice((f"upi:{who}@okexample", f"cashapp:${who[:18]}"))


def platform_account(rng: random.Random, words: Words) -> str:
    who = f"{rng.choice(_NAMES)}.{rng.choice(words)}"[:10].replace(".", "_")
    return f"{rng.choice(_PLATFORMS)}:@{who}{rng.randint(1, 999)}"


def device_id(rng: random.Random, _: Words) -> str:
    return "imei:" + _checked(f"00440100{rng.randrange(10**6):06d}")


def _checked(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 if place % 2 else 2)
        total += number // 10 + number % 10
    return f"{digits}{-total % 10}"


def _hash(size: int) -> Callable[[random.Random, Words], str]:
    return lambda rng, _: rng.randbytes(size).hex()


MAKERS: dict[str, Callable[[random.Random, Words], str]] = {
    "cidr": cidr,
    "tron_wallet": tron_wallet,
    "solana_wallet": solana_wallet,
    "iban": iban,
    "bank_account": bank_account,
    "payment_card": payment_card,
    "payment_handle": payment_handle,
    "platform_account": platform_account,
    "device_id": device_id,
    "file_md5": _hash(16),
    "file_sha1": _hash(20),
    "file_sha256": _hash(32),
    "media_md5": _hash(16),
    "media_sha256": _hash(32),
    "media_pdq": _hash(32),
}
