"""What ends a demo with a sentence instead of a traceback."""


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


class UnreadableError(DemoError):
    """The input file holds nothing to send."""


class RefusedError(DemoError):
    """The hub answered something else than expected; the text says what."""


class UnreadTermError(DemoError):
    """The agreement says something that the oracle's plain reading does not know."""
