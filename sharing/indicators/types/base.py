"""What every indicator type has: a name, a normal form with a version, and examples."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import ClassVar, NamedTuple

from sharing.vocabulary import IndicatorKind

LENGTH_MAX = 4096  # characters; longer than any URL that a browser keeps whole
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class BadValue(ValueError):  # noqa: N818 - the word of the domain: this value is bad
    """The text is no value of its type. The sentence never contains the text."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.kind: str | None = None  # what it was read as, once that is known
        self.guessed = False


class Parsed(NamedTuple):
    """A value in its normal form, and whether its type was guessed."""

    kind: str
    nv: int
    canonical: str
    guessed: bool
    older: tuple[tuple[int, str], ...] = ()  # earlier versions: nv and normal form


class Former(NamedTuple):
    """An earlier version of a type's normal form, by which its claims are still found."""

    nv: int
    normalise: Callable[[str, str | None], str]  # text and region, or BadValue


class IndicatorType:
    """One type. Its examples are its tests: (as people write it, normal form)."""

    name: ClassVar[IndicatorKind]
    nv: ClassVar[int] = 1  # a changed normal form is a new version; digests differ
    previous: ClassVar[tuple[Former, ...]] = ()  # the newest first
    rank: ClassVar[int]  # of guessing: what can be nothing else is asked first
    length_max: ClassVar[int] = LENGTH_MAX
    hash_only: ClassVar[bool] = False  # its clear value is never kept nor released
    examples: ClassVar[tuple[tuple[str, str], ...]]
    stated_examples: ClassVar[tuple[tuple[str, str], ...]] = ()  # read, never guessed
    bad_examples: ClassVar[tuple[str, ...]]

    def normalise(self, text: str, *, region: str | None = None) -> str:
        """The one form in which equal values are equal, or BadValue.

        `text` is not defanged (see `refang`). `region` is an ISO 3166 code; telephone
        numbers and bank accounts written without their country need it.
        """
        raise NotImplementedError

    def recognises(self, text: str) -> bool:
        """Whether a bare text looks like this type, before it is read in earnest."""
        raise NotImplementedError

    def mistakable(self, text: str) -> bool:
        """Whether a text that looks like this type may as well mean something else."""
        return False

    def versions(self) -> tuple[int, ...]:
        """Those of its normal form that are known, the one in use first."""
        return (self.nv, *(former.nv for former in self.previous))

    def older(
        self, text: str, *, region: str | None = None
    ) -> Iterator[tuple[int, str]]:
        """The value in each earlier normal form that could read it."""
        for former in self.previous:
            with suppress(BadValue):
                yield former.nv, former.normalise(text, region)


def plain(text: str, length_max: int = LENGTH_MAX) -> str:
    """The text without space around it; refuses what no value can contain."""
    text = text.strip().removeprefix("\ufeff")
    if not text:
        raise BadValue("empty", "The value is empty.")
    if len(text) > length_max:
        raise BadValue("too-long", f"Such a value has at most {length_max} characters.")
    if not text.isprintable() and _CONTROL.search(text):
        raise BadValue("control-character", "The value contains a control character.")
    return text
