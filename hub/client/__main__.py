"""`accord`, and `python -m hub.client`: runs a command and ends it with a sentence."""

import os
import sys
import traceback
from collections.abc import Sequence

from hub.client.errors import Ending, ToolError

DEBUG = "ACCORD_DEBUG"
NOBODY_READS = 1  # how typer ends when our output was closed: they have seen enough


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code tells how it ended, and never a traceback."""
    from hub.client.commands import app  # noqa: PLC0415 - processes at work need no app
    from hub.client.console import say  # noqa: PLC0415

    try:
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
        say(f"This is a fault of the toolkit: {type(error).__name__}{_where(error)}.")
        if os.environ.get(DEBUG):
            traceback.print_exc()
        return Ending.UNEXPECTED
    return found if isinstance(found, int) else Ending.DONE


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""


if __name__ == "__main__":
    sys.exit(main())
