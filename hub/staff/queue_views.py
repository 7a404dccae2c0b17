"""What waits, what is stuck and what is dead; try it again, or give it up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hub.lib.errors import Forbidden
from hub.staff.entering import proven, staff_page
from orgs.accounts.requests import actor_of, has_factor
from orgs.members.selectors import names_of
from sharing.events import queues, services
from sharing.intake import giving_up


@staff_page()
def queue(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    chunks = queues.chunks_by_owner(actor)
    shown = {
        "dead": queues.letters(actor, dead=True, before=_number(request, "dead")),
        "stuck": queues.letters(actor, dead=False, before=_number(request, "stuck")),
    }
    owners = {each.owner for rows in shown.values() for each in rows if each.owner}
    names = names_of({*chunks, *owners})
    page = {
        "shards": queues.by_shard(),
        "chunks": [(names.get(pk, str(pk)), each) for pk, each in chunks.items()],
        "tables": [
            (word, [(each, _name(names, each.owner)) for each in rows], _next(rows))
            for word, rows in shown.items()
        ],
        "has_factor": has_factor(request),
    }
    return render(request, "hub/staff/queues.html", page)


@staff_page(post=None)
def retry(request: HttpRequest) -> HttpResponse:
    """Once more, at once: what is dead or stuck; anything else stays as it is."""
    count = services.retry(_ticked(request), actor=actor_of(request))
    said = f"{count} put back to work." if count else "Nothing of it was dead or stuck."
    messages.success(request, said)
    return redirect("staff-queues")


@staff_page(post=None)
def give_up(request: HttpRequest) -> HttpResponse:
    """Dead chunks alone: their senders read which lines were not shared."""
    try:
        count = giving_up.give_up(actor=proven(request), ids=_ticked(request))
    except Forbidden as refusal:
        messages.error(request, refusal.detail)
        return redirect("staff-queues")
    said = f"{count} given up; the senders are told line by line."
    messages.success(request, said if count else "None of it was a dead chunk.")
    return redirect("staff-queues")


def _ticked(request: HttpRequest) -> list[int]:
    found = request.POST.getlist("row")
    return [int(each) for each in found[: queues.LISTED] if _is_number(each)]


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if _is_number(text) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _name(names: dict[UUID, str], owner: UUID | None) -> str:
    return names.get(owner, "") if owner else ""


def _next(rows: list[queues.Letter]) -> int | None:
    """Where the next page begins, if there may be one."""
    return rows[-1].pk if len(rows) == queues.LISTED else None
