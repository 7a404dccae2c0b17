"""Feedback on the screen: on one record, or on all that were chosen, with one button."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.clock import iso
from hub.lib.errors import Invalid
from hub.lib.tables import csv_rows
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, told
from sharing.feedback import received, selectors, services
from sharing.feedback.forms import FeedbackForm, body_of, releases_in
from sharing.feedback.received import Place, Word
from sharing.feedback.showing import Feedback

PAGE, PART = "sharing/feedback/given.html", "sharing/feedback/_given.html"
TAKEN = "The contributor has it."
NOTHING = "Choose at least one record."
AT_ONCE = 50
COLUMNS = (
    *("at", "kind", "claim", "release", "collection", "organization"),
    *("stands", "count", "first_seen", "last_seen", "note"),
)


@login_required
@require_POST
def of_many(request: HttpRequest) -> HttpResponse:
    """Say the same about many records; back to the one it was about, or what came of it."""
    actor = actor_of(request)
    need(actor, Right.READ)
    releases, form = releases_in(request.POST), FeedbackForm(request.POST)
    outcome, refused = _given(actor, releases, form)
    if request.POST.get("back") and len(releases) == 1:
        return _back(request, releases[0], refused, outcome)
    said = {"refused": refused, "outcome": outcome, "told": _told(actor, outcome)}
    if request.headers.get("HX-Request"):
        return render(request, PART, said)
    return render(request, PAGE, said, status=422 if refused else 200)


def _given(
    actor: Actor, releases: list[str], form: FeedbackForm
) -> tuple[services.Outcome | None, list[str]]:
    """What came of it, or why nothing did."""
    if not releases:
        return None, [NOTHING]
    if not form.is_valid():
        return None, [str(each) for some in form.errors.values() for each in some]
    try:
        body = body_of(releases, form.cleaned_data)
        return services.give(actor=actor, body=body), []
    except Invalid as problem:
        return None, [problem.detail]


def _back(
    request: HttpRequest,
    release: str,
    refused: list[str],
    outcome: services.Outcome | None,
) -> HttpResponse:
    """To the page of the record; what there is no page of is no record."""
    faults = (
        [each.fault.sentence for each in outcome.lines if each.fault] if outcome else []
    )
    for sentence in [*refused, *faults]:
        messages.error(request, sentence)
    if not (refused or faults):
        messages.success(request, TAKEN)
    try:
        return redirect("release-why", UUID(release))
    except ValueError:
        return redirect("look-up")


def _told(actor: Actor, outcome: services.Outcome | None) -> dict[UUID, Feedback]:
    """What is known by now of the records that were spoken about."""
    if outcome is None:
        return {}
    about = {each.release for each in outcome.lines if each.release and not each.fault}
    return selectors.of_releases(actor=actor, release_ids=about)


@login_required
@require_POST
def take_back(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """Forget what one's organization said about a record."""
    kind = request.POST.get("kind") or None
    with told(request, "Taken back."):
        services.take_back(actor=actor_of(request), release_id=release_id, kind=kind)
    return redirect("release-why", release_id)


@login_required
@require_safe
def received_list(request: HttpRequest) -> HttpResponseBase:
    """The newest that came back about own claims; `as=csv` has all of it."""
    actor = actor_of(request)
    need(actor, Right.READ)
    if request.GET.get("as") == "csv":
        rows = csv_rows(COLUMNS, map(_cells, received.everything(actor)))
        headers = {"Content-Disposition": 'attachment; filename="feedback.csv"'}
        return StreamingHttpResponse(rows, content_type="text/csv", headers=headers)
    text = request.GET.get("after")
    after = Place.parse(text) if text else None
    words = received.newest(actor, after=after, limit=AT_ONCE + 1)
    found = {
        "words": words[:AT_ONCE],
        "next": words[AT_ONCE - 1].place if len(words) > AT_ONCE else None,
        "paged": after is not None,
    }
    return render(request, "sharing/feedback/received.html", found)


def _cells(word: Word) -> tuple[object, ...]:
    stands = "" if word.stands is None else ("yes" if word.stands else "no")
    first, last = word.first_seen, word.last_seen
    return (
        *(iso(word.given_at), word.kind, word.indicator, word.release),
        *(word.collection.name, word.giver.name if word.giver else None),
        *(stands, word.count, first and iso(first), last and iso(last), word.note),
    )
