"""The inbox on the screen: the list, one entry, and what people do with them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.lib.errors import Conflict, Invalid, Malformed, NotFound
from orgs.accounts.actor import Actor
from orgs.accounts.requests import actor_of
from sharing.inbox import kinds, selectors, services
from sharing.inbox.kinds import ACKNOWLEDGED, RULES, Kind, Outcome, Place, Row
from sharing.inbox.services import Decided

PAGE = 50
SAID = {
    Outcome.DONE: "Done",
    Outcome.DISMISSED: "Dismissed",
    Outcome.SNOOZED: "Snoozed",
    Outcome.ACKNOWLEDGED: "Acknowledged",
}


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What is open, the newest first; of one kind where the address says so."""
    actor, kind = actor_of(request), _kind(request.GET.get("kind"))
    after = request.GET.get("after")
    place = Place.parse(after) if after else None
    page = selectors.page(actor, kind, after=place, limit=PAGE)
    found = {
        "rows": [_shown(actor, row) for row in page.rows],
        "older": page.next,
        "paged": after,
        "tabs": [(each, RULES[each].label) for each in kinds.seen_with(actor.rights)],
        "kind": kind,
        "watches": Kind.MATCH in kinds.seen_with(actor.rights),
        "next_row": request.GET.get("row", ""),
        "decides": any(_decides(actor, row) for row in page.rows),
        "acknowledges": any(row.entry.kind in ACKNOWLEDGED for row in page.rows),
    }
    return render(request, "sharing/inbox/inbox.html", found)


@login_required
@require_safe
def entry(request: HttpRequest, kind: str, subject: UUID) -> HttpResponse:
    """One entry: what, why, who is on it, where it leads, and the decision."""
    actor = actor_of(request)
    row = selectors.entry(actor, _known(kind), subject)
    found = {**_shown(actor, row), "tab": _kind(request.GET.get("kind"))}
    return render(request, "sharing/inbox/entry.html", found)


@login_required
@require_POST
def open_entry(request: HttpRequest, kind: str, subject: UUID) -> HttpResponse:
    """Being on it begins here, so it takes a POST; the entry's page is a GET."""
    services.open_entry(actor=actor_of(request), kind=_known(kind), subject=subject)
    return redirect(_address(kind, subject, request.POST.get("kind", "")))


@login_required
@require_POST
def take_over(request: HttpRequest, kind: str, subject: UUID) -> HttpResponse:
    services.take_over(actor=actor_of(request), kind=_known(kind), subject=subject)
    messages.success(request, "You are on it now.")
    return redirect(_address(kind, subject, request.POST.get("kind", "")))


@login_required
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """About one entry, or those that are ticked; from its page the next one opens."""
    actor, said = actor_of(request), request.POST
    one = said.get("one", "")
    places = [Place.parse(each) for each in ([one] if one else said.getlist("entry"))]
    try:
        outcome, snooze = _outcome("done" if one else said.get("outcome", ""))
        decided = services.decide(
            actor=actor, places=places, outcome=outcome, snooze=snooze
        )
    except (Conflict, Invalid) as problem:
        messages.error(request, problem.detail)
        return redirect(_list(said.get("kind", ""), ""))
    _told(request, outcome, decided)
    tab = _kind(said.get("kind"))
    following = _next(actor, tab, places[-1])
    if said.get("open_next") and following is not None:
        services.open_entry(actor=actor, kind=following.kind, subject=following.subject)
        return redirect(_address(following.kind, following.subject, tab or ""))
    return redirect(_list(tab or "", str(following or "")))


def _next(actor: Actor, tab: Kind | None, place: Place) -> Place | None:
    """The one below that nobody else is on; at the end, the first that is left."""
    for after in (place, None):
        for row in selectors.page(actor, tab, after=after, limit=PAGE).rows:
            if not row.by_other:
                return row.entry.place
    return None


def _told(request: HttpRequest, outcome: Outcome, decided: Decided) -> None:
    if decided.done:
        count = len(decided.done)
        messages.success(
            request, f"{SAID[outcome]}: {count}." if count > 1 else f"{SAID[outcome]}."
        )
    if decided.left:
        messages.warning(
            request,
            f"A colleague is on {len(decided.left)} of them, which you can take over.",
        )
    if decided.gone:
        messages.warning(request, f"{len(decided.gone)} were not there any more.")


def _outcome(said: str) -> tuple[Outcome, timedelta | None]:
    """`snoozed-7` is for a week."""
    word, _, days = said.partition("-")
    try:
        outcome = Outcome(word)
        return outcome, timedelta(days=int(days)) if days else None
    except (ValueError, OverflowError):
        raise Invalid("Choose what to do with it.") from None


def _shown(actor: Actor, row: Row) -> dict[str, Any]:
    leads = row.entry
    link = reverse(leads.leads, args=[leads.about] if leads.about else [])
    return {
        "row": row,
        "entry": leads,
        "label": RULES[leads.kind].label,
        "link": link,
        "decides": _decides(actor, row),
        "acknowledges": leads.kind in ACKNOWLEDGED,
        "mine": row.held and not row.by_other,
    }


def _decides(actor: Actor, row: Row) -> bool:
    return bool(RULES[row.entry.kind].decides & actor.rights)


def _known(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise NotFound(selectors.GONE) from None


def _kind(text: str | None) -> Kind | None:
    try:
        return Kind(text) if text else None
    except ValueError:
        raise Malformed("The inbox has no entries of this kind.") from None


def _address(kind: str, subject: UUID, tab: str) -> str:
    where = reverse("inbox-entry", args=[kind, subject])
    return f"{where}?kind={Kind(tab)}" if tab else where


def _list(tab: str, row: str) -> str:
    """The list, and which row has the focus there."""
    said = [f"kind={Kind(tab)}"] if tab else []
    said += [f"row={row}"] if row else []
    return "?".join([reverse("inbox"), *(["&".join(said)] if said else [])])
