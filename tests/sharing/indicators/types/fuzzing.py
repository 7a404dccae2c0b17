"""Hostile texts for the readers of types: examples, mutated at random. Pure, by a seed."""

import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from sharing.indicators.types import TYPES, BadValue, IndicatorType, guess, read_value
from sharing.indicators.types.base import LENGTH_MAX

SLOW = 0.1  # seconds
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # categories of Unicode
FULL = LENGTH_MAX + 4  # a little more than is ever read
REGIONS = (
    None,
    None,
    "GB",
    "us",
    "JP",
    "CA",
    "",
    "ZZ",
    "\0",
    "\u00df",
    "\ud800",
    "G" * 99,
)

# Digits and letters of other scripts, some of which are several in compatible form.
_DIGITS = "0123456789\u0660\u0669\u06f3\u0967\uff10\uff19\u00b2\u2460\u2075\U0001d7d8\U00010a40\u4e09"
_LETTERS = "aAzZxX\u00df\u1e9e\u0130\u0131\u017f\u212a\u03c2\u0430\uff41\ufb03\ufdfa\u0587\u4e2d\U0001d41a"
_MARKS = ".:/@[](){}<>\\|'\"-_+=?#&%$*,;~!^` "
_INVISIBLE = "\0\t\n\r\x0b\x1f\x7f\x85\xa0\xad\u034f\u061c\u180e\u200b\u200d\u200e\u2028\u202e\u2060\u3000\ufeff\ufffe\uffff"
_BROKEN = "\ud800\udbff\udc00\udfff\U0010ffff\U000e0001\U0001f1ec\u0300\u0489\u20e3\u3002\uff0e\uff61\uff20\uff1a\uff0f\u2044\u2488"
_POOLS = (_DIGITS, _LETTERS, _MARKS, _MARKS, _INVISIBLE, _BROKEN)
_PIECES = (
    "http://", "hxxps[:]//", "//", "://", "mailto:", "tel:", "upi:", "upi://pay?pa=", "pix:",
    "IBAN ", "bc1", "tb1", "bcrt1q", "0x", "xn--", "xn--a-", "[.]", "(dot)", "{at}", "[@]",
    "\\.", "::", "::ffff:", "%25", "%00", "%ff", "/32", "/129", "0.0.0.0 ", "::1 x", ";ext=",
    "ext. 7", "sha256:", "pdq:", "US:", "GB:", "whatsapp:+", "https://t.me/", "T", "1", "+",
    "@", "..", "a.", "-", "4111 1111 1111 1111", "\r\n", "\ufdfa" * 20, "\u0660" * 12, "9" * 400,
)  # fmt: skip


def examples_of(kind: IndicatorType) -> list[str]:
    """What its file holds: good, stated and bad ones, and the normal forms."""
    good = (*kind.examples, *kind.stated_examples)
    said = [text for pair in good for text in pair]
    said += [text for text, _, _ in getattr(kind, "region_examples", ())]
    return [*said, *kind.bad_examples]


def texts(kind: str, seed: int | str, count: int) -> Iterator[tuple[str, str | None]]:
    """Texts and regions, always the same of one seed."""
    chance = random.Random(f"{seed}:{kind}")
    own = examples_of(TYPES[kind])
    others = [text for each in TYPES.values() for text in examples_of(each)]
    for _ in range(count):
        text = chance.choice(own if chance.random() < 0.8 else others)
        for _ in range(_times(chance)):
            text = chance.choice(_MUTATIONS)(text, chance)
        yield text[:FULL], chance.choice(REGIONS)


def _times(chance: random.Random) -> int:
    """Mostly one or two: what is nearly right gets furthest."""
    return chance.choice((0, 1, 1, 1, 2, 2, 3, 5))


Mutation = Callable[[str, random.Random], str]


def _span(text: str, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(text) + 1)
    return begin, min(len(text), begin + chance.choice((1, 1, 1, 2, 3, 8)))


