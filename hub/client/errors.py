"""How a command ends: in a sentence, and with a code that scripts can tell apart."""

from enum import IntEnum


class Ending(IntEnum):
    """Exit codes, as docs/toolkit.md lists them."""

    DONE = 0
    UNEXPECTED = 1  # a fault of the toolkit
    USAGE = 2  # options, settings or files that cannot be used
    REFUSED = 3  # the hub said no: key, rights, content
    LATER = 4  # not reached, overloaded or a quota used up: the same may work later
    LINES = 5  # done, but some lines were not taken
    UNVERIFIED = 6  # the hub's answer is not what it must be; nothing of it was used
    INTERRUPTED = 130


class ToolError(Exception):
    """Ends a command; the text is a sentence and holds neither keys nor values."""

    ending = Ending.USAGE


class RefusedError(ToolError):
    """The hub refused; `code` is the word of its problem, such as `not-found`."""

    ending = Ending.REFUSED

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class LaterError(ToolError):
    """The same may work later; `wait` is for how many seconds the hub asks."""

    ending = Ending.LATER

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


class UnverifiedError(ToolError):
    """An answer that is cut off, unsigned, or not what was promised."""

    ending = Ending.UNVERIFIED
