"""Health as JSON: the sentences of the screen, under names that stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.lib.clock import iso
from hub.staff.lines import Line, worst


def as_json(moment: datetime, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "at": iso(moment),
        "state": str(worst(lines)),
        "lines": [
            {
                "name": line.name,
                "state": str(line.state),
                "sentence": line.sentence,
                "todo": line.todo,
            }
            for line in lines
        ],
    }