def _sign(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return chr(chance.randrange(0x110000))
    return chance.choice(chance.choice(_POOLS))


def _insert(text: str, chance: random.Random) -> str:
    at, _ = _span(text, chance)
    return text[:at] + _sign(chance) + text[at:]


def _replace(text: str, chance: random.Random) -> str:
    begin, end = _span(text, chance)
    return text[:begin] + _sign(chance) + text[end:]


def _delete(text: str, chance: random.Random) -> str:
    begin, end = _span(text, chance)
    return text[:begin] + text[end:]


def _piece(text: str, chance: random.Random) -> str:
    at = chance.choice((0, len(text), chance.randrange(len(text) + 1)))
    return text[:at] + chance.choice(_PIECES) + text[at:]


def _repeat(text: str, chance: random.Random) -> str:
    """A span again and again, up to the longest that is read, or just short of it."""
    begin, end = _span(text, chance)
    span = text[begin:end] or "0"
    most = max(1, (FULL - len(text)) // len(span))
    times = chance.choice((2, 3, chance.randrange(1, 64), most, most))
    return text[:begin] + span * min(times, most) + text[end:]


def _same_sign(text: str, chance: random.Random) -> str:
    """Each digit, or each letter, in another script."""
    pool, is_one = chance.choice(((_DIGITS, str.isdigit), (_LETTERS, str.isalpha)))
    return "".join(chance.choice(pool) if is_one(sign) else sign for sign in text)


def _case(text: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.swapcase, str.title))(text)


def _wrap(text: str, chance: random.Random) -> str:
    begin, end = chance.choice(("<>", '""', "''", "[]", "()", "  ", "\0\0", "\n\n"))
    return begin + text + end


def _splice(text: str, chance: random.Random) -> str:
    other = chance.choice(examples_of(chance.choice(list(TYPES.values()))))
    at, _ = _span(text, chance)
    return text[:at] + other[chance.randrange(len(other) + 1) :]


def _shuffled(text: str, chance: random.Random) -> str:
    signs = list(text)
    chance.shuffle(signs)
    return "".join(signs)


def _anything(_: str, chance: random.Random) -> str:
    return "".join(_sign(chance) for _ in range(chance.choice((0, 1, 5, 20, 80))))


_MUTATIONS: tuple[Mutation, ...] = (
    _insert, _insert, _replace, _replace, _replace, _delete, _delete, _piece, _piece,
    _repeat, _same_sign, _case, _wrap, _splice, _shuffled, _anything,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What a text did that it must not, and the text, which is made up."""

    kind: str
    what: str
    text: str
    region: str | None

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}: {self.text[:300]!a} ({self.region!a})"


@dataclass(slots=True)
class Found:
    kind: str
    read: int = 0
    good: int = 0  # had a normal form
    slowest: float = 0.0  # seconds
    slowest_text: str = ""
    faults: tuple[Fault, ...] = ()


def fuzz(kind: str, seed: int | str, count: int, faults_most: int = 20) -> Found:
    """Read so many texts as one type, and guess them: see `_wrong` for what is wrong."""
    found = Found(kind)
    for text, region in texts(kind, seed, count):
        begin = time.process_time()
        good, wrong = _judged(kind, text, region)
        taken = time.process_time() - begin
        if taken > SLOW:  # the machine may have had something else to do
            taken = min(taken, *(_time(kind, text, region) for _ in range(3)))
            wrong = wrong or (f"took {taken:.3f} s" if taken > SLOW else "")
        found.read, found.good = found.read + 1, found.good + good
        if taken > found.slowest:
            found.slowest, found.slowest_text = taken, text
        if wrong:
            found.faults += (Fault(kind, wrong, text, region),)
            if len(found.faults) >= faults_most:
                break
    return found


def _time(kind: str, text: str, region: str | None) -> float:
    begin = time.process_time()
    _judged(kind, text, region)
    return time.process_time() - begin


def _judged(kind: str, text: str, region: str | None) -> tuple[bool, str]:
    """Whether it has a normal form, and what went wrong in reading it, if anything."""
    try:
        with suppress(BadValue):
            guess(text)
        with suppress(BadValue):
            read_value(text, kind=None, region=region)
        ways = (TYPES[kind].normalise, partial(_as_pasted, kind))
        forms = [(way, form) for way in ways if (form := _form(way, text, region))]
        return bool(forms), next(filter(None, (_unlike(*each) for each in forms)), "")
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return False, f"{type(error).__name__} raised"


def _as_pasted(kind: str, text: str, *, region: str | None = None) -> str:
    return read_value(text, kind=kind, region=region).canonical


def _form(way: Callable[..., str], text: str, region: str | None) -> str | None:
    with suppress(BadValue):
        return way(text, region=region)
    return None


def _unlike(way: Callable[..., str], form: str) -> str:
    """How a normal form fails to be one: read again it is itself, and all of it shows."""
    try:
        again = way(form, region=None)
    except BadValue as bad:
        return f"its normal form is refused ({bad.code})"
    if again != form:
        return "its normal form has another"
    if len(form) > LENGTH_MAX or HIDDEN & set(map(unicodedata.category, form)):
        return "its normal form is too long, or something in it does not show"
    return ""
