"""`accord`, and `python -m hub.client`: runs a command and ends it with a sentence."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from hub.client.errors import Ending, ToolError

DEBUG = "ACCORD_DEBUG"
TOLD = (signal.SIGTERM, signal.SIGHUP)
NOBODY_READS = 1  # how typer ends when our output was closed: they have seen enough


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code tells how it ended, and never a traceback."""
    from hub.client.commands import app  # noqa: PLC0415 - processes at work need no app
    from hub.client.console import say  # noqa: PLC0415

    try:
        with _ended_in_order():
            found = app(arguments, standalone_mode=True)
    except ToolError as error:
        say(str(error))
        return error.ending
    except KeyboardInterrupt:
        return Ending.INTERRUPTED
    except SystemExit as end:
        if end.code == NOBODY_READS:
            return Ending.DONE
        return end.code if isinstance(end.code, int) else Ending.USAGE
    except Exception as error:  # noqa: BLE001 - its message might hold a value
        ending, sentence = _fault(error)
        say(sentence)
        if os.environ.get(DEBUG):
            traceback.print_exc()
        return ending
    return found if isinstance(found, int) else Ending.DONE


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Who is told to end leaves no files for a while behind: they hold values."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, _end) for each in TOLD}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _fault(error: Exception) -> tuple[Ending, str]:
    if isinstance(error, OSError):  # a full disk, a folder that went away
        said = error.strerror or type(error).__name__
        return Ending.USAGE, f"A file cannot be used: {said}."
    said = f"{type(error).__name__}{_where(error)}"
    return Ending.UNEXPECTED, f"This is a fault of the toolkit: {said}."


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""


if __name__ == "__main__":
    sys.exit(main())
