"""The inbox over the API: what waits, and decisions about it."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from hub.api import answers, parameters
from hub.api.answers import JsonRenderer, NdjsonRenderer
from hub.api.bodies import length_of
from hub.api.listing import Listing
from hub.api.views import ApiView
from hub.lib.errors import FieldError, Invalid, Malformed
from sharing.inbox import openapi, selectors, services
from sharing.inbox.kinds import Kind, Outcome, Place, Row
from sharing.vocabulary import INBOX_AT_ONCE

FIELDS = frozenset({"entries", "outcome", "days"})


def _shown(row: Row) -> dict[str, Any]:
    entry, handled = row.entry, row.handled
    return {
        "entry": str(entry.place),
        "kind": entry.kind,
        "subject": entry.subject,
        "at": entry.at,
        "title": entry.title,
        "why": entry.why,
        "urgent": entry.urgent,
        "claimed_by": handled.holder_name if row.held else None,
        "claimed_until": handled.held_until if row.held else None,
    }


def _place(text: str | None) -> Place | None:
    return Place.parse(text) if text else None


class Inbox(ApiView):
    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": frozenset({"after", "limit", "kind"})}
    rows: Listing[Row, Place | str | None] = Listing(
        "entries", "after", lambda text: text, lambda row: str(row.entry.place), _shown
    )

    @openapi.listed
    def get(self, request: Request) -> HttpResponseBase:
        kind = _kind(self.said.get("kind"))

        def fetch(after: Place | str | None, limit: int) -> list[Row]:
            place = _place(str(after)) if after else None
            return selectors.page(self.actor, kind, after=place, limit=limit).rows

        return self.rows.answer(request, self.said, fetch)


class Decisions(ApiView):
    @openapi.decided
    def post(self, request: Request) -> HttpResponse:
        length_of(request)
        places, outcome, snooze = _read(request.data)
        found = services.decide(
            actor=self.actor, places=places, outcome=outcome, snooze=snooze
        )
        return answers.answer(
            {
                "decided": [str(each) for each in found.done],
                "left": [str(each) for each in found.left],
                "gone": [str(each) for each in found.gone],
            }
        )


def _kind(text: str | None) -> Kind | None:
    if not text:
        return None
    try:
        return Kind(text)
    except ValueError:
        raise parameters.bad("kind", f"One of {', '.join(Kind)}.") from None


def _read(body: Any) -> tuple[list[Place], Outcome, timedelta | None]:
    if not isinstance(body, dict) or body.keys() - FIELDS:
        raise _bad("body", "An object with entries, outcome and days is read here.")
    said, days = body.get("entries"), body.get("days")
    if not (isinstance(said, list) and 0 < len(said) <= INBOX_AT_ONCE):
        raise _bad("entries", f"A list of 1 to {INBOX_AT_ONCE} entries is needed.")
    try:
        places = [Place.parse(each if isinstance(each, str) else "") for each in said]
        outcome = Outcome(str(body.get("outcome")))
    except Malformed as bad:
        raise _bad("entries", bad.detail) from None
    except ValueError:
        raise _bad("outcome", f"One of {', '.join(Outcome)}.") from None
    if days is None:
        return places, outcome, None
    if type(days) is not int or not 1 <= days <= 90:
        raise _bad("days", "A whole number from 1 to 90.")
    return places, outcome, timedelta(days=days)


def _bad(name: str, detail: str) -> Invalid:
    error: FieldError = {"field": name, "code": "invalid", "detail": detail}
    return Invalid(f"{name}: {detail}", errors=[error])
