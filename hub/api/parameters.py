"""Query parameters: known ones, once each; a misspelled one is never ignored."""

import re
from collections.abc import Collection
from uuid import UUID

from rest_framework.request import Request

from hub.lib.errors import FieldError, Malformed

NAME = re.compile(r"[a-z_]{1,40}")
LINE_DIGITS = 9


def read(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters by name, or Malformed that names those which may not be there."""
    given = request.query_params
    errors = [_fault(name, "unknown-parameter") for name in given if name not in known]
    errors += [
        _fault(name, "bad-parameter", "Given more than once.")
        for name in given
        if name in known and len(given.getlist(name)) > 1
    ]
    errors += [
        _fault(name, "bad-parameter", "No text has the character U+0000.")
        for name in given
        if name in known and "\0" in given[name]
    ]
    if errors:
        told = ", ".join(error["field"] for error in errors)
        raise Malformed(
            f"These parameters are unknown, repeated or unreadable: {told}.",
            code=errors[0]["code"],
            errors=errors,
        )
    return {name: str(given[name]) for name in given}


def read_id(text: str | None, field: str = "after") -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise bad(field, "An id, as an earlier answer gave it.") from None


def read_line(text: str | None, field: str = "after") -> int:
    """A line number; nothing is the line before the first."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= LINE_DIGITS):
        raise bad(field, "A line number.")
    return int(text)


def bad(field: str, detail: str) -> Malformed:
    return Malformed(
        f"{field}: {detail}",
        code="bad-parameter",
        errors=[_fault(field, "bad-parameter", detail)],
    )


def _fault(name: str, code: str, detail: str = "Not known here.") -> FieldError:
    """A name is shown only if it can be a name: it might be a value gone astray."""
    field = name if NAME.fullmatch(name) else "(unreadable)"
    return {"field": field, "code": code, "detail": detail}
